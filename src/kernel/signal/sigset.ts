/**
 * Signal sets: 64 bits as two signed 32-bit halves, `lo` for signals 1-32 and `hi` for 33-64, the way
 * every holder of a set keeps them in two plain fields. sigset_t of rt_sigprocmask(2).
 */
import {
  SIGABRT,
  SIGBUS,
  SIGCHLD,
  SIGCONT,
  SIGFPE,
  SIGILL,
  SIGKILL,
  SIGQUIT,
  SIGSEGV,
  SIGSTOP,
  SIGSYS,
  SIGTRAP,
  SIGTSTP,
  SIGTTIN,
  SIGTTOU,
  SIGURG,
  SIGWINCH,
  SIGXCPU,
  SIGXFSZ,
} from "../../abi/signal.ts";

/** The bit of `signo` in the low half; 0 when it belongs to the high half. */
export function bitLow(signo: number): number {
  return signo <= 32 ? 1 << (signo - 1) : 0;
}

export function bitHigh(signo: number): number {
  return signo > 32 ? 1 << (signo - 33) : 0;
}

/** The lowest signal in the set, 0 when it is empty. */
export function lowest(lo: number, hi: number): number {
  if (lo !== 0) return 32 - Math.clz32(lo & -lo);
  if (hi !== 0) return 64 - Math.clz32(hi & -hi);
  return 0;
}

function low(...signals: number[]): number {
  let bits = 0;
  for (const signo of signals) bits |= bitLow(signo);
  return bits;
}

/** Cannot be blocked, caught or ignored. */
export const UNBLOCKABLE_LOW = low(SIGKILL, SIGSTOP);
export const STOP_SIGNALS_LOW = low(SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU);
export const CONTINUE_LOW = low(SIGCONT);
/** Ignored by default. */
export const IGNORED_BY_DEFAULT_LOW = low(SIGCHLD, SIGCONT, SIGURG, SIGWINCH);

/** End with a core dump by default. */
export const CORE_SIGNALS_LOW = low(
  SIGQUIT,
  SIGILL,
  SIGTRAP,
  SIGABRT,
  SIGBUS,
  SIGFPE,
  SIGSEGV,
  SIGXCPU,
  SIGXFSZ,
  SIGSYS,
);

export function isIn(lo: number, hi: number, signo: number): boolean {
  return (lo & bitLow(signo)) !== 0 || (hi & bitHigh(signo)) !== 0;
}
