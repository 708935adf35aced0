/**
 * Scheduling: policies, priorities and affinities are remembered and reported; the host schedules.
 * Source: sched_setscheduler(2), sched_setaffinity(2), getpriority(2), ioprio_set(2), getcpu(2).
 */

import { CAP_SYS_NICE } from "../../abi/capability.ts";
import { EACCES, EFAULT, EINVAL, EPERM, ESRCH } from "../../abi/errno.ts";
import { PRIO_PGRP, PRIO_PROCESS, PRIO_USER, RLIMIT_NICE } from "../../abi/resource.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { ThreadGroup } from "../../kernel/task/thread-group.ts";

const SCHED_FIFO = 1;
const SCHED_RR = 2;
const RESET_ON_FORK = 0x40000000;
const NR_CPUS_BYTES = 128;
/** Length of the kernel's own masks: 256 processors, as distributions configure Linux. */
const CPUMASK_BYTES = 32;

function find(task: Task, pid: number): Task | undefined {
  return pid === 0 ? task : task.findTask(pid);
}

export function sched_yield(): number {
  return 0;
}

export function sched_getscheduler(task: Task, pid: number): number {
  if (pid < 0) return -EINVAL;
  return find(task, pid)?.schedPolicy ?? -ESRCH;
}

export function sched_setscheduler(
  task: Task,
  pid: number,
  policy: number,
  paramAt: number,
): number {
  if (pid < 0 || paramAt === 0) return -EINVAL;
  const target = find(task, pid);
  if (target === undefined) return -ESRCH;
  const priority = task.mm.readI32(paramAt);
  if (Number.isNaN(priority)) return -EFAULT;
  const plain = policy & ~RESET_ON_FORK;
  const realtime = plain === SCHED_FIFO || plain === SCHED_RR;
  if (!realtime && plain !== 0 && plain !== 3 && plain !== 5)
    return refuse(EINVAL, "sched_setscheduler: unknown policy");
  if (realtime ? priority < 1 || priority > 99 : priority !== 0)
    return refuse(EINVAL, "sched_setscheduler: bad priority");
  if (realtime && !task.credentials.has(CAP_SYS_NICE)) return -EPERM;
  target.schedPolicy = policy;
  target.schedPriority = priority;
  return 0;
}

export function sched_getparam(task: Task, pid: number, paramAt: number): number {
  if (pid < 0 || paramAt === 0) return -EINVAL;
  const target = find(task, pid);
  return target === undefined ? -ESRCH : task.mm.writeI32(paramAt, target.schedPriority);
}

export function sched_setparam(task: Task, pid: number, paramAt: number): number {
  const target = find(task, pid);
  if (target === undefined) return -ESRCH;
  return sched_setscheduler(task, pid, target.schedPolicy, paramAt);
}

export function sched_get_priority_max(_task: Task, policy: number): number {
  if (policy === SCHED_FIFO || policy === SCHED_RR) return 99;
  return policy === 0 || policy === 3 || policy === 5 || policy === 6 ? 0 : -EINVAL;
}

export function sched_get_priority_min(_task: Task, policy: number): number {
  if (policy === SCHED_FIFO || policy === SCHED_RR) return 1;
  return policy === 0 || policy === 3 || policy === 5 || policy === 6 ? 0 : -EINVAL;
}

export function sched_rr_get_interval(task: Task, pid: number, at: number): number {
  if (pid < 0) return -EINVAL;
  const target = find(task, pid);
  if (target === undefined) return -ESRCH;
  const bytes = new Uint8Array(16);
  const realtime = (target.schedPolicy & ~RESET_ON_FORK) === SCHED_RR;
  new DataView(bytes.buffer).setUint32(8, realtime ? 100_000_000 : 4_000_000, true);
  return task.mm.write(at, bytes);
}

