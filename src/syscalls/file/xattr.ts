/**
 * The sixteen calls on extended attributes. Source: xattr(7), getxattr(2), setxattr(2), listxattr(2),
 * removexattr(2). Who may touch which namespace is decided here; filesystems only store.
 */
import { CAP_SETFCAP, CAP_SYS_ADMIN } from "../../abi/capability.ts";
import { E2BIG, EFAULT, EINVAL, ENODATA, EOPNOTSUPP, EPERM, ERANGE } from "../../abi/errno.ts";
import { AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW } from "../../abi/fcntl.ts";
import { IN_ATTRIB } from "../../abi/inotify.ts";
import { PAGE_SIZE } from "../../abi/limits.ts";
import { S_ISVTX } from "../../abi/stat.ts";
import type { ValueOf } from "../../abi/struct.ts";
import {
  XATTR_NAME_CAPS,
  XATTR_NAME_MAX,
  XATTR_SECURITY_PREFIX,
  XATTR_SIZE_MAX,
  XATTR_TRUSTED_PREFIX,
  XATTR_USER_PREFIX,
  xattr_args,
  xattrFlags,
} from "../../abi/xattr.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../../kernel/task/task.ts";
import { notifyDentry } from "../../kernel/vfs/inotify.ts";
import { hasOwner, seenThrough } from "../../kernel/vfs/mount-ids.ts";
import { LOOKUP_FOLLOW } from "../../kernel/vfs/namei.ts";
import { isOwner, MAY_READ, MAY_WRITE } from "../../kernel/vfs/permission.ts";
import { idsOf, lookupFlags, mayChange, type Place, placeAt, placeOf } from "./place.ts";

export function getxattr(
  task: Task,
  path: number,
  name: number,
  value: number,
  size: number,
): number {
  return get(task, placeAt(task, AT_FDCWD, path, LOOKUP_FOLLOW), name, value, size);
}

export function lgetxattr(
  task: Task,
  path: number,
  name: number,
  value: number,
  size: number,
): number {
  return get(task, placeAt(task, AT_FDCWD, path, 0), name, value, size);
}

export function fgetxattr(
  task: Task,
  fd: number,
  name: number,
  value: number,
  size: number,
): number {
  return get(task, placeOf(task, fd), name, value, size);
}

export function setxattr(
  task: Task,
  path: number,
  name: number,
  value: number,
  size: number,
  flags: number,
): number {
  return set(task, placeAt(task, AT_FDCWD, path, LOOKUP_FOLLOW), name, value, size, flags);
}

export function lsetxattr(
  task: Task,
  path: number,
  name: number,
  value: number,
  size: number,
  flags: number,
): number {
  return set(task, placeAt(task, AT_FDCWD, path, 0), name, value, size, flags);
}

export function fsetxattr(
  task: Task,
  fd: number,
  name: number,
  value: number,
  size: number,
  flags: number,
): number {
  return set(task, placeOf(task, fd), name, value, size, flags);
}

export function listxattr(task: Task, path: number, at: number, size: number): number {
  return list(task, placeAt(task, AT_FDCWD, path, LOOKUP_FOLLOW), at, size);
}

export function llistxattr(task: Task, path: number, at: number, size: number): number {
  return list(task, placeAt(task, AT_FDCWD, path, 0), at, size);
}

export function flistxattr(task: Task, fd: number, at: number, size: number): number {
  return list(task, placeOf(task, fd), at, size);
}

export function removexattr(task: Task, path: number, name: number): number {
  return remove(task, placeAt(task, AT_FDCWD, path, LOOKUP_FOLLOW), name);
}

export function lremovexattr(task: Task, path: number, name: number): number {
  return remove(task, placeAt(task, AT_FDCWD, path, 0), name);
}

export function fremovexattr(task: Task, fd: number, name: number): number {
  return remove(task, placeOf(task, fd), name);
}

// --- relative to a descriptor ------------------------------------------------------------------

/** The file of the *xattrat calls: an empty name with AT_EMPTY_PATH is the descriptor's own file. */
function placeFor(task: Task, dirfd: number, path: number, flags: number): Place | number {
  if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0)
    return refuse(EINVAL, "xattrat: unknown flags");
  if (path === 0 && (flags & AT_EMPTY_PATH) !== 0 && dirfd >= 0) return placeOf(task, dirfd);
  return placeAt(task, dirfd, path, lookupFlags(flags));
}

/** `struct xattr_args`, which may grow; or -errno. */
function readArgs(
  task: Task,
  at: number,
  size: number,
): ValueOf<typeof xattr_args.fields> | number {
  if (size < xattr_args.size) return refuse(EINVAL, "xattrat: size too small");
  if (size > PAGE_SIZE) return -E2BIG;
  const bytes = task.mm.read(at, size);
  if (bytes === null) return -EFAULT;
  if (bytes.subarray(xattr_args.size).some((byte) => byte !== 0)) return -E2BIG;
  return xattr_args.read(new DataView(bytes.buffer), 0);
}

export function setxattrat(
  task: Task,
  dirfd: number,
  path: number,
  flags: number,
  name: number,
  argsAt: number,
  size: number,
): number {
  const args = readArgs(task, argsAt, size);
  if (typeof args === "number") return args;
  const place = placeFor(task, dirfd, path, flags);
  return set(task, place, name, args.value, args.size, args.flags);
}

export function getxattrat(
  task: Task,
  dirfd: number,
  path: number,
  flags: number,
  name: number,
  argsAt: number,
  size: number,
): number {
  const args = readArgs(task, argsAt, size);
  if (typeof args === "number") return args;
  if (args.flags !== 0) return refuse(EINVAL, "getxattrat: no flags");
  return get(task, placeFor(task, dirfd, path, flags), name, args.value, args.size);
}

