/**
 * Calls that make, remove and move names: mkdir, mknod, symlink, link, unlink, rmdir, rename, readlink.
 * Source: mkdir(2), mknod(2), symlink(2), link(2), unlink(2), rename(2), readlink(2).
 */
import { BPF_DEVCG_ACC_MKNOD } from "../../abi/bpf.ts";
import { CAP_DAC_READ_SEARCH, CAP_MKNOD } from "../../abi/capability.ts";
import { EBUSY, EEXIST, EFAULT, EINVAL, ENAMETOOLONG, ENOENT, EPERM } from "../../abi/errno.ts";
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_REMOVEDIR,
  AT_SYMLINK_FOLLOW,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  RENAME_WHITEOUT,
} from "../../abi/fcntl.ts";
import { PATH_MAX } from "../../abi/limits.ts";
import {
  major,
  minor,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
  S_ISVTX,
} from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import { mayUseDevice } from "../../kernel/cgroup/device-program.ts";
import type { Task } from "../../kernel/task/task.ts";
import {
  linkName,
  makeName,
  type NamePlace,
  renameName,
  rmdirName,
  unlinkName,
} from "../../kernel/vfs/directory.ts";
import { LOOKUP_EMPTY, LOOKUP_FOLLOW } from "../../kernel/vfs/namei.ts";
import type { Vfs } from "../../kernel/vfs/vfs.ts";

/** Walk to the directory that `pathname` (guest address) names a file in. */
function findParent(task: Task, dirfd: number, pathname: number): number {
  const name = task.mm.readPath(pathname);
  return typeof name === "number" ? name : task.kernel.vfs.findParent(task, dirfd, name);
}

export function mkdir(task: Task, pathname: number, mode: number): number {
  return mkdirat(task, AT_FDCWD, pathname, mode);
}

export function mkdirat(task: Task, dirfd: number, pathname: number, mode: number): number {
  const rc = findParent(task, dirfd, pathname);
  return rc < 0 ? rc : makeName(task.kernel.vfs, task, S_IFDIR | (mode & (0o777 | S_ISVTX)));
}

export function mknod(task: Task, pathname: number, mode: number, dev: number): number {
  return mknodat(task, AT_FDCWD, pathname, mode, dev);
}

export function mknodat(
  task: Task,
  dirfd: number,
  pathname: number,
  mode: number,
  dev: number,
): number {
  const type = (mode & S_IFMT) === 0 ? S_IFREG : mode & S_IFMT;
  if (type === S_IFDIR) return refuse(EPERM, "mknod: a directory");
  const isDevice = type === S_IFCHR || type === S_IFBLK;
  if (!isDevice && type !== S_IFREG && type !== S_IFIFO && type !== S_IFSOCK)
    return refuse(EINVAL, "mknod: unknown type");
  const rc = findParent(task, dirfd, pathname);
  if (rc < 0) return rc;
  const isWhiteout = type === S_IFCHR && dev === 0;
  if (isDevice && !isWhiteout && !task.credentials.has(CAP_MKNOD))
    return refuse(EPERM, "mknod: CAP_MKNOD");
  const { cgroup } = task.group;
  if (isDevice && !mayUseDevice(cgroup, type, major(dev), minor(dev), BPF_DEVCG_ACC_MKNOD))
    return refuse(EPERM, "mknod: the cgroup's devices");
  return makeName(task.kernel.vfs, task, type | (mode & 0o7777), isDevice ? dev : 0);
}

export function symlink(task: Task, target: number, linkpath: number): number {
  return symlinkat(task, target, AT_FDCWD, linkpath);
}

export function symlinkat(task: Task, target: number, dirfd: number, linkpath: number): number {
  const text = task.mm.readPath(target);
  if (typeof text === "number") return text;
  if (text === "") return -ENOENT;
  if (text.length >= PATH_MAX) return -ENAMETOOLONG;
  const rc = findParent(task, dirfd, linkpath);
  return rc < 0 ? rc : makeName(task.kernel.vfs, task, S_IFLNK | 0o777, 0, text);
}

export function link(task: Task, oldpath: number, newpath: number): number {
  return linkat(task, AT_FDCWD, oldpath, AT_FDCWD, newpath, 0);
}

