/**
 * bpf: the commands of bpf(2) that manage programs of cgroups, and the instructions of eBPF.
 * Source: bpf(2); include/uapi/linux/bpf.h, include/uapi/linux/bpf_common.h, Documentation/bpf/standardization.
 */
import { nameSet } from "./flags.ts";
import { i16, i32, struct, u8, u32 } from "./struct.ts";

export const BPF_PROG_LOAD = 5;
export const BPF_PROG_ATTACH = 8;
export const BPF_PROG_DETACH = 9;
export const BPF_PROG_GET_FD_BY_ID = 13;
export const BPF_PROG_QUERY = 16;

export const bpfCommands = nameSet("bpf_cmd", {
  BPF_PROG_LOAD,
  BPF_PROG_ATTACH,
  BPF_PROG_DETACH,
  BPF_PROG_GET_FD_BY_ID,
  BPF_PROG_QUERY,
});

export const BPF_PROG_TYPE_CGROUP_SKB = 8;
export const BPF_PROG_TYPE_CGROUP_DEVICE = 15;
export const BPF_CGROUP_DEVICE = 6;

export const BPF_F_ALLOW_OVERRIDE = 1;
export const BPF_F_ALLOW_MULTI = 2;
export const BPF_F_REPLACE = 4;
export const BPF_F_QUERY_EFFECTIVE = 1;

/** What a program of BPF_CGROUP_DEVICE is asked about: access_type is access << 16 | kind. */
export const bpf_cgroup_dev_ctx = struct("bpf_cgroup_dev_ctx", {
  access_type: u32,
  major: u32,
  minor: u32,
});
export const BPF_DEVCG_ACC_MKNOD = 1;
export const BPF_DEVCG_ACC_READ = 2;
export const BPF_DEVCG_ACC_WRITE = 4;
export const BPF_DEVCG_DEV_BLOCK = 1;
export const BPF_DEVCG_DEV_CHAR = 2;

/** `struct bpf_insn`: `regs` is dst_reg in the low, src_reg in the high four bits. */
export const bpf_insn = struct("bpf_insn", { code: u8, regs: u8, off: i16, imm: i32 });

// Classes, sizes, sources and operations of `code`.
export const BPF_LDX = 0x01;
export const BPF_ALU = 0x04;
export const BPF_JMP = 0x05;
export const BPF_JMP32 = 0x06;
export const BPF_ALU64 = 0x07;
export const BPF_MEM = 0x60;
export const BPF_W = 0x00;
export const BPF_H = 0x08;
export const BPF_B = 0x10;
export const BPF_X = 0x08;
export const BPF_ADD = 0x00;
export const BPF_SUB = 0x10;
export const BPF_OR = 0x40;
export const BPF_AND = 0x50;
export const BPF_LSH = 0x60;
export const BPF_RSH = 0x70;
export const BPF_XOR = 0xa0;
export const BPF_MOV = 0xb0;
export const BPF_JA = 0x00;
export const BPF_JEQ = 0x10;
export const BPF_JGT = 0x20;
export const BPF_JGE = 0x30;
export const BPF_JSET = 0x40;
export const BPF_JNE = 0x50;
export const BPF_EXIT = 0x90;
export const BPF_JLT = 0xa0;
export const BPF_JLE = 0xb0;
