/**
 * open: the whole of open(2), openat2(2) and creat(2) after their arguments were decoded.
 *  - openAt() finds or makes the file and opens it; openInode() opens what was found.
 *  - Regular files and directories are opened by their filesystem, devices by the device registry,
 *    FIFOs by the plug point `vfs.fifos`; sockets cannot be opened.
 */
import { BPF_DEVCG_ACC_READ, BPF_DEVCG_ACC_WRITE } from "../../abi/bpf.ts";
import {
  EACCES,
  EEXIST,
  EINVAL,
  EISDIR,
  ELOOP,
  ENOENT,
  ENXIO,
  EPERM,
  EROFS,
  ESTALE,
  ETXTBSY,
} from "../../abi/errno.ts";
import {
  __O_TMPFILE,
  FMODE_EXEC,
  O_ACCMODE,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_LARGEFILE,
  O_NOATIME,
  O_NOCTTY,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  O_TRUNC,
  O_WRONLY,
} from "../../abi/fcntl.ts";
import { IN_MODIFY, IN_OPEN } from "../../abi/inotify.ts";
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
} from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import { mayUseDevice } from "../cgroup/device-program.ts";
import type { Task } from "../task/task.ts";
import { changeSize } from "./attributes.ts";
import { makeInode, mayMake } from "./directory.ts";
import type { File } from "./file.ts";
import type { Inode } from "./inode.ts";
import { notifyDentry, notifyFile } from "./inotify.ts";
import { seenThrough } from "./mount-ids.ts";
import { LOOKUP_DIRECTORY, LOOKUP_FOLLOW, LOOKUP_PARENT } from "./namei.ts";
import { Path } from "./path.ts";
import { PathFile } from "./path-file.ts";
import { isOwner, MAY_EXEC, MAY_READ, MAY_WRITE, privilegeBits } from "./permission.ts";
import type { Vfs } from "./vfs.ts";

/** Flags that belong to the act of opening and are not kept in the file's status. */
const NOT_KEPT = O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC;

export function openAt(
  vfs: Vfs,
  task: Task,
  dirfd: number,
  name: string,
  flags: number,
  mode: number,
  resolve: number,
): File | number {
  if ((flags & O_PATH) !== 0) return openPathOnly(vfs, task, dirfd, name, flags, resolve);
  if ((flags & __O_TMPFILE) !== 0) return openTmpfile(vfs, task, dirfd, name, flags, mode, resolve);
  if ((flags & (O_CREAT | O_DIRECTORY)) === (O_CREAT | O_DIRECTORY))
    return refuse(EINVAL, "open: O_CREAT with O_DIRECTORY");
  const file = openByName(vfs, task, dirfd, name, flags, mode, resolve);
  // The host has put another file there since the name was looked up: now that is known.
  return file === -ESTALE ? openByName(vfs, task, dirfd, name, flags, mode, resolve) : file;
}

function openByName(
  vfs: Vfs,
  task: Task,
  dirfd: number,
  name: string,
  flags: number,
  mode: number,
  resolve: number,
): File | number {
  if ((flags & O_CREAT) !== 0) return openCreate(vfs, task, dirfd, name, flags, mode, resolve);
  const rc = vfs.find(task, dirfd, name, lookupFlags(flags), resolve);
  return rc < 0 ? rc : openInode(vfs, task, vfs.walker.path(), flags);
}

function lookupFlags(flags: number): number {
  const follow = (flags & O_NOFOLLOW) !== 0 ? 0 : LOOKUP_FOLLOW;
  return (flags & O_DIRECTORY) !== 0 ? follow | LOOKUP_DIRECTORY : follow;
}

function openPathOnly(
  vfs: Vfs,
  task: Task,
  dirfd: number,
  name: string,
  flags: number,
  resolve: number,
): File | number {
  const rc = vfs.find(task, dirfd, name, lookupFlags(flags), resolve);
  if (rc < 0) return rc;
  return new PathFile(
    vfs.walker.path(),
    flags & (O_PATH | O_DIRECTORY | O_NOFOLLOW),
    task.credentials,
  );
}

function openTmpfile(
  vfs: Vfs,
  task: Task,
  dirfd: number,
  name: string,
  flags: number,
  mode: number,
  resolve: number,
): File | number {
  if ((flags & O_DIRECTORY) === 0 || (flags & O_ACCMODE) === O_RDONLY)
    return refuse(EINVAL, "open: O_TMPFILE needs O_DIRECTORY and write access");
  const rc = vfs.find(task, dirfd, name, lookupFlags(flags), resolve);
  if (rc < 0) return rc;
  const { mount, dentry } = vfs.walker;
  const directory = dentry.inode!;
  const may = mayMake(task, mount, directory);
  if (may < 0) return may;
  const init = makeInode(task, mount, directory, S_IFREG | (mode & 0o7777));
  const inode = directory.tmpfile(task, init);
  if (typeof inode === "number") return inode;
  const nameless = vfs.dentries.nameless(dentry, `#${inode.ino}`, inode);
  const path = new Path(mount, nameless);
  nameless.mayLink = (flags & O_EXCL) === 0;
  const file = openFound(vfs, task, path, flags);
  if (typeof file === "number") inode.drop();
  return file;
}

