/**
 * Futexes: tasks sleep on a word of guest memory until another task wakes them (futex(2), futex(7)).
 *  - A private key is (address space, address); a shared one is what is mapped there and where: the
 *    file's inode, or shared anonymous memory, with the offset.
 *  - WAIT queues first and reads the word then: guests change it while we look, and a waker changes
 *    it before it calls WAKE, so whoever comes second sees the other.
 * A waiter lives in its task's restart record while the call sleeps.
 */
import { EAGAIN, EFAULT, EINTR, EINVAL, ERESTARTSYS, ETIMEDOUT } from "../../abi/errno.ts";
import { PROT_READ } from "../../abi/mman.ts";
import { refuse } from "../../base/refuse.ts";
import { WaitQueue } from "../../base/wait-queue.ts";
import type { Mm } from "../mm/mm.ts";
import type { Vma } from "../mm/vma.ts";
import { PARKED } from "../task/park.ts";
import type { Task } from "../task/task.ts";

export class FutexQueue {
  readonly owner: FutexTable;
  readonly offset: number;
  readonly waiters: FutexWaiter[] = [];

  constructor(owner: FutexTable, offset: number) {
    this.owner = owner;
    this.offset = offset;
  }

  remove(waiter: FutexWaiter): void {
    const at = this.waiters.indexOf(waiter);
    if (at >= 0) this.waiters.splice(at, 1);
    if (this.waiters.length === 0) this.owner.drop(this);
  }
}

/** The queues of one address space, or of one shared object. */
export class FutexTable {
  readonly #queues = new Map<number, FutexQueue>();

  find(offset: number): FutexQueue | undefined {
    return this.#queues.get(offset);
  }

  make(offset: number): FutexQueue {
    let queue = this.#queues.get(offset);
    if (queue === undefined) this.#queues.set(offset, (queue = new FutexQueue(this, offset)));
    return queue;
  }

  drop(queue: FutexQueue): void {
    this.#queues.delete(queue.offset);
  }

  get size(): number {
    return this.#queues.size;
  }
}

export class FutexWaiter {
  readonly task: Task;
  readonly bitset: number;
  readonly events = new WaitQueue();
  queue: FutexQueue | null = null;
  woken = false;
  /** futex_waitv: which entry this is. */
  index = 0;

  constructor(task: Task, bitset: number) {
    this.task = task;
    this.bitset = bitset;
  }

  enqueue(queue: FutexQueue): void {
    this.queue = queue;
    queue.waiters.push(this);
  }

  leave(): void {
    this.queue?.remove(this);
    this.queue = null;
  }

  wake(): void {
    this.leave();
    this.woken = true;
    this.events.wake(-1);
  }
}

interface Key {
  table: FutexTable;
  offset: number;
}

/** The key of a word, or -errno. */
export function futexKey(task: Task, address: number, isPrivate: boolean): Key | number {
  if (address % 4 !== 0) return refuse(EINVAL, "futex: address is not a multiple of four");
  const { mm, kernel } = task;
  if (address >= mm.platform.guestEnd) return -EFAULT;
  if (isPrivate) return { table: privateTable(mm), offset: address };
  const area = mm.areas.find(address);
  if (area === null || !isThere(mm, area, address)) return -EFAULT;
  const object = area.isShared ? (area.shared ?? area.file?.inode ?? null) : null;
  if (object === null) return { table: privateTable(mm), offset: address };
  return {
    table: kernel.sharedFutexes.table(object),
    offset: area.offset + (address - area.start),
  };
}

/** The page must be there, as Linux looks up what it is. Of a file it may lie behind the end: that shows on reading. */
function isThere(mm: Mm, area: Vma, address: number): boolean {
  const { shared } = area;
  if (shared === null) return !Number.isNaN(mm.readU32(address));
  return (area.prot & PROT_READ) !== 0 && area.offset + (address - area.start) < shared.length;
}

