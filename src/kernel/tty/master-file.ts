/**
 * MasterFile: the master end of a pty as a guest has it open (/dev/ptmx).
 *  - read() gives what the terminal put out; in packet mode (TIOCPKT) a first byte says what kind.
 *  - EIO once nobody has the slave open any more and everything is read.
 *  - Closing it hangs the terminal up.
 */
import { EAGAIN, EIO } from "../../abi/errno.ts";
import { TIOCPKT_DATA } from "../../abi/ioctl.ts";
import { POLLHUP, POLLIN, POLLOUT, POLLPRI, POLLRDNORM, POLLWRNORM } from "../../abi/poll.ts";
import { refuse } from "../../base/refuse.ts";
import type { WaitQueue } from "../../base/wait-queue.ts";
import type { Credentials } from "../cred/credentials.ts";
import type { UserBuffer } from "../mm/user-buffer.ts";
import { PARKED } from "../task/park.ts";
import type { Task } from "../task/task.ts";
import { File } from "../vfs/file.ts";
import type { Inode } from "../vfs/inode.ts";
import type { Path } from "../vfs/path.ts";
import { masterIoctl } from "./ioctl.ts";
import type { Pty } from "./pty.ts";

const CHUNK = 4096;

export class MasterFile extends File {
  readonly pty: Pty;
  override readonly queue: WaitQueue;

  constructor(pty: Pty, inode: Inode, path: Path | null, flags: number, credentials: Credentials) {
    super(inode, path, flags, credentials);
    this.pty = pty;
    this.queue = pty.queue;
  }

  override read(task: Task, into: UserBuffer): number {
    const { pty } = this;
    if (into.total === 0) return 0;
    if (pty.packetMode && pty.packetStatus !== 0) return this.#readStatus(into);
    if (pty.readable > 0) return this.#readBytes(into);
    if (pty.slaveGone) return refuse(EIO, "read: nobody has the slave open");
    if (this.nonblocking) return refuse(EAGAIN, "read: the terminal has put out nothing");
    task.waitOn(pty.queue, POLLIN | POLLHUP);
    return task.park();
  }

  #readStatus(into: UserBuffer): number {
    const { pty } = this;
    const status = Uint8Array.of(pty.packetStatus);
    pty.packetStatus = 0;
    return into.put(status);
  }

  #readBytes(into: UserBuffer): number {
    const { pty } = this;
    if (pty.packetMode) {
      const rc = into.put(Uint8Array.of(TIOCPKT_DATA));
      if (rc < 0 || into.remaining === 0) return rc;
    }
    const bytes = new Uint8Array(Math.min(pty.readable, into.remaining));
    pty.masterRead(bytes);
    const rc = into.put(bytes);
    return rc < 0 ? rc : into.done;
  }

  override write(task: Task, from: UserBuffer): number {
    const { pty } = this;
    from.skip(task.restart?.progress ?? 0);
    const chunk = new Uint8Array(CHUNK);
    while (from.remaining > 0 && pty.writeRoom > 0) {
      const n = from.take(chunk, 0, Math.min(CHUNK, from.remaining, pty.writeRoom));
      if (n < 0) return from.done > 0 ? from.done : n;
      pty.masterWrite(chunk, 0, n);
    }
    return from.remaining > 0 ? this.#waitForRoom(task, from.done) : from.done;
  }

  #waitForRoom(task: Task, done: number): number {
    if (this.nonblocking)
      return done > 0 ? done : refuse(EAGAIN, "write: the terminal's input is full");
    task.record.progress = done;
    task.waitOn(this.pty.queue, POLLOUT);
    const rc = task.park();
    return rc !== PARKED && done > 0 ? done : rc;
  }

  override poll(): number {
    const { pty } = this;
    let mask = 0;
    if (pty.readable > 0) mask |= POLLIN | POLLRDNORM;
    if (pty.packetMode && pty.packetStatus !== 0) mask |= POLLPRI | POLLIN | POLLRDNORM;
    if (pty.slaveGone) mask |= POLLHUP;
    if (pty.writeRoom > 0) mask |= POLLOUT | POLLWRNORM;
    return mask;
  }

  override ioctl(task: Task, command: number, argument: number): number {
    return masterIoctl(task, this, command, argument);
  }

  override available(): number {
    return this.pty.readable;
  }

  override release(): void {
    this.pty.closeMaster();
  }
}
