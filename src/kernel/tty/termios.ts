/**
 * Termios: the modes, control characters and speeds of one terminal (termios(3)), and their three
 * encodings: struct termios, struct termios2, and the ancient struct termio.
 * A control character of 0 is switched off (_POSIX_VDISABLE).
 */
import {
  BOTHER,
  BRKINT,
  CBAUD,
  CREAD,
  CS8,
  CSIZE,
  ECHO,
  ECHOCTL,
  ECHOE,
  ECHOK,
  ECHOKE,
  ECHONL,
  ICANON,
  ICRNL,
  IEXTEN,
  IGNBRK,
  IGNCR,
  INLCR,
  ISIG,
  ISTRIP,
  IXON,
  NCCS,
  ONLCR,
  OPOST,
  PARENB,
  PARMRK,
  termios,
  termios2,
  VDISCARD,
  VEOF,
  VERASE,
  VINTR,
  VKILL,
  VLNEXT,
  VMIN,
  VQUIT,
  VREPRINT,
  VSTART,
  VSTOP,
  VSUSP,
  VTIME,
  VWERASE,
} from "../../abi/termios.ts";

const B38400 = 15;
/** Characters that struct termio has. */
const NCC = 8;
/** `struct termio`: four 16-bit modes, the discipline, eight characters. */
export const TERMIO_SIZE = 18;

/** Speeds of B0 … B38400 and of CBAUDEX + 1 … 15. */
const SLOW = [0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400];
const FAST = [
  0, 57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000, 2000000,
  2500000, 3000000, 3500000, 4000000,
];

/** INIT_C_CC of include/asm-generic/termios.h. */
const STANDARD_CHARACTERS: readonly (readonly [number, number])[] = [
  [VINTR, 3],
  [VQUIT, 28],
  [VERASE, 127],
  [VKILL, 21],
  [VEOF, 4],
  [VMIN, 1],
  [VSTART, 17],
  [VSTOP, 19],
  [VSUSP, 26],
  [VREPRINT, 18],
  [VDISCARD, 15],
  [VWERASE, 23],
  [VLNEXT, 22],
];

export class Termios {
  iflag = ICRNL | IXON;
  oflag = OPOST | ONLCR;
  cflag = B38400 | CS8 | CREAD;
  lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN;
  line = 0;
  readonly cc = new Uint8Array(NCCS);
  ispeed = 38400;
  ospeed = 38400;

  /** A pty's modes as it is made: those of a "sane" terminal. */
  constructor() {
    for (const [index, character] of STANDARD_CHARACTERS) this.cc[index] = character;
  }

  set(from: Termios): void {
    this.iflag = from.iflag;
    this.oflag = from.oflag;
    this.cflag = from.cflag;
    this.lflag = from.lflag;
    this.line = from.line;
    this.cc.set(from.cc);
    this.ispeed = from.ispeed;
    this.ospeed = from.ospeed;
  }

  copy(): Termios {
    const copy = new Termios();
    copy.set(this);
    return copy;
  }

  /** Is `c` the control character `index`, and is that one switched on? */
  is(c: number, index: number): boolean {
    return c !== 0 && this.cc[index] === c;
  }

  // --- encodings ------------------------------------------------------------------------------

  encode(view: DataView, at: number, withSpeeds: boolean): void {
    const layout = withSpeeds ? termios2 : termios;
    layout.write(view, at, {
      c_iflag: this.iflag,
      c_oflag: this.oflag,
      c_cflag: this.cflag,
      c_lflag: this.lflag,
      c_line: this.line,
      c_cc: this.cc,
    });
    if (!withSpeeds) return;
    view.setUint32(at + termios2.at.c_ispeed, this.ispeed, true);
    view.setUint32(at + termios2.at.c_ospeed, this.ospeed, true);
  }

  /** Take over what a guest wrote; speeds come from c_cflag unless that says BOTHER. */
  decode(view: DataView, at: number, withSpeeds: boolean): void {
    const value = termios.read(view, at);
    this.iflag = value.c_iflag;
    this.oflag = value.c_oflag;
    this.cflag = value.c_cflag;
    this.lflag = value.c_lflag;
    this.line = value.c_line;
    this.cc.set(value.c_cc);
    if (withSpeeds) {
      this.ispeed = view.getUint32(at + termios2.at.c_ispeed, true);
      this.ospeed = view.getUint32(at + termios2.at.c_ospeed, true);
    }
    this.#settleSpeeds();
  }

  /** struct termio: the low halves of the modes and eight characters. */
  encodeOld(view: DataView, at: number): void {
    const modes = [this.iflag, this.oflag, this.cflag, this.lflag];
    for (const [i, mode] of modes.entries()) view.setUint16(at + 2 * i, mode & 0xffff, true);
    view.setUint8(at + 8, this.line);
    for (let i = 0; i < NCC; i++) view.setUint8(at + 9 + i, this.cc[i]!);
    view.setUint8(at + 17, 0);
  }

  decodeOld(view: DataView, at: number): void {
    const low = (mode: number, i: number) =>
      ((mode & 0xffff0000) | view.getUint16(at + 2 * i, true)) >>> 0;
    this.iflag = low(this.iflag, 0);
    this.oflag = low(this.oflag, 1);
    this.cflag = low(this.cflag, 2);
    this.lflag = low(this.lflag, 3);
    this.line = view.getUint8(at + 8);
    for (let i = 0; i < NCC; i++) this.cc[i] = view.getUint8(at + 9 + i);
    this.#settleSpeeds();
  }

  #settleSpeeds(): void {
    const code = this.cflag & CBAUD;
    if (code !== BOTHER) this.ospeed = code < 16 ? SLOW[code]! : (FAST[code & 15] ?? 0);
    const input = (this.cflag >>> 16) & CBAUD;
    if (input === 0) this.ispeed = this.ospeed;
    else if (input !== BOTHER) this.ispeed = input < 16 ? SLOW[input]! : (FAST[input & 15] ?? 0);
  }

  /** A pty has no wire: always eight bits, no parity, receiver on. */
  normalizeForPty(): void {
    this.cflag = ((this.cflag & ~(CSIZE | PARENB)) | CS8 | CREAD) >>> 0;
  }

  /** cfmakeraw(3): every byte passes as it is. */
  makeRaw(): void {
    this.iflag &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    this.oflag &= ~OPOST;
    this.lflag &= ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    this.cflag = (this.cflag & ~(CSIZE | PARENB)) | CS8;
    this.cc[VMIN] = 1;
    this.cc[VTIME] = 0;
  }
}
