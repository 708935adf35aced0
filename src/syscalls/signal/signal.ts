/**
 * Signals: handlers, masks, waiting. Source: sigaction(2), sigprocmask(2), sigpending(2),
 * sigsuspend(2), sigaltstack(2), sigreturn(2), sigwaitinfo(2), pause(2), restart_syscall(2).
 * Sending is in send.ts.
 */
import {
  EAGAIN,
  EFAULT,
  EINTR,
  EINVAL,
  ENOMEM,
  EPERM,
  ERESTARTNOHAND,
  ERESTARTSYS,
  ETIMEDOUT,
} from "../../abi/errno.ts";
import {
  MINSIGSTKSZ,
  NSIG,
  SA_NOCLDSTOP,
  SA_NOCLDWAIT,
  SA_NODEFER,
  SA_ONSTACK,
  SA_RESETHAND,
  SA_RESTART,
  SA_RESTORER,
  SA_SIGINFO,
  SIG_BLOCK,
  SIG_SETMASK,
  SIG_UNBLOCK,
  SIGKILL,
  SIGSEGV,
  SIGSET_SIZE,
  SIGSTOP,
  SS_AUTODISARM,
  SS_DISABLE,
  SS_ONSTACK,
} from "../../abi/signal.ts";
import { getU64, setU64 } from "../../abi/struct.ts";
import { refuse } from "../../base/refuse.ts";
import { forceSignal } from "../../kernel/signal/deliver.ts";
import { popFrame } from "../../kernel/signal/frame.ts";
import { SignalAction } from "../../kernel/signal/handlers.ts";
import { SIGINFO_SIZE, SigInfo } from "../../kernel/signal/siginfo.ts";
import { bitHigh, bitLow, UNBLOCKABLE_LOW } from "../../kernel/signal/sigset.ts";
import { setTemporaryMask } from "../../kernel/signal/temporary-mask.ts";
import { HANDLED, PARKED } from "../../kernel/task/park.ts";
import type { Task } from "../../kernel/task/task.ts";
import { readTimespecNs } from "../../kernel/time/read-time.ts";

const SIGACTION_SIZE = 32;
const KNOWN_FLAGS =
  (SA_NOCLDSTOP |
    SA_NOCLDWAIT |
    SA_SIGINFO |
    SA_RESTORER |
    SA_ONSTACK |
    SA_RESTART |
    SA_NODEFER |
    SA_RESETHAND |
    0x800) >>>
  0;

// --- actions and masks ----------------------------------------------------------------------------

export function rt_sigaction(
  task: Task,
  signo: number,
  newAt: number,
  oldAt: number,
  size: number,
): number {
  if (size !== SIGSET_SIZE) return refuse(EINVAL, "rt_sigaction: signal set size is not 8");
  if (signo < 1 || signo > NSIG) return refuse(EINVAL, "rt_sigaction: no such signal");
  const action = task.handlers.action(signo);
  const before = new SignalAction();
  before.set(action);
  if (newAt !== 0) {
    const view = task.mm.view(newAt, SIGACTION_SIZE);
    if (view === null) return -EFAULT;
    if (signo === SIGKILL || signo === SIGSTOP)
      return refuse(EINVAL, "rt_sigaction: SIGKILL and SIGSTOP stay as they are");
    action.handler = getU64(view, 0);
    action.flags = (view.getUint32(8, true) & KNOWN_FLAGS) >>> 0;
    action.restorer = getU64(view, 16);
    action.maskLo = view.getInt32(24, true) & ~UNBLOCKABLE_LOW;
    action.maskHi = view.getInt32(28, true);
    // Now ignored: what is pending is dropped (POSIX).
    if (task.handlers.ignores(signo)) {
      task.group.signals.pending.discard(bitLow(signo), bitHigh(signo));
      for (const other of task.group.tasks)
        other.signals.pending.discard(bitLow(signo), bitHigh(signo));
    }
  }
  return oldAt === 0 ? 0 : writeAction(task, oldAt, before);
}

function writeAction(task: Task, at: number, action: SignalAction): number {
  const bytes = new Uint8Array(SIGACTION_SIZE);
  const view = new DataView(bytes.buffer);
  setU64(view, 0, action.handler);
  view.setUint32(8, action.flags, true);
  setU64(view, 16, action.restorer);
  view.setInt32(24, action.maskLo, true);
  view.setInt32(28, action.maskHi, true);
  return task.mm.write(at, bytes);
}

function writeSet(task: Task, at: number, lo: number, hi: number): number {
  const { scratch, scratchView } = task.mm.platform;
  scratchView.setInt32(0, lo, true);
  scratchView.setInt32(4, hi, true);
  return task.mm.copyOut(at, scratch, 0, SIGSET_SIZE) === SIGSET_SIZE ? 0 : -EFAULT;
}

export function rt_sigprocmask(
  task: Task,
  how: number,
  newAt: number,
  oldAt: number,
  size: number,
): number {
  if (size !== SIGSET_SIZE) return refuse(EINVAL, "rt_sigprocmask: signal set size is not 8");
  const { signals } = task;
  const { blockedLo, blockedHi } = signals;
  if (newAt !== 0) {
    const view = task.mm.view(newAt, SIGSET_SIZE);
    if (view === null) return -EFAULT;
    const lo = view.getInt32(0, true);
    const hi = view.getInt32(4, true);
    if (how === SIG_BLOCK) signals.setBlocked(blockedLo | lo, blockedHi | hi);
    else if (how === SIG_UNBLOCK) signals.setBlocked(blockedLo & ~lo, blockedHi & ~hi);
    else if (how === SIG_SETMASK) signals.setBlocked(lo, hi);
    else return refuse(EINVAL, "rt_sigprocmask: unknown operation");
  }
  return oldAt === 0 ? 0 : writeSet(task, oldAt, blockedLo, blockedHi);
}

