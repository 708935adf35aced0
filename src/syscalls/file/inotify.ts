/**
 * inotify_init, inotify_add_watch, inotify_rm_watch. Source: inotify(7). Events are in
 * kernel/vfs/inotify.ts, the descriptor in kernel/vfs/inotify-file.ts.
 */
import { EBADF, EEXIST, EINVAL } from "../../abi/errno.ts";
import { AT_FDCWD } from "../../abi/fcntl.ts";
import {
  IN_ALL_EVENTS,
  IN_CLOEXEC,
  IN_DONT_FOLLOW,
  IN_MASK_ADD,
  IN_MASK_CREATE,
  IN_NONBLOCK,
  IN_ONLYDIR,
} from "../../abi/inotify.ts";
import { refuse } from "../../base/refuse.ts";
import { installFile } from "../../kernel/fd/install.ts";
import type { Task } from "../../kernel/task/task.ts";
import { InotifyFile } from "../../kernel/vfs/inotify-file.ts";
import { LOOKUP_DIRECTORY, LOOKUP_FOLLOW } from "../../kernel/vfs/namei.ts";
import { MAY_READ } from "../../kernel/vfs/permission.ts";
import { idsOf, placeAt } from "./place.ts";

export function inotify_init(task: Task): number {
  return inotify_init1(task, 0);
}

export function inotify_init1(task: Task, flags: number): number {
  if ((flags & ~(IN_CLOEXEC | IN_NONBLOCK)) !== 0)
    return refuse(EINVAL, "inotify_init1: unknown flags");
  const file = new InotifyFile(task.kernel.vfs, flags & IN_NONBLOCK, task.credentials);
  return installFile(task, file, (flags & IN_CLOEXEC) !== 0);
}

export function inotify_add_watch(task: Task, fd: number, pathname: number, mask: number): number {
  if ((mask & IN_ALL_EVENTS) === 0) return refuse(EINVAL, "inotify_add_watch: no events");
  if ((mask & IN_MASK_ADD) !== 0 && (mask & IN_MASK_CREATE) !== 0)
    return refuse(EINVAL, "inotify_add_watch: IN_MASK_ADD with IN_MASK_CREATE");
  const file = inotifyOf(task, fd);
  if (typeof file === "number") return file;
  let lookup = (mask & IN_DONT_FOLLOW) !== 0 ? 0 : LOOKUP_FOLLOW;
  if ((mask & IN_ONLYDIR) !== 0) lookup |= LOOKUP_DIRECTORY;
  const place = placeAt(task, AT_FDCWD, pathname, lookup);
  if (typeof place === "number") return place;
  const may = place.inode.permission(task.credentials, MAY_READ, idsOf(place));
  if (may < 0) return may;
  const mark = file.markOf(place.inode);
  if (mark === null) return file.add(place.inode, mask);
  if ((mask & IN_MASK_CREATE) !== 0) return refuse(EEXIST, "inotify_add_watch: watched already");
  mark.mask = (mask & IN_MASK_ADD) !== 0 ? mark.mask | mask : mask;
  return mark.wd;
}

export function inotify_rm_watch(task: Task, fd: number, wd: number): number {
  const file = inotifyOf(task, fd);
  return typeof file === "number" ? file : file.remove(wd);
}

function inotifyOf(task: Task, fd: number): InotifyFile | number {
  const file = task.files.get(fd);
  if (file === null) return -EBADF;
  return file instanceof InotifyFile ? file : refuse(EINVAL, "not an inotify descriptor");
}
