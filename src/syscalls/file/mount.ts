/**
 * mount, umount2, pivot_root. Source: mount(2), umount2(2), pivot_root(2). The tree of mounts is
 * kernel/vfs/mount.ts; filesystem types are registered with the Vfs by the assembler.
 */
import { CAP_SYS_ADMIN } from "../../abi/capability.ts";
import { EAGAIN, EBUSY, EFAULT, EINVAL, ELOOP, ENOTDIR, EPERM } from "../../abi/errno.ts";
import { AT_FDCWD } from "../../abi/fcntl.ts";
import { PATH_MAX } from "../../abi/limits.ts";
import {
  MNT_DETACH,
  MNT_EXPIRE,
  MS_BIND,
  MS_MGC_MSK,
  MS_MGC_VAL,
  MS_MOVE,
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_NOSYMFOLLOW,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
  MS_RELATIME,
  MS_REMOUNT,
  MS_SHARED,
  MS_SLAVE,
  MS_STRICTATIME,
  MS_UNBINDABLE,
  UMOUNT_NOFOLLOW,
  umountFlags,
} from "../../abi/mount.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { Mount, Propagation } from "../../kernel/vfs/mount.ts";
import { cloneMount } from "../../kernel/vfs/mount.ts";
import { LOOKUP_DIRECTORY, LOOKUP_FOLLOW } from "../../kernel/vfs/namei.ts";
import type { Path } from "../../kernel/vfs/path.ts";

/** The flags that belong to a mount; the others go to the filesystem. */
const MOUNT_FLAGS =
  MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME | MS_NOSYMFOLLOW;
const PROPAGATION = MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE;

export function mount(
  task: Task,
  sourceAt: number,
  targetAt: number,
  typeAt: number,
  rawFlags: number,
  dataAt: number,
): number {
  const target = pathAt(task, targetAt, LOOKUP_FOLLOW);
  if (typeof target === "number") return target;
  if (!task.credentials.hasIn(task.namespaces.mounts.owner, CAP_SYS_ADMIN))
    return refuse(EPERM, "mount: CAP_SYS_ADMIN");
  const isMagic = (rawFlags & MS_MGC_MSK) >>> 0 === MS_MGC_VAL;
  const flags = isMagic ? rawFlags & ~MS_MGC_MSK : rawFlags;
  if ((flags & MS_REMOUNT) !== 0) return remount(task, target, flags, dataAt);
  if ((flags & MS_BIND) !== 0) return bind(task, sourceAt, target, flags);
  if ((flags & PROPAGATION) !== 0) return setPropagation(task, target, flags);
  if ((flags & MS_MOVE) !== 0) return move(task, sourceAt, target);
  return mountNew(task, sourceAt, target, typeAt, flags, dataAt);
}

function pathAt(task: Task, at: number, lookup: number): Path | number {
  const name = task.mm.readPath(at);
  return typeof name === "number" ? name : task.kernel.vfs.resolve(task, AT_FDCWD, name, lookup);
}

/** A string argument that may be a null pointer. */
function textAt(task: Task, at: number): string | number {
  if (at === 0) return "";
  const text = task.mm.readString(at, PATH_MAX);
  return text === -1 ? -EINVAL : text;
}

function mountFlagsOf(flags: number): number {
  const kept = flags & MOUNT_FLAGS;
  return (flags & (MS_NOATIME | MS_STRICTATIME)) !== 0 ? kept : kept | MS_RELATIME;
}

function mountNew(
  task: Task,
  sourceAt: number,
  target: Path,
  typeAt: number,
  flags: number,
  dataAt: number,
): number {
  const { vfs } = task.kernel;
  const type = textAt(task, typeAt);
  const source = textAt(task, sourceAt);
  const data = textAt(task, dataAt);
  if (typeof type === "number" || typeof source === "number" || typeof data === "number")
    return -EFAULT;
  if (type === "") return refuse(EINVAL, "mount: no filesystem type");
  target.ref();
  const filesystem = vfs.filesystemTypes.mount(task, type, source, flags, data);
  target.unref();
  if (typeof filesystem === "number") return filesystem;
  if (target.inode.isDirectory !== filesystem.root.isDirectory) {
    filesystem.release();
    return -ENOTDIR;
  }
  vfs.mountAt(filesystem, target, mountFlagsOf(flags), source === "" ? "none" : source);
  return 0;
}

