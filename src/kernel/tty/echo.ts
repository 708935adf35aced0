/**
 * EchoQueue: what a terminal wants to show of its input, in the order in which it happened. It waits
 * here while output is stopped or the other end is full, so that echo and output keep their order.
 * One entry is one number: a byte to show, a control character to show as ^X, or an operation on the
 * column (n_tty.c, echo_buf).
 */
import { ECHOCTL } from "../../abi/termios.ts";
import { isControl } from "./char-class.ts";
import { putOutput } from "./output.ts";
import type { Tty } from "./tty.ts";

/** What Linux keeps; older echoes are dropped. */
const ECHO_LIMIT = 4096;

// Entries above a byte. The low byte of CARET and ERASE_TAB is their operand.
const CARET = 0x100;
const ERASE_TAB = 0x200;
const SET_CANON_COLUMN = 0x300;
const MOVE_BACK_COLUMN = 0x400;

const BACKSPACE = 8;
const TAB = 9;
const CARET_CHARACTER = 94;
const ALL_ONES = 0xff;
/** The tab to erase follows another tab: columns do not depend on where the line began. */
const AFTER_TAB = 0x80;

export class EchoQueue {
  readonly #entries: number[] = [];

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  clear(): void {
    this.#entries.length = 0;
  }

  #add(entry: number): void {
    if (this.#entries.length === ECHO_LIMIT) this.#entries.shift();
    this.#entries.push(entry);
  }

  /** Show the byte itself. */
  raw(byte: number): void {
    this.#add(byte);
  }

  text(text: string): void {
    for (let i = 0; i < text.length; i++) this.#add(text.charCodeAt(i));
  }

  /** Show `c` as a user wants to see it: control characters as ^X with ECHOCTL. */
  character(tty: Tty, c: number): void {
    const asCaret = (tty.termios.lflag & ECHOCTL) !== 0 && isControl(c) && c !== TAB;
    this.#add(asCaret ? CARET | c : c);
  }

  /** A line begins where the cursor is now. */
  setCanonColumn(): void {
    this.#add(SET_CANON_COLUMN);
  }

  moveBackColumn(): void {
    this.#add(MOVE_BACK_COLUMN);
  }

  /** Erase a tab that `columns` columns of other characters follow since the line or a tab began. */
  eraseTab(columns: number, afterTab: boolean): void {
    this.#add(ERASE_TAB | (columns & 7) | (afterTab ? AFTER_TAB : 0));
  }

  /** Show as much as the other end takes. */
  flush(tty: Tty): void {
    const entries = this.#entries;
    let done = 0;
    while (done < entries.length && show(tty, entries[done]!)) done++;
    entries.splice(0, done);
  }
}

function show(tty: Tty, entry: number): boolean {
  const space = tty.outputRoom;
  const operand = entry & 0xff;
  switch (entry & ~0xff) {
    case CARET:
      if (space < 2) return false;
      tty.emit(CARET_CHARACTER);
      tty.emit(operand ^ 0x40);
      tty.column += 2;
      return true;
    case ERASE_TAB:
      return eraseTab(tty, operand, space);
    case SET_CANON_COLUMN:
      tty.canonColumn = tty.column;
      return true;
    case MOVE_BACK_COLUMN:
      if (tty.column > 0) tty.column--;
      return true;
    default:
      return operand === ALL_ONES ? showPlain(tty, operand, space) : putOutput(tty, operand, space);
  }
}

/** Linux marks its operations with this byte, and so shows it without output processing. */
function showPlain(tty: Tty, byte: number, space: number): boolean {
  if (space < 1) return false;
  tty.emit(byte);
  tty.column++;
  return true;
}

function eraseTab(tty: Tty, operand: number, space: number): boolean {
  let columns = operand & ~AFTER_TAB;
  if ((operand & AFTER_TAB) === 0) columns += tty.canonColumn;
  const back = 8 - (columns & 7);
  if (space < back) return false;
  for (let i = 0; i < back; i++) {
    tty.emit(BACKSPACE);
    if (tty.column > 0) tty.column--;
  }
  return true;
}
