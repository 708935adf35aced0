/**
 * Tty: the terminal that programs see: the slave end of a pty with its line discipline N_TTY.
 *  - What it receives comes through input.ts into `buffer`; what it puts out goes by emit() to its
 *    Pty's master. Whoever emits calls settle() afterwards, which wakes the master's readers once.
 *  - It is the controlling terminal of at most one session (job-control.ts).
 *  - hangUp() cuts off every file that is open: their `generation` is no longer this one's.
 */

import {
  TIOCPKT_DOSTOP,
  TIOCPKT_FLUSHREAD,
  TIOCPKT_FLUSHWRITE,
  TIOCPKT_IOCTL,
  TIOCPKT_NOSTOP,
  TIOCPKT_START,
  TIOCPKT_STOP,
} from "../../abi/ioctl.ts";
import { POLLHUP, POLLIN, POLLOUT, POLLPRI, POLLRDNORM, POLLWRNORM } from "../../abi/poll.ts";
import { SIGCONT, SIGHUP } from "../../abi/signal.ts";
import { EXTPROC, ICANON, IXON, VMIN, VSTART, VSTOP, VTIME } from "../../abi/termios.ts";
import { WaitQueue } from "../../base/wait-queue.ts";
import { sendToGroup, sendToProcessGroup } from "../signal/send.ts";
import { SigInfo } from "../signal/siginfo.ts";
import type { ControllingTerminal, ProcessGroup, Session } from "../task/process-group.ts";
import { EchoQueue } from "./echo.ts";
import { receiveInput } from "./input.ts";
import { LineBuffer } from "./line-buffer.ts";
import type { Pty } from "./pty.ts";
import { Termios } from "./termios.ts";
import { WindowSize } from "./window-size.ts";

/** Major number of /dev/pts/N. */
export const UNIX98_PTY_SLAVE_MAJOR = 136;

const INPUT_EVENTS = POLLIN | POLLRDNORM;
const OUTPUT_EVENTS = POLLOUT | POLLWRNORM;

export class Tty implements ControllingTerminal {
  readonly pty: Pty;
  readonly termios = new Termios();
  readonly windowSize = new WindowSize();
  /** Readers and writers of the terminal. */
  readonly queue = new WaitQueue();

  // the line discipline
  readonly buffer = new LineBuffer();
  readonly echo = new EchoQueue();
  column = 0;
  /** The column in which the line being typed began. */
  canonColumn = 0;
  erasing = false;
  literalNext = false;

  // flow control
  stopped = false;
  /** TCOOFF stopped it: no character starts it again. */
  stoppedByIoctl = false;

  // job control
  session: Session | null = null;
  foreground: ProcessGroup | null = null;
  /** TIOCEXCL. */
  exclusive = false;
  generation = 0;

  constructor(pty: Pty) {
    this.pty = pty;
  }

  get deviceNumber(): number {
    const minor = this.pty.index;
    return (((minor & ~0xff) << 12) | (UNIX98_PTY_SLAVE_MAJOR << 8) | (minor & 0xff)) >>> 0;
  }

  get isCanonical(): boolean {
    return (this.termios.lflag & (ICANON | EXTPROC)) === ICANON;
  }

  // --- input ----------------------------------------------------------------------------------

  /** Could a read go on? For poll in raw mode without VTIME it takes VMIN bytes. */
  hasInput(forPoll = false): boolean {
    if (this.pty.inputEnded) return true;
    if (this.isCanonical) return this.buffer.hasLine;
    const { cc } = this.termios;
    const least = forPoll && cc[VTIME] === 0 && cc[VMIN] !== 0 ? cc[VMIN]! : 1;
    return this.buffer.count >= least;
  }

  /** Let the line discipline take what waits; wakes whom it concerns. */
  receive(): void {
    const took = receiveInput(this, this.pty.incoming);
    this.settle();
    if (!took) return;
    if (this.hasInput()) this.queue.wake(INPUT_EVENTS);
    this.pty.queue.wake(OUTPUT_EVENTS);
  }

  /** TCIFLUSH, and typed signals: what was received is forgotten. */
  flushInput(): void {
    this.buffer.clear();
    this.erasing = false;
    this.pty.packetEvent(TIOCPKT_FLUSHREAD);
  }

  // --- output ---------------------------------------------------------------------------------

