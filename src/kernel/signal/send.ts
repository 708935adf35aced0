/**
 * Sending signals (kill(2), signal(7)): who gets them, what is dropped, whom it wakes.
 *  - A signal that would be ignored is dropped at once, unless it is blocked or waited for.
 *  - SIGCONT and the stop signals cancel each other when sent, before any handler runs.
 *  - SIGKILL and fatal defaults end the whole group at once.
 */
import { EAGAIN } from "../../abi/errno.ts";
import { RLIMIT_SIGPENDING } from "../../abi/resource.ts";
import {
  CLD_CONTINUED,
  CLD_STOPPED,
  SI_KERNEL,
  SI_USER,
  SIG_DFL,
  SIGCONT,
  SIGKILL,
  SIGRTMIN,
  SIGSTOP,
} from "../../abi/signal.ts";
import { signaledStatus } from "../../abi/wait.ts";
import { mayDump } from "../coredump/may-dump.ts";
import { beginGroupExit } from "../task/group-exit.ts";
import type { ProcessGroup } from "../task/process-group.ts";
import type { Task } from "../task/task.ts";
import type { ThreadGroup } from "../task/thread-group.ts";
import type { PendingSignals } from "./pending.ts";
import { SigInfo } from "./siginfo.ts";
import { bitLow, CONTINUE_LOW, CORE_SIGNALS_LOW, isIn, STOP_SIGNALS_LOW } from "./sigset.ts";

/** Send to one thread. 0, or -EAGAIN when a real-time signal finds the queue full. */
export function sendToTask(task: Task, info: SigInfo): number {
  if (task.state === "dead" || task.group.isZombie) return 0;
  if (!prepare(task.group, task, info)) return 0;
  return enqueue(task.group, task.signals.pending, task, seenBy(task, info));
}

/** Send to a process: any of its threads that does not block it may take it. */
export function sendToGroup(group: ThreadGroup, info: SigInfo): number {
  if (group.isZombie) return 0;
  const task = chooseTask(group, info.signo);
  if (task === null || !prepare(group, task, info)) return 0;
  return enqueue(group, group.signals.pending, task, seenBy(task, info));
}

/** Send to every process of a group; true when there was one. */
export function sendToProcessGroup(processGroup: ProcessGroup, info: SigInfo): boolean {
  let any = false;
  for (const member of [...processGroup.members]) {
    sendToGroup(member, info);
    any = true;
  }
  return any;
}

/** The thread that will act: the leader if it may, else any that does not block the signal. */
function chooseTask(group: ThreadGroup, signo: number): Task | null {
  const leader = group.leader;
  if (leader !== null && leader.state !== "dead" && wants(leader, signo)) return leader;
  for (const task of group.tasks) if (wants(task, signo)) return task;
  return group.tasks[0] ?? null;
}

function wants(task: Task, signo: number): boolean {
  const { signals } = task;
  return (
    !isIn(signals.blockedLo, signals.blockedHi, signo) ||
    isIn(signals.waitedLo, signals.waitedHi, signo)
  );
}

/** `info` with the sender's ids as `task` calls them. */
function seenBy(task: Task, info: SigInfo): SigInfo {
  const { pidNamespace } = task.group;
  const { userNamespace } = task.credentials;
  if (pidNamespace.level === 0 && userNamespace.level === 0) return info;
  return info.from(pidNamespace.numberOf(info.pid), userNamespace.shownUid(info.uid));
}

/** Does it come from the kernel, or from outside the receiver's pid namespace? */
function isFromAbove(group: ThreadGroup, info: SigInfo): boolean {
  if (info.code === SI_KERNEL) return true;
  return info.pid !== 0 && group.pidNamespace.numberOf(info.pid) === 0;
}

/**
 * pid_namespaces(7): from inside, an init only gets what it handles; from outside, SIGKILL and SIGSTOP as
 * well.
 */
function isImmune(group: ThreadGroup, task: Task, info: SigInfo): boolean {
  const { signo } = info;
  if (task.handlers.action(signo).handler !== SIG_DFL) return false;
  return !((signo === SIGKILL || signo === SIGSTOP) && isFromAbove(group, info));
}

