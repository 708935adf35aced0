/**
 * PidNamespace: which processes a task sees, and their numbers there (pid_namespaces(7)).
 *  - The kernel's own numbers are those of the first namespace, which sees everybody: it translates nothing.
 *    A namespace below keeps a number of its own for each task in it or further below.
 *  - `init` is its pid 1: it adopts orphans, and its end is the end of the namespace (task/exit.ts).
 * Numbers are given and taken back by PidTable, which knows when one is free.
 */
import { EAGAIN, EEXIST } from "../../abi/errno.ts";
import { CLONE_NEWPID } from "../../abi/sched.ts";
import type { ThreadGroup } from "../task/thread-group.ts";
import { Namespace } from "./namespace.ts";
import type { UserNamespace } from "./user-namespace.ts";

/** /proc/sys/kernel/pid_max: numbers below it. */
export const PID_MAX = 32768;
/** So deep may they nest. */
export const MAX_PID_NS_LEVEL = 32;
/** After a wrap Linux starts again here, leaving low numbers to daemons. */
const RESERVED = 300;

export class PidNamespace extends Namespace {
  readonly parent: PidNamespace | null;
  /** 0 for the first one. */
  readonly level: number;
  init: ThreadGroup | null = null;
  /** Processes in it and below it, zombies too. */
  population = 0;
  /** Its init has ended, or begun to: nobody is born here any more. */
  isDying = false;
  /** The number given out last. */
  last = 0;
  /** The kernel's number → the number here, and back; empty in the first namespace. */
  readonly #numbers = new Map<number, number>();
  readonly #named = new Map<number, number>();

  constructor(id: number, owner: UserNamespace, parent: PidNamespace | null) {
    super(id, owner);
    this.parent = parent;
    this.level = parent === null ? 0 : parent.level + 1;
  }

  override get kind(): string {
    return "pid";
  }

  override get flag(): number {
    return CLONE_NEWPID;
  }

  /** What the kernel's number `pid` is called here; 0 when it cannot be seen. */
  numberOf(pid: number): number {
    return this.level === 0 ? pid : (this.#numbers.get(pid) ?? 0);
  }

  /** The kernel's number of what is called `number` here; 0 for nobody. */
  named(number: number): number {
    return this.level === 0 ? number : (this.#named.get(number) ?? 0);
  }

  /** Is it `other`, or below it? */
  isWithin(other: PidNamespace): boolean {
    let at: PidNamespace = this;
    while (at.level > other.level) at = at.parent!;
    return at === other;
  }

  /** A number for `pid`: `wish` if not 0. Not for the first namespace. 0 or -errno. */
  give(pid: number, wish: number): number {
    const number = wish === 0 ? this.#next() : this.#named.has(wish) ? -EEXIST : wish;
    if (number < 0) return number;
    this.#numbers.set(pid, number);
    this.#named.set(number, pid);
    return 0;
  }

  #next(): number {
    for (let tries = 0; tries < PID_MAX; tries++) {
      this.last = following(this.last);
      if (!this.#named.has(this.last)) return this.last;
    }
    return -EAGAIN;
  }

  /** `pid` names nobody any more. What it was called is still known: a peer or a sender may be gone. */
  takeBack(pid: number): void {
    const number = this.#numbers.get(pid);
    if (number !== undefined && this.#named.get(number) === pid) this.#named.delete(number);
  }

  /** The kernel gives `pid` to somebody else. */
  forget(pid: number): void {
    this.#numbers.delete(pid);
  }
}

/** The number after `last`, as they are given out. */
export function following(last: number): number {
  return last + 1 >= PID_MAX ? RESERVED : last + 1;
}
