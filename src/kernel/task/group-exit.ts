/**
 * The decision that a process ends (exit_group(2), a fatal signal). Only the decision: the group is
 * `exiting`, and the loop finishes it after the current event (exit.ts), so that no handler loses its
 * files or memory under its hands.
 */
import type { ThreadGroup } from "./thread-group.ts";

/** Every thread of the group ends; its parent will get `status` (a wait status). */
export function beginGroupExit(group: ThreadGroup, status: number): void {
  if (group.exiting !== null || group.isZombie) return;
  group.exiting = status;
  group.kernel.dying.push(group);
}
