/**
 * PidTable: which numbers name whom (pid_namespaces(7), one namespace). A number is taken by a task,
 * a zombie, a process group or a session, and not given out again while any of them has it.
 */
import { EAGAIN, EEXIST, EINVAL } from "../../abi/errno.ts";
import type { ProcessGroup } from "./process-group.ts";
import type { Task } from "./task.ts";
import type { ThreadGroup } from "./thread-group.ts";

/** /proc/sys/kernel/pid_max: numbers below it. */
export const PID_MAX = 32768;
/** After a wrap Linux starts again here, leaving low numbers to daemons. */
const RESERVED = 300;

export class PidTable {
  readonly #tasks = new Map<number, Task>();
  readonly #groups = new Map<number, ThreadGroup>();
  readonly #processGroups = new Map<number, ProcessGroup>();
  /** Allocated, but not yet a task. */
  readonly #reserved = new Set<number>();
  #last = 1;

  /** A free number (`wish` if not 0), or -errno. */
  allocate(wish = 0): number {
    if (wish !== 0) {
      if (wish < 1 || wish >= PID_MAX) return -EINVAL;
      if (this.#isTaken(wish)) return -EEXIST;
      this.#reserved.add(wish);
      return wish;
    }
    for (let tries = 0; tries < PID_MAX; tries++) {
      this.#last = this.#last + 1 >= PID_MAX ? RESERVED : this.#last + 1;
      if (this.#isTaken(this.#last)) continue;
      this.#reserved.add(this.#last);
      return this.#last;
    }
    return -EAGAIN;
  }

  #isTaken(pid: number): boolean {
    return (
      this.#tasks.has(pid) ||
      this.#groups.has(pid) ||
      this.#processGroups.has(pid) ||
      this.#reserved.has(pid)
    );
  }

  set(tid: number, task: Task): void {
    this.#reserved.delete(tid);
    this.#tasks.set(tid, task);
    if (task.group.pid === tid) this.#groups.set(tid, task.group);
  }

  /** A process without threads: the kernel's own init. */
  setGroup(group: ThreadGroup): void {
    this.#groups.set(group.pid, group);
  }

  remove(tid: number): void {
    this.#reserved.delete(tid);
    this.#tasks.delete(tid);
    this.#groups.delete(tid);
  }

  /** The living or zombie thread of this number. */
  task(tid: number): Task | undefined {
    return this.#tasks.get(tid);
  }

  group(pid: number): ThreadGroup | undefined {
    return this.#groups.get(pid);
  }

  processGroup(id: number): ProcessGroup | undefined {
    return this.#processGroups.get(id);
  }

  setProcessGroup(processGroup: ProcessGroup): void {
    this.#processGroups.set(processGroup.id, processGroup);
  }

  removeProcessGroup(id: number): void {
    this.#processGroups.delete(id);
  }

  groups(): IterableIterator<ThreadGroup> {
    return this.#groups.values();
  }

  get taskCount(): number {
    return this.#tasks.size;
  }

  get lastPid(): number {
    return this.#last;
  }

  /** Tasks of a real user id, for RLIMIT_NPROC. */
  countOf(uid: number): number {
    let count = 0;
    for (const task of this.#tasks.values()) if (task.credentials.uid === uid) count++;
    return count;
  }
}
