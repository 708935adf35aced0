/**
 * Priority-inheritance futexes (futex(2), "Priority-inheritance futexes"). The word holds the owner's
 * tid and FUTEX_WAITERS; guests change it without us while nobody waits, so every change here is a
 * compare-and-exchange made by the caller's own thread. There are no priorities to inherit: locks are
 * handed to waiters in order of arrival.
 */
import { EAGAIN, EDEADLK, EFAULT, EPERM, ESRCH } from "../../abi/errno.ts";
import { FUTEX_OWNER_DIED, FUTEX_TID_MASK, FUTEX_WAITERS } from "../../abi/futex.ts";
import type { Task } from "../task/task.ts";
import { FutexWaiter, futexKey, sleepOn } from "./futex.ts";

/** Tries of one exchange: guests that keep changing the word lose their turn, not our time. */
const TRIES = 16;

export function lockPi(
  task: Task,
  address: number,
  isPrivate: boolean,
  deadline: number,
  tryOnly: boolean,
): number {
  const waiting = task.restart === null ? null : (task.record.note as FutexWaiter | null);
  if (waiting !== null) return sleepOn(task, waiting, deadline);
  const key = futexKey(task, address, isPrivate);
  if (typeof key === "number") return key;
  for (let i = 0; i < TRIES; i++) {
    const word = task.mm.readU32(address);
    if (Number.isNaN(word)) return -EFAULT;
    const owner = word & FUTEX_TID_MASK;
    if (owner === task.ownTid) return -EDEADLK;
    if (owner === 0) {
      const mine = ((word & (FUTEX_WAITERS | FUTEX_OWNER_DIED)) | task.ownTid) >>> 0;
      if (exchange(task, address, word, mine)) return 0;
      continue;
    }
    if (tryOnly) return -EAGAIN;
    if (task.findTask(owner) === undefined) return -ESRCH;
    if (
      (word & FUTEX_WAITERS) === 0 &&
      !exchange(task, address, word, (word | FUTEX_WAITERS) >>> 0)
    )
      continue;
    const waiter = new FutexWaiter(task, -1);
    waiter.enqueue(key.table.make(key.offset));
    task.record.note = waiter;
    return sleepOn(task, waiter, deadline);
  }
  return -EAGAIN;
}

export function unlockPi(task: Task, address: number, isPrivate: boolean): number {
  const key = futexKey(task, address, isPrivate);
  if (typeof key === "number") return key;
  for (let i = 0; i < TRIES; i++) {
    const word = task.mm.readU32(address);
    if (Number.isNaN(word)) return -EFAULT;
    if ((word & FUTEX_TID_MASK) !== task.ownTid) return -EPERM;
    const queue = key.table.find(key.offset);
    const next = queue?.waiters[0];
    const more = (queue?.waiters.length ?? 0) > 1;
    const value = next === undefined ? 0 : (next.task.ownTid | (more ? FUTEX_WAITERS : 0)) >>> 0;
    if (!exchange(task, address, word, value)) continue;
    next?.wake();
    return 0;
  }
  return -EAGAIN;
}

function exchange(task: Task, address: number, expected: number, value: number): boolean {
  return task.thread.compareExchange(address, expected, value) === expected;
}
