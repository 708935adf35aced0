/**
 * TaskSignals: one task's blocked set, its own pending signals and its alternate stack.
 */
import { SS_DISABLE } from "../../abi/signal.ts";
import { PendingSignals } from "./pending.ts";
import { UNBLOCKABLE_LOW } from "./sigset.ts";

export class TaskSignals {
  readonly pending = new PendingSignals();
  blockedLo = 0;
  blockedHi = 0;
  /** The mask to put back when the current call ends (sigsuspend, ppoll, epoll_pwait). */
  savedLo = 0;
  savedHi = 0;
  hasSaved = false;
  /** rt_sigtimedwait: signals it waits for although they are blocked. */
  waitedLo = 0;
  waitedHi = 0;
  altStack = 0;
  altStackSize = 0;
  altStackFlags = SS_DISABLE;
  /** This task must die, whatever it does. */
  killed = false;

  setBlocked(lo: number, hi: number): void {
    this.blockedLo = lo & ~UNBLOCKABLE_LOW;
    this.blockedHi = hi;
  }

  /** Is a signal of the task's own pending that is not blocked, or that it waits for? */
  deliverable(): boolean {
    return (
      (this.pending.lo & (~this.blockedLo | this.waitedLo)) !== 0 ||
      (this.pending.hi & (~this.blockedHi | this.waitedHi)) !== 0
    );
  }

  /** Is `sp` on the alternate stack? */
  onAltStack(sp: number): boolean {
    return this.altStackSize > 0 && sp > this.altStack && sp - this.altStack <= this.altStackSize;
  }

  clearAltStack(): void {
    this.altStack = 0;
    this.altStackSize = 0;
    this.altStackFlags = SS_DISABLE;
  }
}
