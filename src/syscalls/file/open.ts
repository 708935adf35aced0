/**
 * open, openat, openat2, creat: a new descriptor for a path.
 * Source: open(2), openat2(2). The work is in kernel/vfs/open.ts; here are arguments and descriptors.
 */
import { E2BIG, EFAULT, EINVAL, EMFILE } from "../../abi/errno.ts";
import {
  __O_TMPFILE,
  AT_FDCWD,
  O_CLOEXEC,
  O_CREAT,
  O_TRUNC,
  O_WRONLY,
  OPEN_HOW_SIZE_VER0,
  openFlags,
  RESOLVE_BENEATH,
  RESOLVE_IN_ROOT,
  resolveFlags,
} from "../../abi/fcntl.ts";
import { RLIMIT_NOFILE } from "../../abi/resource.ts";
import { refuse } from "../../base/refuse.ts";
import { installFile } from "../../kernel/fd/install.ts";
import type { Task } from "../../kernel/task/task.ts";

export function open(task: Task, pathname: number, flags: number, mode: number): number {
  return openat(task, AT_FDCWD, pathname, flags, mode);
}

export function creat(task: Task, pathname: number, mode: number): number {
  return openat(task, AT_FDCWD, pathname, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/** Unknown flags are ignored, as Linux ignores them here. */
export function openat(
  task: Task,
  dirfd: number,
  pathname: number,
  flags: number,
  mode: number,
): number {
  return openFile(task, dirfd, pathname, flags & openFlags.all, mode & 0o7777, 0);
}

function openFile(
  task: Task,
  dirfd: number,
  pathname: number,
  flags: number,
  mode: number,
  resolve: number,
): number {
  const name = task.mm.readPath(pathname);
  if (typeof name === "number") return name;
  // Before O_CREAT has made anything.
  if (!task.files.hasRoom(task.group.limits.soft(RLIMIT_NOFILE)))
    return refuse(EMFILE, "open: RLIMIT_NOFILE");
  const file = task.kernel.vfs.openPath(task, dirfd, name, flags, mode, resolve);
  return typeof file === "number" ? file : installFile(task, file, (flags & O_CLOEXEC) !== 0);
}

const HOW_MOST = 4096;

export function openat2(
  task: Task,
  dirfd: number,
  pathname: number,
  howAt: number,
  size: number,
): number {
  if (size < OPEN_HOW_SIZE_VER0) return refuse(EINVAL, "openat2: struct open_how is too small");
  if (size > HOW_MOST) return -E2BIG;
  const bytes = task.mm.read(howAt, size);
  if (bytes === null) return -EFAULT;
  for (let i = OPEN_HOW_SIZE_VER0; i < size; i++)
    if (bytes[i] !== 0) return refuse(E2BIG, "openat2: unknown fields are set");
  const view = new DataView(bytes.buffer);
  const [flags, mode, resolve] = [
    view.getUint32(0, true),
    view.getUint32(8, true),
    view.getUint32(16, true),
  ];
  const highHalves = view.getUint32(4, true) | view.getUint32(12, true) | view.getUint32(20, true);
  if (highHalves !== 0 || openFlags.unknown(flags) !== 0 || resolveFlags.unknown(resolve) !== 0)
    return refuse(EINVAL, "openat2: unknown flags");
  const makes = (flags & (O_CREAT | __O_TMPFILE)) !== 0;
  if (mode !== 0 && (!makes || (mode & ~0o7777) !== 0))
    return refuse(EINVAL, "openat2: mode without O_CREAT");
  if ((resolve & RESOLVE_BENEATH) !== 0 && (resolve & RESOLVE_IN_ROOT) !== 0)
    return refuse(EINVAL, "openat2: RESOLVE_BENEATH with RESOLVE_IN_ROOT");
  return openFile(task, dirfd, pathname, flags, mode, resolve);
}
