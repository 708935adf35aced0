/**
 * siginfo: siginfo_t in each of its forms, and the names of si_code (its values are in signal.ts).
 * Source: sigaction(2), "The siginfo_t argument to a SA_SIGINFO handler"; rt_sigqueueinfo(2);
 * include/uapi/asm-generic/siginfo.h.
 */

import { nameSet } from "./flags.ts";
import {
  BUS_ADRALN,
  BUS_ADRERR,
  BUS_MCEERR_AO,
  BUS_MCEERR_AR,
  BUS_OBJERR,
  CLD_CONTINUED,
  CLD_DUMPED,
  CLD_EXITED,
  CLD_KILLED,
  CLD_STOPPED,
  CLD_TRAPPED,
  FPE_CONDTRAP,
  FPE_FLTDIV,
  FPE_FLTINV,
  FPE_FLTOVF,
  FPE_FLTRES,
  FPE_FLTSUB,
  FPE_FLTUND,
  FPE_FLTUNK,
  FPE_INTDIV,
  FPE_INTOVF,
  ILL_BADIADDR,
  ILL_BADSTK,
  ILL_COPROC,
  ILL_ILLADR,
  ILL_ILLOPC,
  ILL_ILLOPN,
  ILL_ILLTRP,
  ILL_PRVOPC,
  ILL_PRVREG,
  POLL_ERR,
  POLL_HUP,
  POLL_IN,
  POLL_MSG,
  POLL_OUT,
  POLL_PRI,
  SEGV_ACCERR,
  SEGV_BNDERR,
  SEGV_CPERR,
  SEGV_MAPERR,
  SEGV_MTEAERR,
  SEGV_MTESERR,
  SEGV_PKUERR,
  SI_ASYNCIO,
  SI_ASYNCNL,
  SI_DETHREAD,
  SI_KERNEL,
  SI_MESGQ,
  SI_QUEUE,
  SI_SIGIO,
  SI_TIMER,
  SI_TKILL,
  SI_USER,
  SIGBUS,
  SIGCHLD,
  SIGFPE,
  SIGILL,
  SIGIO,
  SIGSEGV,
  SIGSYS,
  SIGTRAP,
  SYS_SECCOMP,
  SYS_USER_DISPATCH,
  TRAP_BRANCH,
  TRAP_BRKPT,
  TRAP_HWBKPT,
  TRAP_PERF,
  TRAP_TRACE,
  TRAP_UNK,
} from "./signal.ts";
import { bits64, i16, i32, i64, pad, struct, u32, u64 } from "./struct.ts";

const senderCodes = nameSet("si_code", {
  SI_USER,
  SI_KERNEL,
  SI_QUEUE,
  SI_TIMER,
  SI_MESGQ,
  SI_ASYNCIO,
  SI_SIGIO,
  SI_TKILL,
  SI_DETHREAD,
  SI_ASYNCNL,
});
const signalCodes: ReadonlyMap<number, { show(value: number): string }> = new Map([
  [
    SIGILL,
    nameSet("si_code", {
      ILL_ILLOPC,
      ILL_ILLOPN,
      ILL_ILLADR,
      ILL_ILLTRP,
      ILL_PRVOPC,
      ILL_PRVREG,
      ILL_COPROC,
      ILL_BADSTK,
      ILL_BADIADDR,
    }),
  ],
  [
    SIGFPE,
    nameSet("si_code", {
      FPE_INTDIV,
      FPE_INTOVF,
      FPE_FLTDIV,
      FPE_FLTOVF,
      FPE_FLTUND,
      FPE_FLTRES,
      FPE_FLTINV,
      FPE_FLTSUB,
      FPE_FLTUNK,
      FPE_CONDTRAP,
    }),
  ],
  [
    SIGSEGV,
    nameSet("si_code", {
      SEGV_MAPERR,
      SEGV_ACCERR,
      SEGV_BNDERR,
      SEGV_PKUERR,
      SEGV_MTEAERR,
      SEGV_MTESERR,
      SEGV_CPERR,
    }),
  ],
  [
    SIGBUS,
    nameSet("si_code", {
      BUS_ADRALN,
      BUS_ADRERR,
      BUS_OBJERR,
      BUS_MCEERR_AR,
      BUS_MCEERR_AO,
    }),
  ],
  [
    SIGTRAP,
    nameSet("si_code", {
      TRAP_BRKPT,
      TRAP_TRACE,
      TRAP_BRANCH,
      TRAP_HWBKPT,
      TRAP_UNK,
      TRAP_PERF,
    }),
  ],
  [
    SIGCHLD,
    nameSet("si_code", {
      CLD_EXITED,
      CLD_KILLED,
      CLD_DUMPED,
      CLD_TRAPPED,
      CLD_STOPPED,
      CLD_CONTINUED,
    }),
  ],
  [
    SIGIO,
    nameSet("si_code", {
      POLL_IN,
      POLL_OUT,
      POLL_MSG,
      POLL_ERR,
      POLL_PRI,
      POLL_HUP,
    }),
  ],
  [
    SIGSYS,
    nameSet("si_code", {
      SYS_SECCOMP,
      SYS_USER_DISPATCH,
    }),
  ],
]);

/** "SEGV_MAPERR" for (SIGSEGV, 1), "SI_USER" for (any, 0). */
export function signalCodeName(signal: number, code: number): string {
  if (code <= 0 || code === SI_KERNEL) return senderCodes.show(code);
  return signalCodes.get(signal)?.show(code) ?? String(code);
}

/*
 * siginfo_t: 128 bytes, a header and a union. One struct for each member of the union; all start
 * with the same three fields. `si_value` may be a pointer or an int, so it is kept as bits.
 */
const siginfoHeader = { si_signo: i32, si_errno: i32, si_code: i32, __pad0: pad(4) };
const siginfoSize = { size: 128, align: 8 };

export const siginfo = struct("siginfo", siginfoHeader, siginfoSize);
export const siginfo_kill = struct(
  "siginfo_kill",
  { ...siginfoHeader, si_pid: i32, si_uid: u32 },
  siginfoSize,
);
export const siginfo_rt = struct(
  "siginfo_rt",
  { ...siginfoHeader, si_pid: i32, si_uid: u32, si_value: bits64 },
  siginfoSize,
);
export const siginfo_timer = struct(
  "siginfo_timer",
  { ...siginfoHeader, si_tid: i32, si_overrun: i32, si_value: bits64, si_sys_private: i32 },
  siginfoSize,
);
export const siginfo_sigchld = struct(
  "siginfo_sigchld",
  { ...siginfoHeader, si_pid: i32, si_uid: u32, si_status: i32, si_utime: i64, si_stime: i64 },
  siginfoSize,
);
/** SIGILL, SIGFPE, SIGSEGV, SIGBUS, SIGTRAP. si_lower and si_pkey share their place. */
export const siginfo_sigfault = struct(
  "siginfo_sigfault",
  {
    ...siginfoHeader,
    si_addr: bits64,
    si_addr_lsb: i16,
    __pad1: pad(6),
    si_lower: bits64,
    si_upper: bits64,
    si_pkey: u32,
  },
  { ...siginfoSize, at: { si_pkey: 32 } },
);
export const siginfo_sigpoll = struct(
  "siginfo_sigpoll",
  { ...siginfoHeader, si_band: i64, si_fd: i32 },
  siginfoSize,
);
export const siginfo_sigsys = struct(
  "siginfo_sigsys",
  { ...siginfoHeader, si_call_addr: u64, si_syscall: i32, si_arch: u32 },
  siginfoSize,
);
