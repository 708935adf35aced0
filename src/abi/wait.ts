/**
 * wait: waiting for children: options, id types, and the status word that a parent reads.
 * Source: wait(2), waitid(2), wait4(2), pidfd_open(2); include/uapi/linux/wait.h.
 */

import { flagSet, nameSet } from "./flags.ts";

export const WNOHANG = 0x1;
export const WUNTRACED = 0x2;
export const WEXITED = 0x4;
export const WCONTINUED = 0x8;
export const WNOWAIT = 0x1000000;
export const __WNOTHREAD = 0x20000000;
export const __WALL = 0x40000000;
export const __WCLONE = 0x80000000;
export const WSTOPPED = WUNTRACED;

export const waitOptions = flagSet("wait", {
  WNOHANG,
  WUNTRACED,
  WEXITED,
  WCONTINUED,
  WNOWAIT,
  __WNOTHREAD,
  __WALL,
  __WCLONE,
});

export const P_ALL = 0;
export const P_PID = 1;
export const P_PGID = 2;
export const P_PIDFD = 3;

export const waitIdTypes = nameSet("idtype", {
  P_ALL,
  P_PID,
  P_PGID,
  P_PIDFD,
});

/** The status of a task that called exit(code). */
export function exitedStatus(code: number): number {
  return (code & 0xff) << 8;
}

/** The status of a task that a signal ended. */
export function signaledStatus(signal: number, dumpedCore: boolean): number {
  return (signal & 0x7f) | (dumpedCore ? 0x80 : 0);
}

/** The status of a stopped task; ptrace puts its event above the signal. */
export function stoppedStatus(signal: number, ptraceEvent = 0): number {
  return (ptraceEvent << 16) | ((signal & 0xff) << 8) | 0x7f;
}

/** The status of a task that SIGCONT woke. */
export const continuedStatus = 0xffff;

export function WIFEXITED(status: number): boolean {
  return (status & 0x7f) === 0;
}

export function WEXITSTATUS(status: number): number {
  return (status >>> 8) & 0xff;
}

export function WIFSIGNALED(status: number): boolean {
  const low = status & 0x7f;
  return low !== 0 && low !== 0x7f;
}

export function WTERMSIG(status: number): number {
  return status & 0x7f;
}

export function WCOREDUMP(status: number): boolean {
  return (status & 0x80) !== 0;
}

export function WIFSTOPPED(status: number): boolean {
  return (status & 0xff) === 0x7f;
}

export function WSTOPSIG(status: number): number {
  return WEXITSTATUS(status);
}

export function WIFCONTINUED(status: number): boolean {
  return status === continuedStatus;
}
