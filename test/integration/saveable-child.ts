/**
 * The kernel process of saveable.test.ts: runs waiting.c until every guest waits, walks all kernel state
 * and prints what must not be there, one finding a line, as JSON. A process of its own, because a sandbox
 * locks the process down that it runs in.
 */
import process from "node:process";
import { Alarm, startProgram } from "./one-program.ts";
import { findings } from "./saveable.ts";

const QUIET_TURNS = 200;
const MOST_TURNS = 20_000;

const sandbox = startProgram(process.argv[2]!);
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
