/**
 * Seccomp: the mode and the filters of a task, and the verdict on one system call (seccomp(2)).
 *  - Immutable: a new filter is a new Seccomp on top of the old one, so that fork and clone share it
 *    and TSYNC can tell whose filters contain whose.
 *  - judge() is asked before the call is looked at, also for numbers that are no calls.
 */
import { ENOSYS, MAX_ERRNO } from "../../abi/errno.ts";
import {
  AUDIT_ARCH_X86_64,
  BPF_MEMWORDS,
  SECCOMP_MODE_FILTER,
  SECCOMP_MODE_STRICT,
  SECCOMP_RET_ACTION_FULL,
  SECCOMP_RET_ALLOW,
  SECCOMP_RET_DATA,
  SECCOMP_RET_ERRNO,
  SECCOMP_RET_KILL_PROCESS,
  SECCOMP_RET_KILL_THREAD,
  SECCOMP_RET_LOG,
  SECCOMP_RET_TRACE,
  SECCOMP_RET_TRAP,
  SECCOMP_RET_USER_NOTIF,
  seccomp_data,
} from "../../abi/seccomp.ts";
import { SIGKILL, SIGSYS, SYS_SECCOMP } from "../../abi/signal.ts";
import { signaledStatus } from "../../abi/wait.ts";
import { refuse } from "../../base/refuse.ts";
import { Reg } from "../../platform/contract.ts";
import { forceSignal } from "../signal/deliver.ts";
import { SigInfo } from "../signal/siginfo.ts";
import { exitTask } from "../task/exit.ts";
import { beginGroupExit } from "../task/group-exit.ts";
import { HANDLED } from "../task/park.ts";
import type { Task } from "../task/task.ts";
import { type BpfProgram, runProgram } from "./bpf.ts";

/** The verdict of judge() that lets the call go on. Outside the range of results and errnos. */
export const ALLOWED = -5002;

/** What strict mode leaves: read, write, rt_sigreturn, exit. */
const STRICT_CALLS: readonly number[] = [0, 1, 15, 60];
const ARGUMENTS = [Reg.rdi, Reg.rsi, Reg.rdx, Reg.r10, Reg.r8, Reg.r9];

export class Seccomp {
  readonly mode: number;
  /** The newest filter; null in strict mode. */
  readonly program: BpfProgram | null;
  /** The filters before it. */
  readonly previous: Seccomp | null;
  /** Instructions of all filters, and what Linux adds for each. */
  readonly cost: number;

  constructor(program: BpfProgram | null, previous: Seccomp | null) {
    this.mode = program === null ? SECCOMP_MODE_STRICT : SECCOMP_MODE_FILTER;
    this.program = program;
    this.previous = previous;
    this.cost = (program?.length ?? 0) + 4 + (previous?.cost ?? 0);
  }

  /** As /proc/PID/status tells it. */
  get filterCount(): number {
    return (this.program === null ? 0 : 1) + (this.previous?.filterCount ?? 0);
  }

  /** Are these filters all among those of `other`? */
  isAncestorOf(other: Seccomp | null): boolean {
    for (let at = other; at !== null; at = at.previous) if (at === this) return true;
    return false;
  }
}

/** ALLOWED, or what the call returns instead: a result, -errno or HANDLED. */
export function judge(task: Task, seccomp: Seccomp): number {
  if (seccomp.program !== null) return act(task, runFilters(seccomp, describe(task)));
  if (STRICT_CALLS.includes(task.syscallNr)) return ALLOWED;
  exitTask(task, signaledStatus(SIGKILL, false));
  return HANDLED;
}

/** `struct seccomp_data` of the task's call, as words. */
function describe(task: Task): Uint32Array {
  const { thread } = task;
  const words = new Uint32Array(seccomp_data.size / 4);
  words[0] = task.syscallNr;
  words[1] = AUDIT_ARCH_X86_64;
  words[2] = thread.registerLow(Reg.rip);
  words[3] = thread.registerHigh(Reg.rip);
  for (const [index, register] of ARGUMENTS.entries()) {
    words[4 + index * 2] = thread.registerLow(register);
    words[5 + index * 2] = thread.registerHigh(register);
  }
  return words;
}

/** Every filter is asked; the gravest answer counts, among equals that of the newest filter. */
function runFilters(newest: Seccomp, data: Uint32Array): number {
  let verdict = SECCOMP_RET_ALLOW;
  for (let at: Seccomp | null = newest; at !== null; at = at.previous) {
    if (at.program === null) continue;
    const answer = runProgram(at.program, data, new Uint32Array(BPF_MEMWORDS));
    if (gravity(answer) < gravity(verdict)) verdict = answer;
  }
  return verdict;
}

/** Actions in order: KILL_PROCESS is the only negative one. */
function gravity(answer: number): number {
  return (answer & SECCOMP_RET_ACTION_FULL) | 0;
}

function act(task: Task, verdict: number): number {
  const data = verdict & SECCOMP_RET_DATA;
  switch ((verdict & SECCOMP_RET_ACTION_FULL) >>> 0) {
    case SECCOMP_RET_ALLOW:
    case SECCOMP_RET_LOG:
      return ALLOWED;
    case SECCOMP_RET_ERRNO:
      return data === 0 ? 0 : refuse(Math.min(data, MAX_ERRNO), "seccomp: refused by a filter");
    case SECCOMP_RET_TRACE:
      return refuse(ENOSYS, "seccomp: a filter asks a tracer, and there is none");
    case SECCOMP_RET_USER_NOTIF:
      return refuse(ENOSYS, "seccomp: a filter asks a listener, and there is none");
    case SECCOMP_RET_TRAP:
      trap(task, data);
      return HANDLED;
    case SECCOMP_RET_KILL_THREAD:
      if (task.group.tasks.length > 1) exitTask(task, signaledStatus(SIGSYS, false));
      else beginGroupExit(task.group, signaledStatus(SIGSYS, false));
      return HANDLED;
    default:
      // SECCOMP_RET_KILL_PROCESS, and every answer that is no action.
      beginGroupExit(task.group, signaledStatus(SIGSYS, false));
      return HANDLED;
  }
}

/** SIGSYS; the registers are as they were at the call, so that a handler can act for it. */
function trap(task: Task, data: number): void {
  const info = new SigInfo(SIGSYS, SYS_SECCOMP);
  info.errno = data;
  info.address = task.thread.register(Reg.rip);
  info.status = task.syscallNr;
  forceSignal(task, info);
}

/** Actions that judge() acts upon, for SECCOMP_GET_ACTION_AVAIL. */
export const KNOWN_ACTIONS: readonly number[] = [
  SECCOMP_RET_KILL_PROCESS,
  SECCOMP_RET_KILL_THREAD,
  SECCOMP_RET_TRAP,
  SECCOMP_RET_ERRNO,
  SECCOMP_RET_TRACE,
  SECCOMP_RET_LOG,
  SECCOMP_RET_ALLOW,
];