  /** Bytes that may be emitted now. */
  get outputRoom(): number {
    return this.stopped ? 0 : this.pty.outgoing.room;
  }

  emit(byte: number): void {
    this.pty.outgoing.push(byte);
    this.pty.fresh++;
  }

  /** Tell the master of what was emitted since the last time. */
  settle(): void {
    if (this.pty.fresh === 0) return;
    this.pty.fresh = 0;
    this.pty.queue.wake(INPUT_EVENTS);
  }

  /** TCOFLUSH: what the master has not begun to see is lost. */
  flushOutput(): void {
    const { outgoing, fresh, readable } = this.pty;
    outgoing.truncate(Math.min(readable, outgoing.length - fresh));
    this.pty.fresh = 0;
    this.pty.packetEvent(TIOCPKT_FLUSHWRITE);
  }

  /** The master made room, or output goes on. Pending echoes wait for the next input or output. */
  outputReady(): void {
    if (this.outputRoom > 0) this.queue.wake(OUTPUT_EVENTS);
  }

  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.pty.packetEvent(TIOCPKT_STOP, TIOCPKT_START);
  }

  start(): void {
    if (!this.stopped || this.stoppedByIoctl) return;
    this.stopped = false;
    this.pty.packetEvent(TIOCPKT_START, TIOCPKT_STOP);
    this.outputReady();
  }

  // --- modes ----------------------------------------------------------------------------------

  /** Take over new modes. */
  setTermios(termios: Termios): void {
    const old = this.termios.copy();
    this.termios.set(termios);
    this.termios.normalizeForPty();
    this.#tellPacketReader(old);
    if (((old.lflag ^ this.termios.lflag) & (ICANON | EXTPROC)) !== 0) {
      this.buffer.restart((this.termios.lflag & ICANON) !== 0);
      this.erasing = false;
      this.literalNext = false;
    }
    if ((this.termios.iflag & IXON) === 0 && (old.iflag & IXON) !== 0 && !this.stoppedByIoctl) {
      this.start();
      this.echo.flush(this);
    }
    this.receive();
    this.queue.wake(INPUT_EVENTS | OUTPUT_EVENTS);
  }

  #tellPacketReader(old: Termios): void {
    const before = flowByDefaultKeys(old);
    const now = flowByDefaultKeys(this.termios);
    if (before !== now)
      this.pty.packetEvent(
        now ? TIOCPKT_DOSTOP : TIOCPKT_NOSTOP,
        now ? TIOCPKT_NOSTOP : TIOCPKT_DOSTOP,
      );
    if (((old.lflag | this.termios.lflag) & EXTPROC) !== 0) this.pty.packetEvent(TIOCPKT_IOCTL);
  }

  // --- sessions -------------------------------------------------------------------------------

  signalForeground(signo: number): void {
    if (this.foreground !== null) sendToProcessGroup(this.foreground, SigInfo.fromKernel(signo));
  }

  /** The session leader exits or gives the terminal up. */
  disassociate(): void {
    this.forgetSession();
    this.session = null;
    this.foreground = null;
  }

  /** The session has no terminal any more, whatever this terminal remembers. */
  forgetSession(): void {
    if (this.session?.terminal === this) this.session.terminal = null;
  }

  /** The line is cut: open files are dead, the session leader is told. */
  hangUp(): void {
    const leader = this.session?.leader ?? null;
    const wasControlling = this.session?.terminal === this;
    this.disassociate();
    this.generation++;
    this.buffer.clear();
    this.echo.clear();
    this.erasing = this.literalNext = false;
    this.stopped = this.stoppedByIoctl = this.exclusive = false;
    this.termios.set(new Termios());
    this.pty.slaveHungUp();
    if (leader !== null && wasControlling) {
      sendToGroup(leader, SigInfo.fromKernel(SIGHUP));
      sendToGroup(leader, SigInfo.fromKernel(SIGCONT));
    }
    this.queue.wake(INPUT_EVENTS | OUTPUT_EVENTS | POLLHUP | POLLPRI);
  }
}

/** Would ^S and ^Q stop and start the output (packet mode tells changes of that)? */
function flowByDefaultKeys({ iflag, cc }: Termios): boolean {
  return (iflag & IXON) !== 0 && cc[VSTOP] === 19 && cc[VSTART] === 17;
}