export function listxattrat(
  task: Task,
  dirfd: number,
  path: number,
  flags: number,
  at: number,
  size: number,
): number {
  return list(task, placeFor(task, dirfd, path, flags), at, size);
}

export function removexattrat(
  task: Task,
  dirfd: number,
  path: number,
  flags: number,
  name: number,
): number {
  return remove(task, placeFor(task, dirfd, path, flags), name);
}

// --- one of each ------------------------------------------------------------------------------

function get(
  task: Task,
  place: Place | number,
  nameAt: number,
  value: number,
  size: number,
): number {
  if (typeof place === "number") return place;
  const name = readName(task, nameAt);
  if (typeof name === "number") return name;
  const may = mayGet(task, place, name);
  if (may < 0) return may;
  const bytes = place.inode.getxattr(name);
  return typeof bytes === "number" ? bytes : give(task, bytes, value, size);
}

/** Size 0 asks how long it is. */
function give(task: Task, bytes: Uint8Array, at: number, size: number): number {
  if (size === 0) return bytes.length;
  if (bytes.length > size) return -ERANGE;
  return task.mm.write(at, bytes) < 0 ? -EFAULT : bytes.length;
}

function set(
  task: Task,
  place: Place | number,
  nameAt: number,
  value: number,
  size: number,
  flags: number,
): number {
  if (typeof place === "number") return place;
  if (xattrFlags.unknown(flags) !== 0) return refuse(EINVAL, "setxattr: unknown flags");
  const name = readName(task, nameAt);
  if (typeof name === "number") return name;
  if (size > XATTR_SIZE_MAX) return -E2BIG;
  const bytes = task.mm.read(value, size);
  if (bytes === null) return -EFAULT;
  const may = mayChange(place) || maySet(task, place, name);
  if (may < 0) return may;
  return changed(place, place.inode.setxattr(task, name, bytes, flags));
}

function remove(task: Task, place: Place | number, nameAt: number): number {
  if (typeof place === "number") return place;
  const name = readName(task, nameAt);
  if (typeof name === "number") return name;
  const may = mayChange(place) || maySet(task, place, name);
  if (may < 0) return may;
  return changed(place, place.inode.removexattr(task, name));
}

function changed(place: Place, rc: number): number {
  if (rc === 0 && place.dentry !== null) notifyDentry(place.dentry, IN_ATTRIB);
  return rc;
}

function list(task: Task, place: Place | number, at: number, size: number): number {
  if (typeof place === "number") return place;
  const names = place.inode.listxattr();
  if (typeof names === "number") return names;
  const isAdmin = task.credentials.has(CAP_SYS_ADMIN);
  const shown = names.filter((name) => isAdmin || !name.startsWith(XATTR_TRUSTED_PREFIX));
  const text = shown.map((name) => `${name}\0`).join("");
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return give(task, bytes, at, size);
}

// --- rules ------------------------------------------------------------------------------------

function readName(task: Task, at: number): string | number {
  const name = task.mm.readString(at, XATTR_NAME_MAX + 1);
  if (name === -1 || name === "") return refuse(ERANGE, "xattr: name empty or too long");
  return name;
}

function isUser(name: string): boolean {
  return name.startsWith(XATTR_USER_PREFIX);
}

/** A prefix alone names no attribute. */
function isPrefix(name: string): boolean {
  return name.endsWith(".") && name.indexOf(".") === name.length - 1;
}

function isKnown(name: string): boolean {
  return (
    isUser(name) || name.startsWith(XATTR_TRUSTED_PREFIX) || name.startsWith(XATTR_SECURITY_PREFIX)
  );
}

function mayGet(task: Task, place: Place, name: string): number {
  const { inode } = place;
  if (!isKnown(name)) return -EOPNOTSUPP;
  if (isPrefix(name)) return refuse(EINVAL, "xattr: nothing after the prefix");
  if (name.startsWith(XATTR_TRUSTED_PREFIX))
    return task.credentials.has(CAP_SYS_ADMIN) ? 0 : -ENODATA;
  if (!isUser(name)) return 0;
  if (!inode.isRegular && !inode.isDirectory) return -ENODATA;
  return inode.permission(task.credentials, MAY_READ, idsOf(place));
}

function maySet(task: Task, place: Place, name: string): number {
  const { credentials } = task;
  const { inode } = place;
  const seen = seenThrough(idsOf(place), inode);
  if (!isKnown(name)) return -EOPNOTSUPP;
  if (isPrefix(name)) return refuse(EINVAL, "xattr: nothing after the prefix");
  if (!hasOwner(seen)) return refuse(EPERM, "setxattr: the file's owner has no id in this mount");
  if (name === XATTR_NAME_CAPS)
    return credentials.hasOver(seen, CAP_SETFCAP) ? 0 : refuse(EPERM, "setxattr: CAP_SETFCAP");
  if (!isUser(name))
    return credentials.has(CAP_SYS_ADMIN) ? 0 : refuse(EPERM, "setxattr: CAP_SYS_ADMIN");
  if (!inode.isRegular && !inode.isDirectory)
    return refuse(EPERM, "setxattr: user.* on a special file");
  if (inode.isDirectory && (inode.mode & S_ISVTX) !== 0 && !isOwner(credentials, seen))
    return refuse(EPERM, "setxattr: a sticky directory of somebody else");
  return inode.permission(credentials, MAY_WRITE, idsOf(place));
}
