/**
 * fcntl: opening files and what a descriptor can be asked: open flags, AT_* flags, record locks,
 * leases, owners, seals, and their structs.
 * Source: open(2), openat2(2), fcntl(2), fcntl_locking(2), flock(2), memfd_create(2), fallocate(2),
 * posix_fadvise(2); include/uapi/asm-generic/fcntl.h, include/uapi/linux/{fcntl,openat2,fs}.h.
 */

import { flagSet, nameSet } from "./flags.ts";
import { i16, i32, i64, pad, struct, u32, u64 } from "./struct.ts";

// open(2). The access mode is a two-bit field, not three flags: O_RDONLY is zero.
export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_ACCMODE = 3;
export const O_CREAT = 0o100;
export const O_EXCL = 0o200;
export const O_NOCTTY = 0o400;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;
export const O_NONBLOCK = 0o4000;
export const O_SYNC = 0o4010000;
export const O_DSYNC = 0o10000;
export const FASYNC = 0o20000;
export const O_DIRECT = 0o40000;
export const O_LARGEFILE = 0o100000;
export const O_TMPFILE = 0o20200000;
export const O_DIRECTORY = 0o200000;
export const O_NOFOLLOW = 0o400000;
export const O_NOATIME = 0o1000000;
export const O_CLOEXEC = 0o2000000;
export const O_PATH = 0o10000000;
export const __O_SYNC = 0o4000000;
export const __O_TMPFILE = 0o20000000;
export const O_NDELAY = O_NONBLOCK;
export const O_ASYNC = FASYNC;
/** Set by the kernel in the flags of files opened by execve; never accepted from a guest. */
export const FMODE_EXEC = 0x20;

export const openFlags = flagSet(
  "open",
  {
    O_CREAT,
    O_EXCL,
    O_NOCTTY,
    O_TRUNC,
    O_APPEND,
    O_NONBLOCK,
    O_SYNC,
    O_DSYNC,
    O_DIRECT,
    O_LARGEFILE,
    O_TMPFILE,
    O_DIRECTORY,
    O_NOFOLLOW,
    O_NOATIME,
    O_CLOEXEC,
    O_PATH,
    O_ASYNC,
  },
  { mask: O_ACCMODE, names: { O_RDONLY, O_WRONLY, O_RDWR } },
);

// openat2(2).
export const RESOLVE_NO_XDEV = 0x1;
export const RESOLVE_NO_MAGICLINKS = 0x2;
export const RESOLVE_NO_SYMLINKS = 0x4;
export const RESOLVE_BENEATH = 0x8;
export const RESOLVE_IN_ROOT = 0x10;
export const RESOLVE_CACHED = 0x20;
export const OPEN_HOW_SIZE_VER0 = 24;

export const resolveFlags = flagSet("resolve", {
  RESOLVE_NO_XDEV,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_BENEATH,
  RESOLVE_IN_ROOT,
  RESOLVE_CACHED,
});

/** `struct open_how`, include/uapi/linux/openat2.h */
export const open_how = struct("open_how", { flags: u64, mode: u64, resolve: u64 });

// Directory descriptors and the flags of the *at() calls. AT_REMOVEDIR and AT_EACCESS share a bit.
export const AT_FDCWD = -100;
export const PIDFD_SELF_THREAD = -10000;
export const PIDFD_SELF_THREAD_GROUP = -10001;
export const AT_SYMLINK_NOFOLLOW = 0x100;
export const AT_REMOVEDIR = 0x200;
export const AT_SYMLINK_FOLLOW = 0x400;
export const AT_NO_AUTOMOUNT = 0x800;
export const AT_EMPTY_PATH = 0x1000;
export const AT_STATX_FORCE_SYNC = 0x2000;
export const AT_STATX_DONT_SYNC = 0x4000;
export const AT_RECURSIVE = 0x8000;
export const AT_EACCESS = 0x200;
export const AT_STATX_SYNC_TYPE = 0x6000;
export const AT_STATX_SYNC_AS_STAT = 0x0;
export const AT_RENAME_NOREPLACE = 0x1;
export const AT_RENAME_EXCHANGE = 0x2;
export const AT_RENAME_WHITEOUT = 0x4;
export const AT_HANDLE_FID = 0x200;
export const AT_HANDLE_MNT_ID_UNIQUE = 0x1;
export const AT_HANDLE_CONNECTABLE = 0x2;
export const AT_EXECVE_CHECK = 0x10000;

