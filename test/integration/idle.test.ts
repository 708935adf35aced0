/**
 * An idle sandbox is idle: no thread of the kernel process, of the warden or of a stub is given a
 * processor even once while its guests wait. Counted by the host in context switches, of all threads.
 * IDLE_SECONDS is how long is looked at, after the sandbox has come to rest.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { launcher } from "../compare.ts";
import { compile } from "../compile.ts";

const HERE = import.meta.dirname;
const BUILD = join(HERE, ".build");
const LOOK_MS = Number(process.env["IDLE_SECONDS"] ?? 5) * 1000;
const REST_MS = 500;
const PATIENCE_MS = 30_000;

const program = (source: string, ...flags: string[]) =>
  compile({ source: join(HERE, source), buildDirectory: BUILD, flags, headers: [] });

/** `pid` and everything below it. */
function family(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1");
  return [pid, ...children.split(" ").filter(Boolean).map(Number).flatMap(family)];
}

/** Context switches so far of each thread of these processes. */
function switches(pids: number[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const pid of pids)
    for (const tid of readdirSync(`/proc/${pid}/task`)) {
      const status = readFileSync(`/proc/${pid}/task/${tid}/status`, "latin1");
      const name = /^Name:\t(.*)$/m.exec(status)![1];
      const sum = [...status.matchAll(/^(?:non)?voluntary_ctxt_switches:\t(\d+)$/gm)]
        .map(([, count]) => Number(count))
        .reduce((a, b) => a + b, 0);
      counts.set(`${name} ${pid}/${tid}`, sum);
    }
  return counts;
}

/** Waits until nothing happens any more, then fails when something does. */
async function assertIdle(kernelPid: number): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  let before = new Map<string, number>();
  for (;;) {
    const now = switches(family(kernelPid));
    if (now.size > 3 && [...now].every(([thread, count]) => before.get(thread) === count)) break;
    assert.ok(Date.now() < deadline, `it does not come to rest: ${busy(before, now)}`);
    before = now;
    await sleep(REST_MS);
  }
  await sleep(LOOK_MS);
  const after = switches(family(kernelPid));
  assert.deepEqual([...after.keys()], [...before.keys()], "threads came or went");
  assert.equal(busy(before, after), "", "something ran");
}

function busy(before: Map<string, number>, after: Map<string, number>): string {
  return [...after]
    .filter(([thread, count]) => before.get(thread) !== count)
    .map(([thread, count]) => `${thread} +${count - (before.get(thread) ?? 0)}`)
    .join(", ");
}

async function printed(child: ChildProcess, text: string): Promise<void> {
  let all = "";
  for await (const chunk of child
    .stdout!.setEncoding("utf8")
    .iterator({ destroyOnReturn: false })) {
    all += chunk;
    if (all.includes(text)) return;
  }
  assert.fail(`it ended and printed only ${JSON.stringify(all)}`);
}

/** Starts a command that prints `text` once it waits; its kernel then must be idle. */
async function assertIdles(
  text: string,
  [command, ...args]: [string, ...string[]],
  { stdin, kernelOf }: Start = { stdin: "ignore", kernelOf: (child) => child.pid! },
): Promise<void> {
  const env = { ...process.env, PS1: "waits> " };
  const child = spawn(command, args, { stdio: [stdin, "pipe", "inherit"], env });
  try {
    await printed(child, text);
    await assertIdle(kernelOf(child));
  } finally {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
}

interface Start {
  readonly stdin: "ignore" | "pipe";
  readonly kernelOf: (child: ChildProcess) => number;
}

const tvisor = (...guest: string[]): [string, ...string[]] => [launcher(), "do", "--", ...guest];

test("an idle sandbox: a sleeping guest costs no processor time", () =>
  assertIdles("waits", tvisor("sh", "-c", "echo waits; exec sleep 1000")));

test("an idle sandbox: a server that waits in epoll costs no processor time", async () =>
  assertIdles("waits", tvisor(await program("idle-server.c", "-static"))));

test("an idle sandbox: processes that wait for each other cost no processor time", () => {
  const script = "(sleep 1000 | cat) & (sleep 1000; exit 3) & echo waits; wait";
  return assertIdles("waits", tvisor("sh", "-c", script));
});

test("an idle sandbox: a shell that waits at a terminal costs no processor time", async () => {
  // The terminal goes with the helper, and with it the shell.
  const pty = await program("../e2e/pty.c", "-lutil");
  await assertIdles("waits> ", [pty, launcher(), "do", "-t", "--", "sh"], {
    stdin: "pipe",
    kernelOf: (helper) => family(helper.pid!)[1]!,
  });
});
