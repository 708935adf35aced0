/**
 * Process groups and sessions. Source: setpgid(2), setsid(2), getsid(2), credentials(7).
 */
import { EACCES, EINVAL, EPERM, ESRCH } from "../../abi/errno.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { ThreadGroup } from "../../kernel/task/thread-group.ts";

function find(task: Task, pid: number): ThreadGroup | undefined {
  return pid === 0 ? task.group : (task.findTask(pid)?.group ?? task.findGroup(pid));
}

export const getpgrp = (task: Task): number => task.numberOf(task.group.processGroup.id);

export function getpgid(task: Task, pid: number): number {
  const group = find(task, pid);
  return group === undefined ? -ESRCH : task.numberOf(group.processGroup.id);
}

export function getsid(task: Task, pid: number): number {
  const group = find(task, pid);
  return group === undefined ? -ESRCH : task.numberOf(group.session.id);
}

export function setpgid(task: Task, pid: number, pgid: number): number {
  const { group, kernel } = task;
  if (pgid < 0) return refuse(EINVAL, "setpgid: negative group");
  const target = pid === 0 ? group : task.findGroup(pid);
  if (target === undefined) return -ESRCH;
  if (target !== group) {
    if (target.parent !== group) return refuse(ESRCH, "setpgid: neither the caller nor its child");
    if (target.session !== group.session)
      return refuse(EPERM, "setpgid: child is in another session");
    if (target.hasExeced) return refuse(EACCES, "setpgid: child has executed a program");
  }
  if (target.session.leader === target) return refuse(EPERM, "setpgid: session leader");
  const id = pgid === 0 ? target.pid : group.pidNamespace.named(pgid);
  if (id !== target.pid) {
    const wanted = kernel.pids.processGroup(id);
    if (wanted === undefined || wanted.session !== group.session)
      return refuse(EPERM, "setpgid: no such group in the session");
  }
  if (target.processGroup.id !== id) kernel.joinProcessGroup(target, id);
  return 0;
}

export function setsid(task: Task): number {
  const { group, kernel } = task;
  if (group.session.leader === group || kernel.pids.processGroup(group.pid) !== undefined)
    return refuse(EPERM, "setsid: already a group leader");
  kernel.newSession(group);
  return task.numberOf(group.session.id);
}
