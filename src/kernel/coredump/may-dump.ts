/**
 * Would the death of a task leave a core? Only if RLIMIT_CORE lets it, and if its memory is its user's own
 * business (PR_SET_DUMPABLE).
 */
import { RLIMIT_CORE } from "../../abi/resource.ts";
import type { Task } from "../task/task.ts";

const LEAST = 4096;

export function mayDump(task: Task): boolean {
  return task.group.limits.soft(RLIMIT_CORE) >= LEAST && task.mm.dumpable === 1;
}
