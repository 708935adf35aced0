/**
 * How a task gets strict mode or one filter more (seccomp(2)), alone or with all threads of its
 * process (SECCOMP_FILTER_FLAG_TSYNC).
 */

import { CAP_SYS_ADMIN } from "../../abi/capability.ts";
import { EACCES, EINVAL, ENOMEM, ESRCH } from "../../abi/errno.ts";
import { SECCOMP_MODE_FILTER, SECCOMP_MODE_STRICT } from "../../abi/seccomp.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../task/task.ts";
import { type BpfProgram, checkProgram } from "./bpf.ts";
import { Seccomp } from "./seccomp.ts";

/** What all filters of a task may cost together. */
const MOST_INSTRUCTIONS = 32768;

export function enterStrictMode(task: Task): number {
  if (task.seccomp !== null && task.seccomp.mode !== SECCOMP_MODE_STRICT)
    return refuse(EINVAL, "seccomp: filters cannot be left");
  task.seccomp = new Seccomp(null, null);
  return 0;
}

/** May the task have filters at all? 0 or -EACCES. */
export function mayFilter(task: Task): number {
  const { credentials } = task;
  if (credentials.noNewPrivs || credentials.hasOwn(CAP_SYS_ADMIN)) return 0;
  return refuse(EACCES, "seccomp: needs no_new_privs or CAP_SYS_ADMIN");
}

export interface FilterOptions {
  /** All threads of the process get it, or none. */
  readonly allThreads: boolean;
  /** When they cannot: -ESRCH rather than the thread's id. */
  readonly saysEsrch: boolean;
}

/** 0, -errno, or the id of a thread that has other filters. */
export function installFilter(task: Task, program: BpfProgram, options: FilterOptions): number {
  if (!checkProgram(program)) return refuse(EINVAL, "seccomp: not a valid filter");
  const old = task.seccomp;
  if (old !== null && old.mode !== SECCOMP_MODE_FILTER)
    return refuse(EINVAL, "seccomp: strict mode cannot be left");
  const seccomp = new Seccomp(program, old);
  if (seccomp.cost > MOST_INSTRUCTIONS) return refuse(ENOMEM, "seccomp: too many instructions");
  if (options.allThreads) {
    const other = task.group.tasks.find((thread) => !canFollow(task, thread));
    if (other !== undefined)
      return options.saysEsrch
        ? refuse(ESRCH, "seccomp: a thread has other filters")
        : other.ownTid;
    for (const thread of task.group.tasks) follow(task, thread, seccomp);
  }
  task.seccomp = seccomp;
  return 0;
}

function canFollow(task: Task, thread: Task): boolean {
  const { seccomp } = thread;
  if (thread === task || seccomp === null) return true;
  return seccomp.mode === SECCOMP_MODE_FILTER && seccomp.isAncestorOf(task.seccomp);
}

function follow(task: Task, thread: Task, seccomp: Seccomp): void {
  thread.seccomp = seccomp;
  if (task.credentials.noNewPrivs && !thread.credentials.noNewPrivs)
    thread.credentials = thread.credentials.with({ noNewPrivs: true });
}
