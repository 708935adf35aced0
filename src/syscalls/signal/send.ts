/**
 * Sending signals: who may, and what a sender may claim.
 * Source: kill(2), tgkill(2), rt_sigqueueinfo(2), pidfd_send_signal(2).
 */
import { CAP_KILL } from "../../abi/capability.ts";
import { EBADF, EFAULT, EINVAL, EPERM, ESRCH } from "../../abi/errno.ts";
import { NSIG, SI_TKILL, SI_USER, SIGCONT } from "../../abi/signal.ts";
import { refuse } from "../../base/refuse.ts";
import { PidFile } from "../../kernel/files/pidfd.ts";
import { sendToGroup, sendToTask } from "../../kernel/signal/send.ts";
import { SIGINFO_SIZE, SigInfo } from "../../kernel/signal/siginfo.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { ThreadGroup } from "../../kernel/task/thread-group.ts";

/** kill(2)'s rule: same user, CAP_KILL, or SIGCONT within the session. */
function mayKill(task: Task, group: ThreadGroup, signo: number): boolean {
  const target = group.anyTask ?? group.leader;
  if (target === null) return task.credentials.has(CAP_KILL);
  const own = task.credentials;
  const theirs = target.credentials;
  if (group === task.group || own.hasIn(theirs.userNamespace, CAP_KILL)) return true;
  const same =
    own.euid === theirs.suid ||
    own.euid === theirs.uid ||
    own.uid === theirs.suid ||
    own.uid === theirs.uid;
  return same || (signo === SIGCONT && task.group.session === group.session);
}

function killGroup(task: Task, group: ThreadGroup, signo: number): number {
  if (!mayKill(task, group, signo)) return refuse(EPERM, "kill: another user's process");
  if (signo !== 0)
    sendToGroup(group, SigInfo.fromUser(signo, SI_USER, task.pid, task.credentials.uid));
  return 0;
}

export function kill(task: Task, pid: number, signo: number): number {
  if (signo < 0 || signo > NSIG) return refuse(EINVAL, "kill: no such signal");
  const { kernel } = task;
  if (pid > 0) {
    const group = task.findGroup(pid) ?? task.findTask(pid)?.group;
    return group === undefined ? -ESRCH : killGroup(task, group, signo);
  }
  if (pid === -2147483648) return -ESRCH;
  let targets: ThreadGroup[];
  if (pid === -1)
    targets = [...kernel.pids.groups()].filter(
      (group) => task.numberOf(group.pid) > 1 && group !== task.group,
    );
  else
    targets = [
      ...((pid === 0 ? task.group.processGroup : task.findProcessGroup(-pid))?.members ?? []),
    ];
  if (targets.length === 0) return -ESRCH;
  let result = pid === -1 ? 0 : -EPERM;
  for (const group of targets) if (killGroup(task, group, signo) === 0) result = 0;
  return result;
}

export function tgkill(task: Task, tgid: number, tid: number, signo: number): number {
  if (tgid <= 0 || tid <= 0) return refuse(EINVAL, "tgkill: bad id");
  return sendToThread(task, tgid, tid, signo);
}

export function tkill(task: Task, tid: number, signo: number): number {
  return tid <= 0 ? refuse(EINVAL, "tkill: bad id") : sendToThread(task, 0, tid, signo);
}

function sendToThread(task: Task, tgid: number, tid: number, signo: number): number {
  if (signo < 0 || signo > NSIG) return refuse(EINVAL, "tgkill: no such signal");
  const target = task.findTask(tid);
  if (target === undefined || (tgid !== 0 && target.group !== task.findGroup(tgid))) return -ESRCH;
  if (!mayKill(task, target.group, signo)) return -EPERM;
  return signo === 0
    ? 0
    : sendToTask(target, SigInfo.fromUser(signo, SI_TKILL, task.pid, task.credentials.uid));
}

/** A siginfo made by the guest. Only the kernel may claim to be the kernel, or a kill by somebody else. */
function readInfo(task: Task, at: number, signo: number, own: boolean): SigInfo | number {
  const raw = task.mm.read(at, SIGINFO_SIZE);
  if (raw === null) return -EFAULT;
  const code = new DataView(raw.buffer).getInt32(8, true);
  if ((code >= 0 || code === SI_TKILL) && !own)
    return refuse(EPERM, "sigqueueinfo: si_code says it is from the kernel");
  const info = SigInfo.fromUser(signo, code, task.pid, task.credentials.uid);
  info.raw = raw;
  return info;
}

export function rt_sigqueueinfo(task: Task, pid: number, signo: number, at: number): number {
  const info = readInfo(task, at, signo, pid === task.group.ownPid);
  if (typeof info === "number") return info;
  if (signo < 0 || signo > NSIG) return -EINVAL;
  const group = task.findGroup(pid);
  if (group === undefined) return -ESRCH;
  if (!mayKill(task, group, signo)) return -EPERM;
  return signo === 0 ? 0 : sendToGroup(group, info);
}

export function rt_tgsigqueueinfo(
  task: Task,
  tgid: number,
  tid: number,
  signo: number,
  at: number,
): number {
  const info = readInfo(task, at, signo, tgid === task.group.ownPid);
  if (typeof info === "number") return info;
  if (tgid <= 0 || tid <= 0 || signo < 0 || signo > NSIG) return -EINVAL;
  const target = task.findTask(tid);
  if (target === undefined || target.group !== task.findGroup(tgid)) return -ESRCH;
  if (!mayKill(task, target.group, signo)) return -EPERM;
  return signo === 0 ? 0 : sendToTask(target, info);
}

export function pidfd_send_signal(
  task: Task,
  pidfd: number,
  signo: number,
  at: number,
  flags: number,
): number {
  if (flags !== 0) return refuse(EINVAL, "pidfd_send_signal: flags");
  const file = task.files.get(pidfd);
  if (!(file instanceof PidFile)) return -EBADF;
  if (signo < 0 || signo > NSIG) return -EINVAL;
  const { group } = file;
  if (!group.pidNamespace.isWithin(task.group.pidNamespace))
    return refuse(EINVAL, "pidfd_send_signal: a process outside the pid namespace");
  if (group.isZombie && group.parent?.children.has(group) !== true) return -ESRCH;
  if (at !== 0) {
    const info = readInfo(task, at, signo, group === task.group);
    if (typeof info === "number") return info;
    if (new DataView(info.raw!.buffer).getInt32(0, true) !== signo) return -EINVAL;
    if (!mayKill(task, group, signo)) return -EPERM;
    return signo === 0 ? 0 : sendToGroup(group, info);
  }
  return killGroup(task, group, signo);
}
