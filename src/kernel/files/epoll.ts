/**
 * Epoll: a set of watched descriptors and the list of those that may be ready (epoll(7)).
 *  - add(), modify(), remove() are epoll_ctl(2); collect() gives the events of epoll_wait(2) in the
 *    order in which they became ready. Waiting costs by the number of ready items, not of watched.
 *  - A ready item is looked at again when collected: being listed is only a hint.
 *  - `waiters` holds tasks in epoll_wait; `queue` those who poll the epoll file itself.
 * An epoll may watch others, up to five deep and never in a circle (ELOOP).
 */
import { EEXIST, EINVAL, ELOOP, ENOENT } from "../../abi/errno.ts";
import { O_RDWR } from "../../abi/fcntl.ts";
import {
  EPOLLERR,
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLHUP,
  EPOLLIN,
  EPOLLONESHOT,
  EPOLLOUT,
  EPOLLWAKEUP,
  epoll_event,
  POLLIN,
  POLLRDNORM,
} from "../../abi/poll.ts";
import { refuse } from "../../base/refuse.ts";
import { WaitQueue } from "../../base/wait-queue.ts";
import type { Task } from "../task/task.ts";
import { File } from "../vfs/file.ts";
import { EpollItem } from "./epoll-item.ts";
import { anonymous, type Nameless } from "./nameless.ts";

/** How deep epolls may watch epolls. */
const MAX_NESTS = 4;
const EXCLUSIVE_OK =
  EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE | 0;

const EVENT = epoll_event.size;

export class Epoll extends File {
  readonly waiters = new WaitQueue();
  readonly #items = new Map<File, EpollItem[]>();
  /** In the order in which they became ready. */
  readonly #ready = new Set<EpollItem>();

  constructor(task: Task, nameless: Nameless) {
    super(nameless.inode, nameless.path, O_RDWR, task.credentials);
  }

  // --- epoll_ctl ------------------------------------------------------------------------------

  add(task: Task, file: File, fd: number, events: number, dataLo: number, dataHi: number): number {
    if ((events & EPOLLEXCLUSIVE) !== 0) {
      if (file instanceof Epoll) return refuse(EINVAL, "epoll_ctl: EPOLLEXCLUSIVE on an epoll");
      if ((events & ~EXCLUSIVE_OK) !== 0)
        return refuse(EINVAL, "epoll_ctl: EPOLLEXCLUSIVE with other flags");
    }
    if (file instanceof Epoll && !this.#mayWatch(file))
      return refuse(ELOOP, "epoll_ctl: epolls watch in a circle or too deep");
    if (this.#find(file, fd) !== undefined) return refuse(EEXIST, "epoll_ctl: watched already");
    const item = new EpollItem(this, file, fd, events, dataLo, dataHi);
    const list = this.#items.get(file);
    if (list === undefined) this.#items.set(file, [item]);
    else list.push(item);
    item.attach();
    if (item.ready(task) !== 0) this.itemWoken(item);
    return 0;
  }

  modify(
    task: Task,
    file: File,
    fd: number,
    events: number,
    dataLo: number,
    dataHi: number,
  ): number {
    if ((events & EPOLLEXCLUSIVE) !== 0) return refuse(EINVAL, "epoll_ctl: MOD to EPOLLEXCLUSIVE");
    const item = this.#find(file, fd);
    if (item === undefined) return refuse(ENOENT, "epoll_ctl: not watched");
    if (item.isExclusive) return refuse(EINVAL, "epoll_ctl: MOD of an EPOLLEXCLUSIVE entry");
    item.events = events | EPOLLERR | EPOLLHUP;
    item.dataLo = dataLo;
    item.dataHi = dataHi;
    if (item.ready(task) !== 0) this.itemWoken(item);
    return 0;
  }

  remove(file: File, fd: number): number {
    const item = this.#find(file, fd);
    if (item === undefined) return refuse(ENOENT, "epoll_ctl: not watched");
    this.drop(item);
    return 0;
  }

  /** Forget an item: by EPOLL_CTL_DEL, or because its file is gone. */
  drop(item: EpollItem): void {
    item.detach();
    this.#ready.delete(item);
    const list = this.#items.get(item.file)!;
    list.splice(list.indexOf(item), 1);
    if (list.length === 0) this.#items.delete(item.file);
  }

  #find(file: File, fd: number): EpollItem | undefined {
    return this.#items.get(file)?.find((item) => item.fd === fd);
  }

  /** Watching `inner` closes no circle, and the chain through both is short enough. */
  #mayWatch(inner: Epoll): boolean {
    const below = inner.#depth(this);
    return below >= 0 && below + 1 + this.#height() <= MAX_NESTS;
  }

  /** Levels of epolls below this one; -1 when `forbidden` is among them or it is too deep. */
  #depth(forbidden: Epoll, level = 0): number {
    if (this === forbidden || level > MAX_NESTS) return -1;
    let deepest = 0;
    for (const file of this.#items.keys()) {
      if (!(file instanceof Epoll)) continue;
      const depth = file.#depth(forbidden, level + 1);
      if (depth < 0) return -1;
      deepest = Math.max(deepest, depth + 1);
    }
    return deepest;
  }

  /** Levels of epolls that watch this one. */
  #height(): number {
    let highest = 0;
    for (const watch of this.watches ?? [])
      if (watch instanceof EpollItem) highest = Math.max(highest, watch.epoll.#height() + 1);
    return highest;
  }

  // --- readiness ------------------------------------------------------------------------------

  /** An item may be ready: list it and tell whoever waits. */
  itemWoken(item: EpollItem): void {
    this.#ready.add(item);
    this.waiters.wakeSome(POLLIN, 1);
    this.queue.wake(POLLIN | POLLRDNORM);
  }

  /** Is anything listed? A hint that collect() checks. */
  get hasReady(): boolean {
    return this.#ready.size > 0;
  }

  /** Write at most `max` struct epoll_event into `out`; how many. */
  collect(task: Task, out: DataView, max: number): number {
    const again: EpollItem[] = [];
    let count = 0;
    for (const item of this.#ready) {
      if (count === max) break;
      this.#ready.delete(item);
      const events = item.ready(task);
      if (events === 0) continue;
      out.setUint32(count * EVENT, events, true);
      out.setUint32(count * EVENT + 4, item.dataLo, true);
      out.setUint32(count * EVENT + 8, item.dataHi, true);
      count++;
      if ((item.events & EPOLLONESHOT) !== 0) item.disarm();
      else if (!item.isEdge) again.push(item);
    }
    for (const item of again) this.#ready.add(item);
    if (this.#ready.size > 0) this.waiters.wakeSome(POLLIN, 1);
    return count;
  }

  override poll(task?: Task): number {
    for (const item of this.#ready) {
      if (task === undefined || item.ready(task) !== 0) return POLLIN | POLLRDNORM;
      this.#ready.delete(item);
    }
    return 0;
  }

  /** Watched descriptors, for /proc/PID/fdinfo. */
  *items(): Generator<EpollItem> {
    for (const list of this.#items.values()) yield* list;
  }

  /** It has no position, and says so by staying at 0. */
  override seek(): number {
    return 0;
  }

  override release(): void {
    for (const item of [...this.items()]) this.drop(item);
  }
}

export function makeEpoll(task: Task): Epoll {
  const nameless = anonymous(task.kernel.vfs, "[eventpoll]");
  const file = new Epoll(task, nameless);
  nameless.inode.drop();
  return file;
}
