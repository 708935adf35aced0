/**
 * core: what a core dump tells beside memory. Source: core(5), elf(5); sys/procfs.h of libc, include/uapi/linux/elf.h.
 */
import { array, bits64, bytes, i8, i16, i32, struct, u8, u32, u64 } from "./struct.ts";
import { timeval } from "./time.ts";

/** Kinds of notes, named "CORE" but for the last, which is "LINUX". */
export const NT_PRSTATUS = 1;
export const NT_PRFPREG = 2;
export const NT_PRPSINFO = 3;
export const NT_AUXV = 6;
export const NT_FILE = 0x46494c45;
export const NT_SIGINFO = 0x53494749;
export const NT_X86_XSTATE = 0x202;

export const elf_siginfo = struct("elf_siginfo", { si_signo: i32, si_code: i32, si_errno: i32 });

/** `struct elf_prstatus`: one thread. pr_reg is struct user_regs_struct. */
export const elf_prstatus = struct("elf_prstatus", {
  pr_info: elf_siginfo,
  pr_cursig: i16,
  pr_sigpend: u64,
  pr_sighold: u64,
  pr_pid: i32,
  pr_ppid: i32,
  pr_pgrp: i32,
  pr_sid: i32,
  pr_utime: timeval,
  pr_stime: timeval,
  pr_cutime: timeval,
  pr_cstime: timeval,
  pr_reg: array(bits64, 27),
  pr_fpvalid: i32,
});

/** `struct elf_prpsinfo`: the process. */
export const elf_prpsinfo = struct("elf_prpsinfo", {
  pr_state: i8,
  pr_sname: u8,
  pr_zomb: i8,
  pr_nice: i8,
  pr_flag: u64,
  pr_uid: u32,
  pr_gid: u32,
  pr_pid: i32,
  pr_ppid: i32,
  pr_pgrp: i32,
  pr_sid: i32,
  pr_fname: bytes(16),
  pr_psargs: bytes(80),
});
