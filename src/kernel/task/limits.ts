/**
 * Limits: the resource limits of a thread group (getrlimit(2)): soft and hard per RLIMIT_*.
 * RLIM_INFINITY is 2^64 as a number: larger than anything it is compared with.
 */
import {
  RLIM_INFINITY,
  RLIM_NLIMITS,
  RLIMIT_CORE,
  RLIMIT_MEMLOCK,
  RLIMIT_MSGQUEUE,
  RLIMIT_NICE,
  RLIMIT_NOFILE,
  RLIMIT_NPROC,
  RLIMIT_RTPRIO,
  RLIMIT_SIGPENDING,
  RLIMIT_STACK,
} from "../../abi/resource.ts";

export class Limits {
  readonly #soft: number[];
  readonly #hard: number[];

  constructor(soft: readonly number[], hard: readonly number[]) {
    this.#soft = soft.slice();
    this.#hard = hard.slice();
  }

  /** What Linux gives its first process. */
  static defaults(): Limits {
    const soft = new Array<number>(RLIM_NLIMITS).fill(RLIM_INFINITY);
    const hard = soft.slice();
    const set = (which: number, s: number, h: number) => {
      soft[which] = s;
      hard[which] = h;
    };
    set(RLIMIT_STACK, 8 << 20, RLIM_INFINITY);
    set(RLIMIT_CORE, 0, RLIM_INFINITY);
    set(RLIMIT_NPROC, 32768, 32768);
    set(RLIMIT_NOFILE, 1024, 1048576);
    set(RLIMIT_MEMLOCK, 8 << 20, 8 << 20);
    set(RLIMIT_SIGPENDING, 32768, 32768);
    set(RLIMIT_MSGQUEUE, 819200, 819200);
    set(RLIMIT_NICE, 0, 0);
    set(RLIMIT_RTPRIO, 0, 0);
    return new Limits(soft, hard);
  }

  soft(which: number): number {
    return this.#soft[which]!;
  }

  hard(which: number): number {
    return this.#hard[which]!;
  }

  set(which: number, soft: number, hard: number): void {
    this.#soft[which] = soft;
    this.#hard[which] = hard;
  }

  copy(): Limits {
    return new Limits(this.#soft, this.#hard);
  }
}
