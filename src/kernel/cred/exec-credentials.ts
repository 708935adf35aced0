/**
 * What execve does to credentials (execve(2), capabilities(7) "Transformation of capabilities during
 * execve()"): set-user-ID and set-group-ID bits, root's capabilities, ambient ones.
 */
import { S_ISGID, S_ISUID, S_IXGRP } from "../../abi/stat.ts";
import type { Task } from "../task/task.ts";
import type { File } from "../vfs/file.ts";
import { seenThrough } from "../vfs/mount-ids.ts";
import type { Owned } from "../vfs/permission.ts";
import { type CapabilitySet, type Credentials, intersection, union } from "./credentials.ts";

const MAY_READ = 4;
const SECBIT_NOROOT = 1;
const SECBIT_KEEP_CAPS = 1 << 4;

export interface ExecCredentials {
  credentials: Credentials;
  /** AT_SECURE: the loader must not trust the environment. */
  secure: boolean;
  /** The new program may not be looked into by its own user (PR_SET_DUMPABLE). */
  privileged: boolean;
}

export function credentialsForExec(task: Task, file: File): ExecCredentials {
  const old = task.credentials;
  const ids = file.mountIds;
  const seen = seenThrough(ids, file.inode);
  const { mode, uid, gid } = seen;
  const obeysBits = mayChangeIds(task, file, seen) && !old.noNewPrivs;
  const setsUser = obeysBits && (mode & S_ISUID) !== 0;
  const setsGroup = obeysBits && (mode & S_ISGID) !== 0 && (mode & S_IXGRP) !== 0;
  const euid = setsUser ? uid : old.euid;
  const egid = setsGroup ? gid : old.egid;
  const gains = euid !== old.euid || egid !== old.egid;
  const asRoot =
    (old.securebits & SECBIT_NOROOT) === 0 && (euid === old.root || old.uid === old.root);
  const ambient = gains ? none : old.ambient;
  const granted = asRoot ? union(old.inheritable, old.bounding) : ambient;
  const permitted = old.noNewPrivs ? intersection(granted, old.permitted) : granted;
  const effective = asRoot ? (euid === old.root ? permitted : ambient) : ambient;
  const credentials = old.with({
    euid,
    egid,
    suid: euid,
    sgid: egid,
    fsuid: euid,
    fsgid: egid,
    permitted,
    effective,
    ambient,
    securebits: old.securebits & ~SECBIT_KEEP_CAPS,
  });
  const secure = euid !== old.uid || egid !== old.gid || (old.uid !== old.root && asRoot && gains);
  const unreadable = file.inode.permission(old, MAY_READ, ids) < 0;
  return {
    credentials,
    secure,
    privileged: gains || old.uid !== euid || old.gid !== egid || unreadable,
  };
}

/** Set-id bits count on mounts of the own namespaces, for ids that the own user namespace knows. */
function mayChangeIds(task: Task, { inode, path }: File, { uid, gid }: Owned): boolean {
  const { userNamespace } = task.credentials;
  if (path === null || path.mount.nosuid || path.mount.namespace !== task.namespaces.mounts)
    return false;
  return userNamespace.isWithin(inode.filesystem.userNamespace) && userNamespace.knows(uid, gid);
}

const none: CapabilitySet = { lo: 0, hi: 0 };
