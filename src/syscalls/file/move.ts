/**
 * What move_mount(2) does with two places: attach a tree or move a mount, put one beneath what is mounted, or let
 * one mount share the events of another (MOVE_MOUNT_SET_GROUP).
 */
import { CAP_SYS_ADMIN } from "../../abi/capability.ts";
import { EINVAL, ENOTDIR, EPERM } from "../../abi/errno.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../../kernel/task/task.ts";
import { plug, unplug } from "../../kernel/vfs/mount.ts";
import { Path } from "../../kernel/vfs/path.ts";
import { join, setMaster } from "../../kernel/vfs/peer-group.ts";
import { attachTree } from "../../kernel/vfs/propagate.ts";
import { isOwn, movePath } from "./mount.ts";

/** Attach a detached tree, or move a mount. */
export function place(task: Task, source: Path, target: Path): number {
  const { mount } = source;
  if (mount.namespace !== null) return movePath(task, source, target);
  if (source.dentry !== mount.root || mount.parent !== null || !isOwn(task, target.mount))
    return refuse(EINVAL, "move_mount: not a tree that can be attached");
  if (source.inode.isDirectory !== target.inode.isDirectory) return -ENOTDIR;
  return attachTree(task.kernel.vfs, mount, target);
}

/** What is mounted at the target lies on the new one from now on. */
export function placeBeneath(task: Task, source: Path, target: Path): number {
  const { mount } = source;
  const over = target.mount;
  const { parent, mountpoint } = over;
  if (target.dentry !== over.root || parent === null || !isOwn(task, over) || over.isLocked)
    return refuse(EINVAL, "move_mount: nothing is mounted there that could be lifted");
  if (over === task.fs.root.mount) return refuse(EINVAL, "move_mount: beneath the root");
  if (source.dentry !== mount.root || mount === over || mount === parent)
    return refuse(EINVAL, "move_mount: not beneath itself");
  unplug(over);
  const rc = place(task, source, new Path(parent, mountpoint!));
  if (rc < 0) plug(over, parent, mountpoint!);
  else plug(over, mount, mount.root);
  return rc;
}

/** The target, which shares nothing yet, becomes a peer of the source, and a slave of what that is a slave of. */
export function setGroup(task: Task, source: Path, target: Path): number {
  const from = source.mount;
  const to = target.mount;
  if (source.dentry !== from.root || target.dentry !== to.root)
    return refuse(EINVAL, "move_mount: not mounts");
  for (const { namespace } of [from, to]) {
    if (namespace === null) return refuse(EINVAL, "move_mount: a detached mount");
    if (!task.credentials.hasIn(namespace.owner, CAP_SYS_ADMIN))
      return refuse(EPERM, "move_mount: CAP_SYS_ADMIN in both mount namespaces");
  }
  if (from.filesystem !== to.filesystem || !to.root.isWithin(from.root))
    return refuse(EINVAL, "move_mount: they do not show the same tree");
  if (from.group === null && from.master === null)
    return refuse(EINVAL, "move_mount: the source shares nothing");
  if (to.group !== null || to.master !== null)
    return refuse(EINVAL, "move_mount: the target is in a group already");
  if (from.master !== null) setMaster(to, from.master);
  if (from.group !== null) join(to, from.group);
  return 0;
}
