/**
 * stat: what a file is: mode bits, struct stat and statx, filesystem statistics, device numbers.
 * Source: stat(2), statx(2), inode(7), statfs(2), makedev(3); arch/x86/include/uapi/asm/stat.h,
 * include/uapi/linux/stat.h, include/uapi/asm-generic/statfs.h, include/uapi/linux/magic.h.
 */

import { flagSet, nameSet } from "./flags.ts";
import { array, bytes, i32, i64, pad, struct, u16, u32, u64 } from "./struct.ts";

// The type is a field of the mode, under S_IFMT; the rest are bits.
export const S_IFMT = 0o170000;
export const S_IFSOCK = 0o140000;
export const S_IFLNK = 0o120000;
export const S_IFREG = 0o100000;
export const S_IFBLK = 0o60000;
export const S_IFDIR = 0o40000;
export const S_IFCHR = 0o20000;
export const S_IFIFO = 0o10000;
export const S_ISUID = 0o4000;
export const S_ISGID = 0o2000;
export const S_ISVTX = 0o1000;
export const S_IRWXU = 0o700;
export const S_IRUSR = 0o400;
export const S_IWUSR = 0o200;
export const S_IXUSR = 0o100;
export const S_IRWXG = 0o70;
export const S_IRGRP = 0o40;
export const S_IWGRP = 0o20;
export const S_IXGRP = 0o10;
export const S_IRWXO = 7;
export const S_IROTH = 4;
export const S_IWOTH = 2;
export const S_IXOTH = 1;
/** Every permission bit, the set-id and sticky bits included: what chmod(2) may change. */
export const S_IALLUGO = 0o7777;
export const S_IRWXUGO = 0o777;
export const S_IXUGO = 0o111;

export const fileTypes = nameSet("st_mode type", {
  S_IFSOCK,
  S_IFLNK,
  S_IFREG,
  S_IFBLK,
  S_IFDIR,
  S_IFCHR,
  S_IFIFO,
});

/** "S_IFREG|0644", as strace prints st_mode. */
export function showMode(mode: number): string {
  const type = mode & S_IFMT;
  const permissions = `0${(mode & ~S_IFMT).toString(8)}`;
  return type === 0 ? permissions : `${fileTypes.show(type)}|${permissions}`;
}

/** `struct stat`, arch/x86/include/uapi/asm/stat.h. The times are second and nanosecond pairs. */
export const stat = struct("stat", {
  st_dev: u64,
  st_ino: u64,
  st_nlink: u64,
  st_mode: u32,
  st_uid: u32,
  st_gid: u32,
  __pad0: pad(4),
  st_rdev: u64,
  st_size: i64,
  st_blksize: i64,
  st_blocks: i64,
  st_atime: i64,
  st_atime_nsec: i64,
  st_mtime: i64,
  st_mtime_nsec: i64,
  st_ctime: i64,
  st_ctime_nsec: i64,
  __unused: pad(24),
});

/** `struct statx_timestamp`, include/uapi/linux/stat.h */
export const statx_timestamp = struct("statx_timestamp", {
  tv_sec: i64,
  tv_nsec: u32,
  __reserved: pad(4),
});

/** `struct statx`, include/uapi/linux/stat.h */
export const statx = struct("statx", {
  stx_mask: u32,
  stx_blksize: u32,
  stx_attributes: u64,
  stx_nlink: u32,
  stx_uid: u32,
  stx_gid: u32,
  stx_mode: u16,
  __spare0: pad(2),
  stx_ino: u64,
  stx_size: u64,
  stx_blocks: u64,
  stx_attributes_mask: u64,
  stx_atime: statx_timestamp,
  stx_btime: statx_timestamp,
  stx_ctime: statx_timestamp,
  stx_mtime: statx_timestamp,
  stx_rdev_major: u32,
  stx_rdev_minor: u32,
  stx_dev_major: u32,
  stx_dev_minor: u32,
  stx_mnt_id: u64,
  stx_dio_mem_align: u32,
  stx_dio_offset_align: u32,
  stx_subvol: u64,
  stx_atomic_write_unit_min: u32,
  stx_atomic_write_unit_max: u32,
  stx_atomic_write_segments_max: u32,
  stx_dio_read_offset_align: u32,
  stx_atomic_write_unit_max_opt: u32,
  __spare2: pad(4),
  __spare3: pad(64),
});

export const STATX_TYPE = 0x1;
export const STATX_MODE = 0x2;
export const STATX_NLINK = 0x4;
export const STATX_UID = 0x8;
export const STATX_GID = 0x10;
export const STATX_ATIME = 0x20;
export const STATX_MTIME = 0x40;
export const STATX_CTIME = 0x80;
export const STATX_INO = 0x100;
export const STATX_SIZE = 0x200;
export const STATX_BLOCKS = 0x400;
export const STATX_BTIME = 0x800;
export const STATX_MNT_ID = 0x1000;
export const STATX_DIOALIGN = 0x2000;
export const STATX_MNT_ID_UNIQUE = 0x4000;
export const STATX_SUBVOL = 0x8000;
export const STATX_WRITE_ATOMIC = 0x10000;
export const STATX_DIO_READ_ALIGN = 0x20000;
export const STATX_BASIC_STATS = 0x7ff;
export const STATX_ALL = 0xfff;
export const STATX__RESERVED = 0x80000000;

