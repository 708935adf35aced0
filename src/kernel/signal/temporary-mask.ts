/**
 * The signal mask of a call that waits with another one: sigsuspend, ppoll, pselect6, epoll_pwait.
 * The mask is in force while the call waits; the old one comes back when the call ends, or, when a
 * handler runs, when that handler returns (its frame holds the old mask). Idempotent over retries.
 */
import { EFAULT, EINVAL } from "../../abi/errno.ts";
import { SIGSET_SIZE } from "../../abi/signal.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../task/task.ts";

/** Apply the set at guest `address` (0: none). 0 or -errno. */
export function applyTemporaryMask(task: Task, address: number, size: number): number {
  if (address === 0 || task.signals.hasSaved) return 0;
  if (size !== SIGSET_SIZE) return refuse(EINVAL, "signal set size is not 8");
  const view = task.mm.view(address, SIGSET_SIZE);
  if (view === null) return -EFAULT;
  setTemporaryMask(task, view.getInt32(0, true), view.getInt32(4, true));
  return 0;
}

export function setTemporaryMask(task: Task, lo: number, hi: number): void {
  const { signals } = task;
  if (signals.hasSaved) return;
  signals.savedLo = signals.blockedLo;
  signals.savedHi = signals.blockedHi;
  signals.hasSaved = true;
  signals.setBlocked(lo, hi);
}

/** Put the old mask back, if one was saved. */
export function restoreMask(task: Task): void {
  const { signals } = task;
  if (!signals.hasSaved) return;
  signals.hasSaved = false;
  signals.setBlocked(signals.savedLo, signals.savedHi);
}