function remount(task: Task, target: Path, flags: number, dataAt: number): number {
  const { mount: at } = target;
  if (target.dentry !== at.root) return refuse(EINVAL, "mount: remount of what is not a mount");
  const kept = mountFlagsOf(flags);
  if ((flags & MS_BIND) === 0) {
    const data = textAt(task, dataAt);
    if (typeof data === "number") return data;
    const rc = at.filesystem.reconfigure(data);
    if (rc < 0) return rc;
  }
  at.flags = kept;
  return 0;
}

function bind(task: Task, sourceAt: number, target: Path, flags: number): number {
  const { vfs } = task.kernel;
  target.ref();
  const source = pathAt(task, sourceAt, LOOKUP_FOLLOW);
  target.unref();
  if (typeof source === "number") return source;
  if (source.inode.isDirectory !== target.inode.isDirectory) return -ENOTDIR;
  const namespace = target.mount.namespace;
  if (namespace === null || source.mount.namespace === null)
    return refuse(EINVAL, "mount: not in a mount namespace");
  if (source.mount.propagation === "unbindable")
    return refuse(EINVAL, "mount: the source is unbindable");
  const copy = cloneMount(vfs, source.mount, source.dentry);
  if ((flags & MS_REC) !== 0) copyBelow(task, source, copy);
  namespace.attach(copy, target);
  return 0;
}

/** What is mounted below the source comes along. */
export function copyBelow(task: Task, source: Path, copy: Mount): void {
  const copies = new Map<Mount, Mount>([[source.mount, copy]]);
  for (const below of [...source.mount.tree()]) {
    const parent = below.parent === null ? undefined : copies.get(below.parent);
    if (below === source.mount || parent === undefined || below.propagation === "unbindable")
      continue;
    if (below.parent === source.mount && !below.mountpoint!.isWithin(source.dentry)) continue;
    const clone = cloneMount(task.kernel.vfs, below);
    copies.set(below, clone);
    plug(clone, parent, below.mountpoint!);
  }
}

/** As MountNamespace.attach, for a tree that is not in a namespace yet. */
function plug(mount: Mount, parent: Mount, point: Path["dentry"]): void {
  mount.parent = parent;
  mount.mountpoint = point;
  parent.children.set(point, mount);
  point.mounts++;
  point.ref();
}

function setPropagation(task: Task, target: Path, flags: number): number {
  const kind = flags & PROPAGATION;
  if ((kind & (kind - 1)) !== 0 || (flags & ~(PROPAGATION | MS_REC | 0x8000)) !== 0)
    return refuse(EINVAL, "mount: one propagation type at a time");
  if (target.dentry !== target.mount.root) return refuse(EINVAL, "mount: not a mount point");
  const propagation: Propagation =
    kind === MS_SHARED
      ? "shared"
      : kind === MS_SLAVE
        ? "slave"
        : kind === MS_PRIVATE
          ? "private"
          : "unbindable";
  const all = (flags & MS_REC) !== 0 ? [...target.mount.tree()] : [target.mount];
  for (const each of all) {
    each.propagation = propagation;
    if (propagation === "shared" && each.peerGroup === 0)
      each.peerGroup = task.kernel.vfs.newPeerGroup();
    if (propagation === "private" || propagation === "unbindable") each.peerGroup = 0;
  }
  return 0;
}

function move(task: Task, sourceAt: number, target: Path): number {
  target.ref();
  const source = pathAt(task, sourceAt, LOOKUP_FOLLOW);
  target.unref();
  return typeof source === "number" ? source : movePath(source, target);
}

