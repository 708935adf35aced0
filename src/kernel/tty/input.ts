/**
 * Input processing: what one received byte means to a terminal (n_tty.c, receive_buf): signals, flow
 * control, editing, translation, echo, and then a place in the buffer.
 *  - receiveInput() takes bytes while the buffer has room. In canonical mode a line that is too long
 *    keeps its end replaced, so that a newline always finds room: 4095 bytes and the newline.
 *  - Echo is shown after the last byte that came at once: what follows may stop or flush it.
 */
import { SIGINT, SIGQUIT, SIGTSTP } from "../../abi/signal.ts";
import {
  ECHO,
  ECHOCTL,
  ECHONL,
  EXTPROC,
  ICANON,
  ICRNL,
  IEXTEN,
  IGNCR,
  INLCR,
  ISIG,
  ISTRIP,
  IUCLC,
  IXANY,
  IXON,
  NOFLSH,
  PARMRK,
  VEOF,
  VEOL,
  VEOL2,
  VERASE,
  VINTR,
  VKILL,
  VLNEXT,
  VQUIT,
  VREPRINT,
  VSTART,
  VSTOP,
  VSUSP,
  VWERASE,
} from "../../abi/termios.ts";
import type { ByteQueue } from "./byte-queue.ts";
import { toLower } from "./char-class.ts";
import { eraseInput, finishErasing, reprint } from "./erase.ts";
import { EOF_MARK, N_TTY_BUF_SIZE } from "./line-buffer.ts";
import type { Tty } from "./tty.ts";

const BACKSPACE = 8;
const NEWLINE = 10;
const RETURN = 13;
const CARET = 94;
const ALL_ONES = 0xff;

/** Take bytes from `incoming` as long as the buffer has room; true when it took any. */
export function receiveInput(tty: Tty, incoming: ByteQueue): boolean {
  const before = incoming.length;
  while (incoming.length > 0 && makeRoom(tty)) receive(tty, incoming.shift());
  if (incoming.length === before) return false;
  if ((tty.termios.lflag & (ECHO | ECHONL)) !== 0) tty.echo.flush(tty);
  return true;
}

/** Is there room for one more byte? An over-long line gives up its last one for it. */
function makeRoom(tty: Tty): boolean {
  const { buffer } = tty;
  let room = N_TTY_BUF_SIZE - buffer.count;
  if ((tty.termios.iflag & PARMRK) !== 0) room = Math.ceil(room / 3);
  room--;
  if (room > 0) return true;
  const isOverlong = (tty.termios.lflag & ICANON) !== 0 && !buffer.hasLine;
  if (isOverlong && room < 0) buffer.head--;
  return isOverlong;
}

function receive(tty: Tty, byte: number): void {
  const { iflag, lflag } = tty.termios;
  let c = byte;
  if ((iflag & ISTRIP) !== 0) c &= 0x7f;
  if ((iflag & IUCLC) !== 0 && (lflag & IEXTEN) !== 0) c = toLower(c);
  if (tty.literalNext) {
    tty.literalNext = false;
    receivePlain(tty, c);
  } else if ((lflag & EXTPROC) !== 0) tty.buffer.put(c);
  else if (c === 0 || !receiveSpecial(tty, c)) receivePlain(tty, c);
}

/** A byte without a meaning of its own. */
function receivePlain(tty: Tty, c: number): void {
  resumeOnAny(tty);
  if ((tty.termios.lflag & ECHO) !== 0) echoInput(tty, c);
  store(tty, c);
}

function store(tty: Tty, c: number): void {
  if (c === ALL_ONES && (tty.termios.iflag & PARMRK) !== 0) tty.buffer.put(c);
  tty.buffer.put(c);
}

function echoInput(tty: Tty, c: number): void {
  finishErasing(tty);
  if (tty.buffer.pendingCount === 0) tty.echo.setCanonColumn();
  tty.echo.character(tty, c);
}

/** IXANY: any byte starts stopped output again. */
function resumeOnAny(tty: Tty): void {
  if (!tty.stopped || tty.stoppedByIoctl) return;
  const both = IXON | IXANY;
  if ((tty.termios.iflag & both) !== both) return;
  tty.start();
  tty.echo.flush(tty);
}

