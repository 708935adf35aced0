/**
 * The kernel process of saveable.test.ts: runs waiting.c until every guest waits, walks all kernel state
 * and prints what must not be there, one finding a line, as JSON. A process of its own, because a sandbox
 * locks the process down that it runs in.
 */
import process from "node:process";
import { Timer } from "../../src/kernel/time/timers.ts";
import { OneProgram } from "../../src/sentry/one-program.ts";
import { findings } from "./saveable.ts";

const QUIET_TURNS = 200;
const MOST_TURNS = 20_000;

/** Ends a turn in which everybody waits: it would never come back. */
class Alarm extends Timer {
  fire(): void {}
}

const sandbox = new OneProgram({
  root: "/",
  hostname: "test",
  network: "none",
  volumes: [],
  terminal: false,
  strace: null,
  program: { argv: [process.argv[2]!], envp: [], cwd: "/", uid: 0, gid: 0, groups: [] },
  report: () => {},
});
sandbox.start();
const { kernel } = sandbox;
const tasks = () => [...kernel.pids.groups()].flatMap((group) => group.tasks);
const allWait = () => tasks().every(({ thread }) => thread.stopped);
const alarm = new Alarm();
for (let turn = 0, quiet = 0; turn < MOST_TURNS && quiet < QUIET_TURNS; turn++) {
  quiet = allWait() ? quiet + 1 : 0;
  kernel.timers.arm(alarm, kernel.clock.monotonicNs() + 1e6);
  kernel.turn();
}
kernel.timers.disarm(alarm);
const all = tasks();
process.stdout.write(
  JSON.stringify({ tasks: all.length, waiting: allWait(), found: findings(kernel) }),
);
sandbox.stop();
process.exit(0);
