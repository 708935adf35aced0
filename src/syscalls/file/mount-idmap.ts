/**
 * MOUNT_ATTR_IDMAP: mounts with the ids of a user namespace. Source: mount_setattr(2), "ID-mapped mounts", and
 * open_tree_attr(2) of Linux 6.15, which may replace those of a clone that nobody has seen yet.
 */
import { CAP_SYS_ADMIN } from "../../abi/capability.ts";
import { EBADF, EINVAL, EPERM } from "../../abi/errno.ts";
import { MOUNT_ATTR_IDMAP } from "../../abi/mount.ts";
import { refuse } from "../../base/refuse.ts";
import { NamespaceFile } from "../../kernel/ns/namespace-file.ts";
import { UserNamespace } from "../../kernel/ns/user-namespace.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { Mount } from "../../kernel/vfs/mount.ts";
import { MountIds } from "../../kernel/vfs/mount-ids.ts";
import type { MountAttributes } from "./mount-attributes.ts";

const MOST_DESCRIPTOR = 2 ** 31 - 1;

/** Which ids mounts are to get: those of a user namespace; "none"; null for those that they have. Or -errno. */
export type WantedIds = UserNamespace | "none" | null;

export function wantedIds(
  task: Task,
  { attr_set, attr_clr, userns_fd }: MountAttributes,
  mayReplace: boolean,
): WantedIds | number {
  const sets = (attr_set & MOUNT_ATTR_IDMAP) !== 0;
  const clears = (attr_clr & MOUNT_ATTR_IDMAP) !== 0;
  if (clears && !mayReplace) return refuse(EINVAL, "mount_setattr: ids of a mount do not come off");
  if (!sets) return clears ? "none" : null;
  if (userns_fd > MOST_DESCRIPTOR) return refuse(EINVAL, "mount_setattr: not a descriptor");
  const file = task.files.get(userns_fd);
  if (file === null) return -EBADF;
  const namespace = file instanceof NamespaceFile ? file.namespace : null;
  if (!(namespace instanceof UserNamespace))
    return refuse(EINVAL, "mount_setattr: not a user namespace");
  if (namespace.level === 0)
    return refuse(EPERM, "mount_setattr: the first user namespace maps nothing");
  if (!task.credentials.hasIn(namespace, CAP_SYS_ADMIN))
    return refuse(EPERM, "mount_setattr: CAP_SYS_ADMIN in the user namespace");
  if (namespace.uids.extents.length === 0 || namespace.gids.extents.length === 0)
    return refuse(EINVAL, "mount_setattr: the user namespace has no maps yet");
  return namespace;
}

/** May `mount` get them? Only before it was anywhere, and only once unless `mayReplace`. 0 or -errno. */
export function checkIds(task: Task, mount: Mount, wanted: WantedIds, mayReplace: boolean): number {
  if (wanted === null) return 0;
  const { filesystem, ids, namespace } = mount;
  if (wanted === filesystem.userNamespace)
    return refuse(EINVAL, "mount_setattr: the filesystem's own user namespace");
  if (ids !== null && !mayReplace) return refuse(EPERM, "mount_setattr: the mount has ids already");
  if (!filesystem.allowsIds)
    return refuse(EINVAL, "mount_setattr: no mount of this filesystem has ids of its own");
  if (!task.credentials.hasIn(filesystem.userNamespace, CAP_SYS_ADMIN))
    return refuse(EPERM, "mount_setattr: a filesystem of another user namespace");
  return namespace === null ? 0 : refuse(EINVAL, "mount_setattr: the mount is attached");
}

export function setIds(mount: Mount, wanted: WantedIds): void {
  if (wanted === "none") mount.ids = null;
  else if (wanted !== null) mount.ids = new MountIds(wanted, mount.filesystem.userNamespace);
}