export function linkat(
  task: Task,
  oldDir: number,
  oldpath: number,
  newDir: number,
  newpath: number,
  flags: number,
): number {
  if ((flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) !== 0)
    return refuse(EINVAL, "linkat: unknown flags");
  const { vfs } = task.kernel;
  const name = task.mm.readPath(oldpath);
  if (typeof name === "number") return name;
  const isEmpty = name === "" && (flags & AT_EMPTY_PATH) !== 0;
  if (isEmpty && !mayLinkDescriptor(task, oldDir))
    return refuse(ENOENT, "linkat: CAP_DAC_READ_SEARCH");
  const follow = (flags & AT_SYMLINK_FOLLOW) !== 0 ? LOOKUP_FOLLOW : 0;
  const source = vfs.resolve(task, oldDir, name, isEmpty ? LOOKUP_EMPTY : follow);
  if (typeof source === "number") return source;
  source.ref();
  let rc = findParent(task, newDir, newpath);
  if (rc === 0) rc = linkName(vfs, task, source.dentry, source.mount, source.dentry.mayLink);
  source.unref();
  return rc;
}

/** The opener of a descriptor may link it, as Linux allows since 6.10; otherwise a capability is needed. */
function mayLinkDescriptor(task: Task, fd: number): boolean {
  return (
    task.files.get(fd)?.credentials === task.credentials ||
    task.credentials.has(CAP_DAC_READ_SEARCH)
  );
}

export function unlink(task: Task, pathname: number): number {
  return unlinkat(task, AT_FDCWD, pathname, 0);
}

export function rmdir(task: Task, pathname: number): number {
  return unlinkat(task, AT_FDCWD, pathname, AT_REMOVEDIR);
}

export function unlinkat(task: Task, dirfd: number, pathname: number, flags: number): number {
  if ((flags & ~AT_REMOVEDIR) !== 0) return refuse(EINVAL, "unlinkat: unknown flags");
  const rc = findParent(task, dirfd, pathname);
  if (rc < 0) return rc;
  const { vfs } = task.kernel;
  return (flags & AT_REMOVEDIR) !== 0 ? rmdirName(vfs, task) : unlinkName(vfs, task);
}

export function rename(task: Task, oldpath: number, newpath: number): number {
  return renameat2(task, AT_FDCWD, oldpath, AT_FDCWD, newpath, 0);
}

export function renameat(
  task: Task,
  oldDir: number,
  oldpath: number,
  newDir: number,
  newpath: number,
): number {
  return renameat2(task, oldDir, oldpath, newDir, newpath, 0);
}

export function renameat2(
  task: Task,
  oldDir: number,
  oldpath: number,
  newDir: number,
  newpath: number,
  flags: number,
): number {
  const both = RENAME_EXCHANGE | RENAME_NOREPLACE;
  if ((flags & ~both) !== 0 || (flags & both) === both)
    return refuse(
      EINVAL,
      (flags & RENAME_WHITEOUT) !== 0 ? "rename: no whiteouts" : "rename: flags",
    );
  const { vfs } = task.kernel;
  // Linux reads both names before it looks at either.
  const target = task.mm.readPath(newpath);
  if (typeof target === "number") return target;
  let rc = findParent(task, oldDir, oldpath);
  if (rc < 0) return rc;
  const from = namePlace(vfs);
  if (typeof from === "number") return from;
  // Looking up the second path must not push this one out of the cache.
  from.child.ref();
  rc = findParent(task, newDir, newpath);
  const to = rc < 0 ? rc : namePlace(vfs);
  if (typeof to !== "number")
    rc = from.child.hashed ? renameName(vfs, task, from, to, flags) : -ENOENT;
  else rc = to === -EBUSY && (flags & RENAME_NOREPLACE) !== 0 ? -EEXIST : to;
  from.child.unref();
  return rc;
}

function namePlace(vfs: Vfs): NamePlace | number {
  const { walker } = vfs;
  if (walker.lastType !== "name") return refuse(EBUSY, "rename: . or .. or /");
  const { mount, dentry: parent, trailing } = walker;
  const child = walker.lookupLast();
  return typeof child === "number" ? child : { mount, parent, child, trailing };
}

export function readlink(task: Task, pathname: number, buf: number, size: number): number {
  return readlinkat(task, AT_FDCWD, pathname, buf, size);
}

export function readlinkat(
  task: Task,
  dirfd: number,
  pathname: number,
  buf: number,
  size: number,
): number {
  if (size <= 0) return refuse(EINVAL, "readlink: the buffer has no room");
  const name = task.mm.readPath(pathname);
  if (typeof name === "number") return name;
  const { vfs } = task.kernel;
  const rc = vfs.find(task, dirfd, name, LOOKUP_EMPTY);
  if (rc < 0) return rc;
  const inode = vfs.walker.dentry.inode!;
  // An empty path is allowed for a descriptor of a link (O_PATH | O_NOFOLLOW) only.
  if (!inode.isLink) return name === "" ? -ENOENT : refuse(EINVAL, "readlink: not a symbolic link");
  const target = inode.readlink(task);
  if (typeof target === "number") return target;
  const length = Math.min(target.length, size);
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = target.charCodeAt(i);
  return task.mm.write(buf, bytes) < 0 ? -EFAULT : length;
}
