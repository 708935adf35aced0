/**
 * PendingSignals: signals sent and not yet taken, of a task or of a thread group (signal(7)).
 *  - A standard signal is pending once: the first siginfo stays. Real-time signals queue in order.
 *  - `next` prefers synchronous faults, then the lowest number, as Linux does.
 */
import { SIGBUS, SIGFPE, SIGILL, SIGRTMIN, SIGSEGV, SIGSYS, SIGTRAP } from "../../abi/signal.ts";
import type { SigInfo } from "./siginfo.ts";
import { bitHigh, bitLow, isIn, lowest } from "./sigset.ts";

const SYNCHRONOUS_LOW =
  bitLow(SIGSEGV) |
  bitLow(SIGBUS) |
  bitLow(SIGILL) |
  bitLow(SIGTRAP) |
  bitLow(SIGFPE) |
  bitLow(SIGSYS);

export class PendingSignals {
  lo = 0;
  hi = 0;
  readonly #queue: SigInfo[] = [];

  get count(): number {
    return this.#queue.length;
  }

  has(signo: number): boolean {
    return isIn(this.lo, this.hi, signo);
  }

  /** False when a standard signal was pending already. */
  add(info: SigInfo): boolean {
    if (info.signo < SIGRTMIN && this.has(info.signo)) return false;
    this.lo |= bitLow(info.signo);
    this.hi |= bitHigh(info.signo);
    this.#queue.push(info);
    return true;
  }

  /** The next signal of the set of those not blocked; 0 when there is none. */
  next(blockedLo: number, blockedHi: number): number {
    const lo = this.lo & ~blockedLo;
    const hi = this.hi & ~blockedHi;
    if ((lo | hi) === 0) return 0;
    return lowest(lo & SYNCHRONOUS_LOW, 0) || lowest(lo, hi);
  }

  /** Take the oldest `signo`. Precondition: has(signo). */
  take(signo: number): SigInfo {
    const at = this.#queue.findIndex((info) => info.signo === signo);
    const info = this.#queue[at]!;
    this.#queue.splice(at, 1);
    if (!this.#queue.some((other) => other.signo === signo)) this.#clear(signo);
    info.timer?.signalTaken(info);
    return info;
  }

  /** Forget every signal of the set. */
  discard(lo: number, hi: number): void {
    if ((this.lo & lo) === 0 && (this.hi & hi) === 0) return;
    this.lo &= ~lo;
    this.hi &= ~hi;
    let kept = 0;
    for (const info of this.#queue) if (!isIn(lo, hi, info.signo)) this.#queue[kept++] = info;
    this.#queue.length = kept;
  }

  /** The queued signal of this timer, so that an expiry can count as overrun. */
  ofTimer(timer: object): SigInfo | undefined {
    return this.#queue.find((info) => info.timer === timer);
  }

  #clear(signo: number): void {
    this.lo &= ~bitLow(signo);
    this.hi &= ~bitHigh(signo);
  }
}
