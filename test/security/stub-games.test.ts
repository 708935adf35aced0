/**
 * The stub's protocol and window under attack: forged frames, lies in every word of a slot, descriptors
 * closed and swapped, the window unmapped. Only the guest that does it dies; the kernel neither loops
 * nor waits for it for ever.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { attack, BESIDE, cpuSeconds, Sandbox, survivors } from "./harness.ts";

async function play(game: string, limitMs: number): Promise<string> {
  const sandbox = new Sandbox(["sh", "-c", BESIDE, "sh", await attack("games"), game]);
  const status = await sandbox.end(limitMs);
  assert.equal(status, 0, `${sandbox.stdout}\n${sandbox.stderr}`);
  assert.match(sandbox.stdout, /sibling fine/);
  assert.doesNotMatch(sandbox.stderr, /bug in tvisor|must not make/);
  return sandbox.stdout;
}

test("stub games: the window cannot be moved, changed or covered", async () => {
  assert.doesNotMatch(await play("window", 9000), /text was changed/);
});

for (const game of ["descriptors", "lies", "faults", "registers", "answers"])
  test(`stub games: ${game}: only the guest that plays them dies`, async () => {
    await play(game, 9000);
  });

test("stub games: a guest that never answers holds the kernel up for a bounded time only", async () => {
  await play("silent", 9500);
});

test("stub games: that time is the same for a call that is several commands", async () => {
  await play("mute", 9500);
});

for (const signal of ["KILL", "TERM"])
  test(`stub games: a guest that has blocked every host signal and spins is ended by SIG${signal}`, async () => {
    const script = `"$@" & victim=$!; sleep 0.3; kill -${signal} $victim; wait $victim; echo "ended $?"`;
    const sandbox = new Sandbox(["sh", "-c", script, "sh", await attack("games"), "blocked"]);
    const started = Date.now();
    await sandbox.until("ready");
    assert.equal(await sandbox.end(8000), 0, sandbox.stderr);
    assert.match(sandbox.stdout, /ended (137|143)/);
    assert.ok(Date.now() - started < 6000);
  });

test("stub games: what was opened for reading cannot be mapped for writing", async () => {
  const before = readFileSync("/etc/passwd");
  const said = await play("upgrade", 9000);
  assert.equal(said.match(/refused/g)?.length, 3, said);
  assert.deepEqual(readFileSync("/etc/passwd"), before);
});

test("stub games: after a flood of posts the kernel is idle again", async () => {
  const script = `"$@" & victim=$!; sleep 0.5; kill -9 $victim; wait $victim; echo quiet; sleep 1.5`;
  const sandbox = new Sandbox(["sh", "-c", script, "sh", await attack("scribble"), "bits"]);
  await sandbox.until("quiet");
  await sleep(200);
  const before = cpuSeconds(sandbox.pid);
  await sleep(1000);
  const used = cpuSeconds(sandbox.pid) - before;
  assert.ok(used <= 0.1, `the kernel used ${used} s of processor time in one idle second`);
  assert.equal(await sandbox.end(5000), 0);
});

test("stub games: nothing of all this is left", async () => {
  const sandbox = new Sandbox([await attack("games"), "lies"]);
  await sleep(600);
  const session = sandbox.warden?.pid;
  await sandbox.end(5000);
  if (session !== undefined) assert.deepEqual(await survivors(session), []);
});