export function rt_sigpending(task: Task, at: number, size: number): number {
  if (size > SIGSET_SIZE) return -EINVAL;
  const { signals, group } = task;
  const lo = (signals.pending.lo | group.signals.pending.lo) & signals.blockedLo;
  const hi = (signals.pending.hi | group.signals.pending.hi) & signals.blockedHi;
  return writeSet(task, at, lo, hi);
}

export function rt_sigsuspend(task: Task, at: number, size: number): number {
  if (size !== SIGSET_SIZE) return -EINVAL;
  if (!task.signals.hasSaved) {
    const view = task.mm.view(at, SIGSET_SIZE);
    if (view === null) return -EFAULT;
    setTemporaryMask(task, view.getInt32(0, true), view.getInt32(4, true));
  }
  const rc = task.park();
  return rc === -ERESTARTSYS ? -ERESTARTNOHAND : rc;
}

export function pause(task: Task): number {
  const rc = task.park();
  return rc === -ERESTARTSYS ? -ERESTARTNOHAND : rc;
}

export function sigaltstack(task: Task, newAt: number, oldAt: number): number {
  const { signals } = task;
  const onStack = signals.onAltStack(task.thread.register(15));
  const { altStack, altStackSize, altStackFlags } = signals;
  if (newAt !== 0) {
    const view = task.mm.view(newAt, 24);
    if (view === null) return -EFAULT;
    const sp = getU64(view, 0);
    const flags = view.getInt32(8, true);
    const size = getU64(view, 16);
    const mode = flags & ~SS_AUTODISARM;
    if (onStack) return refuse(EPERM, "sigaltstack: in use");
    if (mode !== 0 && mode !== SS_DISABLE && mode !== SS_ONSTACK)
      return refuse(EINVAL, "sigaltstack: unknown flags");
    if (mode === SS_DISABLE) signals.clearAltStack();
    else {
      if (size < MINSIGSTKSZ) return refuse(ENOMEM, "sigaltstack: too small");
      signals.altStack = sp;
      signals.altStackSize = size;
      signals.altStackFlags = flags & SS_AUTODISARM;
    }
  }
  if (oldAt === 0) return 0;
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  setU64(view, 0, altStack);
  view.setInt32(
    8,
    altStackSize === 0 ? SS_DISABLE : altStackFlags | (onStack ? SS_ONSTACK : 0),
    true,
  );
  setU64(view, 16, altStackSize);
  return task.mm.write(oldAt, bytes);
}

export function rt_sigreturn(task: Task): number {
  if (!popFrame(task)) forceSignal(task, SigInfo.fromKernel(SIGSEGV));
  return HANDLED;
}

/** Continue the call that a stop interrupted; EINTR when there is none (restart_syscall(2)). */
export function restart_syscall(task: Task): number {
  const block = task.restartBlock;
  if (block === null) return -EINTR;
  task.restartBlock = null;
  task.restart = block;
  task.syscallNr = task.restartNr;
  // The registers still hold the call's arguments.
  const { table } = task.kernel;
  return table.decode(task) ? table.invoke(task) : -EINTR;
}

// --- waiting for signals --------------------------------------------------------------------------

export function rt_sigtimedwait(
  task: Task,
  setAt: number,
  infoAt: number,
  timeoutAt: number,
  size: number,
): number {
  if (size !== SIGSET_SIZE) return -EINVAL;
  const view = task.mm.view(setAt, SIGSET_SIZE);
  if (view === null) return -EFAULT;
  const lo = view.getInt32(0, true) & ~UNBLOCKABLE_LOW;
  const hi = view.getInt32(4, true);
  let deadline = Infinity;
  if (timeoutAt !== 0) {
    if (task.restart === null) {
      const ns = readTimespecNs(task, timeoutAt);
      if (ns < 0) return ns;
      task.deadlineIn(ns);
    }
    deadline = task.record.deadline;
  }
  const { signals, group } = task;
  signals.waitedLo = 0;
  signals.waitedHi = 0;
  for (const pending of [signals.pending, group.signals.pending]) {
    const signo = pending.next(~lo, ~hi);
    if (signo !== 0) return finishWait(task, pending.take(signo), infoAt);
  }
  // Other signals interrupt; those of the set wake us although they are blocked.
  const rc = task.park(deadline);
  if (rc === PARKED) {
    signals.waitedLo = lo;
    signals.waitedHi = hi;
    return rc;
  }
  return rc === -ETIMEDOUT ? -EAGAIN : rc === -ERESTARTSYS ? -EINTR : rc;
}

function finishWait(task: Task, info: SigInfo, infoAt: number): number {
  if (infoAt !== 0) {
    const bytes = new Uint8Array(SIGINFO_SIZE);
    info.encode(new DataView(bytes.buffer), 0);
    if (task.mm.write(infoAt, bytes) < 0) return -EFAULT;
  }
  return info.signo;
}
