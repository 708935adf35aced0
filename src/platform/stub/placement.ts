/**
 * Placement: on which processors guests and the kernel run. Linux wakes a thread near the one that woke it,
 * so with several busy guests some end up on the kernel's processor: each of their calls is then two
 * switches of processes, and the kernel sleeps between any two. With a processor to itself the kernel
 * never sleeps while guests talk to it, and answers three times as many calls (`npm run bench -- nginx`).
 * But who computes more than it talks wants every processor. Which of the two it is shows only by trying
 * (trials.ts): when the kernel has one of its own, guests are kept off it.
 *  - A thread is told at its next return to guest code; its choice is always a part of what the guest wants.
 *  - The kernel that falls silent gives its processor back, so nothing of this outlasts the talk.
 */
import type { Host } from "../../host/host.ts";
import { Trials } from "./trials.ts";

const CLOCK_THREAD_CPUTIME_ID = 3;
/** With a processor of its own the kernel looks at least this often whether it still needs it. */
export const WINDOW_NS = 20e6;
/** When all processors are busy, another one is no better. */
const LEAVE_AGAIN_NS = 10e6;

/** One window of the kernel's loop, as the gateway counted it. */
export interface LoopWindow {
  /** Host number of the processor that the kernel is on. */
  readonly processor: number;
  readonly posts: number;
  readonly sleeps: number;
  /** The parts of the time that went into spinning and sleep, 0 to 1. */
  readonly spun: number;
  readonly slept: number;
}

export class Placement {
  /** Changes whenever threads have to be told anew. */
  generation = 0;
  /** The kernel's own processor, or -1. */
  own = -1;
  readonly #host: Host;
  readonly #processors: readonly number[];
  readonly #trials = new Trials();
  readonly #clock = new Float64Array(2);
  #atNs = 0;
  #cpuNs = 0;
  #leftNs = 0;

  constructor(host: Host, processors: readonly number[]) {
    this.#host = host;
    this.#processors = processors;
  }

  /** Of the processors that a guest thread may use, those that it shall use now. */
  choose(wanted: readonly number[]): readonly number[] {
    if (this.own < 0) return wanted;
    const others = wanted.filter((each) => each !== this.own);
    return others.length > 0 ? others : wanted;
  }

  /** A window is over at `nowNs`. True when threads that run have to be told, too. */
  observe(window: LoopWindow, nowNs: number): boolean {
    if (this.#processors.length < 2) return false;
    const elapsed = nowNs - this.#atNs;
    const cpuNs = this.#threadCpuNs();
    const ran = (cpuNs - this.#cpuNs) / elapsed;
    this.#atNs = nowNs;
    this.#cpuNs = cpuNs;
    const isApart = this.#trials.observe({
      rate: (window.posts / elapsed) * 1e6,
      sleeps: (window.sleeps / elapsed) * 1e6,
      busy: ran - window.spun,
      queued: 1 - ran - window.slept,
    });
    if (isApart === this.own >= 0) return false;
    this.generation++;
    this.own = isApart ? window.processor : -1;
    this.#host.setAffinity(isApart ? [window.processor] : this.#processors);
    return !isApart;
  }

  /** The kernel and a guest have been taking turns on `processor`: go to another one, if there is one. */
  leave(processor: number, nowNs: number): void {
    if (this.#processors.length < 2 || this.own >= 0 || nowNs - this.#leftNs < LEAVE_AGAIN_NS)
      return;
    this.#leftNs = nowNs;
    this.#host.setAffinity(this.#processors.filter((each) => each !== processor));
    // Linux may move us again as it likes.
    this.#host.setAffinity(this.#processors);
  }

  #threadCpuNs(): number {
    this.#host.clockGettime(CLOCK_THREAD_CPUTIME_ID, this.#clock);
    return this.#clock[0]! * 1e9 + this.#clock[1]!;
  }
}
