/**
 * permission: discretionary access control, as path_resolution(7) and capabilities(7) say.
 *  - checkDac: mode bits for owner, group, others; then CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH.
 *  - isOwner: may change modes and times (owner or CAP_FOWNER).
 *  - sticky directories restrict who may remove a name.
 * All of them look at a file as its mount shows it (mount-ids.ts).
 * The credentials' fsuid, fsgid and groups count; access(2) passes a copy with the real ids.
 */
import {
  CAP_DAC_OVERRIDE,
  CAP_DAC_READ_SEARCH,
  CAP_FOWNER,
  CAP_FSETID,
} from "../../abi/capability.ts";
import { S_IFDIR, S_IFMT, S_ISGID, S_ISVTX, S_IXGRP, S_IXUGO } from "../../abi/stat.ts";
import type { Credentials } from "../cred/credentials.ts";
import { NO_CAPABILITIES } from "../cred/credentials.ts";
import type { Inode } from "./inode.ts";
import { type MountIds, seenThrough } from "./mount-ids.ts";

export const MAY_EXEC = 1;
export const MAY_WRITE = 2;
export const MAY_READ = 4;

/** The part of an inode that access control looks at. */
export interface Owned {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export function checkDac(credentials: Credentials, inode: Owned, mask: number): boolean {
  let bits = inode.mode;
  if (credentials.fsuid === inode.uid) bits >>= 6;
  else if (credentials.inGroup(inode.gid)) bits >>= 3;
  if ((mask & ~bits & 7) === 0) return true;
  return overrides(credentials, inode, mask);
}

function overrides(credentials: Credentials, inode: Owned, mask: number): boolean {
  const isDirectory = (inode.mode & S_IFMT) === S_IFDIR;
  if (isDirectory) {
    if ((mask & MAY_WRITE) === 0 && credentials.hasOver(inode, CAP_DAC_READ_SEARCH)) return true;
    return credentials.hasOver(inode, CAP_DAC_OVERRIDE);
  }
  if (mask === MAY_READ && credentials.hasOver(inode, CAP_DAC_READ_SEARCH)) return true;
  // Root may execute only what somebody may execute.
  if ((mask & MAY_EXEC) !== 0 && (inode.mode & S_IXUGO) === 0) return false;
  return credentials.hasOver(inode, CAP_DAC_OVERRIDE);
}

export function isOwner(credentials: Credentials, inode: Owned): boolean {
  return credentials.fsuid === inode.uid || credentials.hasOver(inode, CAP_FOWNER);
}

/** May the entry `child` of the sticky directory `parent` be removed by these credentials? */
export function stickyAllows(credentials: Credentials, parent: Owned, child: Owned): boolean {
  if ((parent.mode & S_ISVTX) === 0) return true;
  if (credentials.fsuid === child.uid || credentials.fsuid === parent.uid) return true;
  return credentials.hasOver(child, CAP_FOWNER);
}

/** What a chmod, chown or write leaves of set-group-ID for somebody outside the file's group. */
export function mayKeepSetgid(credentials: Credentials, inode: Owned, gid = inode.gid): boolean {
  return credentials.inGroup(gid) || credentials.hasOver(inode, CAP_FSETID);
}

/** The set-id bits that a write by these credentials takes away (file_remove_privs). */
export function privilegeBits(
  credentials: Credentials,
  inode: Inode,
  ids: MountIds | null,
): number {
  if (!inode.isRegular || credentials.hasOver(seenThrough(ids, inode), CAP_FSETID)) return 0;
  let bits = inode.mode & 0o4000;
  if ((inode.mode & (S_ISGID | S_IXGRP)) === (S_ISGID | S_IXGRP)) bits |= S_ISGID;
  return bits;
}

/** The credentials that access(2) checks with: real ids, and root's powers only for real root. */
export function realCredentials(credentials: Credentials): Credentials {
  const same = credentials.fsuid === credentials.uid && credentials.fsgid === credentials.gid;
  const effective = credentials.uid === credentials.root ? credentials.permitted : NO_CAPABILITIES;
  if (same && credentials.effective === effective) return credentials;
  return credentials.with({ fsuid: credentials.uid, fsgid: credentials.gid, effective });
}
