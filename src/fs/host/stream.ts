/**
 * HostStream: a File over a descriptor of the user's: stdin, stdout, stderr; a pipe, terminal, file
 * or socket.
 *  - Never blocks the kernel: pipes and terminals are opened once more with O_NONBLOCK (the user's own
 *    open file stays as it is), sockets are asked with MSG_DONTWAIT, others by poll and small writes.
 *  - Not ready: the task parks on `queue`, and one shot of HostEvents wakes it.
 *  - A terminal answers size and modes; job control is the terminal driver's matter.
 */
import { EACCES, EAGAIN, EFAULT, EINTR, ENOTTY, EPIPE } from "../../abi/errno.ts";
import {
  F_GETFL,
  F_SETFL,
  O_ACCMODE,
  O_APPEND,
  O_CLOEXEC,
  O_NOCTTY,
  O_NONBLOCK,
  O_RDWR,
} from "../../abi/fcntl.ts";
import {
  FIONREAD,
  TCFLSH,
  TCGETS,
  TCSBRK,
  TCSETS,
  TCSETSF,
  TCSETSW,
  TIOCGWINSZ,
  TIOCOUTQ,
  TIOCSWINSZ,
} from "../../abi/ioctl.ts";
import {
  EPOLLONESHOT,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLRDNORM,
  POLLWRNORM,
} from "../../abi/poll.ts";
import { SIGPIPE } from "../../abi/signal.ts";
import { S_IFCHR, S_IFIFO, S_IFMT, S_IFREG, S_IFSOCK } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import type { Host } from "../../host/host.ts";
import type { Credentials } from "../../kernel/cred/credentials.ts";
import type { UserBuffer } from "../../kernel/mm/user-buffer.ts";
import type { Task } from "../../kernel/task/task.ts";
import { File } from "../../kernel/vfs/file.ts";
import type { Vfs } from "../../kernel/vfs/vfs.ts";
import { type OpenStream, StreamInode } from "./stream-inode.ts";

/** Is told that a host descriptor became ready. */
export interface HostListener {
  onHostEvent(fd: number, events: number): void;
}

/** The loop's watch on host descriptors: EPOLL* bits; another watch() of the descriptor replaces it. */
export interface HostEvents {
  watch(fd: number, events: number, listener: HostListener): number;
  unwatch(fd: number): void;
}

const INPUT = POLLIN | POLLRDNORM;
const OUTPUT = POLLOUT | POLLWRNORM;
/** What POLLOUT promises that a pipe takes. */
const SAFE_WRITE = 4096;

export class HostStream extends File implements HostListener, OpenStream {
  readonly #host: Host;
  readonly #events: HostEvents;
  readonly #fd: number;
  /** Does the descriptor itself answer EAGAIN? */
  readonly #nonblocking: boolean;
  readonly #type: number;
  readonly #name: string;
  /** Events that one shot is waiting for. */
  #armed = 0;
  #watched = false;

  /** `given` stays the caller's; flags are its access mode. Name: what /proc/self/fd shows. */
  constructor(
    vfs: Vfs,
    host: Host,
    events: HostEvents,
    given: number,
    credentials: Credentials,
    name: string,
  ) {
    const flags = host.fcntl(given, F_GETFL, 0);
    const inode = new StreamInode(vfs.anonymous, host, given);
    super(inode, vfs.anonymous.path(inode, name), Math.max(flags, 0) & ~O_NONBLOCK, credentials);
    inode.drop();
    this.#host = host;
    this.#events = events;
    this.#type = inode.hostType;
    const own = this.#openOwn(given);
    this.#nonblocking = own >= 0;
    this.#fd = own >= 0 ? own : host.dup(given);
    inode.fd = this.#fd;
    inode.stream = this;
    this.#name = name;
  }

  reopen(task: Task, flags: number): HostStream | number {
    const wanted = flags & O_ACCMODE;
    const given = this.flags & O_ACCMODE;
    if (wanted !== given && given !== O_RDWR)
      return refuse(EACCES, "open: the stream was given for the other direction");
    const fd = this.#host.reopen(this.#fd, wanted | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) return fd;
    // An open that appends is for volumes alone (the lock-down).
    if ((flags & O_APPEND) !== 0) this.#host.fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK);
    const { vfs } = task.kernel;
    const stream = new HostStream(vfs, this.#host, this.#events, fd, task.credentials, this.#name);
    this.#host.close(fd);
    stream.inode.uid = this.inode.uid;
    stream.inode.gid = this.inode.gid;
    stream.flags |= flags & O_NONBLOCK;
    return stream;
  }

  #openOwn(given: number): number {
    if (this.#type !== S_IFIFO && this.#type !== S_IFCHR) return -1;
    return this.#host.reopen(given, (this.flags & O_ACCMODE) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  }

  /** A pipe, a terminal, a socket: nothing that others find by its name. */
  get isNameless(): boolean {
    return this.#type !== S_IFREG;
  }

  get hostFd(): number {
    return this.#fd;
  }

  override read(task: Task, into: UserBuffer): number {
    if (into.remaining === 0) return 0;
    const host = this.#host;
    const n = this.#receive(Math.min(into.remaining, host.io.length));
    if (n === -EAGAIN) return this.#wait(task, INPUT);
    return n <= 0 ? n : into.put(host.io, 0, n);
  }

  #receive(length: number): number {
    if (!this.#nonblocking && this.#type !== S_IFREG) {
      const ready = this.#host.poll(this.#fd, INPUT);
      if ((ready & (INPUT | POLLHUP | POLLERR)) === 0) return -EAGAIN;
    }
    const n = this.#host.readIo(this.#fd, length);
    return n === -EINTR ? -EAGAIN : n;
  }

  override write(task: Task, from: UserBuffer): number {
    const record = task.restart;
    let done = record === null ? 0 : record.progress;
    from.skip(done);
    while (from.remaining > 0) {
      const n = this.#send(from);
      if (n === -EAGAIN) return this.#waitToWrite(task, done);
      if (n < 0) return done > 0 ? done : this.#failed(task, n);
      done += n;
    }
    return done;
  }

  #send(from: UserBuffer): number {
    const host = this.#host;
    let most = host.io.length;
    if (!this.#nonblocking && this.#type !== S_IFREG) {
      const ready = host.poll(this.#fd, OUTPUT);
      if ((ready & (OUTPUT | POLLHUP | POLLERR)) === 0) return -EAGAIN;
      most = SAFE_WRITE;
    }
    const taken = from.take(host.io, 0, Math.min(from.remaining, most));
    if (taken < 0) return -EFAULT;
    const n = host.writeIo(this.#fd, taken);
    // What the host did not take is offered again.
    const left = taken - Math.max(n, 0);
    if (left > 0) from.rewind(left);
    return n === -EINTR ? -EAGAIN : n;
  }

  #failed(task: Task, error: number): number {
    if (error === -EPIPE) task.kernel.sendSignalToTask(task, SIGPIPE);
    return error;
  }

  #waitToWrite(task: Task, done: number): number {
    if (this.nonblocking) return done > 0 ? done : -EAGAIN;
    task.record.progress = done;
    const rc = this.#wait(task, OUTPUT);
    if (rc < 0 && done > 0 && rc > -4096) return done;
    return rc;
  }

