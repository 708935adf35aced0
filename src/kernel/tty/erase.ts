/**
 * Editing the line being typed: VERASE, VWERASE, VKILL and VREPRINT in canonical mode, and what the
 * terminal shows of it (n_tty.c, eraser).
 */
import {
  ECHO,
  ECHOCTL,
  ECHOE,
  ECHOK,
  ECHOKE,
  ECHOPRT,
  VERASE,
  VKILL,
  VWERASE,
} from "../../abi/termios.ts";
import { isAlphanumeric, isControl } from "./char-class.ts";
import { isContinuation } from "./output.ts";
import type { Tty } from "./tty.ts";

const TAB = 9;
const NEWLINE = 10;
const UNDERSCORE = 95;
const ERASE_ONE = "\b \b";

type Kind = "character" | "word" | "line";

/** VERASE, VWERASE or VKILL was typed. */
export function eraseInput(tty: Tty, c: number): void {
  const { buffer, termios } = tty;
  if (buffer.pendingCount === 0) return;
  if (termios.is(c, VERASE)) erase(tty, "character");
  else if (termios.is(c, VWERASE)) erase(tty, "word");
  else killLine(tty);
}

function killLine(tty: Tty): void {
  const { buffer, termios, echo } = tty;
  const fancy = ECHOK | ECHOKE | ECHOE;
  if ((termios.lflag & ECHO) !== 0 && (termios.lflag & fancy) === fancy) {
    erase(tty, "line");
    return;
  }
  buffer.head = buffer.canonHead;
  if ((termios.lflag & ECHO) === 0) return;
  finishErasing(tty);
  echo.character(tty, termios.cc[VKILL]!);
  if ((termios.lflag & ECHOK) !== 0) echo.raw(NEWLINE);
}

function erase(tty: Tty, kind: Kind): void {
  const { buffer } = tty;
  let sawWord = false;
  while (buffer.pendingCount > 0) {
    const at = previousCharacter(tty);
    if (at < 0) break;
    const c = buffer.at(at);
    if (kind === "word") {
      if (isAlphanumeric(c) || c === UNDERSCORE) sawWord = true;
      else if (sawWord) break;
    }
    const end = buffer.head;
    buffer.head = at;
    if ((tty.termios.lflag & ECHO) !== 0) echoErased(tty, c, at, end, kind);
    if (kind === "character") break;
  }
  if (buffer.pendingCount === 0 && (tty.termios.lflag & ECHO) !== 0) finishErasing(tty);
}

/** Where the last character, maybe of several bytes, begins; -1 when only a part of one is there. */
function previousCharacter(tty: Tty): number {
  const { buffer } = tty;
  let at = buffer.head - 1;
  while (at > buffer.canonHead && isContinuation(tty, buffer.at(at))) at--;
  return isContinuation(tty, buffer.at(at)) ? -1 : at;
}

function echoErased(tty: Tty, c: number, at: number, end: number, kind: Kind): void {
  const { lflag } = tty.termios;
  const { echo } = tty;
  if ((lflag & ECHOPRT) !== 0) echoPrinted(tty, c, at, end);
  else if (kind === "character" && (lflag & ECHOE) === 0)
    echo.character(tty, tty.termios.cc[VERASE]!);
  else if (c === TAB) echoErasedTab(tty);
  else {
    if (isControl(c) && (lflag & ECHOCTL) !== 0) echo.text(ERASE_ONE);
    if (!isControl(c) || (lflag & ECHOCTL) !== 0) echo.text(ERASE_ONE);
  }
}

/** ECHOPRT: a printing terminal shows what goes between "\" and "/". */
function echoPrinted(tty: Tty, c: number, at: number, end: number): void {
  const { echo, buffer } = tty;
  if (!tty.erasing) {
    echo.text("\\");
    tty.erasing = true;
  }
  echo.character(tty, c);
  for (let i = at + 1; i < end; i++) {
    echo.raw(buffer.at(i));
    echo.moveBackColumn();
  }
}

/** Count the columns since the line or the tab before began: so far the tab had moved. */
function echoErasedTab(tty: Tty): void {
  const { buffer, termios } = tty;
  let columns = 0;
  for (let at = buffer.head - 1; at >= buffer.canonHead; at--) {
    const c = buffer.at(at);
    if (c === TAB) {
      tty.echo.eraseTab(columns, true);
      return;
    }
    if (isControl(c)) columns += (termios.lflag & ECHOCTL) !== 0 ? 2 : 0;
    else if (!isContinuation(tty, c)) columns++;
  }
  tty.echo.eraseTab(columns, false);
}

/** ECHOPRT: the erased text ends here. */
export function finishErasing(tty: Tty): void {
  if (!tty.erasing) return;
  tty.echo.text("/");
  tty.erasing = false;
}

/** VREPRINT: show the line once more, on a new one. */
export function reprint(tty: Tty, c: number): void {
  const { buffer, echo } = tty;
  finishErasing(tty);
  echo.character(tty, c);
  echo.raw(NEWLINE);
  for (let at = buffer.canonHead; at < buffer.head; at++) echo.character(tty, buffer.at(at));
}
