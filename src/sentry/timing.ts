/**
 * Timing: where the milliseconds of a start went (`tvisor do --timing`). Steps are User Timing marks, so
 * that the loader, which runs before anything of ours, can make the first ones:
 *  - `mark(step)` says that a step is over;
 *  - `report()` is a table of all steps since the process began.
 * What came before Node (the launcher, exec, the dynamic linker) is known by the processor time of the
 * main thread, which hardly sleeps until then.
 */
import { readFileSync } from "node:fs";

export const NO_TIMING: Timing = { mark() {}, report: () => "" };

export interface Timing {
  mark(step: string): void;
  report(): string;
}

export class StartTiming implements Timing {
  /** Milliseconds before Node's own clock starts, or NaN where the host does not say. */
  readonly #beforeNode: number;

  constructor() {
    this.#beforeNode = mainThreadMs() - performance.now();
    this.mark("command line");
  }

  mark(step: string): void {
    performance.mark(step);
  }

  report(): string {
    const { nodeTiming } = performance;
    const steps: [end: number, step: string][] = [
      [0, "launcher, exec, shared libraries (estimated)"],
      [nodeTiming.v8Start, "Node: options, OpenSSL"],
      [nodeTiming.environment, "Node: V8's heap"],
      [nodeTiming.bootstrapComplete, "Node: its own JavaScript"],
      ...performance
        .getEntriesByType("mark")
        .map(({ startTime, name }): [number, string] => [startTime, name]),
    ];
    const start = Math.max(0, this.#beforeNode || 0);
    let before = -start;
    const lines = ["   start    took  step (milliseconds)"];
    for (const [end, step] of steps) {
      lines.push(`${column(before + start)}${column(end - before)}  ${step}`);
      before = end;
    }
    return `${[...lines, `${column(before + start)}          in all`].join("\n")}\n`;
  }
}

function column(ms: number): string {
  return ms.toFixed(1).padStart(8);
}

/** How long the main thread ran, or waited for a processor, since its process was forked. */
function mainThreadMs(): number {
  try {
    const [ran, waited] = readFileSync("/proc/self/schedstat", "latin1").split(" ").map(Number);
    return (ran! + waited!) / 1e6;
  } catch {
    return NaN;
  }
}
