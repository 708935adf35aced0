/**
 * InotifyFile: an inotify descriptor: marks on inodes and a queue of what happened to them.
 *  - An event equal to the last unread one is dropped; above MAX_QUEUED_EVENTS one IN_Q_OVERFLOW
 *    stands for the rest.
 *  - read() gives whole events, at least one; EINVAL when not even the first fits.
 */
import { EAGAIN, EINVAL, ENOTTY } from "../../abi/errno.ts";
import { O_RDONLY } from "../../abi/fcntl.ts";
import { IN_Q_OVERFLOW } from "../../abi/inotify.ts";
import { FIONREAD } from "../../abi/ioctl.ts";
import { POLLIN, POLLRDNORM } from "../../abi/poll.ts";
import { refuse } from "../../base/refuse.ts";
import type { Credentials } from "../cred/credentials.ts";
import type { UserBuffer } from "../mm/user-buffer.ts";
import type { Task } from "../task/task.ts";
import { File } from "./file.ts";
import type { Inode } from "./inode.ts";
import { type EventSink, Mark, removeMark } from "./inotify.ts";
import type { Vfs } from "./vfs.ts";

const MAX_QUEUED_EVENTS = 16384;
const HEADER = 16;

interface Event {
  readonly wd: number;
  readonly mask: number;
  readonly cookie: number;
  readonly name: string;
}

export class InotifyFile extends File implements EventSink {
  readonly #marks = new Map<number, Mark>();
  #events: Event[] = [];
  #lastWd = 0;

  constructor(vfs: Vfs, flags: number, credentials: Credentials) {
    const inode = vfs.anonymous.inode(0o600);
    super(inode, vfs.anonymous.path(inode, "anon_inode:inotify"), O_RDONLY | flags, credentials);
    inode.drop();
  }

  markOf(inode: Inode): Mark | null {
    return inode.marks?.find((mark) => mark.sink === this) ?? null;
  }

  /** Watch an inode; the watch descriptor. */
  add(inode: Inode, mask: number): number {
    const mark = new Mark(this, inode.hold(), ++this.#lastWd, mask);
    inode.marks ??= [];
    inode.marks.push(mark);
    inode.filesystem.vfs.markCount++;
    this.#marks.set(mark.wd, mark);
    return mark.wd;
  }

  remove(wd: number): number {
    const mark = this.#marks.get(wd);
    if (mark === undefined) return refuse(EINVAL, "inotify_rm_watch: no such watch");
    removeMark(mark);
    return 0;
  }

  forget(mark: Mark): void {
    this.#marks.delete(mark.wd);
  }

  /** Masks by watch descriptor, for /proc/PID/fdinfo. */
  marks(): IterableIterator<Mark> {
    return this.#marks.values();
  }

  event(wd: number, mask: number, cookie: number, name: string): void {
    const last = this.#events.at(-1);
    const same =
      last !== undefined && last.wd === wd && last.mask === mask && last.cookie === cookie;
    if (same && last.name === name) return;
    if (this.#events.length >= MAX_QUEUED_EVENTS) {
      if (last!.mask === IN_Q_OVERFLOW) return;
      this.#events.push({ wd: -1, mask: IN_Q_OVERFLOW, cookie: 0, name: "" });
    } else this.#events.push({ wd, mask: mask >>> 0, cookie, name });
    this.queue.wake(POLLIN | POLLRDNORM);
  }

  override read(task: Task, into: UserBuffer): number {
    if (this.#events.length === 0) {
      if (this.nonblocking) return -EAGAIN;
      task.waitOn(this.queue, POLLIN);
      return task.park();
    }
    let taken = 0;
    let size = 0;
    while (taken < this.#events.length) {
      const next = sizeOf(this.#events[taken]!);
      if (size + next > into.remaining) break;
      size += next;
      taken++;
    }
    if (taken === 0) return refuse(EINVAL, "inotify: no room for the next event");
    const bytes = new Uint8Array(size);
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (let i = 0; i < taken; i++) at = encode(this.#events[i]!, view, bytes, at);
    const put = into.put(bytes);
    if (put < 0) return put;
    this.#events = this.#events.slice(taken);
    return put;
  }

  override poll(): number {
    return this.#events.length > 0 ? POLLIN | POLLRDNORM : 0;
  }

  override ioctl(task: Task, command: number, argument: number): number {
    return command === FIONREAD ? task.mm.writeI32(argument, this.available()) : -ENOTTY;
  }

  override available(): number {
    let size = 0;
    for (const event of this.#events) size += sizeOf(event);
    return size;
  }

  override release(): void {
    for (const mark of [...this.#marks.values()]) removeMark(mark);
    this.#events.length = 0;
  }
}

/** The name with its NUL is padded to whole headers. */
function sizeOf(event: Event): number {
  return HEADER + (event.name === "" ? 0 : Math.ceil((event.name.length + 1) / HEADER) * HEADER);
}

function encode(event: Event, view: DataView, bytes: Uint8Array, at: number): number {
  const size = sizeOf(event);
  view.setInt32(at, event.wd, true);
  view.setUint32(at + 4, event.mask, true);
  view.setUint32(at + 8, event.cookie, true);
  view.setUint32(at + 12, size - HEADER, true);
  for (let i = 0; i < event.name.length; i++) bytes[at + HEADER + i] = event.name.charCodeAt(i);
  return at + size;
}
