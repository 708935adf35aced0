/**
 * Operations on names: make, remove, link, rename, with the checks that Linux's vfs_*() make before
 * they ask the filesystem, and the care for cached dentries and inotify events after.
 * Each takes places that a path walk found; each returns 0 or -errno.
 * Follows mkdir(2), unlink(2), rmdir(2), link(2), rename(2), and inode(7) on set-group-ID directories.
 */
import {
  EBUSY,
  EEXIST,
  EINVAL,
  EISDIR,
  EMLINK,
  ENOENT,
  ENOTDIR,
  ENOTEMPTY,
  EPERM,
  EROFS,
  EXDEV,
} from "../../abi/errno.ts";
import { RENAME_EXCHANGE, RENAME_NOREPLACE } from "../../abi/fcntl.ts";
import { IN_ATTRIB, IN_CREATE, IN_DELETE } from "../../abi/inotify.ts";
import { S_IFDIR, S_IFMT, S_IFSOCK, S_ISGID, S_ISUID, S_IXGRP } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../task/task.ts";
import type { Dentry } from "./dentry.ts";
import type { Inode, InodeInit } from "./inode.ts";
import { notifyDeleted, notifyEntry, notifyInode, notifyMove } from "./inotify.ts";
import type { Mount } from "./mount.ts";
import { checkMaker, checkOwner, seenThrough } from "./mount-ids.ts";
import {
  isOwner,
  MAY_EXEC,
  MAY_READ,
  MAY_WRITE,
  mayKeepSetgid,
  stickyAllows,
} from "./permission.ts";
import { detachFrom } from "./propagate.ts";
import type { Vfs } from "./vfs.ts";

/** May the task make a name in `directory`? */
export function mayMake(task: Task, mount: Mount, directory: Inode): number {
  if (mount.readOnly) return refuse(EROFS, "the mount is read-only");
  const rc = checkMaker(task.credentials, mount.ids, mount.filesystem.userNamespace);
  return rc < 0 ? rc : mayChangeNames(task, mount, directory);
}

function mayChangeNames(task: Task, mount: Mount, directory: Inode): number {
  if (mount.readOnly) return refuse(EROFS, "the mount is read-only");
  return directory.permission(task.credentials, MAY_WRITE | MAY_EXEC, mount.ids);
}

/** Owner and mode of a new file: umask, and what a set-group-ID directory hands down. */
export function makeInode(
  task: Task,
  { ids }: Mount,
  directory: Inode,
  mode: number,
  rdev = 0,
  target = "",
): InodeInit {
  const { credentials } = task;
  const isDirectory = (mode & S_IFMT) === S_IFDIR;
  let bits = target !== "" ? mode : mode & ~task.fs.umask;
  const { fsuid, fsgid } = credentials;
  let gid = ids === null ? fsgid : ids.keptGid(fsgid);
  if ((directory.mode & S_ISGID) !== 0) {
    gid = directory.gid;
    if (isDirectory) bits |= S_ISGID;
    else if (
      (bits & (S_ISGID | S_IXGRP)) === (S_ISGID | S_IXGRP) &&
      !mayKeepSetgid(credentials, seenThrough(ids, directory))
    )
      bits &= ~S_ISGID;
  }
  return { mode: bits, uid: ids === null ? fsuid : ids.keptUid(fsuid), gid, rdev, target };
}

/** mkdir, mknod, symlink: `init` becomes the name that the walker's LOOKUP_PARENT walk left over. */
export function makeName(vfs: Vfs, task: Task, mode: number, rdev = 0, target = ""): number {
  const walker = vfs.walker;
  if (walker.lastType !== "name") return -EEXIST;
  const child = walker.lookupLast();
  if (typeof child === "number") return child;
  if (child.inode !== null) return -EEXIST;
  if (walker.trailing && (mode & S_IFMT) !== S_IFDIR) return -ENOENT;
  const { mount, dentry } = walker;
  const directory = dentry.inode!;
  const may = mayMake(task, mount, directory);
  if (may < 0) return may;
  const init = makeInode(task, mount, directory, mode, rdev, target);
  const made = directory.create(task, child.name, init);
  if (typeof made === "number") return made;
  vfs.created(dentry, child, made);
  return 0;
}

/** bind(2) of a unix socket: a socket file at the place of a LOOKUP_PARENT walk; the inode, held. */
export function makeSocket(vfs: Vfs, task: Task, mode: number): Inode | number {
  const rc = makeName(vfs, task, S_IFSOCK | (mode & 0o7777));
  if (rc < 0) return rc;
  const child = vfs.walker.lookupLast();
  return typeof child === "number" ? child : child.inode!.hold();
}

/** May the task take the name of `child` out of `directory`? */
function mayRemove(task: Task, mount: Mount, directory: Inode, child: Inode): number {
  const { ids } = mount;
  const rc = checkOwner(ids, child);
  const may = rc < 0 ? rc : mayChangeNames(task, mount, directory);
  if (may < 0) return may;
  if (!stickyAllows(task.credentials, seenThrough(ids, directory), seenThrough(ids, child)))
    return refuse(EPERM, "the directory is sticky");
  return 0;
}