export const atFlags = flagSet("at", {
  AT_SYMLINK_NOFOLLOW,
  AT_REMOVEDIR,
  AT_SYMLINK_FOLLOW,
  AT_NO_AUTOMOUNT,
  AT_EMPTY_PATH,
  AT_STATX_FORCE_SYNC,
  AT_STATX_DONT_SYNC,
  AT_RECURSIVE,
});
export const faccessatFlags = flagSet("faccessat", {
  AT_EACCESS,
  AT_SYMLINK_NOFOLLOW,
  AT_EMPTY_PATH,
});
export const unlinkatFlags = flagSet("unlinkat", { AT_REMOVEDIR });
export const execveatFlags = flagSet("execveat", {
  AT_EMPTY_PATH,
  AT_SYMLINK_NOFOLLOW,
  AT_EXECVE_CHECK,
});
export const handleFlags = flagSet("name_to_handle_at", {
  AT_EMPTY_PATH,
  AT_SYMLINK_FOLLOW,
  AT_HANDLE_FID,
  AT_HANDLE_CONNECTABLE,
});

// access(2).
export const F_OK = 0;
export const X_OK = 1;
export const W_OK = 2;
export const R_OK = 4;

export const accessModes = flagSet("access", { R_OK, W_OK, X_OK }, { mask: 0, names: { F_OK } });

// renameat2(2).
export const RENAME_NOREPLACE = 0x1;
export const RENAME_EXCHANGE = 0x2;
export const RENAME_WHITEOUT = 0x4;

export const renameFlags = flagSet("rename", {
  RENAME_NOREPLACE,
  RENAME_EXCHANGE,
  RENAME_WHITEOUT,
});

// lseek(2).
export const SEEK_SET = 0;
export const SEEK_CUR = 1;
export const SEEK_END = 2;
export const SEEK_DATA = 3;
export const SEEK_HOLE = 4;

export const seekWhence = nameSet("whence", {
  SEEK_SET,
  SEEK_CUR,
  SEEK_END,
  SEEK_DATA,
  SEEK_HOLE,
});

// fcntl(2) commands.
export const F_DUPFD = 0;
export const F_GETFD = 1;
export const F_SETFD = 2;
export const F_GETFL = 3;
export const F_SETFL = 4;
export const F_GETLK = 5;
export const F_SETLK = 6;
export const F_SETLKW = 7;
export const F_SETOWN = 8;
export const F_GETOWN = 9;
export const F_SETSIG = 10;
export const F_GETSIG = 11;
export const F_SETOWN_EX = 15;
export const F_GETOWN_EX = 16;
export const F_GETOWNER_UIDS = 17;
export const F_OFD_GETLK = 36;
export const F_OFD_SETLK = 37;
export const F_OFD_SETLKW = 38;
export const F_SETLEASE = 1024;
export const F_GETLEASE = 1025;
export const F_NOTIFY = 1026;
export const F_DUPFD_QUERY = 1027;
export const F_CREATED_QUERY = 1028;
export const F_CANCELLK = 1029;
export const F_DUPFD_CLOEXEC = 1030;
export const F_SETPIPE_SZ = 1031;
export const F_GETPIPE_SZ = 1032;
export const F_ADD_SEALS = 1033;
export const F_GET_SEALS = 1034;
export const F_GET_RW_HINT = 1035;
export const F_SET_RW_HINT = 1036;
export const F_GET_FILE_RW_HINT = 1037;
export const F_SET_FILE_RW_HINT = 1038;
export const F_GETDELEG = 1039;
export const F_SETDELEG = 1040;

export const fcntlCommands = nameSet("fcntl", {
  F_DUPFD,
  F_GETFD,
  F_SETFD,
  F_GETFL,
  F_SETFL,
  F_GETLK,
  F_SETLK,
  F_SETLKW,
  F_SETOWN,
  F_GETOWN,
  F_SETSIG,
  F_GETSIG,
  F_SETOWN_EX,
  F_GETOWN_EX,
  F_GETOWNER_UIDS,
  F_OFD_GETLK,
  F_OFD_SETLK,
  F_OFD_SETLKW,
  F_SETLEASE,
  F_GETLEASE,
  F_NOTIFY,
  F_DUPFD_QUERY,
  F_CREATED_QUERY,
  F_CANCELLK,
  F_DUPFD_CLOEXEC,
  F_SETPIPE_SZ,
  F_GETPIPE_SZ,
  F_ADD_SEALS,
  F_GET_SEALS,
  F_GET_RW_HINT,
  F_SET_RW_HINT,
  F_GET_FILE_RW_HINT,
  F_SET_FILE_RW_HINT,
  F_GETDELEG,
  F_SETDELEG,
});

export const FD_CLOEXEC = 1;

export const fdFlags = flagSet("fd", { FD_CLOEXEC });

export const F_RDLCK = 0;
export const F_WRLCK = 1;
export const F_UNLCK = 2;
export const F_EXLCK = 4;
export const F_SHLCK = 8;

export const lockTypes = nameSet("l_type", { F_RDLCK, F_WRLCK, F_UNLCK });

/** `struct flock`, include/uapi/asm-generic/fcntl.h */
export const flock = struct("flock", {
  l_type: i16,
  l_whence: i16,
  l_start: i64,
  l_len: i64,
  l_pid: i32,
});

export const F_OWNER_TID = 0;
export const F_OWNER_PID = 1;
export const F_OWNER_PGRP = 2;

