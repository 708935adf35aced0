/**
 * `#!` scripts: which interpreter, with which one argument (execve(2), "Interpreter scripts").
 */
import { ENOEXEC } from "../../abi/errno.ts";
import { refuse } from "../../base/refuse.ts";

/** Linux reads this much of a file to see what it is (BINPRM_BUF_SIZE). */
export const HEAD_SIZE = 256;
/** Scripts may name scripts this deep. */
export const MAX_NESTING = 5;

export interface Interpreter {
  path: string;
  /** Everything after the path up to the line's end, as one argument; "" for none. */
  argument: string;
}

/** Null when the file is no script; -ENOEXEC when its first line makes no sense. */
export function parseScript(head: Uint8Array, length: number): Interpreter | number | null {
  if (length < 2 || head[0] !== 0x23 || head[1] !== 0x21) return null;
  let line = "";
  let ended = length < HEAD_SIZE;
  for (let i = 2; i < length; i++) {
    const byte = head[i]!;
    if (byte === 0x0a || byte === 0) {
      ended = true;
      break;
    }
    line += String.fromCharCode(byte);
  }
  const text = line.replace(/^[ \t]+|[ \t]+$/g, "");
  const gap = text.search(/[ \t]/);
  // Cut off in the middle of the interpreter's path: running a part of it would be wrong.
  if (text === "" || (!ended && gap < 0)) return refuse(ENOEXEC, "exec: bad interpreter line");
  if (gap < 0) return { path: text, argument: "" };
  return { path: text.slice(0, gap), argument: text.slice(gap).replace(/^[ \t]+/, "") };
}
