/**
 * PipeFile: one end of a pipe, or a FIFO opened (pipe(7), fifo(7)).
 *  - read() waits while the pipe is empty and has writers; write() while it is full, and goes on
 *    after the bytes that an earlier try has moved (task.record.progress).
 *  - No readers: write() fails with EPIPE and the writer gets SIGPIPE.
 *  - O_DIRECT on the writing end: each write is a packet.
 */

import { CAP_SYS_RESOURCE } from "../../abi/capability.ts";
import { EAGAIN, ENOTTY, EPIPE } from "../../abi/errno.ts";
import { O_CLOEXEC, O_DIRECT, O_NONBLOCK, O_RDONLY, O_WRONLY } from "../../abi/fcntl.ts";
import { FIONREAD } from "../../abi/ioctl.ts";
import { POLLERR, POLLHUP, POLLIN, POLLOUT } from "../../abi/poll.ts";
import { SIGPIPE } from "../../abi/signal.ts";
import { S_IFIFO } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import type { WaitQueue } from "../../base/wait-queue.ts";
import type { Credentials } from "../cred/credentials.ts";
import type { UserBuffer } from "../mm/user-buffer.ts";
import { PARKED } from "../task/park.ts";
import type { Task } from "../task/task.ts";
import { File } from "../vfs/file.ts";
import type { Inode } from "../vfs/inode.ts";
import type { Path } from "../vfs/path.ts";
import { numbered } from "./nameless.ts";
import { Pipe } from "./pipe.ts";

export class PipeFile extends File {
  readonly pipe: Pipe;
  override readonly queue: WaitQueue;
  /** A FIFO opened with O_NONBLOCK before any writer: no POLLHUP until one has come and gone. */
  #writersSeen: number;

  /** The caller has counted the end in `pipe.readers` and `pipe.writers`. */
  constructor(pipe: Pipe, inode: Inode, path: Path, flags: number, credentials: Credentials) {
    super(inode, path, flags, credentials);
    this.pipe = pipe;
    this.queue = pipe.queue;
    this.#writersSeen = -1;
  }

  /** Until another writer opens, having none is not a hang-up. */
  expectWriter(): void {
    this.#writersSeen = this.pipe.writerOpens;
  }

  override read(task: Task, into: UserBuffer): number {
    const { pipe } = this;
    if (into.total === 0) return 0;
    if (!pipe.isEmpty) {
      const wasFull = pipe.isFull;
      const n = pipe.drain(into);
      if (wasFull && !pipe.isFull) pipe.wakeWriters();
      return n;
    }
    if (pipe.writers === 0) return 0;
    if (this.nonblocking) return refuse(EAGAIN, "read: the pipe is empty");
    task.waitOn(pipe.queue, POLLIN | POLLHUP);
    return task.park();
  }

  override write(task: Task, from: UserBuffer): number {
    const { pipe } = this;
    if (from.total === 0) return 0;
    if (task.restart !== null) from.skip(task.restart.progress);
    for (;;) {
      if (pipe.readers === 0) {
        task.kernel.sendSignalToTask(task, SIGPIPE);
        return from.done > 0 ? from.done : refuse(EPIPE, "write: the pipe has no readers");
      }
      const n = pipe.fill(from, (this.flags & O_DIRECT) !== 0);
      if (n < 0) return from.done > 0 ? from.done : n;
      if (n > 0) pipe.wakeReaders();
      if (from.remaining === 0) return from.done;
      if (pipe.isFull) return this.#waitForRoom(task, from);
    }
  }

  #waitForRoom(task: Task, from: UserBuffer): number {
    if (this.nonblocking)
      return from.done > 0 ? from.done : refuse(EAGAIN, "write: the pipe is full");
    task.record.progress = from.done;
    task.waitOn(this.pipe.queue, POLLOUT | POLLERR);
    const rc = task.park();
    return rc !== PARKED && from.done > 0 ? from.done : rc;
  }

  override poll(): number {
    let mask = 0;
    if (this.readable) mask |= this.pipe.readEvents(this.#writersSeen !== this.pipe.writerOpens);
    if (this.writable) mask |= this.pipe.writeEvents();
    return mask;
  }

  override ioctl(task: Task, command: number, argument: number): number {
    return command === FIONREAD ? task.mm.writeI32(argument, this.pipe.length) : -ENOTTY;
  }

  override available(): number {
    return this.pipe.length;
  }

  override setPipeSize(task: Task, size: number): number {
    return this.pipe.resize(size, task.credentials.has(CAP_SYS_RESOURCE));
  }

  override getPipeSize(): number {
    return this.pipe.capacity;
  }

  override release(): void {
    const { pipe } = this;
    if (this.readable) pipe.readers--;
    if (this.writable) pipe.writers--;
    if (pipe.readers === 0 && pipe.writers === 0) this.inode.fifo = null;
    else pipe.wakeAll();
  }
}

/** The pipe behind a file, or null (EBADF, EINVAL of fcntl and splice). */
export function pipeOf(file: File): Pipe | null {
  return file instanceof PipeFile ? file.pipe : null;
}

/** pipe2(2): the reading and the writing end. flags: O_NONBLOCK, O_DIRECT (O_CLOEXEC is the table's). */
export function makePipe(task: Task, flags: number): [PipeFile, PipeFile] {
  const pipe = new Pipe(task.kernel.blocks);
  pipe.readers = pipe.writers = pipe.readerOpens = pipe.writerOpens = 1;
  const { inode, path } = numbered(task, "pipe", S_IFIFO | 0o600);
  inode.fifo = pipe; // so that /proc/self/fd/N opens it once more
  const status = flags & ~O_CLOEXEC;
  const reader = new PipeFile(
    pipe,
    inode,
    path,
    (status & O_NONBLOCK) | O_RDONLY,
    task.credentials,
  );
  const writer = new PipeFile(pipe, inode, path, status | O_WRONLY, task.credentials);
  inode.drop();
  return [reader, writer];
}