/** Move the mount whose root `source` is. */
export function movePath(source: Path, target: Path): number {
  const { mount: moved } = source;
  const { namespace } = moved;
  if (source.dentry !== moved.root || moved.parent === null || namespace === null)
    return refuse(EINVAL, "mount: the source is not a mount that can move");
  if (source.inode.isDirectory !== target.inode.isDirectory) return -ENOTDIR;
  for (let at: Mount | null = target.mount; at !== null; at = at.parent)
    if (at === moved) return refuse(ELOOP, "mount: into itself");
  namespace.unplug(moved);
  namespace.attach(moved, target);
  return 0;
}

export function umount2(task: Task, targetAt: number, flags: number): number {
  if (umountFlags.unknown(flags) !== 0) return refuse(EINVAL, "umount: unknown flags");
  if (!task.credentials.hasIn(task.namespaces.mounts.owner, CAP_SYS_ADMIN))
    return refuse(EPERM, "umount: CAP_SYS_ADMIN");
  const follow = (flags & UMOUNT_NOFOLLOW) !== 0 ? 0 : LOOKUP_FOLLOW;
  const path = pathAt(task, targetAt, follow);
  if (typeof path === "number") return path;
  const { mount: gone } = path;
  if (path.dentry !== gone.root || gone.namespace === null)
    return refuse(EINVAL, "umount: not a mount point");
  if ((flags & MNT_EXPIRE) !== 0) return -EAGAIN;
  return (flags & MNT_DETACH) !== 0 ? gone.namespace.detach(gone) : gone.namespace.unmount(gone);
}

export function pivot_root(task: Task, newAt: number, oldAt: number): number {
  if (!task.credentials.hasIn(task.namespaces.mounts.owner, CAP_SYS_ADMIN))
    return refuse(EPERM, "pivot_root: CAP_SYS_ADMIN");
  const fresh = pathAt(task, newAt, LOOKUP_FOLLOW | LOOKUP_DIRECTORY);
  if (typeof fresh === "number") return fresh;
  fresh.ref();
  const old = pathAt(task, oldAt, LOOKUP_FOLLOW | LOOKUP_DIRECTORY);
  const rc = typeof old === "number" ? old : pivot(task, fresh, old);
  fresh.unref();
  return rc;
}

function pivot(task: Task, fresh: Path, old: Path): number {
  const { root } = task.fs;
  const { namespace } = root.mount;
  if (namespace === null || fresh.mount.namespace !== namespace)
    return refuse(EINVAL, "pivot_root: namespace");
  if (fresh.mount === root.mount || old.mount === root.mount)
    return refuse(EBUSY, "pivot_root: new root and put_old must not be on the current root");
  if (fresh.dentry !== fresh.mount.root || root.dentry !== root.mount.root)
    return refuse(EINVAL, "pivot_root: not a mount point");
  if (fresh.mount.parent === null)
    return refuse(EINVAL, "pivot_root: new root is the namespace's root");
  if (!isUnder(old, fresh)) return refuse(EINVAL, "pivot_root: put_old is not under the new root");
  const oldRoot = root.mount;
  const above = oldRoot.parent;
  const point = oldRoot.mountpoint;
  namespace.unplug(fresh.mount);
  if (above !== null) namespace.unplug(oldRoot);
  namespace.attach(oldRoot, old);
  if (above !== null) plug(fresh.mount, above, point!);
  else namespace.root = fresh.mount;
  for (const group of task.kernel.pids.groups())
    for (const each of group.tasks) moveRoot(each, root, fresh);
  return 0;
}

/** Every task whose root or working directory was the old root goes to the new one. */
function moveRoot(task: Task, old: Path, fresh: Path): void {
  const { fs } = task;
  if (fs.root.equals(old)) fs.setRoot(fresh);
  if (fs.cwd.equals(old)) fs.setCwd(fresh);
}

function isUnder(path: Path, root: Path): boolean {
  let { mount: at, dentry } = path;
  while (at !== root.mount) {
    if (at.parent === null) return false;
    dentry = at.mountpoint!;
    at = at.parent;
  }
  return dentry.isWithin(root.dentry);
}
