/**
 * signal: signal numbers and names, and how handlers are installed. What comes with one is in
 * siginfo.ts; what the kernel puts on the stack for a handler is in sigframe.ts.
 * Source: signal(7), sigaction(2), sigaltstack(2), rt_sigprocmask(2), sigevent(3type), signalfd(2);
 * arch/x86/include/uapi/asm/signal.h, include/uapi/asm-generic/{signal-defs,siginfo}.h.
 */

import { flagSet, nameSet } from "./flags.ts";
import { bits64, i32, pad, struct, u16, u32, u64 } from "./struct.ts";

export const SIGHUP = 1;
export const SIGINT = 2;
export const SIGQUIT = 3;
export const SIGILL = 4;
export const SIGTRAP = 5;
export const SIGABRT = 6;
export const SIGBUS = 7;
export const SIGFPE = 8;
export const SIGKILL = 9;
export const SIGUSR1 = 10;
export const SIGSEGV = 11;
export const SIGUSR2 = 12;
export const SIGPIPE = 13;
export const SIGALRM = 14;
export const SIGTERM = 15;
export const SIGSTKFLT = 16;
export const SIGCHLD = 17;
export const SIGCONT = 18;
export const SIGSTOP = 19;
export const SIGTSTP = 20;
export const SIGTTIN = 21;
export const SIGTTOU = 22;
export const SIGURG = 23;
export const SIGXCPU = 24;
export const SIGXFSZ = 25;
export const SIGVTALRM = 26;
export const SIGPROF = 27;
export const SIGWINCH = 28;
export const SIGIO = 29;
export const SIGPWR = 30;
export const SIGSYS = 31;
export const SIGIOT = SIGABRT;
export const SIGPOLL = SIGIO;
/** The first real-time signal as the kernel counts; libc keeps 32 and 33 for itself. */
export const SIGRTMIN = 32;
export const SIGRTMAX = 64;
/** Number of signals; a signal set has one bit each, signal n at bit n - 1. */
export const NSIG = 64;
/** The only size of a signal set that the rt_sig*() calls accept. */
export const SIGSET_SIZE = 8;

const signalNumbers = nameSet("signal", {
  SIGHUP,
  SIGINT,
  SIGQUIT,
  SIGILL,
  SIGTRAP,
  SIGABRT,
  SIGBUS,
  SIGFPE,
  SIGKILL,
  SIGUSR1,
  SIGSEGV,
  SIGUSR2,
  SIGPIPE,
  SIGALRM,
  SIGTERM,
  SIGSTKFLT,
  SIGCHLD,
  SIGCONT,
  SIGSTOP,
  SIGTSTP,
  SIGTTIN,
  SIGTTOU,
  SIGURG,
  SIGXCPU,
  SIGXFSZ,
  SIGVTALRM,
  SIGPROF,
  SIGWINCH,
  SIGIO,
  SIGPWR,
  SIGSYS,
});

/** "SIGKILL", "SIGRT_2" for a real-time signal as strace counts them, the number otherwise. */
export function signalName(signal: number): string {
  if (signal >= SIGRTMIN && signal <= SIGRTMAX) {
    return signal === SIGRTMIN ? "SIGRTMIN" : `SIGRT_${signal - SIGRTMIN}`;
  }
  return signalNumbers.show(signal);
}

// sigaction(2).
export const SA_NOCLDSTOP = 0x1;
export const SA_NOCLDWAIT = 0x2;
export const SA_SIGINFO = 0x4;
export const SA_UNSUPPORTED = 0x400;
export const SA_EXPOSE_TAGBITS = 0x800;
export const SA_RESTORER = 0x4000000;
export const SA_ONSTACK = 0x8000000;
export const SA_RESTART = 0x10000000;
export const SA_NODEFER = 0x40000000;
export const SA_RESETHAND = 0x80000000;
export const SA_NOMASK = SA_NODEFER;
export const SA_ONESHOT = SA_RESETHAND;

export const sigactionFlags = flagSet("sigaction", {
  SA_NOCLDSTOP,
  SA_NOCLDWAIT,
  SA_SIGINFO,
  SA_UNSUPPORTED,
  SA_EXPOSE_TAGBITS,
  SA_RESTORER,
  SA_ONSTACK,
  SA_RESTART,
  SA_NODEFER,
  SA_RESETHAND,
});

export const SIG_DFL = 0;
export const SIG_IGN = 1;
export const SIG_ERR = -1;
export const SIG_BLOCK = 0;
export const SIG_UNBLOCK = 1;
export const SIG_SETMASK = 2;

export const sigprocmaskHow = nameSet("how", { SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK });

/** `struct sigaction` as rt_sigaction(2) takes it, arch/x86/include/uapi/asm/signal.h */
export const sigaction = struct("sigaction", {
  sa_handler: u64,
  sa_flags: u64,
  sa_restorer: u64,
  sa_mask: bits64,
});

// sigaltstack(2).
export const SS_ONSTACK = 0x1;
export const SS_DISABLE = 0x2;
export const SS_AUTODISARM = 0x80000000;
export const MINSIGSTKSZ = 2048;
export const SIGSTKSZ = 8192;

export const sigaltstackFlags = flagSet("sigaltstack", { SS_ONSTACK, SS_DISABLE, SS_AUTODISARM });

