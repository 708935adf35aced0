/**
 * TtyFile: the slave end of a pty as a guest has it open (/dev/pts/N, /dev/tty).
 *  - read() waits for a line, or in raw mode as VMIN and VTIME say (termios(3)); bytes already moved
 *    survive in task.record.progress, the timer between bytes in task.record.deadline.
 *  - write() waits while output is stopped or the master does not read.
 *  - After a hang-up read gives end of file, everything else EIO.
 */
import { EAGAIN, EIO, ENOTTY, ETIMEDOUT } from "../../abi/errno.ts";
import { TIOCSPGRP } from "../../abi/ioctl.ts";
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from "../../abi/poll.ts";
import { TOSTOP, VMIN, VTIME } from "../../abi/termios.ts";
import { refuse } from "../../base/refuse.ts";
import type { WaitQueue } from "../../base/wait-queue.ts";
import type { Credentials } from "../cred/credentials.ts";
import type { UserBuffer } from "../mm/user-buffer.ts";
import { PARKED } from "../task/park.ts";
import type { Task } from "../task/task.ts";
import { File } from "../vfs/file.ts";
import type { Inode } from "../vfs/inode.ts";
import type { Path } from "../vfs/path.ts";
import { slaveIoctl } from "./ioctl.ts";
import { checkRead, checkWrite } from "./job-control.ts";
import { N_TTY_BUF_SIZE } from "./line-buffer.ts";
import { putOutput } from "./output.ts";
import type { Tty } from "./tty.ts";

const DECISECOND_NS = 100_000_000;
/** How much of a long write is looked at in one go. */
const WRITE_CHUNK = 2048;

export class TtyFile extends File {
  readonly tty: Tty;
  override readonly queue: WaitQueue;
  readonly #generation: number;

  constructor(tty: Tty, inode: Inode, path: Path | null, flags: number, credentials: Credentials) {
    super(inode, path, flags, credentials);
    this.tty = tty;
    this.queue = tty.queue;
    this.#generation = tty.generation;
    tty.pty.slaveOpened();
  }

  get isHungUp(): boolean {
    return this.#generation !== this.tty.generation;
  }

  // --- read -----------------------------------------------------------------------------------

  override read(task: Task, into: UserBuffer): number {
    if (this.isHungUp) return task.restart?.progress ?? 0;
    const rc = checkRead(task, this.tty);
    if (rc < 0) return rc;
    if (task.restart !== null) into.skip(task.restart.progress);
    if (into.remaining === 0) return into.done;
    return this.tty.isCanonical ? this.#readLine(task, into) : this.#readRaw(task, into);
  }

  #readLine(task: Task, into: UserBuffer): number {
    const { tty } = this;
    if (!tty.buffer.hasLine) return this.#waitForInput(task, into, Infinity);
    const line = new Uint8Array(Math.min(into.remaining, N_TTY_BUF_SIZE));
    const n = tty.buffer.takeLine(line, line.length);
    const rc = n === 0 ? 0 : into.put(line, 0, n);
    tty.receive();
    return rc < 0 ? rc : into.done;
  }

  #readRaw(task: Task, into: UserBuffer): number {
    const { tty } = this;
    const { cc } = tty.termios;
    const least = cc[VMIN]!;
    const waitNs = cc[VTIME]! * DECISECOND_NS;
    let moved = 0;
    if (tty.buffer.count > 0) {
      const bytes = new Uint8Array(Math.min(into.remaining, N_TTY_BUF_SIZE));
      const n = tty.buffer.takeRaw(bytes, bytes.length);
      moved = into.put(bytes, 0, n);
      tty.receive();
      if (moved < 0) return into.done > 0 ? into.done : moved;
    }
    if (into.remaining === 0 || into.done >= Math.max(least, 1)) return into.done;
    return this.#waitForInput(task, into, this.#rawDeadline(task, least, waitNs, moved));
  }

  /** VTIME: with VMIN a pause between bytes, which begins with the first; else from the start. */
  #rawDeadline(task: Task, least: number, waitNs: number, moved: number): number {
    const now = task.kernel.clock.monotonicNs();
    if (least === 0) {
      if (waitNs === 0) return 0;
      return task.restart === null ? (task.record.deadline = now + waitNs) : task.record.deadline;
    }
    if (moved > 0 && waitNs > 0) task.record.deadline = now + waitNs;
    return task.record.deadline;
  }

  #waitForInput(task: Task, into: UserBuffer, deadline: number): number {
    if (deadline === 0 || this.tty.pty.inputEnded) return into.done;
    if (this.nonblocking)
      return into.done > 0 ? into.done : refuse(EAGAIN, "read: the terminal has no input");
    task.record.progress = into.done;
    task.waitOn(this.tty.queue, POLLIN | POLLHUP);
    const rc = task.park(deadline);
    if (rc === PARKED) return rc;
    if (rc === -ETIMEDOUT || into.done > 0) return into.done;
    return rc;
  }

  // --- write ----------------------------------------------------------------------------------

  override write(task: Task, from: UserBuffer): number {
    const { tty } = this;
    if (this.isHungUp) return refuse(EIO, "write: the terminal was hung up");
    if ((tty.termios.lflag & TOSTOP) !== 0) {
      const rc = checkWrite(task, tty);
      if (rc < 0) return rc;
    }
    let done = task.restart?.progress ?? 0;
    from.skip(done);
    tty.echo.flush(tty);
    while (done < from.total && tty.outputRoom > 0) {
      if (!tty.pty.masterOpen) return done > 0 ? done : -EIO;
      const n = this.#writeSome(from);
      if (n < 0) return done > 0 ? done : n;
      done += n;
      // Bytes that were taken and did not fit are taken anew by the retry.
      if (done !== from.done) break;
    }
    tty.settle();
    return done < from.total ? this.#waitForRoom(task, done) : done;
  }

  /** Take a chunk and put it out; how many of its bytes went. */
  #writeSome(from: UserBuffer): number {
    const { tty } = this;
    const chunk = new Uint8Array(Math.min(WRITE_CHUNK, from.remaining, tty.outputRoom));
    const taken = from.take(chunk);
    if (taken < 0) return taken;
    let n = 0;
    while (n < taken && putOutput(tty, chunk[n]!, tty.outputRoom)) n++;
    return n;
  }

  #waitForRoom(task: Task, done: number): number {
    if (this.nonblocking)
      return done > 0 ? done : refuse(EAGAIN, "write: the terminal takes no output now");
    task.record.progress = done;
    task.waitOn(this.tty.queue, POLLOUT | POLLHUP);
    const rc = task.park();
    return rc !== PARKED && done > 0 ? done : rc;
  }

  // --- the rest -------------------------------------------------------------------------------

  override poll(): number {
    if (this.isHungUp) return POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDNORM | POLLWRNORM;
    const { tty } = this;
    let mask = 0;
    if (tty.hasInput(true)) mask |= POLLIN | POLLRDNORM;
    if (!tty.pty.masterOpen) mask |= POLLHUP;
    if (tty.outputRoom > 0) mask |= POLLOUT | POLLWRNORM;
    return mask;
  }

  override ioctl(task: Task, command: number, argument: number): number {
    if (this.isHungUp) return command === TIOCSPGRP ? -ENOTTY : -EIO;
    return slaveIoctl(task, this, command, argument);
  }

  override release(): void {
    if (!this.isHungUp) this.tty.pty.slaveClosed();
  }
}
