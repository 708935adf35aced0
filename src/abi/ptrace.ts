/**
 * ptrace: requests, options and events of the tracing call, and the register struct it moves.
 * Registers are bit pairs: a debugger must get back exactly what it wrote.
 * Source: ptrace(2); include/uapi/linux/ptrace.h, arch/x86/include/uapi/asm/ptrace-abi.h;
 * struct user_regs_struct is in arch/x86/include/asm/user_64.h and libc's sys/user.h.
 */

import { flagSet, nameSet } from "./flags.ts";
import { array, bits64, i32, struct, u8, u32, u64 } from "./struct.ts";

export const PTRACE_TRACEME = 0x0;
export const PTRACE_PEEKTEXT = 0x1;
export const PTRACE_PEEKDATA = 0x2;
export const PTRACE_PEEKUSR = 0x3;
export const PTRACE_POKETEXT = 0x4;
export const PTRACE_POKEDATA = 0x5;
export const PTRACE_POKEUSR = 0x6;
export const PTRACE_CONT = 0x7;
export const PTRACE_KILL = 0x8;
export const PTRACE_SINGLESTEP = 0x9;
export const PTRACE_GETREGS = 0xc;
export const PTRACE_SETREGS = 0xd;
export const PTRACE_GETFPREGS = 0xe;
export const PTRACE_SETFPREGS = 0xf;
export const PTRACE_ATTACH = 0x10;
export const PTRACE_DETACH = 0x11;
export const PTRACE_GET_THREAD_AREA = 0x19;
export const PTRACE_SET_THREAD_AREA = 0x1a;
export const PTRACE_ARCH_PRCTL = 0x1e;
export const PTRACE_SYSCALL = 0x18;
export const PTRACE_SYSEMU = 0x1f;
export const PTRACE_SYSEMU_SINGLESTEP = 0x20;
export const PTRACE_SINGLEBLOCK = 0x21;
export const PTRACE_SETOPTIONS = 0x4200;
export const PTRACE_GETEVENTMSG = 0x4201;
export const PTRACE_GETSIGINFO = 0x4202;
export const PTRACE_SETSIGINFO = 0x4203;
export const PTRACE_GETREGSET = 0x4204;
export const PTRACE_SETREGSET = 0x4205;
export const PTRACE_SEIZE = 0x4206;
export const PTRACE_INTERRUPT = 0x4207;
export const PTRACE_LISTEN = 0x4208;
export const PTRACE_PEEKSIGINFO = 0x4209;
export const PTRACE_GETSIGMASK = 0x420a;
export const PTRACE_SETSIGMASK = 0x420b;
export const PTRACE_SECCOMP_GET_FILTER = 0x420c;
export const PTRACE_SECCOMP_GET_METADATA = 0x420d;
export const PTRACE_GET_SYSCALL_INFO = 0x420e;
export const PTRACE_SET_SYSCALL_INFO = 0x4212;
export const PTRACE_GET_RSEQ_CONFIGURATION = 0x420f;
export const PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG = 0x4210;
export const PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG = 0x4211;

export const ptraceRequests = nameSet("ptrace", {
  PTRACE_TRACEME,
  PTRACE_PEEKTEXT,
  PTRACE_PEEKDATA,
  PTRACE_PEEKUSR,
  PTRACE_POKETEXT,
  PTRACE_POKEDATA,
  PTRACE_POKEUSR,
  PTRACE_CONT,
  PTRACE_KILL,
  PTRACE_SINGLESTEP,
  PTRACE_GETREGS,
  PTRACE_SETREGS,
  PTRACE_GETFPREGS,
  PTRACE_SETFPREGS,
  PTRACE_ATTACH,
  PTRACE_DETACH,
  PTRACE_GET_THREAD_AREA,
  PTRACE_SET_THREAD_AREA,
  PTRACE_ARCH_PRCTL,
  PTRACE_SYSCALL,
  PTRACE_SYSEMU,
  PTRACE_SYSEMU_SINGLESTEP,
  PTRACE_SINGLEBLOCK,
  PTRACE_SETOPTIONS,
  PTRACE_GETEVENTMSG,
  PTRACE_GETSIGINFO,
  PTRACE_SETSIGINFO,
  PTRACE_GETREGSET,
  PTRACE_SETREGSET,
  PTRACE_SEIZE,
  PTRACE_INTERRUPT,
  PTRACE_LISTEN,
  PTRACE_PEEKSIGINFO,
  PTRACE_GETSIGMASK,
  PTRACE_SETSIGMASK,
  PTRACE_SECCOMP_GET_FILTER,
  PTRACE_SECCOMP_GET_METADATA,
  PTRACE_GET_SYSCALL_INFO,
  PTRACE_SET_SYSCALL_INFO,
  PTRACE_GET_RSEQ_CONFIGURATION,
  PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG,
  PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG,
});

