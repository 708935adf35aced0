/**
 * site: a `syscall` instruction, and how it is replaced by a jump of five bytes (REPLACED).
 *  - "before": `mov $nr, %eax` stands right before it, and becomes the jump. `syscall` stays where it is.
 *    Proof that the five bytes are an instruction: a walk from the beginning of the function meets both.
 *    No code can be inside of one instruction, so nothing else needs to be known.
 *  - "after": the jump takes the place of `syscall` and of whole instructions that follow it, which do the
 *    same elsewhere. That `syscall` is an instruction is certain: it was executed. But now nobody may
 *    come to what the jump covers: the function has no jump through a register, and no direct jump of
 *    the whole text leads there.
 * Sites where neither can be proven are left alone: they trap, as before.
 */
import { instructionLength, isIndirectJump, isRelocatable } from "./instruction.ts";

export const REPLACED = 5;
export const SYSCALL_LENGTH = 2;
const MOVE_EAX = 0xb8;

export interface Site {
  readonly form: "before" | "after";
  /** Bytes from where the jump begins to the site's `syscall`: 5 or 0. */
  readonly lead: number;
  /** The bytes that the jump replaces, which memory must show before. */
  readonly original: Uint8Array;
  /** "after": the instructions behind `syscall` that go with it. */
  readonly moved: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** `code` is a function from its beginning on; `syscall` the offset of the instruction in question. */
export function planBefore(code: Uint8Array, syscall: number): Site | null {
  const move = syscall - REPLACED;
  if (move < 0 || code[move] !== MOVE_EAX || !isSyscall(code, syscall)) return null;
  const met = walk(code, 0, move);
  if (met !== move || instructionLength(code, move) !== REPLACED) return null;
  return {
    form: "before",
    lead: REPLACED,
    original: code.slice(move, syscall),
    moved: NOTHING,
  };
}

/** `code` is a whole function. Whether jumps from elsewhere lead in is for the caller to find out. */
export function planAfter(code: Uint8Array, syscall: number): Site | null {
  if (!isSyscall(code, syscall)) return null;
  let end = syscall + SYSCALL_LENGTH;
  while (end - syscall < REPLACED) {
    const length = instructionLength(code, end);
    if (length === 0 || !isRelocatable(code, end)) return null;
    end += length;
  }
  if (hasIndirectJump(code)) return null;
  return {
    form: "after",
    lead: 0,
    original: code.slice(syscall, syscall + REPLACED),
    moved: code.slice(syscall + SYSCALL_LENGTH, end),
  };
}

function isSyscall(code: Uint8Array, at: number): boolean {
  return code[at] === 0x0f && code[at + 1] === 0x05;
}

/** From instruction to instruction; where the first one at or behind `to` begins, or -1. */
function walk(code: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const length = instructionLength(code, at);
    if (length === 0) return -1;
    at += length;
  }
  return at;
}

/** True also for code that cannot be read to its end. */
function hasIndirectJump(code: Uint8Array): boolean {
  let at = 0;
  while (at < code.length) {
    const length = instructionLength(code, at);
    if (length === 0 || isIndirectJump(code, at)) return true;
    at += length;
  }
  return false;
}

/** A range of places, both ends included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** For each range: does any direct jump or call in `text` lead into it? Ranges are offsets into it. */
export function reached(text: Uint8Array, ranges: readonly Range[]): boolean[] {
  const found = ranges.map((range) => isReachedNearby(text, range));
  const lowest = Math.min(...ranges.map(({ first }) => first));
  const highest = Math.max(...ranges.map(({ last }) => last));
  const view = new DataView(text.buffer, text.byteOffset, text.length);
  for (let at = 1; at <= text.length - 4; at++) {
    const opcode = text[at - 1]!;
    const isNear = (opcode & 0xfe) === 0xe8 || ((opcode & 0xf0) === 0x80 && text[at - 2] === 0x0f);
    if (!isNear) continue;
    const target = at + 4 + view.getInt32(at, true);
    if (target < lowest || target > highest) continue;
    for (const [i, { first, last }] of ranges.entries())
      if (target >= first && target <= last) found[i] = true;
  }
  return found;
}

/** By a jump with a displacement of one byte. */
function isReachedNearby(text: Uint8Array, { first, last }: Range): boolean {
  const end = Math.min(text.length - 1, last + 130);
  for (let at = Math.max(0, first - 130); at < end; at++) {
    if (!isShortJump(text[at]!)) continue;
    const target = at + 2 + ((text[at + 1]! << 24) >> 24);
    if (target >= first && target <= last) return true;
  }
  return false;
}

function isShortJump(opcode: number): boolean {
  return (opcode & 0xf0) === 0x70 || opcode === 0xeb || (opcode & 0xfc) === 0xe0;
}
