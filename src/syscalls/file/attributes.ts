/**
 * access, chmod and chown in all their forms. Source: access(2), chmod(2), chown(2). The rules of who
 * may are in kernel/vfs/permission.ts and attributes.ts.
 */
import { EACCES, EINVAL, EOPNOTSUPP, EROFS } from "../../abi/errno.ts";
import {
  AT_EACCESS,
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_SYMLINK_NOFOLLOW,
  faccessatFlags,
  W_OK,
  X_OK,
} from "../../abi/fcntl.ts";
import { IN_ATTRIB } from "../../abi/inotify.ts";
import { refuse } from "../../base/refuse.ts";
import type { Credentials } from "../../kernel/cred/credentials.ts";
import { NO_ID } from "../../kernel/ns/id-map.ts";
import type { Task } from "../../kernel/task/task.ts";
import { changeMode, changeOwner } from "../../kernel/vfs/attributes.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import { notifyDentry } from "../../kernel/vfs/inotify.ts";
import type { Mount } from "../../kernel/vfs/mount.ts";
import { LOOKUP_EMPTY, LOOKUP_FOLLOW } from "../../kernel/vfs/namei.ts";
import { realCredentials } from "../../kernel/vfs/permission.ts";
import { idsOf, lookupFlags, mayChange, type Place, placeAt, placeOf } from "./place.ts";

export function access(task: Task, pathname: number, mode: number): number {
  return faccessat2(task, AT_FDCWD, pathname, mode, 0);
}

export function faccessat(task: Task, dirfd: number, pathname: number, mode: number): number {
  return faccessat2(task, dirfd, pathname, mode, 0);
}

/** Checks with the real ids unless AT_EACCESS, along the whole path. */
export function faccessat2(
  task: Task,
  dirfd: number,
  pathname: number,
  mode: number,
  flags: number,
): number {
  if ((mode & ~7) !== 0) return refuse(EINVAL, "access: unknown mode bits");
  if (faccessatFlags.unknown(flags) !== 0) return refuse(EINVAL, "faccessat2: unknown flags");
  const name = task.mm.readPath(pathname);
  if (typeof name === "number") return name;
  const credentials =
    (flags & AT_EACCESS) !== 0 ? task.credentials : realCredentials(task.credentials);
  const { walker } = task.kernel.vfs;
  const lookup = lookupFlags(flags);
  let rc = walker.start(task, dirfd, name, lookup, 0, credentials);
  if (rc === 0) rc = walker.walk(name, lookup);
  return rc < 0 ? rc : mayAccess(credentials, walker.dentry.inode!, walker.mount, mode);
}

function mayAccess(credentials: Credentials, inode: Inode, mount: Mount, mode: number): number {
  if ((mode & X_OK) !== 0 && inode.isRegular && mount.noexec)
    return refuse(EACCES, "access: the mount is noexec");
  const rc = mode === 0 ? 0 : inode.permission(credentials, mode, mount.ids);
  if (rc < 0) return rc;
  const isFile = inode.isRegular || inode.isDirectory || inode.isLink;
  return (mode & W_OK) !== 0 && isFile && mount.readOnly
    ? refuse(EROFS, "access: read-only mount")
    : 0;
}

export function chmod(task: Task, pathname: number, mode: number): number {
  return modeOf(task, placeAt(task, AT_FDCWD, pathname, LOOKUP_FOLLOW), mode);
}

export function fchmod(task: Task, fd: number, mode: number): number {
  return modeOf(task, placeOf(task, fd), mode);
}

export function fchmodat(task: Task, dirfd: number, pathname: number, mode: number): number {
  return modeOf(task, placeAt(task, dirfd, pathname, LOOKUP_FOLLOW), mode);
}

export function fchmodat2(
  task: Task,
  dirfd: number,
  pathname: number,
  mode: number,
  flags: number,
): number {
  if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0)
    return refuse(EINVAL, "fchmodat2: unknown flags");
  return modeOf(task, placeAt(task, dirfd, pathname, lookupFlags(flags)), mode);
}

function modeOf(task: Task, place: Place | number, mode: number): number {
  if (typeof place === "number") return place;
  const may = mayChange(place);
  if (may < 0) return may;
  if (place.inode.isLink) return refuse(EOPNOTSUPP, "chmod: symbolic links have no mode");
  return changed(place, changeMode(task, place.inode, idsOf(place), mode));
}

function changed(place: Place, rc: number): number {
  if (rc === 0 && place.dentry !== null) notifyDentry(place.dentry, IN_ATTRIB);
  return rc;
}

export function chown(task: Task, pathname: number, owner: number, group: number): number {
  return ownerOf(task, placeAt(task, AT_FDCWD, pathname, LOOKUP_FOLLOW), owner, group);
}

export function lchown(task: Task, pathname: number, owner: number, group: number): number {
  return ownerOf(task, placeAt(task, AT_FDCWD, pathname, 0), owner, group);
}

export function fchown(task: Task, fd: number, owner: number, group: number): number {
  return ownerOf(task, placeOf(task, fd), owner, group);
}

export function fchownat(
  task: Task,
  dirfd: number,
  pathname: number,
  owner: number,
  group: number,
  flags: number,
): number {
  if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0)
    return refuse(EINVAL, "fchownat: unknown flags");
  const follow = (flags & AT_SYMLINK_NOFOLLOW) !== 0 ? 0 : LOOKUP_FOLLOW;
  const lookup = (flags & AT_EMPTY_PATH) !== 0 ? follow | LOOKUP_EMPTY : follow;
  return ownerOf(task, placeAt(task, dirfd, pathname, lookup), owner, group);
}

/** Ids come as unsigned registers: all ones is -1, "leave it". */
function ownerOf(task: Task, place: Place | number, owner: number, group: number): number {
  if (typeof place === "number") return place;
  const may = mayChange(place);
  if (may < 0) return may;
  const { userNamespace } = task.credentials;
  const uid = owner === NO_ID ? -1 : userNamespace.kernelUid(owner);
  const gid = group === NO_ID ? -1 : userNamespace.kernelGid(group);
  if (uid === NO_ID || gid === NO_ID)
    return refuse(EINVAL, "chown: an id that the user namespace does not have");
  return changed(place, changeOwner(task, place.inode, idsOf(place), uid, gid));
}
