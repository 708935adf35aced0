/**
 * Output processing (OPOST): how a byte of the guest becomes bytes of the terminal, and in which
 * column the cursor is afterwards (n_tty.c, do_output_char).
 *  - `space` is how many bytes the other end takes now; a byte that becomes more than that waits whole.
 */
import {
  IUTF8,
  OCRNL,
  OLCUC,
  ONLCR,
  ONLRET,
  ONOCR,
  OPOST,
  TABDLY,
  XTABS,
} from "../../abi/termios.ts";
import { isControl, toUpper } from "./char-class.ts";
import type { Tty } from "./tty.ts";

const BACKSPACE = 8;
const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;

/** Does `c` only continue a UTF-8 character, where the terminal knows UTF-8? */
export function isContinuation(tty: Tty, c: number): boolean {
  return (tty.termios.iflag & IUTF8) !== 0 && (c & 0xc0) === 0x80;
}

/** Put out one byte of the guest; false when the other end has no room for what it becomes. */
export function putOutput(tty: Tty, c: number, space: number): boolean {
  if (space < 1) return false;
  if ((tty.termios.oflag & OPOST) === 0) {
    tty.emit(c);
    return true;
  }
  switch (c) {
    case NEWLINE:
      return putNewline(tty, space);
    case RETURN:
      return putReturn(tty);
    case TAB:
      return putTab(tty, space);
    case BACKSPACE:
      if (tty.column > 0) tty.column--;
      break;
    default:
      if (isControl(c)) break;
      if ((tty.termios.oflag & OLCUC) !== 0) c = toUpper(c);
      if (!isContinuation(tty, c)) tty.column++;
  }
  tty.emit(c);
  return true;
}

function putNewline(tty: Tty, space: number): boolean {
  const { oflag } = tty.termios;
  if ((oflag & ONLRET) !== 0) tty.column = 0;
  if ((oflag & ONLCR) === 0) {
    tty.canonColumn = tty.column;
    tty.emit(NEWLINE);
    return true;
  }
  if (space < 2) return false;
  tty.column = tty.canonColumn = 0;
  tty.emit(RETURN);
  tty.emit(NEWLINE);
  return true;
}

function putReturn(tty: Tty): boolean {
  const { oflag } = tty.termios;
  if ((oflag & ONOCR) !== 0 && tty.column === 0) return true;
  const isNewline = (oflag & OCRNL) !== 0;
  if (!isNewline || (oflag & ONLRET) !== 0) tty.column = tty.canonColumn = 0;
  tty.emit(isNewline ? NEWLINE : RETURN);
  return true;
}

function putTab(tty: Tty, space: number): boolean {
  const spaces = 8 - (tty.column & 7);
  if ((tty.termios.oflag & TABDLY) !== XTABS) {
    tty.column += spaces;
    tty.emit(TAB);
    return true;
  }
  if (space < spaces) return false;
  tty.column += spaces;
  for (let i = 0; i < spaces; i++) tty.emit(SPACE);
  return true;
}
