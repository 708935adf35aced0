/**
 * site: a `syscall` instruction, and how it is replaced. Only one form is: `mov $nr, %eax` right before
 * it. That one instruction becomes a jump of the same length, and `syscall` stays where it is: for
 * whoever jumps to it, for a call that is started again, and for the program counter that is reported.
 *  - Five bytes that look like the move prove nothing: planSite() walks from the beginning of the
 *    function, instruction by instruction, and wants to meet both.
 *  - No code can be inside of one instruction, so no jump into it needs to be ruled out, and no thread
 *    has to be held elsewhere while it is replaced.
 */
import { instructionLength } from "./instruction.ts";

/** `b8 imm32`, which becomes `e9 rel32`. */
export const MOVE_LENGTH = 5;
export const SYSCALL_LENGTH = 2;
const MOVE_EAX = 0xb8;

export interface Site {
  /** The bytes of the move, which memory must show before it is replaced. */
  readonly original: Uint8Array;
}

/** `code` begins with a function and ends behind the `syscall` instruction in question. */
export function planSite(code: Uint8Array): Site | null {
  const syscall = code.length - SYSCALL_LENGTH;
  const move = syscall - MOVE_LENGTH;
  if (move < 0 || code[move] !== MOVE_EAX) return null;
  if (code[syscall] !== 0x0f || code[syscall + 1] !== 0x05) return null;
  let at = 0;
  while (at < move) {
    const length = instructionLength(code, at);
    if (length === 0) return null;
    at += length;
  }
  if (at !== move || instructionLength(code, move) !== MOVE_LENGTH) return null;
  return { original: code.slice(move, syscall) };
}
