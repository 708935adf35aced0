/**
 * EpollItem: one descriptor that an epoll instance watches (Linux's epitem).
 *  - It hangs on the file's queue for as long as it lives and holds no reference to the file.
 *  - When the file tells of an event that is asked for, it goes on its epoll's ready list.
 * An item is named by (file, descriptor), as epoll(7) says in question 6.
 */
import {
  EPOLLERR,
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLHUP,
  EPOLLONESHOT,
  EPOLLWAKEUP,
} from "../../abi/poll.ts";
import type { Waiter, WaitQueue } from "../../base/wait-queue.ts";
import type { Task } from "../task/task.ts";
import type { File, Watch } from "../vfs/file.ts";
import type { Epoll } from "./epoll.ts";

const PRIVATE_BITS = EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE | 0;
const ANY_EVENT = 0x7fffffff;

export class EpollItem implements Waiter, Watch {
  readonly epoll: Epoll;
  readonly file: File;
  readonly fd: number;
  events: number;
  dataLo: number;
  dataHi: number;

  constructor(
    epoll: Epoll,
    file: File,
    fd: number,
    events: number,
    dataLo: number,
    dataHi: number,
  ) {
    this.epoll = epoll;
    this.file = file;
    this.fd = fd;
    this.events = events | EPOLLERR | EPOLLHUP;
    this.dataLo = dataLo;
    this.dataHi = dataHi;
  }

  get isEdge(): boolean {
    return (this.events & EPOLLET) !== 0;
  }

  get isExclusive(): boolean {
    return (this.events & EPOLLEXCLUSIVE) !== 0;
  }

  /** Which of the events asked for hold now. */
  ready(task: Task): number {
    return this.file.poll(task) & this.events & ~PRIVATE_BITS;
  }

  attach(): void {
    this.file.queue.add(this, ANY_EVENT);
    this.file.watches ??= [];
    this.file.watches.push(this);
  }

  detach(): void {
    this.file.queue.remove(this);
    const watches = this.file.watches!;
    watches.splice(watches.indexOf(this), 1);
  }

  /** EPOLLONESHOT: reported once, silent until EPOLL_CTL_MOD. */
  disarm(): void {
    this.events &= PRIVATE_BITS;
  }

  onWake(_queue: WaitQueue, mask: number): boolean {
    if ((this.events & ~PRIVATE_BITS & mask) === 0) return false;
    this.epoll.itemWoken(this);
    return false;
  }

  fileReleased(): void {
    this.epoll.drop(this);
  }
}
