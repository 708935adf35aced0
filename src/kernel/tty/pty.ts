/**
 * Pty: a pair of ends: the terminal (`tty`, the slave) and the master, by which a terminal emulator,
 * sshd or the user's own terminal drives it (pty(7)).
 *  - masterWrite() and masterRead() move bytes without waiting; master-file.ts waits for guests.
 *  - `home` is the filesystem in which the slave has its name; it learns when the master closes.
 *  - TIOCPKT: `packetStatus` collects what the master shall know (ioctl_tty(2)).
 */
import { POLLHUP, POLLIN, POLLOUT, POLLPRI, POLLRDNORM, POLLWRNORM } from "../../abi/poll.ts";
import { SIGWINCH } from "../../abi/signal.ts";
import { WaitQueue } from "../../base/wait-queue.ts";
import type { Task } from "../task/task.ts";
import type { File } from "../vfs/file.ts";
import { ByteQueue } from "./byte-queue.ts";
import { Tty } from "./tty.ts";

/** Most bytes that one read of a master gives, and that FIONREAD tells: N_TTY's buffer less one. */
const READ_LIMIT = 4095;
/** What may wait on the way, beyond that buffer. */
const QUEUE_LIMIT = 16384;

/** Where a pty's slave has its name. */
export interface PtyHome {
  /** The master is closed: the name goes. */
  ptyClosed(pty: Pty): void;
  /** TIOCGPTPEER: open the slave without a path. */
  openPeer(task: Task, pty: Pty, flags: number): File | number;
}

export class Pty {
  readonly index: number;
  readonly home: PtyHome;
  readonly tty = new Tty(this);
  /** Readers and writers of the master. */
  readonly queue = new WaitQueue();
  /** From master to slave, not yet taken by the line discipline. */
  readonly incoming = new ByteQueue(QUEUE_LIMIT);
  /** From slave to master. */
  readonly outgoing = new ByteQueue(QUEUE_LIMIT + READ_LIMIT);
  /** The slave cannot be opened until TIOCSPTLCK says so. */
  locked = true;
  masterOpen = true;
  /** Open slave files that are not hung up. */
  slaveOpens = 0;
  /** Somebody had the slave open and nobody has it now. */
  slaveGone = false;
  /** Whoever types is gone, the terminal stays: reads that find nothing find the end of file. */
  inputEnded = false;
  packetMode = false;
  packetStatus = 0;
  /** Bytes that were emitted and the readers not told of yet (Tty.settle). */
  fresh = 0;

  constructor(index: number, home: PtyHome) {
    this.index = index;
    this.home = home;
  }

  // --- the master's side ----------------------------------------------------------------------

  /** What the master can read now. */
  get readable(): number {
    return Math.min(this.outgoing.length, READ_LIMIT);
  }

  /** Bytes that a write of the master would take now. */
  get writeRoom(): number {
    return this.incoming.room;
  }

  masterRead(into: Uint8Array, at = 0, length = into.length - at): number {
    const n = this.outgoing.take(into, at, Math.min(length, READ_LIMIT));
    if (n > 0) this.tty.outputReady();
    return n;
  }

  /** Type these bytes at the terminal; how many were taken. */
  masterWrite(from: Uint8Array, at = 0, length = from.length - at): number {
    let n = 0;
    while (n < length && this.incoming.room > 0) {
      const end = at + Math.min(length, n + this.incoming.room);
      while (at + n < end) this.incoming.push(from[at + n++]!);
      this.tty.receive();
    }
    return n;
  }

  /** Nothing will be typed any more. */
  endInput(): void {
    this.inputEnded = true;
    this.tty.queue.wake(POLLIN | POLLRDNORM);
  }

  closeMaster(): void {
    this.masterOpen = false;
    this.tty.hangUp();
    this.home.ptyClosed(this);
  }

  // --- the slave's side -----------------------------------------------------------------------

  slaveOpened(): void {
    this.slaveOpens++;
    this.slaveGone = false;
  }

  slaveClosed(): void {
    if (--this.slaveOpens > 0) return;
    this.tty.forgetSession();
    this.slaveHungUp();
  }

  /** No slave file works any more. */
  slaveHungUp(): void {
    this.slaveOpens = 0;
    this.slaveGone = true;
    this.queue.wake(POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM | POLLHUP);
  }

  // --- both -----------------------------------------------------------------------------------

  /** In packet mode: tell the master `bits`, and take back `cancelled` that contradict them. */
  packetEvent(bits: number, cancelled = 0): void {
    if (!this.packetMode) return;
    this.packetStatus = (this.packetStatus & ~cancelled) | bits;
    this.queue.wake(POLLIN | POLLRDNORM | POLLPRI);
  }

  /** TIOCSWINSZ of either end: the foreground learns of a change. */
  resize(rows: number, columns: number, xPixels = 0, yPixels = 0): void {
    if (this.tty.windowSize.set(rows, columns, xPixels, yPixels))
      this.tty.signalForeground(SIGWINCH);
  }
}