/** unlink(2) of the name that the walker's LOOKUP_PARENT walk left over. */
export function unlinkName(vfs: Vfs, task: Task): number {
  const walker = vfs.walker;
  if (walker.lastType !== "name") return -EISDIR;
  const child = walker.lookupLast();
  if (typeof child === "number") return child;
  const inode = child.inode;
  if (inode === null) return -ENOENT;
  if (walker.trailing) return inode.isDirectory ? -EISDIR : -ENOTDIR;
  const { mount, dentry } = walker;
  const directory = dentry.inode!;
  const may = mayRemove(task, mount, directory, inode);
  if (may < 0) return may;
  if (inode.isDirectory) return -EISDIR;
  if (coversHere(vfs, task, child)) return refuse(EBUSY, "unlink: a mount is on it");
  const rc = directory.unlink(task, child.name, inode);
  return rc < 0 ? rc : removed(vfs, dentry, child, inode);
}

/** rmdir(2) of the name that the walker's LOOKUP_PARENT walk left over. */
export function rmdirName(vfs: Vfs, task: Task): number {
  const walker = vfs.walker;
  if (walker.lastType === "dot") return -EINVAL;
  if (walker.lastType === "dotdot") return -ENOTEMPTY;
  if (walker.lastType === "root") return -EBUSY;
  const child = walker.lookupLast();
  if (typeof child === "number") return child;
  const inode = child.inode;
  if (inode === null) return -ENOENT;
  const { mount, dentry } = walker;
  const directory = dentry.inode!;
  const may = mayRemove(task, mount, directory, inode);
  if (may < 0) return may;
  if (!inode.isDirectory) return -ENOTDIR;
  if (coversHere(vfs, task, child)) return refuse(EBUSY, "rmdir: a mount is on it");
  const rc = directory.rmdir(task, child.name, inode);
  return rc < 0 ? rc : removed(vfs, dentry, child, inode);
}

/** Is something mounted on it where the task can see it? What others have mounted does not keep the name. */
function coversHere(vfs: Vfs, task: Task, child: Dentry): boolean {
  if (child.mounts === 0) return false;
  for (const mount of vfs.attached)
    if (mount.mountpoint === child && mount.namespace === task.namespaces.mounts) return true;
  return false;
}

/** A name is gone: forget it, and tell who watches. */
function removed(vfs: Vfs, parent: Dentry, child: Dentry, inode: Inode): number {
  if (child.mounts > 0) detachFrom(vfs, child);
  if (vfs.markCount === 0) {
    vfs.dentries.remove(child);
    return 0;
  }
  const name = child.name;
  inode.hold();
  vfs.dentries.remove(child);
  if (!inode.isDirectory) notifyInode(inode, IN_ATTRIB);
  vfs.stat.nlink = 1;
  const gone = inode.isDirectory || (inode.getattr(vfs.stat) === 0 && vfs.stat.nlink === 0);
  // The hold taken here and one per mark are no users: open files come last and see IN_DELETE_SELF.
  if (gone && inode.holds <= 1 + (inode.marks?.length ?? 0)) notifyDeleted(inode);
  notifyEntry(parent.inode!, name, IN_DELETE, inode.isDirectory);
  inode.drop();
  return 0;
}

/** link(2): give `source` another name, the one that the walker's walk left over. */
export function linkName(
  vfs: Vfs,
  task: Task,
  source: Dentry,
  sourceMount: Mount,
  mayRevive: boolean,
): number {
  const walker = vfs.walker;
  const inode = source.inode!;
  if (walker.lastType !== "name") return -EEXIST;
  const child = walker.lookupLast();
  if (typeof child === "number") return child;
  if (child.inode !== null) return -EEXIST;
  if (walker.trailing) return -ENOENT;
  const { mount, dentry } = walker;
  if (mount !== sourceMount) return refuse(EXDEV, "link: another mount");
  const rc = checkOwner(mount.ids, inode);
  if (rc < 0) return rc;
  if (!mayLinkTo(task, mount, inode)) return refuse(EPERM, "link: fs.protected_hardlinks");
  const directory = dentry.inode!;
  const may = mayMake(task, mount, directory);
  if (may < 0) return may;
  if (inode.isDirectory) return refuse(EPERM, "link: a directory");
  if (inode.getattr(vfs.stat) === 0) {
    if (vfs.stat.nlink === 0 && !mayRevive)
      return refuse(ENOENT, "link: the file has no name left");
    if (vfs.stat.nlink >= MAX_LINKS) return refuse(EMLINK, "link: too many links");
  }
  const linked = directory.link(task, child.name, inode);
  if (linked < 0) return linked;
  vfs.dentries.instantiate(child, inode.hold());
  if (vfs.markCount > 0) {
    notifyInode(inode, IN_ATTRIB);
    notifyEntry(directory, child.name, IN_CREATE, false);
  }
  return 0;
}

