/**
 * futex: operations and flags of futex(2), the vectors of futex_waitv(2), and robust lists.
 * Source: futex(2), futex(7), get_robust_list(2); include/uapi/linux/futex.h.
 */

import { flagSet } from "./flags.ts";
import { i64, struct, u32, u64 } from "./struct.ts";

export const FUTEX_WAIT = 0;
export const FUTEX_WAKE = 1;
export const FUTEX_FD = 2;
export const FUTEX_REQUEUE = 3;
export const FUTEX_CMP_REQUEUE = 4;
export const FUTEX_WAKE_OP = 5;
export const FUTEX_LOCK_PI = 6;
export const FUTEX_UNLOCK_PI = 7;
export const FUTEX_TRYLOCK_PI = 8;
export const FUTEX_WAIT_BITSET = 9;
export const FUTEX_WAKE_BITSET = 10;
export const FUTEX_WAIT_REQUEUE_PI = 11;
export const FUTEX_CMP_REQUEUE_PI = 12;
export const FUTEX_LOCK_PI2 = 13;
export const FUTEX_PRIVATE_FLAG = 0x80;
export const FUTEX_CLOCK_REALTIME = 0x100;
/** Everything but the two flags: an operation with other bits is one that does not exist. */
export const FUTEX_CMD_MASK = 0xfffffe7f;

export const futexOps = flagSet(
  "futex",
  { FUTEX_PRIVATE_FLAG, FUTEX_CLOCK_REALTIME },
  {
    mask: FUTEX_CMD_MASK,
    names: {
      FUTEX_WAIT,
      FUTEX_WAKE,
      FUTEX_FD,
      FUTEX_REQUEUE,
      FUTEX_CMP_REQUEUE,
      FUTEX_WAKE_OP,
      FUTEX_LOCK_PI,
      FUTEX_UNLOCK_PI,
      FUTEX_TRYLOCK_PI,
      FUTEX_WAIT_BITSET,
      FUTEX_WAKE_BITSET,
      FUTEX_WAIT_REQUEUE_PI,
      FUTEX_CMP_REQUEUE_PI,
      FUTEX_LOCK_PI2,
    },
  },
);

// The value of a PI or robust futex word.
export const FUTEX_WAITERS = 0x80000000;
export const FUTEX_OWNER_DIED = 0x40000000;
export const FUTEX_TID_MASK = 0x3fffffff;
export const FUTEX_BITSET_MATCH_ANY = 0xffffffff;

// FUTEX_WAKE_OP's packed operation: op, comparison, two 12-bit arguments.
export const FUTEX_OP_SET = 0;
export const FUTEX_OP_ADD = 1;
export const FUTEX_OP_OR = 2;
export const FUTEX_OP_ANDN = 3;
export const FUTEX_OP_XOR = 4;
export const FUTEX_OP_OPARG_SHIFT = 8;
export const FUTEX_OP_CMP_EQ = 0;
export const FUTEX_OP_CMP_NE = 1;
export const FUTEX_OP_CMP_LT = 2;
export const FUTEX_OP_CMP_LE = 3;
export const FUTEX_OP_CMP_GT = 4;
export const FUTEX_OP_CMP_GE = 5;

// futex_waitv(2), futex_wait(2), futex_wake(2), futex_requeue(2). The size is a two-bit field.
export const FUTEX2_SIZE_U8 = 0x0;
export const FUTEX2_SIZE_U16 = 0x1;
export const FUTEX2_SIZE_U32 = 0x2;
export const FUTEX2_SIZE_U64 = 0x3;
export const FUTEX2_SIZE_MASK = 0x3;
export const FUTEX2_NUMA = 0x4;
export const FUTEX2_MPOL = 0x8;
export const FUTEX2_PRIVATE = 0x80;
export const FUTEX_32 = FUTEX2_SIZE_U32;
export const FUTEX_WAITV_MAX = 128;

export const futex2Flags = flagSet(
  "futex2",
  { FUTEX2_NUMA, FUTEX2_MPOL, FUTEX2_PRIVATE },
  {
    mask: FUTEX2_SIZE_MASK,
    names: { FUTEX2_SIZE_U8, FUTEX2_SIZE_U16, FUTEX2_SIZE_U32, FUTEX2_SIZE_U64 },
  },
);

/** `struct futex_waitv`, include/uapi/linux/futex.h */
export const futex_waitv = struct("futex_waitv", {
  val: u64,
  uaddr: u64,
  flags: u32,
  __reserved: u32,
});

/** `struct robust_list_head`, include/uapi/linux/futex.h */
export const robust_list_head = struct("robust_list_head", {
  list: u64,
  futex_offset: i64,
  list_op_pending: u64,
});
/** Entries that the kernel walks at exit before it gives up. */
export const ROBUST_LIST_LIMIT = 2048;