function openCreate(
  vfs: Vfs,
  task: Task,
  dirfd: number,
  name: string,
  flags: number,
  mode: number,
  resolve: number,
): File | number {
  const walker = vfs.walker;
  let rc = walker.start(task, dirfd, name, 0, resolve);
  let text = name;
  for (;;) {
    if (rc === 0) rc = walker.walk(text, LOOKUP_PARENT);
    if (rc < 0) return rc;
    if (walker.lastType !== "name") return (flags & O_EXCL) !== 0 ? -EEXIST : -EISDIR;
    if (walker.trailing) return -EISDIR;
    const child = walker.lookupLast();
    if (typeof child === "number") return child;
    if (child.inode === null) return createAndOpen(vfs, task, child, flags, mode);
    if ((flags & O_EXCL) !== 0) return -EEXIST;
    if (!child.inode.isLink) {
      rc = walker.descend(child);
      return rc < 0 ? rc : openInode(vfs, task, walker.path(), flags);
    }
    if ((flags & O_NOFOLLOW) !== 0) return refuse(ELOOP, "open: a symbolic link with O_NOFOLLOW");
    const target = walker.followLink(child);
    if (typeof target === "number") {
      return target < 0 ? target : openInode(vfs, task, walker.path(), flags);
    }
    text = target;
  }
}

function createAndOpen(
  vfs: Vfs,
  task: Task,
  child: Path["dentry"],
  flags: number,
  mode: number,
): File | number {
  const { mount, dentry: parent } = vfs.walker;
  const directory = parent.inode!;
  const may = mayMake(task, mount, directory);
  if (may < 0) return may;
  const init = makeInode(task, mount, directory, S_IFREG | (mode & 0o7777));
  const inode = directory.create(task, child.name, init);
  if (typeof inode === "number") return inode;
  vfs.created(parent, child, inode);
  return openFound(vfs, task, new Path(mount, child), flags & ~O_TRUNC);
}

/** Open what a path walk found, after checking that the task may. */
export function openInode(vfs: Vfs, task: Task, path: Path, flags: number): File | number {
  const inode = path.inode;
  const wants = accessMask(flags);
  const type = inode.mode & S_IFMT;
  if (type === S_IFLNK) return refuse(ELOOP, "open: a symbolic link with O_NOFOLLOW");
  if (type === S_IFDIR && ((wants & MAY_WRITE) !== 0 || (flags & O_CREAT) !== 0)) return -EISDIR;
  if (type === S_IFSOCK) return refuse(ENXIO, "open: a socket");
  if (type === S_IFCHR || type === S_IFBLK) {
    if (path.mount.nodev) return refuse(EACCES, "open: a device on a nodev mount");
    if (!mayOpenDevice(task, inode, wants)) return refuse(EPERM, "open: the cgroup's devices");
  }
  if ((wants & MAY_WRITE) !== 0 && path.mount.readOnly && (type === S_IFREG || type === S_IFDIR))
    return refuse(EROFS, "open: the mount is read-only");
  const { ids } = path.mount;
  const rc = wants === 0 ? 0 : inode.permission(task.credentials, wants, ids);
  if (rc < 0) return rc;
  if ((flags & O_NOATIME) !== 0 && !isOwner(task.credentials, seenThrough(ids, inode)))
    return refuse(EPERM, "open: O_NOATIME is for the owner");
  return openFound(vfs, task, path, flags);
}

function mayOpenDevice(task: Task, inode: Inode, wants: number): boolean {
  const reads = (wants & MAY_READ) !== 0 ? BPF_DEVCG_ACC_READ : 0;
  const access = reads | ((wants & MAY_WRITE) !== 0 ? BPF_DEVCG_ACC_WRITE : 0);
  const { mode, rdev } = inode;
  return mayUseDevice(task.group.cgroup, mode & S_IFMT, major(rdev), minor(rdev), access);
}

function openFound(vfs: Vfs, task: Task, path: Path, flags: number): File | number {
  const inode = path.inode;
  const writes = (flags & O_ACCMODE) !== O_RDONLY || (flags & O_TRUNC) !== 0;
  if (writes && inode.writers < 0) return refuse(ETXTBSY, "open: the program is being executed");
  // First, so that an overlay need not copy up what is cut off.
  if ((flags & O_TRUNC) !== 0 && inode.isRegular) {
    const kill = privilegeBits(task.credentials, inode, path.mount.ids);
    const rc = changeSize(task, inode, 0, kill);
    if (rc < 0) return rc;
    if (vfs.markCount > 0) notifyDentry(path.dentry, IN_MODIFY);
  }
  const file = openByType(vfs, task, path, (flags & ~NOT_KEPT) | O_LARGEFILE, flags);
  if (typeof file === "number") return file;
  if (vfs.markCount > 0) notifyFile(file, IN_OPEN);
  return file;
}

function openByType(vfs: Vfs, task: Task, path: Path, kept: number, flags: number): File | number {
  const inode = path.inode;
  if (inode.opensItself) return inode.open(task, inode, path, kept);
  switch (inode.mode & S_IFMT) {
    case S_IFREG:
    case S_IFDIR:
      return inode.open(task, inode, path, kept);
    case S_IFCHR:
    case S_IFBLK:
      // O_NOCTTY matters to terminals alone.
      return vfs.devices.open(task, inode, path, kept | (flags & O_NOCTTY));
    case S_IFIFO:
      return vfs.openFifo(task, inode, path, kept);
    default:
      return -ENOENT;
  }
}

/** The rights that open needs. Access mode 3 is Linux's "ioctl only": it needs both. */
function accessMask(flags: number): number {
  if ((flags & FMODE_EXEC) !== 0) return MAY_EXEC;
  const access = flags & O_ACCMODE;
  let mask =
    access === O_RDONLY ? MAY_READ : access === O_WRONLY ? MAY_WRITE : MAY_READ | MAY_WRITE;
  if ((flags & O_TRUNC) !== 0) mask |= MAY_WRITE;
  return mask;
}
