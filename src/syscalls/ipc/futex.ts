/**
 * futex and its newer forms. Source: futex(2), futex_waitv(2), the futex2 system calls of Linux 6.7.
 */
import {
  EAGAIN,
  EFAULT,
  EINTR,
  EINVAL,
  ENOSYS,
  ERESTART_RESTARTBLOCK,
  ERESTARTSYS,
} from "../../abi/errno.ts";
import {
  FUTEX_BITSET_MATCH_ANY,
  FUTEX_CLOCK_REALTIME,
  FUTEX_CMP_REQUEUE,
  FUTEX_LOCK_PI,
  FUTEX_LOCK_PI2,
  FUTEX_PRIVATE_FLAG,
  FUTEX_REQUEUE,
  FUTEX_TRYLOCK_PI,
  FUTEX_UNLOCK_PI,
  FUTEX_WAIT,
  FUTEX_WAIT_BITSET,
  FUTEX_WAITV_MAX,
  FUTEX_WAKE,
  FUTEX_WAKE_BITSET,
  FUTEX_WAKE_OP,
  FUTEX2_PRIVATE,
  FUTEX2_SIZE_MASK,
  FUTEX2_SIZE_U32,
  futex_waitv as waitvStruct,
} from "../../abi/futex.ts";
import { CLOCK_MONOTONIC, CLOCK_REALTIME } from "../../abi/time.ts";
import { refuse } from "../../base/refuse.ts";
import {
  FutexWaiter,
  futexKey,
  futexRequeue,
  futexWait,
  futexWake,
  wakeQueue,
} from "../../kernel/futex/futex.ts";
import { lockPi, unlockPi } from "../../kernel/futex/pi.ts";
import { PARKED } from "../../kernel/task/park.ts";
import type { Task } from "../../kernel/task/task.ts";
import { deadlineOf, readTimespecNs } from "../../kernel/time/read-time.ts";

export function futex(
  task: Task,
  address: number,
  op: number,
  value: number,
  timeoutAt: number,
  address2: number,
  value3: number,
): number {
  const command = op & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
  const isPrivate = (op & FUTEX_PRIVATE_FLAG) !== 0;
  const realtime = (op & FUTEX_CLOCK_REALTIME) !== 0;
  // The timeout's place holds a 32-bit count for some operations: -1 does not survive as a double.
  const val2 = task.argumentLow(3) | 0;
  const moves = command === FUTEX_REQUEUE || command === FUTEX_CMP_REQUEUE;
  if (moves && (value > 0x7fffffff || val2 < 0)) return refuse(EINVAL, "futex: negative count");
  switch (command) {
    case FUTEX_WAIT:
      if (realtime) return refuse(ENOSYS, "futex: FUTEX_WAIT has no clock");
      return waitRelative(task, address, value, timeoutAt, isPrivate);
    case FUTEX_WAIT_BITSET:
      return waitAbsolute(
        task,
        address,
        value,
        timeoutAt,
        value3,
        isPrivate,
        realtime ? CLOCK_REALTIME : CLOCK_MONOTONIC,
      );
    case FUTEX_WAKE:
      return futexWake(task, address, value | 0, FUTEX_BITSET_MATCH_ANY | 0, isPrivate);
    case FUTEX_WAKE_BITSET:
      return futexWake(task, address, value | 0, value3 | 0, isPrivate);
    case FUTEX_REQUEUE:
      return futexRequeue(task, address, address2, value | 0, val2, null, isPrivate);
    case FUTEX_CMP_REQUEUE:
      return futexRequeue(task, address, address2, value | 0, val2, value3, isPrivate);
    case FUTEX_WAKE_OP:
      return wakeOp(task, address, address2, value | 0, val2, value3, isPrivate);
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2: {
      const clock = command === FUTEX_LOCK_PI || realtime ? CLOCK_REALTIME : CLOCK_MONOTONIC;
      const deadline = absolute(task, timeoutAt, clock);
      if (deadline < 0) return deadline;
      const rc = lockPi(task, address, isPrivate, deadline, false);
      return rc === -ERESTARTSYS ? -EINTR : rc;
    }
    case FUTEX_TRYLOCK_PI:
      return lockPi(task, address, isPrivate, Infinity, true);
    case FUTEX_UNLOCK_PI:
      return unlockPi(task, address, isPrivate);
    default:
      return refuse(ENOSYS, "futex: operation not supported");
  }
}

