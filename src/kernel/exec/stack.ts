/**
 * The first stack of a program: strings, auxiliary vector, pointers, argc (System V ABI amd64,
 * "Process Initialization"; getauxval(3)).
 */
import { E2BIG, EFAULT } from "../../abi/errno.ts";
import { RLIMIT_STACK } from "../../abi/resource.ts";
import { type Mm, PAGE_SIZE } from "../mm/mm.ts";
import type { Task } from "../task/task.ts";

const MAX_ARG_STRLEN = 131072;
/** Linux's floor and ceiling for all strings together: 128 KiB, and 3/4 of 8 MiB. */
const ARG_MIN = 131072;
const ARG_CEILING = 6 * 1024 * 1024;

/** Guest memory read a page at a time: strings and their pointers mostly lie side by side. */
class Window {
  readonly #task: Task;
  readonly #bytes = new Uint8Array(PAGE_SIZE);
  readonly #view = new DataView(this.#bytes.buffer);
  #start = 0;
  #end = 0;

  constructor(task: Task) {
    this.#task = task;
  }

  /** Bring the bytes from `address` to the end of its page in; false on a fault. */
  #load(address: number): boolean {
    const want = PAGE_SIZE - (address % PAGE_SIZE);
    const n = this.#task.mm.copyIn(address, this.#bytes, 0, want);
    this.#start = address;
    this.#end = address + n;
    return n > 0;
  }

  pointer(address: number): number {
    if (address < this.#start || address + 8 > this.#end) {
      if (PAGE_SIZE - (address % PAGE_SIZE) < 8) return this.#task.mm.readU64(address);
      if (!this.#load(address) || address + 8 > this.#end) return Number.NaN;
    }
    const at = address - this.#start;
    return this.#view.getUint32(at + 4, true) * 4294967296 + this.#view.getUint32(at, true);
  }

  /** The string at `address`, -EFAULT, or -E2BIG when it is longer than Linux takes. */
  string(address: number): string | number {
    let text = "";
    for (let at = address; ; at = this.#end) {
      if ((at < this.#start || at >= this.#end) && !this.#load(at)) return -EFAULT;
      const from = at - this.#start;
      const length = this.#end - this.#start;
      const nul = this.#bytes.subarray(0, length).indexOf(0, from);
      text += latin1(this.#bytes, from, nul < 0 ? length : nul);
      if (text.length >= MAX_ARG_STRLEN) return -E2BIG;
      if (nul >= 0) return text;
    }
  }
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i += 1024)
    text += String.fromCharCode.apply(
      null,
      bytes.subarray(i, Math.min(to, i + 1024)) as unknown as number[],
    );
  return text;
}

/** A NULL-terminated vector of string pointers in guest memory; null is an empty vector. */
export function readStrings(
  task: Task,
  vector: number,
  budget: { left: number },
): string[] | number {
  const strings: string[] = [];
  if (vector === 0) return strings;
  const pointers = new Window(task);
  const texts = new Window(task);
  for (let at = vector; ; at += 8) {
    const pointer = pointers.pointer(at);
    if (Number.isNaN(pointer)) return -EFAULT;
    if (pointer === 0) return strings;
    const text = texts.string(pointer);
    if (typeof text === "number") return text;
    budget.left -= text.length + 9;
    if (budget.left < 0) return -E2BIG;
    strings.push(text);
  }
}

export function argumentBudget(task: Task): { left: number } {
  const quarter = task.group.limits.soft(RLIMIT_STACK) / 4;
  return { left: Math.min(Math.max(quarter, ARG_MIN), ARG_CEILING) };
}

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
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
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
    view.setUint32(slot, value % 4294967296, true);
    view.setUint32(slot + 4, Math.floor(value / 4294967296), true);
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
