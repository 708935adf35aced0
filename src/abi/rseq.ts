/**
 * rseq: restartable sequences and membarrier: user-space algorithms that need to know about CPUs.
 * Source: rseq(2) of librseq, membarrier(2); include/uapi/linux/{rseq,membarrier}.h.
 */

import { flagSet, nameSet } from "./flags.ts";
import { struct, u32, u64 } from "./struct.ts";

export const RSEQ_FLAG_UNREGISTER = 0x1;
export const RSEQ_CPU_ID_UNINITIALIZED = -1;
export const RSEQ_CPU_ID_REGISTRATION_FAILED = -2;
export const RSEQ_CS_FLAG_NO_RESTART_ON_PREEMPT = 0x1;
export const RSEQ_CS_FLAG_NO_RESTART_ON_SIGNAL = 0x2;
export const RSEQ_CS_FLAG_NO_RESTART_ON_MIGRATE = 0x4;

export const rseqFlags = flagSet("rseq", { RSEQ_FLAG_UNREGISTER });

/** `struct rseq`, its first 28 bytes of 32, include/uapi/linux/rseq.h */
export const rseq = struct(
  "rseq",
  { cpu_id_start: u32, cpu_id: u32, rseq_cs: u64, flags: u32, node_id: u32, mm_cid: u32 },
  { size: 32, align: 32 },
);

/** `struct rseq_cs`: a critical section */
export const rseq_cs = struct(
  "rseq_cs",
  { version: u32, flags: u32, start_ip: u64, post_commit_offset: u64, abort_ip: u64 },
  { align: 32 },
);

export const MEMBARRIER_CMD_QUERY = 0x0;
export const MEMBARRIER_CMD_GLOBAL = 0x1;
export const MEMBARRIER_CMD_GLOBAL_EXPEDITED = 0x2;
export const MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED = 0x4;
export const MEMBARRIER_CMD_PRIVATE_EXPEDITED = 0x8;
export const MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED = 0x10;
export const MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE = 0x20;
export const MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE = 0x40;
export const MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ = 0x80;
export const MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ = 0x100;
export const MEMBARRIER_CMD_GET_REGISTRATIONS = 0x200;
export const MEMBARRIER_CMD_FLAG_CPU = 0x1;

export const membarrierCommands = nameSet("membarrier", {
  MEMBARRIER_CMD_QUERY,
  MEMBARRIER_CMD_GLOBAL,
  MEMBARRIER_CMD_GLOBAL_EXPEDITED,
  MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED,
  MEMBARRIER_CMD_PRIVATE_EXPEDITED,
  MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED,
  MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE,
  MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE,
  MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ,
  MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ,
  MEMBARRIER_CMD_GET_REGISTRATIONS,
});
export const membarrierFlags = flagSet("membarrier_flags", { MEMBARRIER_CMD_FLAG_CPU });
