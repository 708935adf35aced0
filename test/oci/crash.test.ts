/**
 * Whatever is killed at whatever moment, `delete --force` cleans up: no process, no control group, no
 * file is left. TVISOR_CRASHES says how often; moments are spread over a command's whole time.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as nap } from "node:timers/promises";
import { launcher } from "../compare.ts";
import { makeBundle, plainConfig } from "./bundle.ts";
import { noContainers } from "./commands.ts";

const TIMES = Number(process.env["TVISOR_CRASHES"] ?? 24);
const LONGEST_MS = 400;
const GONE_MS = 5000;
const place = mkdtempSync(join(tmpdir(), "tvisor-crash-"));
const state = join(place, "state");
const bundle = join(place, "bundle");
const skip = noContainers;

after(() => rmSync(place, { recursive: true, force: true }));
if (skip === false) makeBundle(bundle, plainConfig(["sh", "-c", "sleep 100 & sleep 100"]));

const tvisor = (...words: string[]) =>
  spawnSync(launcher(), ["--root", state, ...words], { encoding: "utf8", timeout: 20_000 });

function start(...words: string[]) {
  return spawn(launcher(), ["--root", state, ...words], { stdio: "ignore" });
}

/** Not by tvisor(): the container keeps the pipes that it is given. */
async function runDetached(id: string, ...more: string[]): Promise<void> {
  const [code] = await once(start("run", "--detach", "--bundle", bundle, ...more, id), "exit");
  assert.equal(code, 0);
}

/** Processes whose command line has this word. */
function processesOf(word: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(word);
      } catch {
        return false;
      }
    })
    .map(Number);
}

function controlGroupsOf(id: string): string {
  return spawnSync("find", ["/sys/fs/cgroup", "-type", "d", "-name", id], { encoding: "utf8" })
    .stdout;
}

async function assertNothingIsLeft(id: string): Promise<void> {
  const deleted = tvisor("delete", "--force", id);
  assert.equal(deleted.status, 0, `delete --force: ${deleted.stderr}`);
  assert.deepEqual(existsSync(state) ? readdirSync(state) : [], []);
  assert.equal(controlGroupsOf(id), "");
  for (let waited = 0; processesOf(id).length > 0; waited += 50) {
    assert.ok(waited < GONE_MS, `processes are left: ${processesOf(id)}`);
    await nap(50);
  }
}

test("a command that is killed leaves nothing that delete --force does not find", {
  skip,
}, async () => {
  for (let i = 0; i < TIMES; i++) {
    const id = `crash-${process.pid}-${i}`;
    const command = start("create", "--bundle", bundle, id);
    const ended = once(command, "exit");
    await nap((LONGEST_MS * i) / TIMES);
    command.kill("SIGKILL");
    await ended;
    await assertNothingIsLeft(id);
  }
});

test("a sandbox that is killed is known to have stopped, and goes", { skip }, async () => {
  for (let i = 0; i < TIMES; i++) {
    const id = `gone-${process.pid}-${i}`;
    const command = start("run", "--detach", "--bundle", bundle, id);
    const ended = once(command, "exit");
    await nap((LONGEST_MS * i) / TIMES);
    for (const pid of processesOf(id).filter((each) => each !== command.pid)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It was faster.
      }
    }
    await ended;
    await assertNothingIsLeft(id);
  }
});

test("killed while it runs: stopped, deleted without force, its exec ends with 137", {
  skip,
}, async () => {
  const id = `running-${process.pid}`;
  await runDetached(id, "--pid-file", join(place, "pid"));
  const exec = start("exec", id, "sleep", "100");
  const ended = once(exec, "exit");
  await nap(500);
  process.kill(Number(readFileSync(join(place, "pid"), "utf8")), "SIGKILL");
  const [code] = await ended;
  assert.equal(code, 137);
  assert.match(tvisor("state", id).stdout, /"status": "stopped"/);
  assert.equal(tvisor("delete", id).status, 0);
  await assertNothingIsLeft(id);
});

test("an exec that is killed takes its process along", { skip }, async () => {
  const id = `exec-${process.pid}`;
  await runDetached(id);
  const exec = start("exec", id, "sleep", "4711");
  const ended = once(exec, "exit");
  await nap(500);
  assert.match(tvisor("ps", id).stdout, /sleep 4711/);
  exec.kill("SIGKILL");
  await ended;
  await nap(200);
  assert.doesNotMatch(tvisor("ps", id).stdout, /sleep 4711/);
  await assertNothingIsLeft(id);
});

test("two commands that race for an id: one has it, and nothing is left of the other", {
  skip,
}, async () => {
  const id = `race-${process.pid}`;
  const commands = [1, 2, 3].map(() => start("create", "--bundle", bundle, id));
  const codes = await Promise.all(commands.map(async (each) => (await once(each, "exit"))[0]));
  assert.deepEqual(codes.sort(), [0, 1, 1]);
  await assertNothingIsLeft(id);
});