/** Side effects of sending; false when the signal is to be dropped. */
function prepare(group: ThreadGroup, task: Task, info: SigInfo): boolean {
  const { signo } = info;
  const bit = bitLow(signo);
  if (bit & STOP_SIGNALS_LOW) discardEverywhere(group, CONTINUE_LOW);
  else if (signo === SIGCONT) {
    discardEverywhere(group, STOP_SIGNALS_LOW);
    resumeStopped(group);
  }
  if (signo === SIGKILL) return !(group.isUnkillable && isImmune(group, task, info));
  const blocked = isIn(task.signals.blockedLo, task.signals.blockedHi, signo);
  const waited = isIn(task.signals.waitedLo, task.signals.waitedHi, signo);
  if (blocked || waited) return true;
  return !task.handlers.ignores(signo) && !(group.isUnkillable && isImmune(group, task, info));
}

function discardEverywhere(group: ThreadGroup, lo: number): void {
  group.signals.pending.discard(lo, 0);
  for (const task of group.tasks) task.signals.pending.discard(lo, 0);
}

/** SIGCONT: whatever the process does with the signal itself, it runs again. */
function resumeStopped(group: ThreadGroup): void {
  const { signals } = group;
  if (signals.stopSignal === 0) return;
  const wasStopped = signals.isStopped;
  signals.stopSignal = 0;
  signals.isStopped = false;
  signals.stopUnreported = false;
  if (wasStopped) {
    signals.continueUnreported = true;
    group.kernel.tellParentOfStop(group, CLD_CONTINUED, SIGCONT);
  }
  for (const task of group.tasks) group.kernel.resumeFromStop(task);
}

function enqueue(group: ThreadGroup, pending: PendingSignals, task: Task, info: SigInfo): number {
  const { signo } = info;
  // A stopped process does not even die, but for SIGKILL, before it is continued.
  const dies =
    group.signals.stopSignal === 0 &&
    isFatal(task, signo) &&
    wants(task, signo) &&
    !group.isUnkillable;
  if (signo === SIGKILL || dies) {
    beginGroupExit(group, signaledStatus(signo, false));
    return 0;
  }
  let queued = info;
  if (pending.count >= group.limits.soft(RLIMIT_SIGPENDING)) {
    if (signo >= SIGRTMIN && info.code !== SI_USER) return -EAGAIN;
    // The signal still comes, but nothing is known of it, and it comes once.
    if (pending.has(signo)) return 0;
    queued = SigInfo.fromUser(signo, SI_USER, 0, 0);
  }
  if (!pending.add(queued)) return 0;
  signalWake(task, signo);
  return 0;
}

/** Does the signal end the process with nobody to ask (no handler, no stop, no core to write)? */
function isFatal(task: Task, signo: number): boolean {
  const { handler } = task.handlers.action(signo);
  if (handler !== SIG_DFL || task.handlers.ignores(signo)) return false;
  // A waiter takes it before its default action does.
  if (isIn(task.signals.waitedLo, task.signals.waitedHi, signo)) return false;
  const bit = bitLow(signo);
  return (bit & STOP_SIGNALS_LOW) === 0 && ((bit & CORE_SIGNALS_LOW) === 0 || !mayDump(task));
}

/** Let `task` notice: wake its sleep, or stop it in the guest. */
export function signalWake(task: Task, signo: number): void {
  if (signo !== 0 && !wants(task, signo)) {
    // Still interesting for signalfd readers.
    task.group.kernel.signalArrived(task);
    return;
  }
  task.group.kernel.signalArrived(task);
  if (task.state === "sleeping") task.wakeUp();
  else if (task.state === "running") task.thread.interrupt();
}

/** A stop signal is being acted upon: all threads go to sleep on their way to the guest. */
export function beginGroupStop(group: ThreadGroup, signo: number): void {
  const { signals } = group;
  if (signals.stopSignal !== 0) return;
  signals.stopSignal = signo;
  signals.continueUnreported = false;
  for (const task of group.tasks) signalWake(task, 0);
}

/** A thread has parked itself for the stop. The last one completes it. */
export function completeGroupStop(group: ThreadGroup): void {
  const { signals } = group;
  if (signals.isStopped || signals.stopSignal === 0) return;
  for (const task of group.tasks) if (task.state !== "stopped") return;
  signals.isStopped = true;
  signals.stopUnreported = true;
  group.kernel.tellParentOfStop(group, CLD_STOPPED, signals.stopSignal);
}
