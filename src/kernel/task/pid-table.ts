/**
 * PidTable: which of the kernel's numbers name whom. A number is taken by a task, a zombie, a process group or a
 * session, and not given out again while any of them has it. Namespaces below the first
 * have numbers of their own for some of them (ns/pid-namespace.ts); they come and go with these.
 */
import { EAGAIN, EEXIST, EINVAL, ENOMEM } from "../../abi/errno.ts";
import { refuse } from "../../base/refuse.ts";
import { FIRST_PID } from "../ns/namespace.ts";
import { following, PID_MAX, PidNamespace } from "../ns/pid-namespace.ts";
import { FIRST_USER_NAMESPACE } from "../ns/user-namespace.ts";
import type { ProcessGroup } from "./process-group.ts";
import type { Task } from "./task.ts";
import type { ThreadGroup } from "./thread-group.ts";

const NO_WISHES: readonly number[] = [];

export class PidTable {
  /** The first namespace, which sees everybody. */
  readonly first = new PidNamespace(FIRST_PID, FIRST_USER_NAMESPACE, null);
  readonly #tasks = new Map<number, Task>();
  readonly #groups = new Map<number, ThreadGroup>();
  readonly #processGroups = new Map<number, ProcessGroup>();
  /** How many process groups are in the session of this number. */
  readonly #sessions = new Map<number, number>();
  /** Allocated, but not yet a task. */
  readonly #reserved = new Set<number>();
  /** The namespace that a number was last made for, if not the first. */
  readonly #namespaces = new Map<number, PidNamespace>();

  /**
   * A free number, with one in each namespace from `namespace` up, or -errno. `wishes` are numbers that the
   * innermost namespaces should give (clone3's set_tid), innermost first.
   */
  allocate(namespace: PidNamespace = this.first, wishes = NO_WISHES): number {
    if (namespace.isDying) return refuse(ENOMEM, "clone: the pid namespace has lost its init");
    for (let i = 0, at: PidNamespace | null = namespace; i < wishes.length; i++, at = at.parent) {
      const wish = wishes[i]!;
      if (at === null || wish < 1 || wish >= PID_MAX) return -EINVAL;
      if (wish !== 1 && at.init === null) return refuse(EINVAL, "clone: the first must be pid 1");
    }
    const pid = this.#allocateHere(wishes[namespace.level] ?? 0);
    if (pid < 0) return pid;
    if (this.#namespaces.size > 0) this.#forget(pid);
    if (namespace.level === 0) return pid;
    this.#namespaces.set(pid, namespace);
    for (let i = 0, at = namespace; at.level > 0; i++, at = at.parent!) {
      const rc = at.give(pid, wishes[i] ?? 0);
      if (rc === 0) continue;
      this.#reserved.delete(pid);
      this.#release(pid);
      return rc;
    }
    return pid;
  }

  #allocateHere(wish: number): number {
    const { first } = this;
    if (wish !== 0) {
      if (this.#isTaken(wish)) return -EEXIST;
      this.#reserved.add(wish);
      return wish;
    }
    for (let tries = 0; tries < PID_MAX; tries++) {
      first.last = following(first.last);
      if (this.#isTaken(first.last)) continue;
      this.#reserved.add(first.last);
      return first.last;
    }
    return -EAGAIN;
  }

  #isTaken(pid: number): boolean {
    return (
      this.#tasks.has(pid) ||
      this.#groups.has(pid) ||
      this.#processGroups.has(pid) ||
      this.#sessions.has(pid) ||
      this.#reserved.has(pid)
    );
  }

  /** The last user of a number may be gone: its names in other namespaces go with it. */
  #release(pid: number): void {
    if (this.#namespaces.size === 0 || this.#isTaken(pid)) return;
    for (let at = this.#namespaces.get(pid) ?? null; at !== null; at = at.parent) at.takeBack(pid);
  }

  /** What a number meant before it was given out again. */
  #forget(pid: number): void {
    for (let at = this.#namespaces.get(pid) ?? null; at !== null; at = at.parent) at.forget(pid);
    this.#namespaces.delete(pid);
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
    this.#release(tid);
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
    const { id, session } = processGroup;
    if (this.#processGroups.get(id) === processGroup) return;
    this.#processGroups.set(id, processGroup);
    this.#sessions.set(session.id, (this.#sessions.get(session.id) ?? 0) + 1);
  }

  removeProcessGroup({ id, session }: ProcessGroup): void {
    this.#processGroups.delete(id);
    const left = this.#sessions.get(session.id)! - 1;
    if (left > 0) this.#sessions.set(session.id, left);
    else this.#sessions.delete(session.id);
    this.#release(id);
    if (left === 0) this.#release(session.id);
  }

  groups(): IterableIterator<ThreadGroup> {
    return this.#groups.values();
  }

  get taskCount(): number {
    return this.#tasks.size;
  }

  get lastPid(): number {
    return this.first.last;
  }

  /** Tasks of a real user id, for RLIMIT_NPROC. */
  countOf(uid: number): number {
    let count = 0;
    for (const task of this.#tasks.values()) if (task.credentials.uid === uid) count++;
    return count;
  }
}