/** `struct f_owner_ex`, include/uapi/asm-generic/fcntl.h */
export const f_owner_ex = struct("f_owner_ex", { type: i32, pid: i32 });

export const F_SEAL_SEAL = 0x1;
export const F_SEAL_SHRINK = 0x2;
export const F_SEAL_GROW = 0x4;
export const F_SEAL_WRITE = 0x8;
export const F_SEAL_FUTURE_WRITE = 0x10;
export const F_SEAL_EXEC = 0x20;

export const sealFlags = flagSet("seal", {
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_GROW,
  F_SEAL_WRITE,
  F_SEAL_FUTURE_WRITE,
  F_SEAL_EXEC,
});

export const RWH_WRITE_LIFE_NOT_SET = 0;
export const RWH_WRITE_LIFE_NONE = 1;
export const RWH_WRITE_LIFE_SHORT = 2;
export const RWH_WRITE_LIFE_MEDIUM = 3;
export const RWH_WRITE_LIFE_LONG = 4;
export const RWH_WRITE_LIFE_EXTREME = 5;

export const DN_ACCESS = 0x1;
export const DN_MODIFY = 0x2;
export const DN_CREATE = 0x4;
export const DN_DELETE = 0x8;
export const DN_RENAME = 0x10;
export const DN_ATTRIB = 0x20;
export const DN_MULTISHOT = 0x80000000;

export const notifyFlags = flagSet("dnotify", {
  DN_ACCESS,
  DN_MODIFY,
  DN_CREATE,
  DN_DELETE,
  DN_RENAME,
  DN_ATTRIB,
  DN_MULTISHOT,
});

// flock(2).
export const LOCK_SH = 1;
export const LOCK_EX = 2;
export const LOCK_NB = 4;
export const LOCK_UN = 8;

export const flockOps = flagSet("flock", {
  LOCK_SH,
  LOCK_EX,
  LOCK_NB,
  LOCK_UN,
});

// fallocate(2), posix_fadvise(2), sync_file_range(2), close_range(2).
export const FALLOC_FL_KEEP_SIZE = 0x1;
export const FALLOC_FL_PUNCH_HOLE = 0x2;
export const FALLOC_FL_NO_HIDE_STALE = 0x4;
export const FALLOC_FL_COLLAPSE_RANGE = 0x8;
export const FALLOC_FL_ZERO_RANGE = 0x10;
export const FALLOC_FL_INSERT_RANGE = 0x20;
export const FALLOC_FL_UNSHARE_RANGE = 0x40;
export const FALLOC_FL_WRITE_ZEROES = 0x80;
export const FALLOC_FL_ALLOCATE_RANGE = 0x0;

export const fallocateModes = flagSet("fallocate", {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_NO_HIDE_STALE,
  FALLOC_FL_COLLAPSE_RANGE,
  FALLOC_FL_ZERO_RANGE,
  FALLOC_FL_INSERT_RANGE,
  FALLOC_FL_UNSHARE_RANGE,
  FALLOC_FL_WRITE_ZEROES,
});

export const POSIX_FADV_NORMAL = 0;
export const POSIX_FADV_RANDOM = 1;
export const POSIX_FADV_SEQUENTIAL = 2;
export const POSIX_FADV_WILLNEED = 3;
export const POSIX_FADV_DONTNEED = 4;
export const POSIX_FADV_NOREUSE = 5;

export const fadviseAdvice = nameSet("fadvise", {
  POSIX_FADV_NORMAL,
  POSIX_FADV_RANDOM,
  POSIX_FADV_SEQUENTIAL,
  POSIX_FADV_WILLNEED,
  POSIX_FADV_DONTNEED,
  POSIX_FADV_NOREUSE,
});

export const SYNC_FILE_RANGE_WAIT_BEFORE = 0x1;
export const SYNC_FILE_RANGE_WRITE = 0x2;
export const SYNC_FILE_RANGE_WAIT_AFTER = 0x4;

export const syncFileRangeFlags = flagSet("sync_file_range", {
  SYNC_FILE_RANGE_WAIT_BEFORE,
  SYNC_FILE_RANGE_WRITE,
  SYNC_FILE_RANGE_WAIT_AFTER,
});

export const CLOSE_RANGE_UNSHARE = 0x2;
export const CLOSE_RANGE_CLOEXEC = 0x4;

export const closeRangeFlags = flagSet("close_range", { CLOSE_RANGE_UNSHARE, CLOSE_RANGE_CLOEXEC });

// name_to_handle_at(2).
export const MAX_HANDLE_SZ = 128;

/** `struct file_handle` without its flexible f_handle[], which starts at byte 8. */
export const file_handle = struct("file_handle", { handle_bytes: u32, handle_type: i32 });

/** `struct delegation`, include/uapi/linux/fcntl.h (F_GETDELEG, F_SETDELEG) */
export const delegation = struct("delegation", { d_flags: u32, d_type: i16, __pad: pad(2) });