/** `stack_t`, arch/x86/include/uapi/asm/signal.h */
export const sigaltstack = struct("sigaltstack", { ss_sp: u64, ss_flags: i32, ss_size: u64 });

// si_code: who sent it. Positive codes say what went wrong, and belong to the signal.
export const SI_USER = 0;
export const SI_KERNEL = 128;
export const SI_QUEUE = -1;
export const SI_TIMER = -2;
export const SI_MESGQ = -3;
export const SI_ASYNCIO = -4;
export const SI_SIGIO = -5;
export const SI_TKILL = -6;
export const SI_DETHREAD = -7;
export const SI_ASYNCNL = -60;
export const ILL_ILLOPC = 1;
export const ILL_ILLOPN = 2;
export const ILL_ILLADR = 3;
export const ILL_ILLTRP = 4;
export const ILL_PRVOPC = 5;
export const ILL_PRVREG = 6;
export const ILL_COPROC = 7;
export const ILL_BADSTK = 8;
export const ILL_BADIADDR = 9;
export const FPE_INTDIV = 1;
export const FPE_INTOVF = 2;
export const FPE_FLTDIV = 3;
export const FPE_FLTOVF = 4;
export const FPE_FLTUND = 5;
export const FPE_FLTRES = 6;
export const FPE_FLTINV = 7;
export const FPE_FLTSUB = 8;
export const FPE_FLTUNK = 14;
export const FPE_CONDTRAP = 15;
export const SEGV_MAPERR = 1;
export const SEGV_ACCERR = 2;
export const SEGV_BNDERR = 3;
export const SEGV_PKUERR = 4;
export const SEGV_MTEAERR = 8;
export const SEGV_MTESERR = 9;
export const SEGV_CPERR = 10;
export const BUS_ADRALN = 1;
export const BUS_ADRERR = 2;
export const BUS_OBJERR = 3;
export const BUS_MCEERR_AR = 4;
export const BUS_MCEERR_AO = 5;
export const TRAP_BRKPT = 1;
export const TRAP_TRACE = 2;
export const TRAP_BRANCH = 3;
export const TRAP_HWBKPT = 4;
export const TRAP_UNK = 5;
export const TRAP_PERF = 6;
export const CLD_EXITED = 1;
export const CLD_KILLED = 2;
export const CLD_DUMPED = 3;
export const CLD_TRAPPED = 4;
export const CLD_STOPPED = 5;
export const CLD_CONTINUED = 6;
export const POLL_IN = 1;
export const POLL_OUT = 2;
export const POLL_MSG = 3;
export const POLL_ERR = 4;
export const POLL_PRI = 5;
export const POLL_HUP = 6;
export const SYS_SECCOMP = 1;
export const SYS_USER_DISPATCH = 2;

// sigevent(3type), for timer_create(2) and mq_notify(2).
export const SIGEV_SIGNAL = 0;
export const SIGEV_NONE = 1;
export const SIGEV_THREAD = 2;
export const SIGEV_THREAD_ID = 4;

export const sigevNotify = nameSet("sigev_notify", {
  SIGEV_SIGNAL,
  SIGEV_NONE,
  SIGEV_THREAD,
  SIGEV_THREAD_ID,
});

/** `struct sigevent`, include/uapi/asm-generic/siginfo.h. The last fields share a union. */
export const sigevent = struct(
  "sigevent",
  {
    sigev_value: bits64,
    sigev_signo: i32,
    sigev_notify: i32,
    sigev_notify_thread_id: i32,
    sigev_notify_function: bits64,
    sigev_notify_attributes: bits64,
  },
  { size: 64, at: { sigev_notify_thread_id: 16, sigev_notify_function: 16 } },
);

// signalfd(2).
export const SFD_CLOEXEC = 0o2000000;
export const SFD_NONBLOCK = 0o4000;

export const signalfdFlags = flagSet("signalfd", { SFD_CLOEXEC, SFD_NONBLOCK });

/** `struct signalfd_siginfo`, include/uapi/linux/signalfd.h */
export const signalfd_siginfo = struct("signalfd_siginfo", {
  ssi_signo: u32,
  ssi_errno: i32,
  ssi_code: i32,
  ssi_pid: u32,
  ssi_uid: u32,
  ssi_fd: i32,
  ssi_tid: u32,
  ssi_band: u32,
  ssi_overrun: u32,
  ssi_trapno: u32,
  ssi_status: i32,
  ssi_int: i32,
  ssi_ptr: bits64,
  ssi_utime: u64,
  ssi_stime: u64,
  ssi_addr: bits64,
  ssi_addr_lsb: u16,
  __pad2: pad(2),
  ssi_syscall: i32,
  ssi_call_addr: u64,
  ssi_arch: u32,
  __pad: pad(28),
});

// pidfd_send_signal(2).
export const PIDFD_SIGNAL_THREAD = 0x1;
export const PIDFD_SIGNAL_THREAD_GROUP = 0x2;
export const PIDFD_SIGNAL_PROCESS_GROUP = 0x4;

export const pidfdSignalFlags = flagSet("pidfd_send_signal", {
  PIDFD_SIGNAL_THREAD,
  PIDFD_SIGNAL_THREAD_GROUP,
  PIDFD_SIGNAL_PROCESS_GROUP,
});