function privateTable(mm: Mm): FutexTable {
  mm.futexes ??= new FutexTable();
  return mm.futexes;
}

/** Tables of shared objects; an object that is gone takes its table with it. */
export class SharedFutexes {
  readonly #tables = new WeakMap<object, FutexTable>();

  table(object: object): FutexTable {
    let table = this.#tables.get(object);
    if (table === undefined) this.#tables.set(object, (table = new FutexTable()));
    return table;
  }
}

/** FUTEX_WAIT and FUTEX_WAIT_BITSET: 0, PARKED or -errno. `deadline` in monotonic ns. */
export function futexWait(
  task: Task,
  address: number,
  value: number,
  bitset: number,
  isPrivate: boolean,
  deadline: number,
): number {
  if (bitset === 0) return refuse(EINVAL, "futex: bitset is zero");
  let waiter = task.record.note as FutexWaiter | null;
  if (waiter === null) {
    const key = futexKey(task, address, isPrivate);
    if (typeof key === "number") return key;
    waiter = new FutexWaiter(task, bitset);
    waiter.enqueue(key.table.make(key.offset));
    const now = task.mm.readU32(address);
    if (now !== value >>> 0) {
      waiter.leave();
      return Number.isNaN(now) ? -EFAULT : -EAGAIN;
    }
    task.record.note = waiter;
  }
  return sleepOn(task, waiter, deadline);
}

/** Sleep until woken: 0, PARKED, -ETIMEDOUT or -ERESTARTSYS; dequeues when it ends. */
export function sleepOn(task: Task, waiter: FutexWaiter, deadline: number): number {
  if (waiter.woken) return 0;
  task.waitOn(waiter.events, -1);
  const rc = task.park(deadline);
  if (rc === PARKED) return rc;
  waiter.leave();
  task.record.note = null;
  if (rc === -ETIMEDOUT) return rc;
  return rc === -ERESTARTSYS ? rc : -EINTR;
}

/** Wake up to `count` waiters whose bitset meets `bitset`; how many, or -errno. */
export function futexWake(
  task: Task,
  address: number,
  count: number,
  bitset: number,
  isPrivate: boolean,
): number {
  if (bitset === 0) return refuse(EINVAL, "futex: bitset is zero");
  const key = futexKey(task, address, isPrivate);
  if (typeof key === "number") return key;
  return wakeQueue(key.table.find(key.offset), count, bitset);
}

export function wakeQueue(queue: FutexQueue | undefined, count: number, bitset: number): number {
  if (queue === undefined) return 0;
  let woken = 0;
  for (const waiter of queue.waiters.slice()) {
    if (woken >= count) break;
    if ((waiter.bitset & bitset) === 0) continue;
    waiter.wake();
    woken++;
  }
  return woken;
}

/** FUTEX_REQUEUE and FUTEX_CMP_REQUEUE: tasks woken plus moved, or -errno. */
export function futexRequeue(
  task: Task,
  from: number,
  to: number,
  wake: number,
  move: number,
  expected: number | null,
  isPrivate: boolean,
): number {
  if (wake < 0 || move < 0) return refuse(EINVAL, "futex: negative count");
  const source = futexKey(task, from, isPrivate);
  if (typeof source === "number") return source;
  const target = futexKey(task, to, isPrivate);
  if (typeof target === "number") return target;
  if (expected !== null) {
    const now = task.mm.readU32(from);
    if (Number.isNaN(now)) return -EFAULT;
    if (now !== expected >>> 0) return -EAGAIN;
  }
  const queue = source.table.find(source.offset);
  if (queue === undefined) return 0;
  const woken = wakeQueue(queue, wake, -1);
  let moved = 0;
  for (const waiter of queue.waiters.slice(0, move)) {
    waiter.leave();
    waiter.enqueue(target.table.make(target.offset));
    moved++;
  }
  return woken + moved;
}