export const statxMask = flagSet("statx", {
  STATX_BASIC_STATS,
  STATX_TYPE,
  STATX_MODE,
  STATX_NLINK,
  STATX_UID,
  STATX_GID,
  STATX_ATIME,
  STATX_MTIME,
  STATX_CTIME,
  STATX_INO,
  STATX_SIZE,
  STATX_BLOCKS,
  STATX_BTIME,
  STATX_MNT_ID,
  STATX_DIOALIGN,
  STATX_MNT_ID_UNIQUE,
  STATX_SUBVOL,
  STATX_WRITE_ATOMIC,
  STATX_DIO_READ_ALIGN,
});

export const STATX_ATTR_COMPRESSED = 0x4;
export const STATX_ATTR_IMMUTABLE = 0x10;
export const STATX_ATTR_APPEND = 0x20;
export const STATX_ATTR_NODUMP = 0x40;
export const STATX_ATTR_ENCRYPTED = 0x800;
export const STATX_ATTR_AUTOMOUNT = 0x1000;
export const STATX_ATTR_MOUNT_ROOT = 0x2000;
export const STATX_ATTR_VERITY = 0x100000;
export const STATX_ATTR_DAX = 0x200000;
export const STATX_ATTR_WRITE_ATOMIC = 0x400000;

export const statxAttributes = flagSet("stx_attributes", {
  STATX_ATTR_COMPRESSED,
  STATX_ATTR_IMMUTABLE,
  STATX_ATTR_APPEND,
  STATX_ATTR_NODUMP,
  STATX_ATTR_ENCRYPTED,
  STATX_ATTR_AUTOMOUNT,
  STATX_ATTR_MOUNT_ROOT,
  STATX_ATTR_VERITY,
  STATX_ATTR_DAX,
  STATX_ATTR_WRITE_ATOMIC,
});

// statfs(2).
/** `struct statfs`, include/uapi/asm-generic/statfs.h */
export const statfs = struct("statfs", {
  f_type: i64,
  f_bsize: i64,
  f_blocks: u64,
  f_bfree: u64,
  f_bavail: u64,
  f_files: u64,
  f_ffree: u64,
  f_fsid: array(i32, 2),
  f_namelen: i64,
  f_frsize: i64,
  f_flags: i64,
  f_spare: pad(32),
});

/** `struct ustat`, the answer of ustat(2); glibc removed the call, Linux kept it. */
export const ustat = struct("ustat", {
  f_tfree: i32,
  f_tinode: u64,
  f_fname: bytes(6),
  f_fpack: bytes(6),
});

// f_flags of statfs(2).
export const ST_RDONLY = 0x1;
export const ST_NOSUID = 0x2;
export const ST_NODEV = 0x4;
export const ST_NOEXEC = 0x8;
export const ST_SYNCHRONOUS = 0x10;
export const ST_VALID = 0x20;
export const ST_MANDLOCK = 0x40;
export const ST_NOATIME = 0x400;
export const ST_NODIRATIME = 0x800;
export const ST_RELATIME = 0x1000;
export const ST_NOSYMFOLLOW = 0x2000;

export const statfsFlags = flagSet("f_flags", {
  ST_RDONLY,
  ST_NOSUID,
  ST_NODEV,
  ST_NOEXEC,
  ST_SYNCHRONOUS,
  ST_VALID,
  ST_MANDLOCK,
  ST_NOATIME,
  ST_NODIRATIME,
  ST_RELATIME,
  ST_NOSYMFOLLOW,
});

export const ADFS_SUPER_MAGIC = 0xadf5;
export const AFS_SUPER_MAGIC = 0x5346414f;
export const BTRFS_SUPER_MAGIC = 0x9123683e;
export const CGROUP_SUPER_MAGIC = 0x27e0eb;
export const CGROUP2_SUPER_MAGIC = 0x63677270;
export const DEBUGFS_MAGIC = 0x64626720;
export const DEVPTS_SUPER_MAGIC = 0x1cd1;
export const EXT4_SUPER_MAGIC = 0xef53;
export const F2FS_SUPER_MAGIC = 0xf2f52010;
export const FUSE_SUPER_MAGIC = 0x65735546;
export const HUGETLBFS_MAGIC = 0x958458f6;
export const ISOFS_SUPER_MAGIC = 0x9660;
export const MSDOS_SUPER_MAGIC = 0x4d44;
export const NFS_SUPER_MAGIC = 0x6969;
export const NSFS_MAGIC = 0x6e736673;
export const OVERLAYFS_SUPER_MAGIC = 0x794c7630;
export const PIPEFS_MAGIC = 0x50495045;
export const PROC_SUPER_MAGIC = 0x9fa0;
export const RAMFS_MAGIC = 0x858458f6;
export const SECURITYFS_MAGIC = 0x73636673;
export const SOCKFS_MAGIC = 0x534f434b;
export const SQUASHFS_MAGIC = 0x73717368;
export const SYSFS_MAGIC = 0x62656572;
export const TMPFS_MAGIC = 0x1021994;
export const TRACEFS_MAGIC = 0x74726163;
export const V9FS_MAGIC = 0x1021997;
export const XFS_SUPER_MAGIC = 0x58465342;
export const ANON_INODE_FS_MAGIC = 0x9041934;
export const BPF_FS_MAGIC = 0xcafe4a11;
export const MQUEUE_MAGIC = 0x19800202;
export const PID_FS_MAGIC = 0x50494446;

/** A device number in the form stat(2) gives it: 12 bits of major, 20 of minor, interleaved. */
export function makedev(major: number, minor: number): number {
  return (((minor & 0xff) | ((major & 0xfff) << 8)) >>> 0) + (minor & 0xfff00) * 0x1000;
}

export function major(dev: number): number {
  return (dev >>> 8) & 0xfff;
}

export function minor(dev: number): number {
  return (dev & 0xff) | ((dev >>> 12) & 0xfff00);
}
