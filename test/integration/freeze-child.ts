/**
 * The kernel process of freeze.test.ts: freezes and thaws a guest that counts in its memory, and says
 * what it saw. A process of its own, because a sandbox locks the process down that it runs in.
 * Arguments: the program, and the address of its `shared[2]` (counter, flag that ends it).
 */
import process from "node:process";
import { Alarm, startProgram } from "./one-program.ts";

const TURNS = 5000;
const [program, address] = [process.argv[2]!, Number(process.argv[3])];

const sandbox = startProgram(program);
const { kernel } = sandbox;
const { mm } = kernel.main!.tasks[0]!;
const alarm = new Alarm();
const count = () => mm.readU64(address);

function turnUntil(done: () => boolean): boolean {
  for (let i = 0; i < TURNS && !done(); i++) {
    if (!kernel.frozen) kernel.timers.arm(alarm, kernel.clock.monotonicNs() + 1e6);
    kernel.turn();
  }
  return done();
}

const say = (what: string, is: boolean) => process.stdout.write(`${what}: ${is}\n`);
say(
  "counts",
  turnUntil(() => count() > 0),
);
kernel.freeze();
say(
  "quiet",
  turnUntil(() => kernel.isQuiet),
);
const frozenAt = count();
for (let i = 0; i < 20; i++) kernel.turn();
say("still", count() === frozenAt);
kernel.thaw();
say(
  "goes on",
  turnUntil(() => count() > frozenAt),
);
mm.writeU64(address + 8, 1);
say(
  "ends",
  turnUntil(() => kernel.exitStatus !== null),
);
process.stdout.write(`status: ${kernel.exitStatus}\n`);
sandbox.stop();
process.exit(0);
