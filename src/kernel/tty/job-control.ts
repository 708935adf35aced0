/**
 * Job control of terminals (credentials(7), setsid(2), ioctl_tty(2)): who may use a terminal now, and
 * how a session gets and loses one.
 *  - checkChange(): a background process that reads or changes the terminal is stopped instead.
 *  - openTerminal(): a session leader without a terminal gets the one that it opens.
 */
import { CAP_SYS_ADMIN } from "../../abi/capability.ts";
import { EIO, ENOTTY, EPERM, ERESTARTSYS } from "../../abi/errno.ts";
import { O_NOCTTY } from "../../abi/fcntl.ts";
import { SIG_IGN, SIGCONT, SIGHUP, SIGTTIN, SIGTTOU } from "../../abi/signal.ts";
import { refuse } from "../../base/refuse.ts";
import { sendToProcessGroup } from "../signal/send.ts";
import { SigInfo } from "../signal/siginfo.ts";
import { isIn } from "../signal/sigset.ts";
import type { ControllingTerminal } from "../task/process-group.ts";
import type { Task } from "../task/task.ts";
import type { File } from "../vfs/file.ts";
import { Tty } from "./tty.ts";

/** The terminal that controls the task's session, when it is one of ours. */
export function controllingTty(task: Task): Tty | null {
  const terminal: ControllingTerminal | null = task.group.session.terminal;
  return terminal instanceof Tty ? terminal : null;
}

/**
 * May the task use the terminal, or is it in the background? 0, -ERESTARTSYS after its group got the
 * signal (SIGTTIN or SIGTTOU), or -EIO when nothing could ever continue it.
 */
export function checkChange(task: Task, tty: Tty, signo: number): number {
  if (controllingTty(task) !== tty) return 0;
  const { processGroup } = task.group;
  if (tty.foreground === null || tty.foreground === processGroup) return 0;
  if (isIgnored(task, signo))
    return signo === SIGTTIN ? refuse(EIO, "the terminal: background read, SIGTTIN is ignored") : 0;
  if (processGroup.isOrphaned()) return refuse(EIO, "the terminal: an orphaned background group");
  sendToProcessGroup(processGroup, SigInfo.fromKernel(signo));
  return -ERESTARTSYS;
}

export function checkRead(task: Task, tty: Tty): number {
  return checkChange(task, tty, SIGTTIN);
}

export function checkWrite(task: Task, tty: Tty): number {
  return checkChange(task, tty, SIGTTOU);
}

function isIgnored(task: Task, signo: number): boolean {
  const { blockedLo, blockedHi } = task.signals;
  return isIn(blockedLo, blockedHi, signo) || task.handlers.action(signo).handler === SIG_IGN;
}

// --- getting a terminal -------------------------------------------------------------------------

function isSessionLeader(task: Task): boolean {
  return task.group.session.leader === task.group;
}

/** The terminal becomes the session's, and the task's group the foreground. */
export function setControlling(task: Task, tty: Tty): void {
  const { session, processGroup } = task.group;
  tty.session = session;
  tty.foreground = processGroup;
  session.terminal = tty;
}

/** open(2) of a terminal by a session leader that has none. */
export function acquireOnOpen(task: Task, file: File, tty: Tty, flags: number): void {
  if ((flags & O_NOCTTY) !== 0 || !file.readable) return;
  if (!isSessionLeader(task) || task.group.session.terminal !== null) return;
  if (tty.session === null) setControlling(task, tty);
}

/** TIOCSCTTY; `steal` is its argument. */
export function acquire(task: Task, file: File, tty: Tty, steal: boolean): number {
  const { session } = task.group;
  if (isSessionLeader(task) && tty.session === session && session.terminal === tty) return 0;
  if (!isSessionLeader(task) || session.terminal !== null)
    return refuse(EPERM, "TIOCSCTTY: not a session leader without a terminal");
  const isAdmin = task.credentials.has(CAP_SYS_ADMIN);
  if (tty.session !== null) {
    if (!steal || !isAdmin) return refuse(EPERM, "TIOCSCTTY: another session has the terminal");
    tty.forgetSession();
  }
  if (!file.readable && !isAdmin) return refuse(EPERM, "TIOCSCTTY: not open for reading");
  setControlling(task, tty);
  return 0;
}

// --- losing it ----------------------------------------------------------------------------------

/** TIOCNOTTY: the session leader gives the terminal up for all; others keep theirs. */
export function release(task: Task, tty: Tty): number {
  if (controllingTty(task) !== tty)
    return refuse(ENOTTY, "TIOCNOTTY: not the controlling terminal");
  if (!isSessionLeader(task)) return 0;
  const { foreground } = tty;
  tty.disassociate();
  if (foreground !== null) {
    sendToProcessGroup(foreground, SigInfo.fromKernel(SIGHUP));
    sendToProcessGroup(foreground, SigInfo.fromKernel(SIGCONT));
  }
  return 0;
}

/** vhangup(2): hang up the caller's own terminal, if it has one. */
export function hangUpOwn(task: Task): void {
  controllingTty(task)?.hangUp();
}
