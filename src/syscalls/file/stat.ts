/**
 * stat, lstat, fstat, newfstatat, statx; statfs, fstatfs: what a file and its filesystem are.
 * Source: stat(2), statx(2), statfs(2).
 */
import { EBADF, EFAULT, EINVAL } from "../../abi/errno.ts";
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_NO_AUTOMOUNT,
  AT_STATX_SYNC_TYPE,
  AT_SYMLINK_NOFOLLOW,
} from "../../abi/fcntl.ts";
import {
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_NOSYMFOLLOW,
  MS_RELATIME,
} from "../../abi/mount.ts";
import {
  major,
  minor,
  ST_NOATIME,
  ST_NODEV,
  ST_NODIRATIME,
  ST_NOEXEC,
  ST_NOSUID,
  ST_NOSYMFOLLOW,
  ST_RDONLY,
  ST_RELATIME,
  ST_VALID,
  STATX__RESERVED,
  STATX_ATTR_MOUNT_ROOT,
  STATX_BASIC_STATS,
  STATX_BTIME,
  STATX_MNT_ID,
  STATX_MNT_ID_UNIQUE,
  statfs as statfsStruct,
  stat as statStruct,
  statx as statxStruct,
} from "../../abi/stat.ts";
import { setU64 } from "../../abi/struct.ts";
import { refuse } from "../../base/refuse.ts";
import type { UserNamespace } from "../../kernel/ns/user-namespace.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import type { Kstat } from "../../kernel/vfs/kstat.ts";
import type { Mount } from "../../kernel/vfs/mount.ts";
import type { MountIds } from "../../kernel/vfs/mount-ids.ts";
import { LOOKUP_EMPTY, LOOKUP_FOLLOW } from "../../kernel/vfs/namei.ts";
import { UNIQUE_ID_BASE } from "./statmount.ts";

export function stat(task: Task, pathname: number, statbuf: number): number {
  return statAt(task, AT_FDCWD, pathname, statbuf, LOOKUP_FOLLOW);
}

export function lstat(task: Task, pathname: number, statbuf: number): number {
  return statAt(task, AT_FDCWD, pathname, statbuf, 0);
}

export function fstat(task: Task, fd: number, statbuf: number): number {
  const file = task.files.get(fd);
  return file === null ? -EBADF : statInode(task, file.inode, file.mountIds, statbuf);
}

const STAT_FLAGS = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT;

export function newfstatat(
  task: Task,
  dirfd: number,
  pathname: number,
  statbuf: number,
  flags: number,
): number {
  if ((flags & ~STAT_FLAGS) !== 0) return refuse(EINVAL, "newfstatat: unknown flags");
  if ((flags & AT_EMPTY_PATH) !== 0 && dirfd >= 0 && isEmptyPath(task, pathname))
    return fstat(task, dirfd, statbuf);
  return statAt(task, dirfd, pathname, statbuf, lookupOf(flags));
}

/** "" and, since Linux 6.11, a null pointer. */
function isEmptyPath(task: Task, pathname: number): boolean {
  return pathname === 0 || task.mm.readPath(pathname) === "";
}

function lookupOf(flags: number): number {
  const follow = (flags & AT_SYMLINK_NOFOLLOW) !== 0 ? 0 : LOOKUP_FOLLOW;
  return (flags & AT_EMPTY_PATH) !== 0 ? follow | LOOKUP_EMPTY : follow;
}

function statAt(
  task: Task,
  dirfd: number,
  pathname: number,
  statbuf: number,
  lookup: number,
): number {
  const name = task.mm.readPath(pathname);
  if (typeof name === "number") return name;
  const { vfs } = task.kernel;
  const rc = vfs.find(task, dirfd, name, lookup);
  if (rc < 0) return rc;
  const { mount, dentry } = vfs.walker;
  return statInode(task, dentry.inode!, mount.ids, statbuf);
}

