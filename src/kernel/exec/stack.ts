/**
 * The first stack of a program: strings, auxiliary vector, pointers, argc (System V ABI amd64,
 * "Process Initialization"; getauxval(3)).
 */
import { EFAULT } from "../../abi/errno.ts";
import { setU64 } from "../../abi/struct.ts";
import type { Mm } from "../mm/mm.ts";

export interface StackPlan {
  /** One past the highest stack byte. */
  top: number;
  argv: readonly string[];
  envp: readonly string[];
  /** Path shown as AT_EXECFN. */
  fileName: string;
  random: Uint8Array;
  platform: string;
  /** Pairs of type and value; string pointers are filled in here. */
  auxv: readonly (readonly [number, number])[];
  pointerTypes: { platform: number; random: number; fileName: number };
}

/** Write it; the stack pointer, or -EFAULT. */
export function buildStack(mm: Mm, plan: StackPlan): number {
  const { argv, envp, top } = plan;
  let size = 8 + plan.fileName.length + 1 + plan.platform.length + 1 + 16;
  for (const text of argv) size += text.length + 1;
  for (const text of envp) size += text.length + 1;
  const vector = 8 * (1 + argv.length + 1 + envp.length + 1 + 2 * (plan.auxv.length + 4));
  const sp = Math.floor((top - size - 64 - vector) / 16) * 16;
  const bytes = new Uint8Array(top - sp);
  const view = new DataView(bytes.buffer);
  // From the top: an empty word, the file name, environment, arguments, then what auxv points to.
  let at = bytes.length - 8;
  const put = (text: string): number => {
    at -= text.length + 1;
    Buffer.prototype.latin1Write.call(bytes, text, at);
    return sp + at;
  };
  const fileName = put(plan.fileName);
  const envEnd = sp + at;
  const envPointers = envp.toReversed().map(put).toReversed();
  const argEnd = sp + at;
  const argPointers = argv.toReversed().map(put).toReversed();
  const argStart = sp + at;
  const platform = put(plan.platform);
  at -= 16;
  bytes.set(plan.random, at);
  const random = sp + at;

  let slot = 0;
  const word = (value: number) => {
    setU64(view, slot, value);
    slot += 8;
  };
  word(argv.length);
  for (const pointer of argPointers) word(pointer);
  word(0);
  for (const pointer of envPointers) word(pointer);
  word(0);
  const auxvAt = slot;
  const all: (readonly [number, number])[] = [
    ...plan.auxv,
    [plan.pointerTypes.random, random],
    [plan.pointerTypes.fileName, fileName],
    [plan.pointerTypes.platform, platform],
    [0, 0],
  ];
  for (const [type, value] of all) {
    word(type);
    word(value);
  }
  mm.auxv = bytes.slice(auxvAt, slot);
  mm.argStart = argStart;
  mm.argEnd = argEnd;
  mm.envStart = argEnd;
  mm.envEnd = envEnd;
  mm.startStack = sp;
  return mm.write(sp, bytes) < 0 ? -EFAULT : sp;
}
