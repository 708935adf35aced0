/**
 * GroupSignals: a process's shared pending signals, and where it is with job-control stops.
 *
 * Stopping: a stop signal that is acted upon sets `stopSignal`; each thread parks itself on its way
 * back to the guest; the last one makes the group stopped and tells the parent. SIGCONT undoes it.
 */
import type { Task } from "../task/task.ts";
import { PendingSignals } from "./pending.ts";
import type { SigInfo } from "./siginfo.ts";

export class GroupSignals {
  readonly pending = new PendingSignals();
  /** The signal that stops the group now, 0 when it runs. */
  stopSignal = 0;
  /** Every thread is stopped. */
  isStopped = false;
  /** Who dies of what, while all threads come to a halt for the core dump. */
  core: { readonly task: Task; readonly info: SigInfo } | null = null;
  /** The freezer holds it (cgroups(7)). */
  isFrozen = false;
  /** waitid(WSTOPPED) has not been told yet. */
  stopUnreported = false;
  /** waitid(WCONTINUED) has not been told yet. */
  continueUnreported = false;

  /** Has the group something for this task: a signal it does not block, a stop, its end? */
  meets(task: Task): boolean {
    const { signals, group } = task;
    return (
      group.exiting !== null ||
      this.stopSignal !== 0 ||
      this.isFrozen ||
      this.core !== null ||
      (group.execing !== null && group.execing !== task) ||
      (this.pending.lo & (~signals.blockedLo | signals.waitedLo)) !== 0 ||
      (this.pending.hi & (~signals.blockedHi | signals.waitedHi)) !== 0
    );
  }
}