/** The deadline of a relative timeout, kept over retries; -errno for a bad one. */
function relative(task: Task, at: number): number {
  if (at === 0) return Infinity;
  if (task.restart !== null) return task.restart.deadline;
  const ns = readTimespecNs(task, at);
  return ns < 0 ? ns : task.deadlineIn(ns);
}

function absolute(task: Task, at: number, clock: number): number {
  if (at === 0) return Infinity;
  if (task.restart !== null && task.restart.note !== null) return task.restart.deadline;
  const deadline = deadlineOf(task, at, clock);
  if (deadline >= 0) task.record.deadline = deadline;
  return deadline;
}

function waitRelative(
  task: Task,
  address: number,
  value: number,
  timeoutAt: number,
  isPrivate: boolean,
): number {
  const deadline = relative(task, timeoutAt);
  if (deadline < 0) return deadline;
  const rc = futexWait(task, address, value, FUTEX_BITSET_MATCH_ANY | 0, isPrivate, deadline);
  // With a timeout the rest of it counts after a stop; without one the call starts again.
  return rc === -ERESTARTSYS && timeoutAt !== 0 ? -ERESTART_RESTARTBLOCK : rc;
}

function waitAbsolute(
  task: Task,
  address: number,
  value: number,
  timeoutAt: number,
  bitset: number,
  isPrivate: boolean,
  clock: number,
): number {
  const deadline = absolute(task, timeoutAt, clock);
  if (deadline < 0) return deadline;
  const rc = futexWait(task, address, value, bitset | 0, isPrivate, deadline);
  return rc === -ERESTARTSYS && timeoutAt !== 0 ? -ERESTART_RESTARTBLOCK : rc;
}

/** FUTEX_WAKE_OP: change the second word, wake the first one's waiters, and maybe the second's. */
function wakeOp(
  task: Task,
  address: number,
  address2: number,
  wake: number,
  wake2: number,
  encoded: number,
  isPrivate: boolean,
): number {
  const first = futexKey(task, address, isPrivate);
  if (typeof first === "number") return first;
  const second = futexKey(task, address2, isPrivate);
  if (typeof second === "number") return second;
  const operation = (encoded >>> 28) & 7;
  const comparison = (encoded >>> 24) & 15;
  const shift = (encoded & 0x80000000) !== 0;
  let operand = ((encoded >> 12) << 20) >> 20;
  const compared = (encoded << 20) >> 20;
  if (shift) operand = 1 << (operand & 31);
  if (operation > 4 || comparison > 5) return -ENOSYS;
  let old = Number.NaN;
  for (let tries = 0; tries < 64; tries++) {
    const word = task.mm.readU32(address2);
    if (Number.isNaN(word)) return -EFAULT;
    const value =
      [operand, word + operand, word | operand, word & ~operand, word ^ operand][operation]! >>> 0;
    const seen = task.thread.compareExchange(address2, word, value);
    if (seen < 0) return seen;
    if (seen !== word) continue;
    old = word | 0;
    break;
  }
  if (Number.isNaN(old)) return -EAGAIN;
  let woken = wakeQueue(first.table.find(first.offset), Math.max(wake, 1), -1);
  const holds = [
    old === compared,
    old !== compared,
    old < compared,
    old <= compared,
    old > compared,
    old >= compared,
  ];
  if (holds[comparison])
    woken += wakeQueue(second.table.find(second.offset), Math.max(wake2, 1), -1);
  return woken;
}

// --- futex_waitv and futex2 -----------------------------------------------------------------------