  #wait(task: Task, mask: number): number {
    if (this.nonblocking) return -EAGAIN;
    this.#arm(mask);
    task.waitOn(this.queue, mask | POLLHUP | POLLERR);
    return task.park();
  }

  // --- readiness ------------------------------------------------------------------------------

  override poll(): number {
    if (this.#type === S_IFREG) return INPUT | OUTPUT;
    const ready = this.#host.poll(this.#fd, INPUT | OUTPUT);
    const missing = ~ready & ((this.readable ? POLLIN : 0) | (this.writable ? POLLOUT : 0));
    if (missing !== 0) this.#arm(missing);
    return ready < 0 ? POLLERR : ready;
  }

  override get pollable(): boolean {
    return this.#type !== S_IFREG;
  }

  /** Ask for one wake-up; it stays asked for until it comes. */
  #arm(mask: number): void {
    const wanted = this.#armed | (mask & (POLLIN | POLLOUT));
    if (wanted === this.#armed || this.#type === S_IFREG) return;
    this.#armed = wanted;
    this.#watched = true;
    this.#events.watch(this.#fd, wanted | EPOLLONESHOT, this);
  }

  onHostEvent(_fd: number, mask: number): void {
    this.#armed = 0;
    let bits = mask;
    if ((mask & POLLIN) !== 0) bits |= POLLRDNORM;
    if ((mask & POLLOUT) !== 0) bits |= POLLWRNORM;
    // An error or hang-up concerns readers and writers alike.
    if ((mask & (POLLERR | POLLHUP)) !== 0) bits |= INPUT | OUTPUT;
    this.queue.wake(bits);
  }

  // --- terminals ------------------------------------------------------------------------------

  override ioctl(task: Task, command: number, argument: number): number {
    switch (command) {
      case TCGETS:
        return this.#ioctlOut(task, command, argument, 36);
      case TCSETS:
      case TCSETSW:
      case TCSETSF:
        return this.#ioctlIn(task, command, argument, 36);
      case TIOCGWINSZ:
        return this.#ioctlOut(task, command, argument, 8);
      case TIOCSWINSZ:
        return this.#ioctlIn(task, command, argument, 8);
      case FIONREAD:
      case TIOCOUTQ:
        return this.#ioctlOut(task, command, argument, 4);
      case TCFLSH:
      case TCSBRK:
        return this.#host.ioctl(this.#fd, command, argument);
      default:
        return -ENOTTY;
    }
  }

  #ioctlOut(task: Task, command: number, argument: number, size: number): number {
    const host = this.#host;
    const rc = host.ioctlStruct(this.#fd, command);
    if (rc < 0) return rc;
    const at = host.structAt;
    return task.mm.write(argument, host.arena.u8.slice(at, at + size));
  }

  #ioctlIn(task: Task, command: number, argument: number, size: number): number {
    const bytes = task.mm.read(argument, size);
    if (bytes === null) return -EFAULT;
    const host = this.#host;
    host.arena.u8.set(bytes, host.structAt);
    return host.ioctlStruct(this.#fd, command);
  }

  override available(): number {
    const host = this.#host;
    const rc = host.ioctlStruct(this.#fd, FIONREAD);
    return rc < 0 ? rc : host.arena.view.getInt32(host.structAt, true);
  }

  override get seekable(): boolean {
    return this.#type === S_IFREG;
  }

  override seek(offset: number, whence: number): number {
    return this.#host.lseek(this.#fd, offset, whence);
  }

  override fsync(): number {
    return this.#type === S_IFREG ? this.#host.fsync(this.#fd) : super.fsync();
  }

  override release(): void {
    if (this.#watched) this.#events.unwatch(this.#fd);
    this.#host.close(this.#fd);
  }
}

/** Is this a type that a stream can be made of? */
export function isStreamType(mode: number): boolean {
  const type = mode & S_IFMT;
  return type === S_IFIFO || type === S_IFCHR || type === S_IFREG || type === S_IFSOCK;
}
