/**
 * Size, holes and durability of a file: truncate, fallocate, fsync and the advice calls.
 * Source: truncate(2), fallocate(2), fsync(2), sync(2), sync_file_range(2), posix_fadvise(2),
 * readahead(2).
 */
import {
  EBADF,
  EFBIG,
  EINVAL,
  EISDIR,
  ENODEV,
  EOPNOTSUPP,
  EROFS,
  ESPIPE,
  ETXTBSY,
} from "../../abi/errno.ts";
import {
  AT_FDCWD,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  fallocateModes,
  O_PATH,
  syncFileRangeFlags,
} from "../../abi/fcntl.ts";
import { IN_MODIFY } from "../../abi/inotify.ts";
import { S_IFBLK, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../../kernel/task/task.ts";
import { changeSize, MAX_FILE_SIZE, removePrivileges } from "../../kernel/vfs/attributes.ts";
import type { File } from "../../kernel/vfs/file.ts";
import { notifyDentry, notifyFile } from "../../kernel/vfs/inotify.ts";
import { LOOKUP_FOLLOW } from "../../kernel/vfs/namei.ts";
import { MAY_WRITE, privilegeBits } from "../../kernel/vfs/permission.ts";
import { allowedLength } from "../../kernel/vfs/regular-file.ts";

export function truncate(task: Task, pathname: number, length: number): number {
  if (length < 0) return refuse(EINVAL, "truncate: negative length");
  const name = task.mm.readPath(pathname);
  if (typeof name === "number") return name;
  const path = task.kernel.vfs.resolve(task, AT_FDCWD, name, LOOKUP_FOLLOW);
  if (typeof path === "number") return path;
  const { inode } = path;
  if (inode.isDirectory) return -EISDIR;
  if (!inode.isRegular) return refuse(EINVAL, "truncate: not a regular file");
  if (path.mount.readOnly) return -EROFS;
  const { ids } = path.mount;
  const may = inode.permission(task.credentials, MAY_WRITE, ids);
  if (may < 0) return may;
  if (inode.writers < 0) return -ETXTBSY;
  const limit = growthAllowed(task, length);
  if (limit < 0) return limit;
  const rc = changeSize(task, inode, length, privilegeBits(task.credentials, inode, ids));
  if (rc === 0) notifyDentry(path.dentry, IN_MODIFY);
  return rc;
}

export function ftruncate(task: Task, fd: number, length: number): number {
  if (length < 0) return refuse(EINVAL, "ftruncate: negative length");
  const file = task.files.get(fd);
  if (file === null || (file.flags & O_PATH) !== 0) return -EBADF;
  if (!file.writable || !file.inode.isRegular)
    return refuse(EINVAL, "ftruncate: not open for writing");
  if (length > MAX_FILE_SIZE) return -EFBIG;
  const limit = growthAllowed(task, length);
  if (limit < 0) return limit;
  const kill = privilegeBits(task.credentials, file.inode, file.mountIds);
  if (kill !== 0) removePrivileges(task, file.inode, kill);
  const rc = file.truncate(length);
  if (rc === 0) notifyFile(file, IN_MODIFY);
  return rc;
}

/** RLIMIT_FSIZE for a file that will end at `size`. */
function growthAllowed(task: Task, size: number): number {
  return size === 0 ? 0 : Math.min(0, allowedLength(task, size - 1, 1));
}

export function fallocate(
  task: Task,
  fd: number,
  mode: number,
  offset: number,
  length: number,
): number {
  const file = task.files.get(fd);
  if (file === null || (file.flags & O_PATH) !== 0) return -EBADF;
  if (offset < 0 || length <= 0) return refuse(EINVAL, "fallocate: negative offset or empty range");
  if (fallocateModes.unknown(mode) !== 0) return -EOPNOTSUPP;
  const holes = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  if ((mode & FALLOC_FL_PUNCH_HOLE) !== 0 && (mode & holes) !== holes) return -EOPNOTSUPP;
  if (!file.writable) return -EBADF;
  const type = file.inode.mode & S_IFMT;
  if (type === S_IFIFO) return -ESPIPE;
  if (type === S_IFDIR) return -EISDIR;
  if (type !== S_IFREG && type !== S_IFBLK) return -ENODEV;
  if (offset + length > MAX_FILE_SIZE) return -EFBIG;
  const limit = growthAllowed(task, offset + length);
  if (limit < 0) return limit;
  const rc = file.fallocate(mode, offset, length);
  if (rc === 0) notifyFile(file, IN_MODIFY);
  return rc;
}

export function fsync(task: Task, fd: number): number {
  const file = fileOf(task, fd);
  return typeof file === "number" ? file : file.fsync();
}

export function fdatasync(task: Task, fd: number): number {
  return fsync(task, fd);
}

export function sync(task: Task): number {
  for (const filesystem of task.kernel.vfs.filesystems) filesystem.sync();
  return 0;
}

export function syncfs(task: Task, fd: number): number {
  const file = fileOf(task, fd);
  return typeof file === "number" ? file : file.inode.filesystem.sync();
}

export function sync_file_range(
  task: Task,
  fd: number,
  offset: number,
  count: number,
  flags: number,
): number {
  const file = fileOf(task, fd);
  if (typeof file === "number") return file;
  if (syncFileRangeFlags.unknown(flags) !== 0)
    return refuse(EINVAL, "sync_file_range: unknown flags");
  if (offset < 0 || count < 0) return refuse(EINVAL, "sync_file_range: negative range");
  const type = file.inode.mode & S_IFMT;
  if (type !== S_IFREG && type !== S_IFBLK && type !== S_IFDIR && type !== S_IFLNK) return -ESPIPE;
  return flags === 0 ? 0 : Math.min(0, file.fsync());
}

const POSIX_FADV_LAST = 5;

/** Advice is taken and nothing done: the host caches as it sees fit. */
export function fadvise64(
  task: Task,
  fd: number,
  _offset: number,
  length: number,
  advice: number,
): number {
  const file = fileOf(task, fd);
  if (typeof file === "number") return file;
  if ((file.inode.mode & S_IFMT) === S_IFIFO) return -ESPIPE;
  if (length < 0 || advice < 0 || advice > POSIX_FADV_LAST)
    return refuse(EINVAL, "fadvise: bad advice");
  return 0;
}

export function readahead(task: Task, fd: number, _offset: number, _count: number): number {
  const file = fileOf(task, fd);
  if (typeof file === "number") return file;
  if (!file.readable) return -EBADF;
  const type = file.inode.mode & S_IFMT;
  if (type === S_IFSOCK || type === S_IFIFO || type === S_IFDIR)
    return refuse(EINVAL, "readahead: not a regular file");
  return 0;
}

function fileOf(task: Task, fd: number): File | number {
  const file = task.files.get(fd);
  return file === null || (file.flags & O_PATH) !== 0 ? -EBADF : file;
}
