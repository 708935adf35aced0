/**
 * Park: how a system call waits.
 *
 * A handler that cannot finish names its queues with `task.waitOn(queue, mask)` and returns
 * `task.park(deadline)`. park() returns
 *   - PARKED: the task sleeps; when woken, or at the deadline, the same handler runs again with the
 *     same arguments and decides anew;
 *   - -ERESTARTSYS: a signal is pending; the handler returns it (or -EINTR, or its partial count);
 *   - -ETIMEDOUT: the deadline has passed; the handler turns it into what its man page says.
 * What must survive a retry (an absolute deadline, bytes done) lives in `task.restart`, which the
 * dispatcher clears when the call completes. So blocked work is (number, arguments, restart record).
 */

/** The return value of a handler whose task now sleeps. Outside the range of results and errnos. */
export const PARKED = -5000;

/** The return value of a handler that has set the task's registers itself: execve, rt_sigreturn, exit. */
export const HANDLED = -5001;

/** A note that holds what must be given back when the task dies in its sleep. */
export interface Unfinished {
  abandon(): void;
}

export function isUnfinished(note: unknown): note is Unfinished {
  return note !== null && typeof note === "object" && "abandon" in note;
}

/** What a parked system call keeps between tries. */
export class RestartRecord {
  /** Monotonic nanoseconds, Infinity for none. */
  deadline = Infinity;
  /** Bytes or items already done. */
  progress = 0;
  /** Handler-private: a plain, saveable value. */
  note: unknown = null;
}
