/**
 * FileLocks: the locks on one inode: flock(2), POSIX record locks and open file description locks.
 *  - A POSIX lock's owner is a descriptor table (a process), an OFD or flock lock's owner is a File.
 *  - set() grants (0), or tells who is in the way; the caller parks on `queue` and tries again.
 *  - LockGraph knows which table waits for which, so that a cycle is EDEADLK (POSIX locks only).
 * Ranges are [start, end] with end Infinity for "to the end of the file". Follows fcntl_locking(2).
 */
import { F_RDLCK, F_UNLCK, F_WRLCK } from "../../abi/fcntl.ts";
import { POLLIN } from "../../abi/poll.ts";
import { WaitQueue } from "../../base/wait-queue.ts";
import type { FdTable } from "../fd/fd-table.ts";
import type { File } from "./file.ts";

export type LockOwner = FdTable | File;
export type LockKind = "flock" | "record";

export interface Lock {
  readonly kind: LockKind;
  /** F_RDLCK or F_WRLCK. */
  readonly type: number;
  readonly start: number;
  readonly end: number;
  readonly owner: LockOwner;
  /** What F_GETLK reports: the process, or -1 for an OFD lock. */
  readonly pid: number;
}

export class FileLocks {
  #locks: Lock[] = [];
  readonly queue = new WaitQueue();

  get empty(): boolean {
    return this.#locks.length === 0;
  }

  /** For /proc/locks. */
  list(): readonly Lock[] {
    return this.#locks;
  }

  /** The lock in the way of this one, or null. */
  conflict(wanted: Lock): Lock | null {
    for (const lock of this.#locks) {
      if (lock.kind !== wanted.kind || lock.owner === wanted.owner) continue;
      if (lock.end < wanted.start || wanted.end < lock.start) continue;
      if (lock.type === F_WRLCK || wanted.type === F_WRLCK) return lock;
    }
    return null;
  }

  /** Replace what the owner has in this range by `wanted` (F_UNLCK: by nothing). No conflict exists. */
  set(wanted: Lock): void {
    const kept: Lock[] = [];
    let { start, end } = wanted;
    let freed = false;
    for (const lock of this.#locks) {
      const mine = lock.kind === wanted.kind && lock.owner === wanted.owner;
      const apart = lock.end < start - 1 || end + 1 < lock.start;
      if (!mine || apart) kept.push(lock);
      else if (lock.type === wanted.type) {
        // Neighbours of one type become one lock.
        start = Math.min(start, lock.start);
        end = Math.max(end, lock.end);
      } else {
        if (lock.start < wanted.start)
          kept.push({ ...lock, end: Math.min(lock.end, wanted.start - 1) });
        if (lock.end > wanted.end)
          kept.push({ ...lock, start: Math.max(lock.start, wanted.end + 1) });
        freed = true;
      }
    }
    if (wanted.type !== F_UNLCK) kept.push({ ...wanted, start, end });
    this.#locks = kept;
    if (freed) this.queue.wake(POLLIN);
  }

  /** Everything that this owner holds goes: close(2) for a table, the last close for a File. */
  dropOwner(owner: LockOwner): void {
    const before = this.#locks.length;
    if (before === 0) return;
    this.#locks = this.#locks.filter((lock) => lock.owner !== owner);
    if (this.#locks.length !== before) this.queue.wake(POLLIN);
  }

  /** Every owner of a lock in the way: who a blocked request waits for. */
  blockers(wanted: Lock): LockOwner[] {
    const owners: LockOwner[] = [];
    for (const lock of this.#locks) {
      if (lock.kind !== wanted.kind || lock.owner === wanted.owner) continue;
      if (lock.end < wanted.start || wanted.end < lock.start) continue;
      if (lock.type === F_WRLCK || wanted.type === F_WRLCK) owners.push(lock.owner);
    }
    return owners;
  }
}

/** Which owner waits for which. */
export class LockGraph {
  readonly #waitsFor = new Map<LockOwner, LockOwner[]>();

  /** Would `owner` waiting for `blockers` close a circle? */
  closesCircle(owner: LockOwner, blockers: readonly LockOwner[]): boolean {
    const seen = new Set<LockOwner>();
    const open = [...blockers];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === owner) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(this.#waitsFor.get(next) ?? []));
    }
    return false;
  }

  wait(owner: LockOwner, blockers: LockOwner[]): void {
    this.#waitsFor.set(owner, blockers);
  }

  done(owner: LockOwner): void {
    this.#waitsFor.delete(owner);
  }
}

/** A shared or exclusive lock of the whole file for flock(2). */
export function wholeFile(kind: LockKind, type: number, owner: LockOwner, pid: number): Lock {
  return { kind, type, start: 0, end: Infinity, owner, pid };
}

/** Does this type need the file open for reading (F_RDLCK) or writing (F_WRLCK)? */
export function allowsLock(file: File, type: number): boolean {
  if (type === F_RDLCK) return file.readable;
  return type === F_WRLCK ? file.writable : true;
}
