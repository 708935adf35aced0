/**
 * EventFd: a 64-bit counter as a file (eventfd(2)).
 *  - write adds, and waits when the sum would exceed 2^64-2; read takes all, or one at a time with
 *    EFD_SEMAPHORE, and waits at zero.
 *  - The counter is two unsigned halves: a double is not exact that far.
 */
import { EAGAIN, EFAULT, EINVAL } from "../../abi/errno.ts";
import { O_CLOEXEC, O_NONBLOCK, O_RDWR } from "../../abi/fcntl.ts";
import { EFD_SEMAPHORE, POLLERR, POLLIN, POLLOUT } from "../../abi/poll.ts";
import { refuse } from "../../base/refuse.ts";
import type { UserBuffer } from "../mm/user-buffer.ts";
import type { Task } from "../task/task.ts";
import { File } from "../vfs/file.ts";
import { anonymous, type Nameless } from "./nameless.ts";

const ALL_ONES = 0xffffffff;

export class EventFd extends File {
  lo: number;
  hi = 0;
  readonly isSemaphore: boolean;

  constructor(task: Task, nameless: Nameless, initial: number, flags: number) {
    const status = (flags & O_NONBLOCK) | O_RDWR;
    super(nameless.inode, nameless.path, status, task.credentials);
    this.lo = initial >>> 0;
    this.isSemaphore = (flags & EFD_SEMAPHORE) !== 0;
  }

  override read(task: Task, into: UserBuffer): number {
    if (into.total < 8) return refuse(EINVAL, "eventfd: a read takes 8 bytes");
    if (this.lo === 0 && this.hi === 0) {
      if (this.nonblocking) return refuse(EAGAIN, "eventfd: the counter is zero");
      task.waitOn(this.queue, POLLIN);
      return task.park();
    }
    const value = new Uint32Array([this.isSemaphore ? 1 : this.lo, this.isSemaphore ? 0 : this.hi]);
    this.#subtract(value[0]!, value[1]!);
    this.queue.wake(POLLOUT);
    return into.put(new Uint8Array(value.buffer)) === 8 ? 8 : -EFAULT;
  }

  override write(task: Task, from: UserBuffer): number {
    if (from.total < 8) return refuse(EINVAL, "eventfd: a write takes 8 bytes");
    const value = new Uint32Array(2);
    if (from.take(new Uint8Array(value.buffer)) !== 8) return -EFAULT;
    const lo = value[0]!;
    const hi = value[1]!;
    if (lo === ALL_ONES && hi === ALL_ONES) return refuse(EINVAL, "eventfd: 2^64-1 is no value");
    if (!this.#fits(lo, hi)) {
      if (this.nonblocking) return refuse(EAGAIN, "eventfd: the counter would overflow");
      task.waitOn(this.queue, POLLOUT);
      return task.park();
    }
    this.#add(lo, hi);
    if (lo !== 0 || hi !== 0) this.queue.wake(POLLIN);
    return 8;
  }

  /** For the kernel itself (asynchronous I/O): add one. */
  signal(): void {
    if (this.#fits(1, 0)) this.#add(1, 0);
    this.queue.wake(POLLIN);
  }

  override poll(): number {
    let mask = this.lo !== 0 || this.hi !== 0 ? POLLIN : 0;
    if (this.lo === ALL_ONES && this.hi === ALL_ONES) mask |= POLLERR;
    if (this.#fits(1, 0)) mask |= POLLOUT;
    return mask;
  }

  /** It has no position, and says so by staying at 0. */
  override seek(): number {
    return 0;
  }

  /** Does the sum stay below 2^64-1? */
  #fits(lo: number, hi: number): boolean {
    const low = this.lo + lo;
    const high = this.hi + hi + (low > ALL_ONES ? 1 : 0);
    return high < ALL_ONES || (high === ALL_ONES && low >>> 0 !== ALL_ONES);
  }

  #add(lo: number, hi: number): void {
    const low = this.lo + lo;
    this.hi = (this.hi + hi + (low > ALL_ONES ? 1 : 0)) >>> 0;
    this.lo = low >>> 0;
  }

  #subtract(lo: number, hi: number): void {
    const low = this.lo - lo;
    this.hi = (this.hi - hi - (low < 0 ? 1 : 0)) >>> 0;
    this.lo = low >>> 0;
  }
}

export function makeEventFd(task: Task, initial: number, flags: number): EventFd {
  const nameless = anonymous(task.kernel.vfs, "[eventfd]");
  const file = new EventFd(task, nameless, initial, flags & ~O_CLOEXEC);
  nameless.inode.drop();
  return file;
}
