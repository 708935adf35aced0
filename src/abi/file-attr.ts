/**
 * file-attr: the inode attributes beyond stat: immutable, append-only, project id and their kin.
 * Source: ioctl_fs(2), FS_IOC_SETFLAGS(2const), ioctl_xfs_fsgetxattr(2), file_getattr(2);
 * include/uapi/linux/fs.h.
 */

import { flagSet } from "./flags.ts";
import { bytes, struct, u32, u64 } from "./struct.ts";

// file_getattr(2): the same flags as FS_IOC_FSGETXATTR.
export const FS_XFLAG_REALTIME = 0x1;
export const FS_XFLAG_PREALLOC = 0x2;
export const FS_XFLAG_IMMUTABLE = 0x8;
export const FS_XFLAG_APPEND = 0x10;
export const FS_XFLAG_SYNC = 0x20;
export const FS_XFLAG_NOATIME = 0x40;
export const FS_XFLAG_NODUMP = 0x80;
export const FS_XFLAG_RTINHERIT = 0x100;
export const FS_XFLAG_PROJINHERIT = 0x200;
export const FS_XFLAG_NOSYMLINKS = 0x400;
export const FS_XFLAG_EXTSIZE = 0x800;
export const FS_XFLAG_EXTSZINHERIT = 0x1000;
export const FS_XFLAG_NODEFRAG = 0x2000;
export const FS_XFLAG_FILESTREAM = 0x4000;
export const FS_XFLAG_DAX = 0x8000;
export const FS_XFLAG_COWEXTSIZE = 0x10000;
export const FS_XFLAG_HASATTR = 0x80000000;
export const FS_SECRM_FL = 0x1;
export const FS_UNRM_FL = 0x2;
export const FS_COMPR_FL = 0x4;
export const FS_SYNC_FL = 0x8;
export const FS_IMMUTABLE_FL = 0x10;
export const FS_APPEND_FL = 0x20;
export const FS_NODUMP_FL = 0x40;
export const FS_NOATIME_FL = 0x80;
export const FS_INDEX_FL = 0x1000;
export const FS_JOURNAL_DATA_FL = 0x4000;
export const FS_DIRSYNC_FL = 0x10000;
export const FS_TOPDIR_FL = 0x20000;
export const FS_EXTENT_FL = 0x80000;
export const FS_NOCOW_FL = 0x800000;
export const FS_DAX_FL = 0x2000000;
export const FS_INLINE_DATA_FL = 0x10000000;
export const FS_PROJINHERIT_FL = 0x20000000;
export const FS_CASEFOLD_FL = 0x40000000;

export const inodeFlags = flagSet("fs_flags", {
  FS_SECRM_FL,
  FS_UNRM_FL,
  FS_COMPR_FL,
  FS_SYNC_FL,
  FS_IMMUTABLE_FL,
  FS_APPEND_FL,
  FS_NODUMP_FL,
  FS_NOATIME_FL,
  FS_INDEX_FL,
  FS_JOURNAL_DATA_FL,
  FS_DIRSYNC_FL,
  FS_TOPDIR_FL,
  FS_EXTENT_FL,
  FS_NOCOW_FL,
  FS_DAX_FL,
  FS_INLINE_DATA_FL,
  FS_PROJINHERIT_FL,
  FS_CASEFOLD_FL,
});
export const inodeXflags = flagSet("fs_xflags", {
  FS_XFLAG_REALTIME,
  FS_XFLAG_PREALLOC,
  FS_XFLAG_IMMUTABLE,
  FS_XFLAG_APPEND,
  FS_XFLAG_SYNC,
  FS_XFLAG_NOATIME,
  FS_XFLAG_NODUMP,
  FS_XFLAG_RTINHERIT,
  FS_XFLAG_PROJINHERIT,
  FS_XFLAG_NOSYMLINKS,
  FS_XFLAG_EXTSIZE,
  FS_XFLAG_EXTSZINHERIT,
  FS_XFLAG_NODEFRAG,
  FS_XFLAG_FILESTREAM,
  FS_XFLAG_DAX,
  FS_XFLAG_COWEXTSIZE,
  FS_XFLAG_HASATTR,
});

/** `struct file_attr`, include/uapi/linux/fs.h */
export const file_attr = struct("file_attr", {
  fa_xflags: u64,
  fa_extsize: u32,
  fa_nextents: u32,
  fa_projid: u32,
  fa_cowextsize: u32,
});

/** `struct fsxattr`, include/uapi/linux/fs.h */
export const fsxattr = struct("fsxattr", {
  fsx_xflags: u32,
  fsx_extsize: u32,
  fsx_nextents: u32,
  fsx_projid: u32,
  fsx_cowextsize: u32,
  fsx_pad: bytes(8),
});
