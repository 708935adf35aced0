/**
 * File: an open file description (open(2), Linux's struct file). Descriptor tables hold references;
 * the last unref() calls release().
 *  - read/write methods move bytes between the file and a UserBuffer and return a count, -errno, or
 *    what `task.park()` returned when they must wait: then the whole system call is tried again later.
 *  - poll() tells which of POLLIN, POLLOUT, … hold now; a change wakes `queue` with those bits.
 * Subclasses override what they support; the defaults answer as Linux does for a file that has no
 * such operation.
 */
import { EBADF, EINVAL, ENODEV, ENOTDIR, ENOTTY, ESPIPE } from "../../abi/errno.ts";
import { O_ACCMODE, O_NONBLOCK, O_PATH, O_RDONLY, O_RDWR, O_WRONLY } from "../../abi/fcntl.ts";
import { IN_CLOSE_NOWRITE, IN_CLOSE_WRITE } from "../../abi/inotify.ts";
import { POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from "../../abi/poll.ts";
import { WaitQueue } from "../../base/wait-queue.ts";
import type { Credentials } from "../cred/credentials.ts";
import type { UserBuffer } from "../mm/user-buffer.ts";
import type { PidNamespace } from "../ns/pid-namespace.ts";
import type { Task } from "../task/task.ts";
import type { DirectoryEmitter } from "./directory-emitter.ts";
import type { Inode } from "./inode.ts";
import { notifyFile } from "./inotify.ts";
import type { MountIds } from "./mount-ids.ts";
import type { Path } from "./path.ts";

/** What an mmap of a file maps: a host descriptor that has exactly the rights the guest's file has. */
export interface Mapping {
  /** Host descriptor to hand to the stub; the file keeps owning it. */
  readonly hostFd: number;
}

/** Something that looks at a file without keeping it open. */
export interface Watch {
  /** The last reference is gone. */
  fileReleased(): void;
}

export abstract class File {
  /** Access mode and status flags; F_SETFL changes some of them. */
  flags: number;
  position = 0;
  readonly inode: Inode;
  /** Where it was opened; null for pipes, sockets and other nameless files. */
  readonly path: Path | null;
  /** The opener's credentials. */
  readonly credentials: Credentials;
  readonly queue = new WaitQueue();
  /** F_SETOWN: > 0 a process, < 0 a process group; signal of F_SETSIG. */
  owner = 0;
  ownerSignal = 0;
  /** Who wants to hear that the file is gone (epoll); they hold no reference. */
  watches: Watch[] | null = null;
  /** F_SETOWN_EX named a thread. */
  ownerIsThread = false;
  /** Does it count in inode.writers: 1 as a writer, -1 as an executed program? */
  #counts = 0;
  #references = 1;

  constructor(inode: Inode, path: Path | null, flags: number, credentials: Credentials) {
    this.inode = inode;
    this.path = path;
    this.flags = flags;
    this.credentials = credentials;
    path?.ref();
    inode.hold();
    if (this.writable && inode.isRegular) this.#count(1);
  }

  /** Through which ids its mount shows it. */
  get mountIds(): MountIds | null {
    return this.path === null ? null : this.path.mount.ids;
  }

  get readable(): boolean {
    // Access mode 3 opens for ioctl alone: neither readable nor writable.
    const access = this.flags & (O_ACCMODE | O_PATH);
    return access === O_RDONLY || access === O_RDWR;
  }

  get writable(): boolean {
    const access = this.flags & (O_ACCMODE | O_PATH);
    return access === O_WRONLY || access === O_RDWR;
  }

  get nonblocking(): boolean {
    return (this.flags & O_NONBLOCK) !== 0;
  }

  ref(): this {
    this.#references++;
    return this;
  }

  unref(): void {
    if (--this.#references === 0) this.#finish();
  }

  /** The file is a program that runs: writers get ETXTBSY until it is closed. */
  denyWrite(): void {
    this.#count(-1);
  }

  #count(by: number): void {
    this.#counts += by;
    this.inode.writers += by;
  }

  #finish(): void {
    if (this.watches !== null) for (const watch of this.watches.slice()) watch.fileReleased();
    this.inode.locks?.dropOwner(this);
    const { vfs } = this.inode.filesystem;
    if (vfs.markCount > 0 && (this.flags & O_PATH) === 0)
      notifyFile(this, this.writable ? IN_CLOSE_WRITE : IN_CLOSE_NOWRITE);
    this.release();
    this.inode.writers -= this.#counts;
    this.inode.drop();
    this.path?.unref();
  }

  get references(): number {
    return this.#references;
  }

  /** Can lseek and pread name positions? */
  get seekable(): boolean {
    return false;
  }

  /** Read at `position` and advance it. */
  read(_task: Task, _into: UserBuffer): number {
    return -EINVAL;
  }

  /** Write at `position` (the end with O_APPEND) and advance it. */
  /** What /proc/PID/fdinfo tells of this kind of file, as `namespace` numbers processes. */
  fdinfo(_namespace: PidNamespace): string {
    return "";
  }

  write(_task: Task, _from: UserBuffer): number {
    return -EINVAL;
  }

  pread(_task: Task, _into: UserBuffer, _position: number): number {
    return -ESPIPE;
  }

  pwrite(_task: Task, _from: UserBuffer, _position: number): number {
    return -ESPIPE;
  }

  /** Read for the kernel itself (exec, coredump): bytes read, or -errno. Does not wait. */
  readKernel(_into: Uint8Array, _position: number): number {
    return -EINVAL;
  }

  /** Write kernel bytes at `position`, as readKernel (coredump, copies between files). */
  writeKernel(_from: Uint8Array, _position: number): number {
    return -EINVAL;
  }

  seek(_offset: number, _whence: number): number {
    return -ESPIPE;
  }

  /** Which events hold now; `task` is who asks, where the answer depends on it (signalfd). */
  poll(_task?: Task): number {
    return POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
  }

  /** Can epoll watch it? Regular files and directories cannot be. */
  get pollable(): boolean {
    return true;
  }

  ioctl(_task: Task, _command: number, _argument: number): number {
    return -ENOTTY;
  }

  /** What an mmap with these PROT_ and MAP_ bits would map, or -errno. */
  mapping(_prot: number, _flags: number): Mapping | number {
    return -ENODEV;
  }

  /** Emit entries from `position` on, advancing it. */
  readdir(_task: Task, _into: DirectoryEmitter): number {
    return -ENOTDIR;
  }

  truncate(_size: number): number {
    return -EINVAL;
  }

  fallocate(_mode: number, _offset: number, _length: number): number {
    return -ENODEV;
  }

  /** F_SETPIPE_SZ; the size that it has then. */
  setPipeSize(_task: Task, _size: number): number {
    return -EBADF;
  }

  getPipeSize(): number {
    return -EBADF;
  }

  /** F_ADD_SEALS of memory files. */
  addSeals(_seals: number): number {
    return -EINVAL;
  }

  getSeals(): number {
    return -EINVAL;
  }

  /** Bytes that a read would give now (FIONREAD); -ENOTTY when nobody can tell. */
  available(): number {
    return -ENOTTY;
  }

  fsync(): number {
    return -EINVAL;
  }

  /** F_SETFL: the new flags, with only the changeable bits changed. May refuse one. */
  setFlags(flags: number): number {
    this.flags = flags;
    return 0;
  }

  /** close(2) of one descriptor, before the reference goes (POSIX locks, flush). */
  onClose(_task: Task): void {}

  /** The last reference is gone. */
  release(): void {}
}
