/**
 * Whoever of a sandbox's processes dies, whenever: nothing is left on the host, and it is said clearly
 * whose death it was.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { attack, processes, Sandbox, survivors } from "./harness.ts";

const ROUNDS = 50;
const AT_ONCE = 4;

/** Every other round hits the start, the rest a tree of busy processes. */
async function killSometime(program: string, round: number): Promise<number | undefined> {
  const sandbox = new Sandbox([program]);
  const isUp = round % 2 === 1;
  if (isUp) await sandbox.until("busy");
  await sleep((round * 7919) % (isUp ? 150 : 400));
  const session = sandbox.warden?.pid;
  sandbox.child.kill("SIGKILL");
  await sandbox.ended;
  return session;
}

test(`sudden death: SIGKILL of the kernel process at ${ROUNDS} moments leaves no process behind`, async () => {
  const program = await attack("busy");
  const before = new Set(processes().map((each) => each.pid));
  const sessions = new Set<number>();
  for (let round = 0; round < ROUNDS; round += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, (_, i) => killSometime(program, round + i));
    for (const session of await Promise.all(batch))
      if (session !== undefined) sessions.add(session);
  }
  assert.ok(sessions.size > ROUNDS / 4, "the sandboxes were killed before they began");
  for (const session of sessions) assert.deepEqual(await survivors(session), []);
  // Those whose warden was not there yet when we looked.
  const isOurs = (comm: string) => comm === "tvisor-warden" || comm === "tvisor-stub";
  const left = () =>
    processes().filter(
      (each) =>
        !before.has(each.pid) && isOurs(each.comm) && each.parent === 1 && each.state !== "Z",
    );
  for (let i = 0; i < 100 && left().length > 0; i++) await sleep(20);
  assert.deepEqual(left(), []);
});

test("sudden death: the warden's end is told as tvisor's own, with the kernel's state", async () => {
  for (const env of [{}, { TVISOR_NAMESPACES: "off" }]) {
    const sandbox = new Sandbox([await attack("hidden-fork"), "fork"], { env });
    await sandbox.until("ready");
    const session = sandbox.warden!.pid;
    process.kill(session, "SIGKILL");
    assert.equal(await sandbox.end(5000), 128);
    assert.match(sandbox.stderr, /bug in tvisor, not in the program it ran: .*the warden died/);
    assert.match(sandbox.stderr, /hidden-fork/, "the state names the guest's processes");
    assert.deepEqual(await survivors(session), []);
  }
});

test("sudden death: a stub's end is its guest's SIGKILL and nobody else's", async () => {
  const script = `sleep 77 & victim=$!; echo ready; wait $victim; echo "ended $?"; /bin/true && echo fine`;
  const sandbox = new Sandbox(["sh", "-c", script]);
  await sandbox.until("ready");
  await sleep(300);
  const session = sandbox.warden!.pid;
  const stub = processes().find(
    (each) =>
      each.session === session &&
      readFileSync(`/proc/${each.pid}/maps`, "latin1").includes("/sleep"),
  );
  process.kill(stub!.pid, "SIGKILL");
  assert.equal(await sandbox.end(5000), 0, sandbox.stderr);
  assert.match(sandbox.stdout, /ended 137\nfine/);
});

test("sudden death: a kernel bug is never taken for the guest's failure", async () => {
  const sandbox = new Sandbox(["sh", "-c", "echo up; sleep 5"]);
  await sandbox.until("up");
  process.kill(sandbox.warden!.pid, "SIGKILL");
  assert.equal(await sandbox.end(4000), 128);
  assert.match(sandbox.stderr, /^tvisor: this is a bug in tvisor, not in the program it ran/);
});
