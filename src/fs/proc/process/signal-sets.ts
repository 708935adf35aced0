/**
 * Signal sets of a process as stat and status show them: unsigned halves, and 16 hexadecimal digits.
 */
import { NSIG, SIG_DFL, SIG_IGN } from "../../../abi/signal.ts";
import { bitHigh, bitLow } from "../../../kernel/signal/sigset.ts";
import type { ProcProcess } from "../subject.ts";

export interface Halves {
  lo: number;
  hi: number;
}

export interface SignalSets {
  pending: Halves;
  shared: Halves;
  blocked: Halves;
  ignored: Halves;
  caught: Halves;
}

export function signalSets({ task, group }: ProcProcess): SignalSets {
  const shared = group.signals.pending;
  const sets: SignalSets = {
    pending: halves(task?.signals.pending.lo ?? 0, task?.signals.pending.hi ?? 0),
    shared: halves(shared.lo, shared.hi),
    blocked: halves(task?.signals.blockedLo ?? 0, task?.signals.blockedHi ?? 0),
    ignored: halves(0, 0),
    caught: halves(0, 0),
  };
  if (task === null || task.state === "dead") return sets;
  for (let signo = 1; signo <= NSIG; signo++) {
    const { handler } = task.handlers.action(signo);
    if (handler === SIG_IGN) add(sets.ignored, signo);
    else if (handler !== SIG_DFL) add(sets.caught, signo);
  }
  return sets;
}

function halves(lo: number, hi: number): Halves {
  return { lo: lo >>> 0, hi: hi >>> 0 };
}

function add(set: Halves, signo: number): void {
  set.lo = (set.lo | bitLow(signo)) >>> 0;
  set.hi = (set.hi | bitHigh(signo)) >>> 0;
}

export function hex16({ lo, hi }: Halves): string {
  return hi.toString(16).padStart(8, "0") + lo.toString(16).padStart(8, "0");
}
