/**
 * sigframe: what the kernel pushes on the stack before it runs a signal handler on amd64, and what
 * rt_sigreturn(2) takes back: rt_sigframe, ucontext, registers, the floating-point area's header.
 * Registers are bit pairs: they must come back exactly as they were.
 * Source: sigreturn(2), getcontext(3); arch/x86/include/uapi/asm/{sigcontext,ucontext}.h,
 * arch/x86/include/asm/sigframe.h.
 */

import { flagSet } from "./flags.ts";
import { siginfo } from "./siginfo.ts";
import { sigaltstack } from "./signal.ts";
import { array, bits64, bytes, pad, struct, u16, u32, u64 } from "./struct.ts";

/** `struct sigcontext`, the 64-bit form, arch/x86/include/uapi/asm/sigcontext.h */
export const sigcontext = struct("sigcontext", {
  r8: bits64,
  r9: bits64,
  r10: bits64,
  r11: bits64,
  r12: bits64,
  r13: bits64,
  r14: bits64,
  r15: bits64,
  rdi: bits64,
  rsi: bits64,
  rbp: bits64,
  rbx: bits64,
  rdx: bits64,
  rax: bits64,
  rcx: bits64,
  rsp: bits64,
  rip: bits64,
  eflags: bits64,
  cs: u16,
  gs: u16,
  fs: u16,
  ss: u16,
  err: u64,
  trapno: u64,
  oldmask: bits64,
  cr2: bits64,
  fpstate: u64,
  reserved1: pad(64),
});

// uc_flags.
export const UC_FP_XSTATE = 0x1;
export const UC_SIGCONTEXT_SS = 0x2;
export const UC_STRICT_RESTORE_SS = 0x4;

export const ucontextFlags = flagSet("uc_flags", {
  UC_FP_XSTATE,
  UC_SIGCONTEXT_SS,
  UC_STRICT_RESTORE_SS,
});

/** `struct ucontext` of the kernel: glibc's ucontext_t is longer, the mask comes last here. */
export const ucontext = struct("ucontext", {
  uc_flags: u64,
  uc_link: u64,
  uc_stack: sigaltstack,
  uc_mcontext: sigcontext,
  uc_sigmask: bits64,
});

/** `struct rt_sigframe`, arch/x86/include/asm/sigframe.h. rdi, rsi, rdx point into it. */
export const rt_sigframe = struct("rt_sigframe", {
  pretcode: u64,
  uc: ucontext,
  info: siginfo,
});

// The XSAVE area that fpstate points to: 512 legacy bytes, then a header, then the components.
export const FP_XSTATE_MAGIC1 = 0x46505853;
export const FP_XSTATE_MAGIC2 = 0x46505845;
export const FP_XSTATE_MAGIC2_SIZE = 4;

/** `struct _fpx_sw_bytes`, at byte 464 of the legacy area: says how long the rest is. */
export const _fpx_sw_bytes = struct("_fpx_sw_bytes", {
  magic1: u32,
  extended_size: u32,
  xfeatures: bits64,
  xstate_size: u32,
  padding: pad(28),
});

/** `struct _fpstate_64`, the FXSAVE layout. */
export const _fpstate_64 = struct("_fpstate_64", {
  cwd: u16,
  swd: u16,
  twd: u16,
  fop: u16,
  rip: bits64,
  rdp: bits64,
  mxcsr: u32,
  mxcsr_mask: u32,
  st_space: array(u32, 32),
  xmm_space: bytes(256),
  reserved2: pad(48),
  sw_reserved: _fpx_sw_bytes,
});

/** `struct _header`, right after the legacy area. */
export const _xstate_header = struct("_header", {
  xfeatures: bits64,
  reserved1: pad(16),
  reserved2: pad(40),
});
