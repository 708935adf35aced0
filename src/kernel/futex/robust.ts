/**
 * Robust futexes: a task that ends with locks held marks them (get_robust_list(2); the kernel's
 * robust-futexes document). The list is guest memory: bounded, and every pointer is checked by the
 * copy that follows it.
 */
import { FUTEX_OWNER_DIED, FUTEX_TID_MASK, FUTEX_WAITERS } from "../../abi/futex.ts";
import { getI64, getU64 } from "../../abi/struct.ts";
import type { Task } from "../task/task.ts";
import { futexWake } from "./futex.ts";

/** struct robust_list_head: the first entry, the lock's offset from an entry, one that is being changed. */
const HEAD_SIZE = 24;
/** ROBUST_LIST_LIMIT. */
const LIST_LIMIT = 2048;

export function exitRobustList(task: Task): void {
  const { mm } = task;
  const head = task.robustList;
  task.robustList = 0;
  const bytes = mm.read(head, HEAD_SIZE);
  if (bytes === null) return;
  const view = new DataView(bytes.buffer);
  let entry = getU64(view, 0);
  const offset = getI64(view, 8);
  const pending = getU64(view, 16);
  for (let i = 0; i < LIST_LIMIT && entry !== head && entry !== 0; i++) {
    // Bit 0 marks a PI futex.
    const node = entry - (entry % 2);
    const next = mm.readU64(node);
    if (node !== pending - (pending % 2)) releaseLock(task, node + offset);
    if (Number.isNaN(next)) return;
    entry = next;
  }
  if (pending !== 0) releaseLock(task, pending - (pending % 2) + offset);
}

/** A lock that the dead task holds becomes FUTEX_OWNER_DIED, and one waiter learns of it. */
function releaseLock(task: Task, address: number): void {
  const value = task.mm.readU32(address);
  if (Number.isNaN(value) || (value & FUTEX_TID_MASK) !== task.ownTid) return;
  // The owner is dead: nobody else changes the word but waiters setting FUTEX_WAITERS.
  const marked = ((value & FUTEX_WAITERS) | FUTEX_OWNER_DIED) >>> 0;
  if (task.mm.writeU32(address, marked) < 0) return;
  if (value & FUTEX_WAITERS) futexWake(task, address, 1, -1, false);
}