/** Bytes of the affinity mask written, as the system call returns (not as libc does). */
export function sched_getaffinity(task: Task, pid: number, size: number, at: number): number {
  const target = find(task, pid);
  if (target === undefined) return -ESRCH;
  const mask = target.affinity ?? allCpus(task);
  if (size * 8 < task.kernel.cpus || size % 8 !== 0)
    return refuse(EINVAL, "sched_getaffinity: mask too small");
  const bytes = new Uint8Array(Math.min(size, CPUMASK_BYTES));
  for (let cpu = 0; cpu < mask.length && cpu < bytes.length * 8; cpu++)
    if (mask[cpu]) bytes[cpu >> 3]! |= 1 << (cpu & 7);
  return task.mm.write(at, bytes) < 0 ? -EFAULT : bytes.length;
}

export function sched_setaffinity(task: Task, pid: number, size: number, at: number): number {
  const target = find(task, pid);
  if (target === undefined) return -ESRCH;
  const bytes = task.mm.read(at, Math.min(size, NR_CPUS_BYTES));
  if (bytes === null) return -EFAULT;
  const mask: boolean[] = [];
  for (let cpu = 0; cpu < task.kernel.cpus; cpu++)
    mask.push(((bytes[cpu >> 3] ?? 0) & (1 << (cpu & 7))) !== 0);
  if (!mask.includes(true)) return refuse(EINVAL, "sched_setaffinity: no usable processor");
  target.affinity = mask;
  target.thread.setAffinity(mask);
  return 0;
}

function allCpus(task: Task): boolean[] {
  return new Array<boolean>(task.kernel.cpus).fill(true);
}

export function getcpu(task: Task, cpuAt: number, nodeAt: number): number {
  if (cpuAt !== 0 && task.mm.writeU32(cpuAt, 0) < 0) return -EFAULT;
  return nodeAt !== 0 && task.mm.writeU32(nodeAt, 0) < 0 ? -EFAULT : 0;
}

/** The processes that `which` and `who` name. */
function chosen(task: Task, which: number, who: number): ThreadGroup[] | number {
  const { kernel } = task;
  if (which === PRIO_PROCESS) {
    const target = find(task, who);
    return target === undefined ? [] : [target.group];
  }
  if (which === PRIO_PGRP) {
    const processGroup = who === 0 ? task.group.processGroup : task.findProcessGroup(who);
    return [...(processGroup?.members ?? [])];
  }
  if (which === PRIO_USER) {
    const { uid: own, userNamespace } = task.credentials;
    const uid = who === 0 ? own : userNamespace.kernelUid(who);
    return [...kernel.pids.groups()].filter(
      (group) => task.numberOf(group.pid) !== 0 && group.anyTask?.credentials.uid === uid,
    );
  }
  return -EINVAL;
}

export function getpriority(task: Task, which: number, who: number): number {
  const groups = chosen(task, which, who);
  if (typeof groups === "number") return groups;
  if (groups.length === 0) return -ESRCH;
  let nice = 19;
  for (const group of groups) nice = Math.min(nice, group.nice);
  return 20 - nice;
}

export function setpriority(task: Task, which: number, who: number, value: number): number {
  const groups = chosen(task, which, who);
  if (typeof groups === "number") return groups;
  const nice = Math.max(-20, Math.min(19, value));
  let error = -ESRCH;
  for (const group of groups) {
    const target = group.anyTask;
    if (target === null) continue;
    const own = task.credentials;
    const same = target.credentials.uid === own.euid || target.credentials.euid === own.euid;
    if (!same && !own.hasIn(target.credentials.userNamespace, CAP_SYS_NICE)) error = -EPERM;
    else if (
      nice < group.nice &&
      !own.has(CAP_SYS_NICE) &&
      20 - nice > group.limits.soft(RLIMIT_NICE)
    )
      error = -EACCES;
    else {
      group.nice = nice;
      if (error === -ESRCH) error = 0;
    }
  }
  return error;
}

export function ioprio_get(task: Task, which: number, who: number): number {
  if (which < 1 || which > 3) return -EINVAL;
  if (which === 1 && find(task, who) === undefined) return -ESRCH;
  return task.group.ioPriority;
}

export function ioprio_set(task: Task, which: number, who: number, value: number): number {
  if (which < 1 || which > 3 || value >> 13 > 3) return -EINVAL;
  if (which === 1 && find(task, who) === undefined) return -ESRCH;
  task.group.ioPriority = value;
  return 0;
}