const MAX_LINKS = 65000;

/** fs.protected_hardlinks: a file of somebody else only when the task could write it anyway. */
function mayLinkTo(task: Task, { ids }: Mount, inode: Inode): boolean {
  if (isOwner(task.credentials, seenThrough(ids, inode))) return true;
  if (!inode.isRegular || (inode.mode & S_ISUID) !== 0) return false;
  if ((inode.mode & (S_ISGID | S_IXGRP)) === (S_ISGID | S_IXGRP)) return false;
  return inode.permission(task.credentials, MAY_READ | MAY_WRITE, ids) === 0;
}

/** One side of a rename: a directory and a name in it. */
export interface NamePlace {
  readonly mount: Mount;
  readonly parent: Dentry;
  readonly child: Dentry;
  /** Did slashes follow the name? */
  readonly trailing: boolean;
}

/** renameat2(2) between two places that were found by LOOKUP_PARENT walks. */
export function renameName(
  vfs: Vfs,
  task: Task,
  from: NamePlace,
  to: NamePlace,
  flags: number,
): number {
  const inode = from.child.inode;
  const target = to.child.inode;
  if (inode === null) return -ENOENT;
  const shape = renameShape(from, to, inode, target, flags);
  if (shape < 0) return shape;
  if (inode === target) return 0;
  const rights = renameRights(task, from, to, inode, target, flags);
  if (rights < 0) return rights;
  if (coversHere(vfs, task, from.child) || coversHere(vfs, task, to.child))
    return refuse(EBUSY, "rename: a mount is on it");
  const [name, newName] = [from.child.name, to.child.name];
  const source = from.parent.inode!;
  const into = to.parent.inode!;
  const rc = source.rename(task, name, inode, into, newName, target, flags);
  if (rc < 0) return rc;
  target?.hold();
  if (to.child.mounts > 0 && (flags & RENAME_EXCHANGE) === 0) detachFrom(vfs, to.child);
  if ((flags & RENAME_EXCHANGE) !== 0) vfs.dentries.exchange(from.child, to.child);
  else vfs.dentries.move(from.child, to.child);
  if (vfs.markCount > 0) {
    const cookie = vfs.newCookie();
    notifyMove(source, name, into, newName, inode, cookie);
    if ((flags & RENAME_EXCHANGE) !== 0)
      notifyMove(into, newName, source, name, target!, vfs.newCookie());
    else if (target !== null) renamedOver(vfs, target);
  }
  target?.drop();
  return 0;
}

function renamedOver(vfs: Vfs, target: Inode): void {
  notifyInode(target, IN_ATTRIB);
  const gone = target.isDirectory || (target.getattr(vfs.stat) === 0 && vfs.stat.nlink === 0);
  if (gone && target.holds <= 1 + (target.marks?.length ?? 0)) notifyDeleted(target);
}

/** Do the two ends fit together at all? */
function renameShape(
  from: NamePlace,
  to: NamePlace,
  inode: Inode,
  target: Inode | null,
  flags: number,
): number {
  if (from.mount !== to.mount) return refuse(EXDEV, "rename: another mount");
  if (target !== null && (flags & RENAME_NOREPLACE) !== 0) return -EEXIST;
  if (target === null && (flags & RENAME_EXCHANGE) !== 0) return -ENOENT;
  if (!inode.isDirectory && from.trailing) return -ENOTDIR;
  if (!inode.isDirectory && to.trailing && (flags & RENAME_EXCHANGE) === 0) return -ENOTDIR;
  if (target !== null && !target.isDirectory && to.trailing) return -ENOTDIR;
  if (to.parent.isWithin(from.child)) return refuse(EINVAL, "rename: into itself");
  if (from.parent.isWithin(to.child)) return (flags & RENAME_EXCHANGE) !== 0 ? -EINVAL : -ENOTEMPTY;
  return 0;
}

function renameRights(
  task: Task,
  from: NamePlace,
  to: NamePlace,
  inode: Inode,
  target: Inode | null,
  flags: number,
): number {
  const old = mayRemove(task, from.mount, from.parent.inode!, inode);
  if (old < 0) return old;
  const exchange = (flags & RENAME_EXCHANGE) !== 0;
  const fresh =
    target === null
      ? mayMake(task, to.mount, to.parent.inode!)
      : mayRemove(task, to.mount, to.parent.inode!, target);
  if (fresh < 0) return fresh;
  if (target !== null && !exchange) {
    if (inode.isDirectory && !target.isDirectory) return -ENOTDIR;
    if (!inode.isDirectory && target.isDirectory) return -EISDIR;
  }
  // Moving a directory writes its "..".
  if (from.parent === to.parent) return 0;
  if (inode.isDirectory) {
    const may = inode.permission(task.credentials, MAY_WRITE, from.mount.ids);
    if (may < 0) return may;
  }
  if (exchange && target!.isDirectory)
    return target!.permission(task.credentials, MAY_WRITE, to.mount.ids);
  return 0;
}
