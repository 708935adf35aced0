/**
 * Semaphore sets (semop(2), semctl(2)).
 *  - A list of operations happens wholly or not at all. One that must wait is kept in `pending`, and
 *    whoever changes the set performs it there: nobody can step in between wake-up and retry.
 *  - SEM_UNDO keeps, for each process, what its end gives back.
 */
import { EAGAIN, EIDRM, ERANGE } from "../../abi/errno.ts";
import { IPC_NOWAIT, SEM_UNDO, SEMAEM, SEMVMX } from "../../abi/ipc.ts";
import { WaitQueue } from "../../base/wait-queue.ts";
import type { Task } from "../task/task.ts";
import type { ThreadGroup } from "../task/thread-group.ts";
import { type IpcIds, IpcObject } from "./ids.ts";

/** `struct sembuf` */
export interface SemaphoreOperation {
  readonly sem_num: number;
  readonly sem_op: number;
  readonly sem_flg: number;
}

/** The list cannot happen now. */
const BLOCKED = 1;

/** A list of operations whose task sleeps. */
export class PendingOperations {
  readonly task: Task;
  readonly operations: readonly SemaphoreOperation[];
  /** What the call returns, once that is decided. */
  result: number | null = null;
  readonly events = new WaitQueue();
  /** The operation that waits. */
  blocking = 0;

  constructor(task: Task, operations: readonly SemaphoreOperation[]) {
    this.task = task;
    this.operations = operations;
  }

  get alters(): boolean {
    return this.operations.some((operation) => operation.sem_op !== 0);
  }

  finish(result: number): void {
    this.result = result;
    this.events.wake(-1);
  }
}

export class SemaphoreSet extends IpcObject {
  readonly values: Int32Array;
  /** Who operated on each last. */
  readonly pids: Int32Array;
  operatedSec = 0;
  #pending: PendingOperations[] = [];
  readonly #undo = new Map<ThreadGroup, Int32Array>();

  constructor(task: Task, key: number, mode: number, count: number) {
    super(key, mode, task.credentials, task.kernel.vfs.nowSec());
    this.values = new Int32Array(count);
    this.pids = new Int32Array(count);
  }

  get length(): number {
    return this.values.length;
  }

  /** Do what `pending` asks, or keep it until that is possible. True when its result is known. */
  operate(pending: PendingOperations): boolean {
    const rc = this.#perform(pending);
    if (rc === BLOCKED) {
      this.#pending.push(pending);
      return false;
    }
    pending.result = rc;
    if (rc < 0) return true;
    this.operatedSec = pending.task.kernel.vfs.nowSec();
    if (pending.alters) this.#settle(this.operatedSec);
    return true;
  }

  /** A signal or the time ended the wait. */
  giveUp(pending: PendingOperations): void {
    this.#pending = this.#pending.filter((other) => other !== pending);
  }

  /** SETVAL and SETALL: the values were changed; nothing of them is to be undone. */
  set(first: number, values: readonly number[], task: Task): void {
    for (const [index, value] of values.entries()) {
      this.values[first + index] = value;
      this.pids[first + index] = task.pid;
      for (const adjust of this.#undo.values()) adjust[first + index] = 0;
    }
    this.changedSec = task.kernel.vfs.nowSec();
    this.#settle(this.operatedSec);
  }

  /** GETNCNT (`forZero` false) and GETZCNT: who waits for this semaphore. */
  waiters(semaphore: number, forZero: boolean): number {
    let count = 0;
    for (const { operations, blocking, task } of this.#pending) {
      const operation = operations[blocking]!;
      if (task.state === "dead" || operation.sem_num !== semaphore) continue;
      if (forZero ? operation.sem_op === 0 : operation.sem_op < 0) count++;
    }
    return count;
  }

  /** IPC_RMID: whoever waits learns it. */
  destroy(): void {
    for (const pending of this.#pending) pending.finish(-EIDRM);
    this.#pending = [];
    this.#undo.clear();
  }

  /** A process is over: give back what it took with SEM_UNDO. */
  processExits(group: ThreadGroup): void {
    const adjust = this.#undo.get(group);
    if (adjust === undefined) return;
    this.#undo.delete(group);
    for (const [index, by] of adjust.entries()) {
      if (by === 0) continue;
      this.values[index] = Math.max(0, Math.min(SEMVMX, this.values[index]! + by));
      this.pids[index] = group.pid;
    }
    this.operatedSec = group.kernel.vfs.nowSec();
    this.#settle(this.operatedSec);
  }

  // --- operations -----------------------------------------------------------------------------

  /** 0, -errno, or BLOCKED with `pending.blocking` set; in the last two cases nothing has changed. */
  #perform(pending: PendingOperations): number {
    const { operations, task } = pending;
    const values = this.values.slice();
    for (const [index, { sem_num, sem_op, sem_flg }] of operations.entries()) {
      const value = values[sem_num]! + sem_op;
      if (value < 0 || (sem_op === 0 && value !== 0)) {
        pending.blocking = index;
        return (sem_flg & IPC_NOWAIT) !== 0 ? -EAGAIN : BLOCKED;
      }
      if (value > SEMVMX) return -ERANGE;
      values[sem_num] = value;
    }
    const undone = this.#recordUndo(task.group, operations);
    if (undone < 0) return undone;
    this.values.set(values);
    for (const { sem_num } of operations) this.pids[sem_num] = task.pid;
    return 0;
  }

  #recordUndo(group: ThreadGroup, operations: readonly SemaphoreOperation[]): number {
    if (!operations.some(({ sem_flg }) => (sem_flg & SEM_UNDO) !== 0)) return 0;
    const adjust = this.#undo.get(group)?.slice() ?? new Int32Array(this.length);
    for (const { sem_num, sem_op, sem_flg } of operations) {
      if ((sem_flg & SEM_UNDO) === 0) continue;
      const by = adjust[sem_num]! - sem_op;
      if (by < -SEMAEM - 1 || by > SEMAEM) return -ERANGE;
      adjust[sem_num] = by;
    }
    this.#undo.set(group, adjust);
    return 0;
  }

  /** Values have changed: perform what has become possible, waiters for zero first. */
  #settle(nowSec: number): void {
    for (let again = this.#pending.length > 0; again; ) {
      again = false;
      const zeroFirst = [...this.#pending].sort((a, b) => Number(a.alters) - Number(b.alters));
      for (const pending of zeroFirst) {
        const isDead = pending.task.state === "dead";
        const rc = isDead ? 0 : this.#perform(pending);
        if (rc === BLOCKED) continue;
        this.giveUp(pending);
        if (isDead) continue;
        pending.finish(rc);
        if (rc < 0) continue;
        this.operatedSec = nowSec;
        if (!pending.alters) continue;
        again = true;
        break;
      }
    }
  }
}

/** Every set of a namespace hears of the end of a process. */
export function undoOf(sets: IpcIds<SemaphoreSet>, group: ThreadGroup): void {
  for (const set of sets.all()) set.processExits(group);
}
