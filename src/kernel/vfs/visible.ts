/**
 * May a user namespace's root mount proc or sysfs anew? Only if the tree that he was given shows one of them whole: what
 * covers parts of it there would be uncovered (mount_namespaces(7), "Restrictions on mount namespaces").
 */
import { MS_NOATIME, MS_NODIRATIME, MS_RDONLY, MS_RELATIME } from "../../abi/mount.ts";
import type { Mount } from "./mount.ts";
import type { MountNamespace } from "./mount-namespace.ts";

const TIMES = MS_NOATIME | MS_NODIRATIME | MS_RELATIME;

/** Does a new mount of `type` with these flags show what `namespace` does not? */
export function revealsMore(namespace: MountNamespace, type: string, flags: number): boolean {
  if ((namespace.owner?.level ?? 0) === 0) return false;
  for (const mount of namespace.mounts()) if (showsAll(mount, type, flags)) return false;
  return true;
}

function showsAll(mount: Mount, type: string, flags: number): boolean {
  const { filesystem, lockedFlags } = mount;
  if (filesystem.type !== type || mount.root !== filesystem.rootDentry) return false;
  const isReadOnly = filesystem.readOnly || (lockedFlags & MS_RDONLY) !== 0;
  if (isReadOnly && (flags & MS_RDONLY) === 0) return false;
  if (lockedFlags !== 0 && (lockedFlags & TIMES) !== (flags & TIMES)) return false;
  for (const child of mount.children.values())
    if (child.isLocked && child.mountpoint!.inode?.isEmptyForever !== true) return false;
  return true;
}
