/**
 * close, close_range, dup, dup2, dup3: the descriptor table itself.
 * Source: close(2), close_range(2), dup(2).
 */
import { EBADF, EINVAL } from "../../abi/errno.ts";
import {
  CLOSE_RANGE_CLOEXEC,
  CLOSE_RANGE_UNSHARE,
  closeRangeFlags,
  O_CLOEXEC,
} from "../../abi/fcntl.ts";
import { RLIMIT_NOFILE } from "../../abi/resource.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../../kernel/task/task.ts";

export function close(task: Task, fd: number): number {
  return task.files.close(task, fd);
}

export function close_range(task: Task, first: number, last: number, flags: number): number {
  if (closeRangeFlags.unknown(flags) !== 0 || first > last)
    return refuse(EINVAL, "close_range: unknown flags, or first above last");
  if ((flags & CLOSE_RANGE_UNSHARE) !== 0 && task.files.users > 1) {
    task.files.users--;
    task.files = task.files.copy();
  }
  const end = Math.min(last, task.files.size - 1);
  for (let fd = first; fd <= end; fd++) {
    if (task.files.get(fd) === null) continue;
    if ((flags & CLOSE_RANGE_CLOEXEC) !== 0) task.files.setCloseOnExec(fd, true);
    else task.files.close(task, fd);
  }
  return 0;
}

export function dup(task: Task, oldfd: number): number {
  return duplicate(task, oldfd, 0, false);
}

/** The lowest free descriptor >= from for the file of `oldfd`. */
export function duplicate(task: Task, oldfd: number, from: number, closeOnExec: boolean): number {
  const file = task.files.get(oldfd);
  if (file === null) return -EBADF;
  const fd = task.files.install(file, closeOnExec, task.group.limits.soft(RLIMIT_NOFILE), from);
  if (fd >= 0) file.ref();
  return fd;
}

export function dup2(task: Task, oldfd: number, newfd: number): number {
  if (oldfd !== newfd) return dup3(task, oldfd, newfd, 0);
  return task.files.get(oldfd) === null ? -EBADF : newfd;
}

export function dup3(task: Task, oldfd: number, newfd: number, flags: number): number {
  if ((flags & ~O_CLOEXEC) !== 0) return refuse(EINVAL, "dup3: unknown flags");
  if (oldfd === newfd) return refuse(EINVAL, "dup3: the descriptors are equal");
  if (newfd < 0 || newfd >= task.group.limits.soft(RLIMIT_NOFILE)) return -EBADF;
  const file = task.files.get(oldfd);
  if (file === null) return -EBADF;
  task.files.replace(task, newfd, file.ref(), (flags & O_CLOEXEC) !== 0);
  return newfd;
}