function statInode(task: Task, inode: Inode, ids: MountIds | null, statbuf: number): number {
  const { vfs } = task.kernel;
  const rc = inode.getattr(vfs.stat);
  if (rc < 0) return rc;
  if (ids !== null) showThrough(ids, vfs.stat);
  encodeStat(vfs.view, vfs.stat, task.credentials.userNamespace);
  const n = task.mm.copyOut(statbuf, vfs.bytes, 0, statStruct.size);
  return n === statStruct.size ? 0 : -EFAULT;
}

function showThrough(ids: MountIds, k: Kstat): void {
  k.uid = ids.seenUid(k.uid);
  k.gid = ids.seenGid(k.gid);
}

/** By hand: this is the most frequent struct of all. */
function encodeStat(view: DataView, k: Kstat, userNamespace: UserNamespace): void {
  const { at } = statStruct;
  setU64(view, at.st_dev, k.dev);
  setU64(view, at.st_ino, k.ino);
  setU64(view, at.st_nlink, k.nlink);
  view.setUint32(at.st_mode, k.mode, true);
  view.setUint32(at.st_uid, userNamespace.shownUid(k.uid), true);
  view.setUint32(at.st_gid, userNamespace.shownGid(k.gid), true);
  view.setUint32(at.__pad0, 0, true);
  setU64(view, at.st_rdev, k.rdev);
  setU64(view, at.st_size, k.size);
  setU64(view, at.st_blksize, k.blksize);
  setU64(view, at.st_blocks, k.blocks);
  setU64(view, at.st_atime, k.atimeSec);
  setU64(view, at.st_atime_nsec, k.atimeNsec);
  setU64(view, at.st_mtime, k.mtimeSec);
  setU64(view, at.st_mtime_nsec, k.mtimeNsec);
  setU64(view, at.st_ctime, k.ctimeSec);
  setU64(view, at.st_ctime_nsec, k.ctimeNsec);
  for (let i = at.__unused; i < statStruct.size; i += 8) setU64(view, i, 0);
}

const STATX_FLAGS = STAT_FLAGS | AT_STATX_SYNC_TYPE;

export function statx(
  task: Task,
  dirfd: number,
  pathname: number,
  flags: number,
  mask: number,
  statxbuf: number,
): number {
  if ((mask & STATX__RESERVED) !== 0 || (flags & ~STATX_FLAGS) !== 0)
    return refuse(EINVAL, "statx: unknown flags or reserved mask bit");
  if ((flags & AT_STATX_SYNC_TYPE) === AT_STATX_SYNC_TYPE)
    return refuse(EINVAL, "statx: both AT_STATX_FORCE_SYNC and AT_STATX_DONT_SYNC");
  const { vfs } = task.kernel;
  if ((flags & AT_EMPTY_PATH) !== 0 && dirfd >= 0 && isEmptyPath(task, pathname)) {
    const file = task.files.get(dirfd);
    if (file === null) return -EBADF;
    const mount = file.path?.mount ?? null;
    return statxInode(task, file.inode, mount, file.path?.dentry === mount?.root, mask, statxbuf);
  }
  const name = task.mm.readPath(pathname);
  if (typeof name === "number") return name;
  const rc = vfs.find(task, dirfd, name, lookupOf(flags));
  if (rc < 0) return rc;
  const { mount, dentry } = vfs.walker;
  return statxInode(task, dentry.inode!, mount, dentry === mount.root, mask, statxbuf);
}

