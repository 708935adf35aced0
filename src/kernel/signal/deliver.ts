/**
 * The way back to the guest: signals are acted upon, stops are joined, ends are met. Every system call
 * that finds something pending, every fault and every interrupt comes through returnToGuest().
 *
 * A system call that ended with a restart code is restarted or becomes EINTR here (signal(7),
 * "Interruption of system calls"): only a handler that runs may turn it into EINTR.
 */
import {
  EINTR,
  ERESTART_RESTARTBLOCK,
  ERESTARTNOHAND,
  ERESTARTNOINTR,
  ERESTARTSYS,
} from "../../abi/errno.ts";
import { SA_RESETHAND, SA_RESTART, SIG_DFL, SIG_IGN, SIGSEGV, SIGSTOP } from "../../abi/signal.ts";
import { signaledStatus } from "../../abi/wait.ts";
import { Reg } from "../../platform/contract.ts";
import { taskFroze } from "../cgroup/membership.ts";
import { beginDump, joinDump } from "../coredump/dump.ts";
import { mayDump } from "../coredump/may-dump.ts";
import { exitTask } from "../task/exit.ts";
import { beginGroupExit } from "../task/group-exit.ts";
import type { Task } from "../task/task.ts";
import { pushFrame } from "./frame.ts";
import type { SignalAction } from "./handlers.ts";
import { beginGroupStop, completeGroupStop } from "./send.ts";
import { SigInfo } from "./siginfo.ts";
import { bitLow, CORE_SIGNALS_LOW, STOP_SIGNALS_LOW } from "./sigset.ts";
import { restoreMask } from "./temporary-mask.ts";

const NR_RESTART_SYSCALL = 219;
const SYSCALL_INSTRUCTION = 2;

/**
 * Send a stopped task back to guest code with the registers as they stand, after everything pending
 * was acted upon. `restart` is the restart code that the system call ended with, or 0.
 */
export function returnToGuest(task: Task, restart: number): void {
  let code = restart;
  for (;;) {
    if (task.group.exiting !== null || task.signals.killed) return exitTask(task);
    if (task.group.execing !== null && task.group.execing !== task) return exitTask(task);
    if (task.group.signals.core !== null) {
      task.state = "stopped";
      return joinDump(task.group);
    }
    if (task.group.signals.stopSignal !== 0) {
      task.state = "stopped";
      task.stopRestart = code;
      completeGroupStop(task.group);
      return;
    }
    if (task.group.signals.isFrozen) {
      task.state = "stopped";
      task.stopRestart = code;
      taskFroze(task.group);
      return;
    }
    const info = dequeue(task);
    if (info === null) break;
    const action = task.handlers.action(info.signo);
    if (action.handler === SIG_IGN) continue;
    if (action.handler === SIG_DFL) {
      defaultAction(task, info);
      continue;
    }
    if (!runHandler(task, action, info, code)) continue;
    // A second signal's frame goes on top of the first one's, and must not restart anything.
    code = 0;
  }
  if (code !== 0) restartCall(task, code);
  restoreMask(task);
  task.state = "running";
  task.thread.resumeRegisters();
}

function dequeue(task: Task): SigInfo | null {
  const { signals, group } = task;
  let signo = signals.pending.next(signals.blockedLo, signals.blockedHi);
  if (signo !== 0) return signals.pending.take(signo);
  signo = group.signals.pending.next(signals.blockedLo, signals.blockedHi);
  return signo === 0 ? null : group.signals.pending.take(signo);
}

function defaultAction(task: Task, info: SigInfo): void {
  const { signo } = info;
  if (task.handlers.ignores(signo)) return;
  if (task.group.isUnkillable && signo !== SIGSTOP) return;
  if ((bitLow(signo) & CORE_SIGNALS_LOW) !== 0 && mayDump(task)) return beginDump(task, info);
  if ((bitLow(signo) & STOP_SIGNALS_LOW) === 0) {
    beginGroupExit(task.group, signaledStatus(signo, false));
    return;
  }
  // A terminal's stop of a group that nobody could continue is dropped.
  if (signo !== SIGSTOP && task.group.processGroup.isOrphaned()) return;
  beginGroupStop(task.group, signo);
}

/** Push the handler's frame; false when that failed and SIGSEGV was forced instead. */
function runHandler(task: Task, action: SignalAction, info: SigInfo, restart: number): boolean {
  if (restart !== 0) {
    const restarts =
      restart === ERESTARTNOINTR || (restart === ERESTARTSYS && (action.flags & SA_RESTART) !== 0);
    if (restarts) rewindCall(task, task.syscallNr);
    else task.thread.setRegister(Reg.rax, -EINTR);
  }
  const pushed = pushFrame(task, action, info);
  if (pushed && action.flags & SA_RESETHAND) action.handler = SIG_DFL;
  if (!pushed) forceSegv(task, info.signo);
  return pushed;
}

/** No handler ran: the call starts again, or goes on where it was (restart_syscall(2)). */
function restartCall(task: Task, code: number): void {
  if (code === ERESTART_RESTARTBLOCK) rewindCall(task, NR_RESTART_SYSCALL);
  else if (code === ERESTARTNOHAND || code === ERESTARTSYS || code === ERESTARTNOINTR)
    rewindCall(task, task.syscallNr);
}

function rewindCall(task: Task, nr: number): void {
  task.thread.setRegister(Reg.rax, nr);
  task.thread.setRegister(Reg.rip, task.thread.register(Reg.rip) - SYSCALL_INSTRUCTION);
}

/** A frame could not be pushed: SIGSEGV, without its handler if that was the one that failed. */
export function forceSegv(task: Task, failed: number): void {
  if (failed === SIGSEGV) task.handlers.action(SIGSEGV).handler = SIG_DFL;
  forceSignal(task, SigInfo.fromKernel(SIGSEGV));
}

/** A fault: the task must take this signal now. If it blocks or ignores it, the default comes. */
export function forceSignal(task: Task, info: SigInfo): void {
  const action = task.handlers.action(info.signo);
  const { signals } = task;
  const bit = bitLow(info.signo);
  const blocked = (signals.blockedLo & bit) !== 0;
  if (blocked || action.handler === SIG_IGN) {
    action.handler = SIG_DFL;
    signals.setBlocked(signals.blockedLo & ~bit, signals.blockedHi);
  }
  // An init may die of its own faults.
  if (action.handler === SIG_DFL) task.group.isUnkillable = false;
  signals.pending.add(info);
}