export const PTRACE_O_TRACESYSGOOD = 0x1;
export const PTRACE_O_TRACEFORK = 0x2;
export const PTRACE_O_TRACEVFORK = 0x4;
export const PTRACE_O_TRACECLONE = 0x8;
export const PTRACE_O_TRACEEXEC = 0x10;
export const PTRACE_O_TRACEVFORKDONE = 0x20;
export const PTRACE_O_TRACEEXIT = 0x40;
export const PTRACE_O_TRACESECCOMP = 0x80;
export const PTRACE_O_EXITKILL = 0x100000;
export const PTRACE_O_SUSPEND_SECCOMP = 0x200000;

export const ptraceOptions = flagSet("ptrace_o", {
  PTRACE_O_TRACESYSGOOD,
  PTRACE_O_TRACEFORK,
  PTRACE_O_TRACEVFORK,
  PTRACE_O_TRACECLONE,
  PTRACE_O_TRACEEXEC,
  PTRACE_O_TRACEVFORKDONE,
  PTRACE_O_TRACEEXIT,
  PTRACE_O_TRACESECCOMP,
  PTRACE_O_EXITKILL,
  PTRACE_O_SUSPEND_SECCOMP,
});

export const PTRACE_EVENT_FORK = 1;
export const PTRACE_EVENT_VFORK = 2;
export const PTRACE_EVENT_CLONE = 3;
export const PTRACE_EVENT_EXEC = 4;
export const PTRACE_EVENT_VFORK_DONE = 5;
export const PTRACE_EVENT_EXIT = 6;
export const PTRACE_EVENT_SECCOMP = 7;
export const PTRACE_EVENT_STOP = 128;
export const PTRACE_EVENTMSG_SYSCALL_ENTRY = 1;
export const PTRACE_EVENTMSG_SYSCALL_EXIT = 2;
export const PTRACE_SYSCALL_INFO_NONE = 0;
export const PTRACE_SYSCALL_INFO_ENTRY = 1;
export const PTRACE_SYSCALL_INFO_EXIT = 2;
export const PTRACE_SYSCALL_INFO_SECCOMP = 3;
export const PTRACE_PEEKSIGINFO_SHARED = 1;

/** `struct user_regs_struct`, libc's sys/user.h */
export const user_regs_struct = struct("user_regs_struct", {
  r15: bits64,
  r14: bits64,
  r13: bits64,
  r12: bits64,
  rbp: bits64,
  rbx: bits64,
  r11: bits64,
  r10: bits64,
  r9: bits64,
  r8: bits64,
  rax: bits64,
  rcx: bits64,
  rdx: bits64,
  rsi: bits64,
  rdi: bits64,
  orig_rax: bits64,
  rip: bits64,
  cs: bits64,
  eflags: bits64,
  rsp: bits64,
  ss: bits64,
  fs_base: bits64,
  gs_base: bits64,
  ds: bits64,
  es: bits64,
  fs: bits64,
  gs: bits64,
});

/** `struct ptrace_peeksiginfo_args`, include/uapi/linux/ptrace.h */
export const ptrace_peeksiginfo_args = struct("ptrace_peeksiginfo_args", {
  off: u64,
  flags: u32,
  nr: i32,
});

/** `struct ptrace_syscall_info`, include/uapi/linux/ptrace.h; entry, exit and seccomp overlap */
export const ptrace_syscall_info = struct(
  "ptrace_syscall_info",
  {
    op: u8,
    arch: u32,
    instruction_pointer: bits64,
    stack_pointer: bits64,
    nr: bits64,
    args: array(bits64, 6),
    ret_data: u32,
    rval: bits64,
    is_error: u8,
  },
  { at: { arch: 4, rval: 24, is_error: 32 }, size: 88 },
);