function statxInode(
  task: Task,
  inode: Inode,
  mount: Mount | null,
  isRoot: boolean,
  mask: number,
  statxbuf: number,
): number {
  const { vfs } = task.kernel;
  const k = vfs.stat;
  const rc = inode.getattr(k);
  if (rc < 0) return rc;
  if (mount !== null && mount.ids !== null) showThrough(mount.ids, k);
  const wantsUnique = (mask & STATX_MNT_ID_UNIQUE) !== 0;
  const mountId = mount === null ? 0 : mount.id + (wantsUnique ? UNIQUE_ID_BASE : 0);
  const idKind = wantsUnique ? STATX_MNT_ID_UNIQUE : STATX_MNT_ID;
  const known = STATX_BASIC_STATS | (k.hasBtime ? STATX_BTIME : 0) | (mount === null ? 0 : idKind);
  const { userNamespace } = task.credentials;
  statxStruct.write(vfs.view, 0, {
    stx_mask: known,
    stx_blksize: k.blksize,
    stx_attributes: isRoot && mount !== null ? STATX_ATTR_MOUNT_ROOT : 0,
    stx_nlink: k.nlink,
    stx_uid: userNamespace.shownUid(k.uid),
    stx_gid: userNamespace.shownGid(k.gid),
    stx_mode: k.mode,
    stx_ino: k.ino,
    stx_size: k.size,
    stx_blocks: k.blocks,
    stx_attributes_mask: STATX_ATTR_MOUNT_ROOT,
    stx_atime: { tv_sec: k.atimeSec, tv_nsec: k.atimeNsec },
    stx_btime: { tv_sec: k.hasBtime ? k.btimeSec : 0, tv_nsec: k.hasBtime ? k.btimeNsec : 0 },
    stx_ctime: { tv_sec: k.ctimeSec, tv_nsec: k.ctimeNsec },
    stx_mtime: { tv_sec: k.mtimeSec, tv_nsec: k.mtimeNsec },
    stx_rdev_major: major(k.rdev),
    stx_rdev_minor: minor(k.rdev),
    stx_dev_major: major(k.dev),
    stx_dev_minor: minor(k.dev),
    stx_mnt_id: mountId,
  });
  const n = task.mm.copyOut(statxbuf, vfs.bytes, 0, statxStruct.size);
  return n === statxStruct.size ? 0 : -EFAULT;
}

export function statfs(task: Task, pathname: number, buf: number): number {
  const name = task.mm.readPath(pathname);
  if (typeof name === "number") return name;
  const { vfs } = task.kernel;
  const rc = vfs.find(task, AT_FDCWD, name, LOOKUP_FOLLOW);
  return rc < 0 ? rc : statfsOf(task, vfs.walker.dentry.inode!, vfs.walker.mount, buf);
}

export function fstatfs(task: Task, fd: number, buf: number): number {
  const file = task.files.get(fd);
  return file === null ? -EBADF : statfsOf(task, file.inode, file.path?.mount ?? null, buf);
}

function statfsOf(task: Task, inode: Inode, mount: Mount | null, buf: number): number {
  const { vfs } = task.kernel;
  const s = vfs.statfs;
  const { filesystem } = inode;
  const rc = filesystem.statfs(s);
  if (rc < 0) return rc;
  statfsStruct.write(vfs.view, 0, {
    f_type: s.type,
    f_bsize: s.bsize,
    f_blocks: s.blocks,
    f_bfree: s.bfree,
    f_bavail: s.bavail,
    f_files: s.files,
    f_ffree: s.ffree,
    f_fsid: [filesystem.dev, 0],
    f_namelen: s.namelen,
    f_frsize: s.frsize,
    f_flags: mount === null ? ST_VALID : statfsFlags(mount),
  });
  const n = task.mm.copyOut(buf, vfs.bytes, 0, statfsStruct.size);
  return n === statfsStruct.size ? 0 : -EFAULT;
}

const FLAG_PAIRS: readonly (readonly [number, number])[] = [
  [MS_NOSUID, ST_NOSUID],
  [MS_NODEV, ST_NODEV],
  [MS_NOEXEC, ST_NOEXEC],
  [MS_NOATIME, ST_NOATIME],
  [MS_NOSYMFOLLOW, ST_NOSYMFOLLOW],
  [MS_NODIRATIME, ST_NODIRATIME],
  [MS_RELATIME, ST_RELATIME],
];

function statfsFlags(mount: Mount): number {
  let flags = ST_VALID | (mount.readOnly ? ST_RDONLY : 0);
  for (const [ms, st] of FLAG_PAIRS) if ((mount.flags & ms) !== 0) flags |= st;
  return flags;
}