/** Bytes that may mean something; false when `c` turned out to be a plain one. */
function receiveSpecial(tty: Tty, c: number): boolean {
  const { termios } = tty;
  const { iflag, lflag } = termios;
  if ((iflag & IXON) !== 0 && flowControl(tty, c)) return true;
  if ((lflag & ISIG) !== 0) {
    const signo = signalOf(tty, c);
    if (signo !== 0) {
      signalTyped(tty, signo, c);
      return true;
    }
  }
  if (c === RETURN && (iflag & (IGNCR | ICRNL)) !== 0) {
    resumeOnAny(tty);
    if ((iflag & IGNCR) === 0) receiveTranslated(tty, NEWLINE);
    return true;
  }
  if (c === NEWLINE && (iflag & INLCR) !== 0) {
    resumeOnAny(tty);
    receiveTranslated(tty, RETURN);
    return true;
  }
  if ((lflag & ICANON) === 0) return false;
  resumeOnAny(tty);
  return receiveEditing(tty, c);
}

/** CR and NL that became each other. */
function receiveTranslated(tty: Tty, c: number): void {
  const { lflag } = tty.termios;
  if ((lflag & ICANON) !== 0 && receiveEditing(tty, c)) return;
  if ((lflag & ECHO) !== 0) {
    if (c === NEWLINE) {
      finishErasing(tty);
      tty.echo.raw(NEWLINE);
    } else echoInput(tty, c);
  }
  store(tty, c);
}

function flowControl(tty: Tty, c: number): boolean {
  const isStart = tty.termios.is(c, VSTART);
  if (!isStart && !tty.termios.is(c, VSTOP)) return false;
  if (isStart) {
    tty.start();
    tty.echo.flush(tty);
  } else tty.stop();
  return true;
}

function signalOf(tty: Tty, c: number): number {
  const { termios } = tty;
  if (termios.is(c, VINTR)) return SIGINT;
  if (termios.is(c, VQUIT)) return SIGQUIT;
  return termios.is(c, VSUSP) ? SIGTSTP : 0;
}

function signalTyped(tty: Tty, signo: number, c: number): void {
  tty.signalForeground(signo);
  if ((tty.termios.lflag & NOFLSH) === 0) {
    tty.echo.clear();
    tty.flushOutput();
    tty.flushInput();
  }
  if ((tty.termios.iflag & IXON) !== 0) tty.start();
  if ((tty.termios.lflag & ECHO) !== 0) tty.echo.character(tty, c);
  else tty.echo.flush(tty);
}

// --- canonical mode -----------------------------------------------------------------------------

function receiveEditing(tty: Tty, c: number): boolean {
  const { termios, buffer } = tty;
  const extended = (termios.lflag & IEXTEN) !== 0;
  const echoes = (termios.lflag & ECHO) !== 0;
  if (termios.is(c, VERASE) || termios.is(c, VKILL) || (extended && termios.is(c, VWERASE))) {
    eraseInput(tty, c);
  } else if (extended && termios.is(c, VLNEXT)) {
    literalNext(tty);
  } else if (extended && echoes && termios.is(c, VREPRINT)) {
    reprint(tty, c);
  } else if (c === NEWLINE) {
    if (echoes || (termios.lflag & ECHONL) !== 0) tty.echo.raw(NEWLINE);
    buffer.putEnd(NEWLINE);
  } else if (termios.is(c, VEOF)) {
    buffer.putEnd(EOF_MARK);
  } else if (termios.is(c, VEOL) || (extended && termios.is(c, VEOL2))) {
    if (echoes) {
      if (buffer.pendingCount === 0) tty.echo.setCanonColumn();
      tty.echo.character(tty, c);
    }
    if (c === ALL_ONES && (termios.iflag & PARMRK) !== 0) buffer.put(c);
    buffer.putEnd(c);
  } else return false;
  return true;
}

/** VLNEXT: the next byte is plain, whatever it is; a caret marks its place. */
function literalNext(tty: Tty): void {
  tty.literalNext = true;
  if ((tty.termios.lflag & ECHO) === 0) return;
  finishErasing(tty);
  if ((tty.termios.lflag & ECHOCTL) === 0) return;
  tty.echo.raw(CARET);
  tty.echo.raw(BACKSPACE);
}
