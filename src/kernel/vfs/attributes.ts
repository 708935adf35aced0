/**
 * Attributes: a set of changes for Inode.setattr (Linux's struct iattr), and the rules of who may
 * make them (setattr_prepare): chmod(2), chown(2), utimensat(2), truncate(2).
 *  - `valid` says which fields count. Filesystems apply them and set ctime to now.
 */
import { CAP_CHOWN } from "../../abi/capability.ts";
import { EFBIG, EINVAL, EISDIR, EOVERFLOW, EPERM } from "../../abi/errno.ts";
import { S_IFMT, S_ISGID, S_ISUID, S_IXGRP } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import type { Credentials } from "../cred/credentials.ts";
import { NO_ID } from "../ns/id-map.ts";
import type { Task } from "../task/task.ts";
import type { Inode } from "./inode.ts";
import { checkOwner, hasOwner, type MountIds, seenThrough } from "./mount-ids.ts";
import { isOwner, mayKeepSetgid, type Owned } from "./permission.ts";

export const ATTR_MODE = 1;
export const ATTR_UID = 2;
export const ATTR_GID = 4;
export const ATTR_SIZE = 8;
export const ATTR_ATIME = 16;
export const ATTR_MTIME = 32;

/** The largest offset a file may have: numbers stay exact, and every host takes it. */
export const MAX_FILE_SIZE = 2 ** 53 - 4096;

export class Attributes {
  valid = 0;
  /** Permission bits only, without the type. */
  mode = 0;
  uid = 0;
  gid = 0;
  size = 0;
  atimeSec = 0;
  atimeNsec = 0;
  mtimeSec = 0;
  mtimeNsec = 0;
}

/** chmod(2): the owner or CAP_FOWNER; setgid goes when the file's group is foreign. */
export function changeMode(task: Task, inode: Inode, ids: MountIds | null, mode: number): number {
  const credentials = task.credentials;
  const rc = checkOwner(ids, inode);
  if (rc < 0) return rc;
  const seen = seenThrough(ids, inode);
  if (!isOwner(credentials, seen)) return refuse(EPERM, "chmod: not the owner");
  const changes = new Attributes();
  changes.valid = ATTR_MODE;
  changes.mode = mode & 0o7777;
  if (!mayKeepSetgid(credentials, seen)) changes.mode &= ~S_ISGID;
  return inode.setattr(task, changes);
}

/** chown(2): an id of -1 stays. Regular files lose their set-id bits. */
export function changeOwner(
  task: Task,
  inode: Inode,
  ids: MountIds | null,
  uid: number,
  gid: number,
): number {
  const credentials = task.credentials;
  const changes = new Attributes();
  const seen = seenThrough(ids, inode);
  if ((uid === -1 && seen.uid === NO_ID) || (gid === -1 && seen.gid === NO_ID))
    return refuse(EOVERFLOW, "chown: what stays has no id in this mount");
  const keptUid = uid === -1 || ids === null ? uid : ids.keptUid(uid);
  const keptGid = gid === -1 || ids === null ? gid : ids.keptGid(gid);
  if (keptUid === NO_ID || keptGid === NO_ID)
    return refuse(EOVERFLOW, "chown: an id that the mount does not have");
  if (uid !== -1) {
    if (
      !(credentials.fsuid === seen.uid && uid === seen.uid) &&
      !mayGiveAway(credentials, inode, seen)
    )
      return refuse(EPERM, "chown: only CAP_CHOWN may give files away");
    changes.valid |= ATTR_UID;
    changes.uid = keptUid;
  }
  if (gid !== -1) {
    const own = credentials.fsuid === seen.uid && (credentials.inGroup(gid) || gid === seen.gid);
    if (!own && !mayGiveAway(credentials, inode, seen))
      return refuse(EPERM, "chown: not the owner, or not a member of the new group");
    changes.valid |= ATTR_GID;
    changes.gid = keptGid;
  }
  if (!inode.isDirectory) dropSetid(inode, changes);
  return inode.setattr(task, changes);
}

/** What has no owner here may get one from who has power over the whole filesystem. */
function mayGiveAway(credentials: Credentials, { filesystem }: Inode, seen: Owned): boolean {
  return hasOwner(seen)
    ? credentials.hasOver(seen, CAP_CHOWN)
    : credentials.hasIn(filesystem.userNamespace, CAP_CHOWN);
}

function dropSetid(inode: Inode, changes: Attributes): void {
  let kill = inode.mode & S_ISUID;
  if ((inode.mode & (S_ISGID | S_IXGRP)) === (S_ISGID | S_IXGRP)) kill |= S_ISGID;
  if (kill === 0) return;
  changes.valid |= ATTR_MODE;
  changes.mode = inode.mode & ~S_IFMT & ~kill;
}

/** truncate(2) after the permission check: sizes, directories and the set-id bits. */
export function changeSize(task: Task, inode: Inode, size: number, kill: number): number {
  if (inode.isDirectory) return -EISDIR;
  if (!inode.isRegular) return refuse(EINVAL, "truncate: not a regular file");
  if (size < 0) return refuse(EINVAL, "truncate: negative length");
  if (size > MAX_FILE_SIZE) return -EFBIG;
  const changes = new Attributes();
  changes.valid = ATTR_SIZE;
  changes.size = size;
  if (kill !== 0) {
    changes.valid |= ATTR_MODE;
    changes.mode = inode.mode & 0o7777 & ~kill;
  }
  return inode.setattr(task, changes);
}

/** Take the bits of privilegeBits() away before a write. */
export function removePrivileges(task: Task, inode: Inode, kill: number): number {
  const changes = new Attributes();
  changes.valid = ATTR_MODE;
  changes.mode = inode.mode & 0o7777 & ~kill;
  return inode.setattr(task, changes);
}