export function futex_waitv(
  task: Task,
  waitersAt: number,
  count: number,
  flags: number,
  timeoutAt: number,
  clock: number,
): number {
  const sleeping = task.restart === null ? null : (task.record.note as FutexWaiter[] | null);
  if (sleeping !== null) return sleepOnAny(task, sleeping);
  if (flags !== 0 || count === 0 || count > FUTEX_WAITV_MAX || waitersAt === 0) return -EINVAL;
  let deadline = Infinity;
  if (timeoutAt !== 0) {
    if (clock !== CLOCK_MONOTONIC && clock !== CLOCK_REALTIME) return -EINVAL;
    deadline = deadlineOf(task, timeoutAt, clock);
    if (deadline < 0) return deadline;
  }
  const bytes = task.mm.read(waitersAt, count * waitvStruct.size);
  if (bytes === null) return -EFAULT;
  const view = new DataView(bytes.buffer);
  const queued: FutexWaiter[] = [];
  const giveUp = (error: number): number => {
    for (const waiter of queued) waiter.leave();
    return error;
  };
  const entries = Array.from({ length: count }, (_, i) =>
    waitvStruct.read(view, i * waitvStruct.size),
  );
  for (const entry of entries)
    if ((entry.flags & ~FUTEX2_PRIVATE) !== FUTEX2_SIZE_U32 || entry.__reserved !== 0)
      return -EINVAL;
  for (const [index, entry] of entries.entries()) {
    const key = futexKey(task, entry.uaddr, (entry.flags & FUTEX2_PRIVATE) !== 0);
    if (typeof key === "number") return giveUp(key);
    const waiter = new FutexWaiter(task, -1);
    waiter.index = index;
    waiter.enqueue(key.table.make(key.offset));
    queued.push(waiter);
    const now = task.mm.readU32(entry.uaddr);
    if (Number.isNaN(now)) return giveUp(-EFAULT);
    if (now !== entry.val % 0x100000000) return giveUp(-EAGAIN);
  }
  task.record.deadline = deadline;
  task.record.note = queued;
  return sleepOnAny(task, queued);
}

function sleepOnAny(task: Task, queued: FutexWaiter[]): number {
  const woken = queued.find((waiter) => waiter.woken);
  let rc = woken?.index ?? -1;
  if (woken === undefined) {
    for (const waiter of queued) task.waitOn(waiter.events, -1);
    rc = task.park(task.record.deadline);
    if (rc === PARKED) return rc;
  }
  for (const waiter of queued) waiter.leave();
  return rc;
}

/** Flags of the futex2 calls: only 32-bit words. True when bad. */
function badFlags(flags: number): boolean {
  return (
    (flags & ~FUTEX2_PRIVATE) !== FUTEX2_SIZE_U32 || (flags & FUTEX2_SIZE_MASK) !== FUTEX2_SIZE_U32
  );
}

export function futex_wake(
  task: Task,
  address: number,
  mask: number,
  count: number,
  flags: number,
): number {
  if (badFlags(flags) || mask === 0 || mask > 0xffffffff) return -EINVAL;
  return futexWake(task, address, count, mask | 0, (flags & FUTEX2_PRIVATE) !== 0);
}

export function futex_wait(
  task: Task,
  address: number,
  value: number,
  mask: number,
  flags: number,
  timeoutAt: number,
  clock: number,
): number {
  if (badFlags(flags) || mask === 0 || mask > 0xffffffff || value > 0xffffffff) return -EINVAL;
  if (timeoutAt !== 0 && clock !== CLOCK_MONOTONIC && clock !== CLOCK_REALTIME) return -EINVAL;
  const rc = waitAbsolute(
    task,
    address,
    value,
    timeoutAt,
    mask,
    (flags & FUTEX2_PRIVATE) !== 0,
    clock,
  );
  return rc === -ERESTART_RESTARTBLOCK ? -ERESTARTSYS : rc;
}

export function futex_requeue(
  task: Task,
  waitersAt: number,
  flags: number,
  wake: number,
  move: number,
): number {
  if (flags !== 0 || waitersAt === 0) return -EINVAL;
  const bytes = task.mm.read(waitersAt, 2 * waitvStruct.size);
  if (bytes === null) return -EFAULT;
  const view = new DataView(bytes.buffer);
  const from = waitvStruct.read(view, 0);
  const to = waitvStruct.read(view, waitvStruct.size);
  if (badFlags(from.flags) || badFlags(to.flags)) return -EINVAL;
  return futexRequeue(
    task,
    from.uaddr,
    to.uaddr,
    wake,
    move,
    from.val,
    (from.flags & FUTEX2_PRIVATE) !== 0,
  );
}
