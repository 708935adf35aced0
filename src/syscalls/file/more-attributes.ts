/**
 * Calls that ask a filesystem for more than stat does, and get little here. Source: ustat(2),
 * file_getattr(2), cachestat(2), fanotify_init(2), fanotify_mark(2).
 */
import { E2BIG, EBADF, EFAULT, EINVAL, EOPNOTSUPP, EPERM } from "../../abi/errno.ts";
import { AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW } from "../../abi/fcntl.ts";
import { file_attr } from "../../abi/file-attr.ts";
import { PAGE_SIZE } from "../../abi/limits.ts";
import { cachestat_range, cachestat as cachestatStruct } from "../../abi/mman.ts";
import { ustat as ustatStruct } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import { getFile } from "../../kernel/fd/get.ts";
import type { Task } from "../../kernel/task/task.ts";
import { lookupFlags, type Place, placeAt } from "./place.ts";

export function ustat(task: Task, dev: number, at: number): number {
  const { filesystems, statfs } = task.kernel.vfs;
  for (const filesystem of filesystems) {
    if (filesystem.dev !== dev) continue;
    const rc = filesystem.statfs(statfs);
    if (rc < 0) return rc;
    const bytes = new Uint8Array(ustatStruct.size);
    const view = new DataView(bytes.buffer);
    ustatStruct.write(view, 0, { f_tfree: statfs.bfree | 0, f_tinode: statfs.ffree });
    return task.mm.write(at, bytes);
  }
  return refuse(EINVAL, "ustat: no filesystem has that device");
}

// --- attributes beyond stat -------------------------------------------------------------------

function placeFor(
  task: Task,
  dirfd: number,
  path: number,
  size: number,
  flags: number,
): Place | number {
  if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0)
    return refuse(EINVAL, "file_attr: unknown flags");
  if (size > PAGE_SIZE) return -E2BIG;
  if (size < file_attr.size) return refuse(EINVAL, "file_attr: size too small");
  return placeAt(task, dirfd, path, lookupFlags(flags));
}

export function file_getattr(
  task: Task,
  dirfd: number,
  path: number,
  _at: number,
  size: number,
  flags: number,
): number {
  const place = placeFor(task, dirfd, path, size, flags);
  return typeof place === "number" ? place : refuse(EOPNOTSUPP, "no filesystem here has them");
}

export function file_setattr(
  task: Task,
  dirfd: number,
  path: number,
  at: number,
  size: number,
  flags: number,
): number {
  if (size >= file_attr.size && size <= PAGE_SIZE && task.mm.read(at, size) === null)
    return -EFAULT;
  return file_getattr(task, dirfd, path, at, size, flags);
}

// --- the page cache ---------------------------------------------------------------------------

/** The host caches: a page that exists is as good as cached. */
export function cachestat(
  task: Task,
  fd: number,
  rangeAt: number,
  at: number,
  flags: number,
): number {
  const file = getFile(task, fd);
  if (file === null) return -EBADF;
  const range = task.mm.view(rangeAt, cachestat_range.size);
  if (range === null) return -EFAULT;
  const { off, len } = cachestat_range.read(range, 0);
  if (flags !== 0) return refuse(EINVAL, "cachestat: no flags");
  if (!file.inode.isRegular) return refuse(EOPNOTSUPP, "cachestat: not a regular file");
  const { stat } = task.kernel.vfs;
  const rc = file.inode.getattr(stat);
  if (rc < 0) return rc;
  const last = Math.ceil(Math.min(stat.size, len === 0 ? Infinity : off + len) / PAGE_SIZE);
  const pages = Math.max(0, last - Math.floor(off / PAGE_SIZE));
  const bytes = new Uint8Array(cachestatStruct.size);
  cachestatStruct.write(new DataView(bytes.buffer), 0, { nr_cache: pages });
  return task.mm.write(at, bytes);
}

// --- fanotify ---------------------------------------------------------------------------------

export function fanotify_init(): number {
  return refuse(EPERM, "fanotify_init: not for guests");
}

export function fanotify_mark(task: Task, fd: number): number {
  return getFile(task, fd) === null ? -EBADF : refuse(EINVAL, "fanotify_mark: not fanotify's");
}
