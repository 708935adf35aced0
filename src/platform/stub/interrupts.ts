/**
 * Interrupts: threads that were told to stop and have not yet. SIGURG can be lost on the way (Linux
 * coalesces it, a handler may just be returning), so it is sent again; a thread that hears it and runs
 * on has its space killed.
 */
import type { StubThread } from "./thread.ts";

export const INTERRUPT_AGAIN_NS = 10e6;
const DEADLINE_MS = 500;
/** A thread that runs this long more after that hears nothing, or does not want to. */
const DEAF_CPU_NS = 200e6;
const PATIENCE_MS = 30_000;

export class Interrupts {
  readonly #waiting = new Set<StubThread>();

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  add(thread: StubThread): void {
    this.#waiting.add(thread);
  }

  delete(thread: StubThread): void {
    this.#waiting.delete(thread);
  }

  /** Remind everybody; `giveUp` is told of those that are deaf. */
  escalate(nowMs: number, giveUp: (thread: StubThread) => void): void {
    for (const thread of this.#waiting) {
      if (thread.state !== "running") this.#waiting.delete(thread);
      else if (isDeaf(thread, nowMs - thread.interruptedAt)) {
        this.#waiting.delete(thread);
        giveUp(thread);
      } else thread.sendInterrupt();
    }
  }
}

/**
 * Does the thread run on and not heed its interrupt? One that got no processor meanwhile, or that waits
 * for a page of a slow disk, cannot: it has longer.
 */
function isDeaf(thread: StubThread, waitedMs: number): boolean {
  if (waitedMs <= DEADLINE_MS) return false;
  const cpuNs = thread.cpuNs();
  if (thread.interruptedCpuNs < 0) thread.interruptedCpuNs = cpuNs;
  return cpuNs - thread.interruptedCpuNs > DEAF_CPU_NS || waitedMs > PATIENCE_MS;
}
