/**
 * uio: moving bytes: vectors, per-call flags, splice flags, and asynchronous I/O control blocks.
 * Source: readv(2), preadv2(2), splice(2), io_submit(2); include/uapi/linux/{uio,fs,aio_abi}.h.
 */

import { flagSet, nameSet } from "./flags.ts";
import { bits64, i16, i64, struct, u16, u32, u64 } from "./struct.ts";

/** `struct iovec`, include/uapi/linux/uio.h */
export const iovec = struct("iovec", { iov_base: u64, iov_len: u64 });

export const RWF_HIPRI = 0x1;
export const RWF_DSYNC = 0x2;
export const RWF_SYNC = 0x4;
export const RWF_NOWAIT = 0x8;
export const RWF_APPEND = 0x10;
export const RWF_NOAPPEND = 0x20;
export const RWF_ATOMIC = 0x40;
export const RWF_DONTCACHE = 0x80;
export const RWF_NOSIGNAL = 0x100;

export const rwfFlags = flagSet("rwf", {
  RWF_HIPRI,
  RWF_DSYNC,
  RWF_SYNC,
  RWF_NOWAIT,
  RWF_APPEND,
  RWF_NOAPPEND,
  RWF_ATOMIC,
  RWF_DONTCACHE,
  RWF_NOSIGNAL,
});

export const SPLICE_F_MOVE = 0x1;
export const SPLICE_F_NONBLOCK = 0x2;
export const SPLICE_F_MORE = 0x4;
export const SPLICE_F_GIFT = 0x8;

export const spliceFlags = flagSet("splice", {
  SPLICE_F_MOVE,
  SPLICE_F_NONBLOCK,
  SPLICE_F_MORE,
  SPLICE_F_GIFT,
});

export const IOCB_CMD_PREAD = 0;
export const IOCB_CMD_PWRITE = 1;
export const IOCB_CMD_FSYNC = 2;
export const IOCB_CMD_FDSYNC = 3;
export const IOCB_CMD_POLL = 5;
export const IOCB_CMD_NOOP = 6;
export const IOCB_CMD_PREADV = 7;
export const IOCB_CMD_PWRITEV = 8;
export const IOCB_FLAG_RESFD = 0x1;
export const IOCB_FLAG_IOPRIO = 0x2;

export const iocbCommands = nameSet("iocb", {
  IOCB_CMD_PREAD,
  IOCB_CMD_PWRITE,
  IOCB_CMD_FSYNC,
  IOCB_CMD_FDSYNC,
  IOCB_CMD_POLL,
  IOCB_CMD_NOOP,
  IOCB_CMD_PREADV,
  IOCB_CMD_PWRITEV,
});

/** `struct iocb`, include/uapi/linux/aio_abi.h */
export const iocb = struct("iocb", {
  aio_data: bits64,
  aio_key: u32,
  aio_rw_flags: u32,
  aio_lio_opcode: u16,
  aio_reqprio: i16,
  aio_fildes: u32,
  aio_buf: u64,
  aio_nbytes: u64,
  aio_offset: i64,
  aio_reserved2: u64,
  aio_flags: u32,
  aio_resfd: u32,
});

/** `struct io_event`, include/uapi/linux/aio_abi.h */
export const io_event = struct("io_event", { data: bits64, obj: u64, res: i64, res2: i64 });
