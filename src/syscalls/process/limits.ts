/**
 * Resource limits and usage. Source: getrlimit(2), prlimit(2), getrusage(2), times(2).
 */

import { CAP_SYS_RESOURCE } from "../../abi/capability.ts";
import { EFAULT, EINVAL, EPERM, ESRCH } from "../../abi/errno.ts";
import {
  RLIM_NLIMITS,
  RLIMIT_CPU,
  RLIMIT_NOFILE,
  RUSAGE_CHILDREN,
  RUSAGE_SELF,
  RUSAGE_THREAD,
  rlimit,
  rusage,
} from "../../abi/resource.ts";
import { tms } from "../../abi/time.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { ThreadGroup } from "../../kernel/task/thread-group.ts";

const NR_OPEN = 1048576;

function write(task: Task, group: ThreadGroup, which: number, at: number): number {
  const bytes = new Uint8Array(rlimit.size);
  const view = new DataView(bytes.buffer);
  rlimit.write(view, 0, { rlim_cur: group.limits.soft(which), rlim_max: group.limits.hard(which) });
  return task.mm.write(at, bytes);
}

function change(task: Task, group: ThreadGroup, which: number, soft: number, hard: number): number {
  if (soft > hard) return refuse(EINVAL, "setrlimit: soft limit above the hard one");
  if (which === RLIMIT_NOFILE && hard > NR_OPEN)
    return refuse(EPERM, "setrlimit: above fs.nr_open");
  if (hard > group.limits.hard(which) && !task.credentials.has(CAP_SYS_RESOURCE))
    return refuse(EPERM, "setrlimit: raising a hard limit needs CAP_SYS_RESOURCE");
  // A limit of no time at all counts as one second.
  group.limits.set(which, which === RLIMIT_CPU && soft === 0 ? 1 : soft, hard);
  if (which === RLIMIT_CPU) group.timers.watchCpuLimit();
  return 0;
}

export function getrlimit(task: Task, which: number, at: number): number {
  if (which < 0 || which >= RLIM_NLIMITS) return -EINVAL;
  return write(task, task.group, which, at);
}

export function setrlimit(task: Task, which: number, at: number): number {
  return prlimit64(task, 0, which, at, 0);
}

export function prlimit64(
  task: Task,
  pid: number,
  which: number,
  newAt: number,
  oldAt: number,
): number {
  if (which < 0 || which >= RLIM_NLIMITS) return -EINVAL;
  const target = pid === 0 ? task : task.findTask(pid);
  if (target === undefined) return -ESRCH;
  if (target.group !== task.group && !mayTouch(task, target)) return -EPERM;
  let soft = 0;
  let hard = 0;
  if (newAt !== 0) {
    const bytes = task.mm.read(newAt, rlimit.size);
    if (bytes === null) return -EFAULT;
    const given = rlimit.read(new DataView(bytes.buffer), 0);
    soft = given.rlim_cur;
    hard = given.rlim_max;
  }
  const old = [target.group.limits.soft(which), target.group.limits.hard(which)];
  if (newAt !== 0) {
    const rc = change(task, target.group, which, soft, hard);
    if (rc < 0) return rc;
  }
  if (oldAt === 0) return 0;
  const bytes = new Uint8Array(rlimit.size);
  rlimit.write(new DataView(bytes.buffer), 0, { rlim_cur: old[0]!, rlim_max: old[1]! });
  return task.mm.write(oldAt, bytes);
}

function mayTouch(task: Task, target: Task): boolean {
  const own = task.credentials;
  const theirs = target.credentials;
  const same =
    [theirs.uid, theirs.euid, theirs.suid].every((id) => id === own.uid) &&
    [theirs.gid, theirs.egid, theirs.sgid].every((id) => id === own.gid);
  return same || own.hasIn(theirs.userNamespace, CAP_SYS_RESOURCE);
}

const timeval = (ns: number) => ({
  tv_sec: Math.floor(ns / 1e9),
  tv_usec: Math.floor((ns % 1e9) / 1000),
});

export function getrusage(task: Task, who: number, at: number): number {
  const { kernel, group } = task;
  let user = 0;
  let system = 0;
  if (who === RUSAGE_SELF) {
    user = kernel.cpuTime.ofGroup(group);
    system = group.deadSystemNs;
  } else if (who === RUSAGE_THREAD) user = kernel.cpuTime.ofTask(task);
  else if (who === RUSAGE_CHILDREN) {
    user = group.childUserNs;
    system = group.childSystemNs;
  } else return refuse(EINVAL, "getrusage: unknown target");
  const bytes = new Uint8Array(rusage.size);
  rusage.write(new DataView(bytes.buffer), 0, {
    ru_utime: timeval(user),
    ru_stime: timeval(system),
    ru_maxrss: Math.floor(task.mm.areas.bytes / 4096),
  });
  return task.mm.write(at, bytes);
}

export function times(task: Task, at: number): number {
  const { kernel, group } = task;
  const ticks = (ns: number) => Math.floor(ns / 1e7);
  if (at !== 0) {
    const bytes = new Uint8Array(tms.size);
    tms.write(new DataView(bytes.buffer), 0, {
      tms_utime: ticks(kernel.cpuTime.ofGroup(group)),
      tms_stime: ticks(group.deadSystemNs),
      tms_cutime: ticks(group.childUserNs),
      tms_cstime: ticks(group.childSystemNs),
    });
    if (task.mm.write(at, bytes) < 0) return -EFAULT;
  }
  return ticks(kernel.clock.monotonicNs());
}
