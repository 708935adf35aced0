/**
 * mount, umount2, pivot_root. Source: mount(2), umount2(2), pivot_root(2). The tree of mounts is
 * kernel/vfs/mount.ts; filesystem types are registered with the Vfs by the assembler.
 */
import { CAP_SYS_ADMIN } from "../../abi/capability.ts";
import { EAGAIN, EBUSY, EFAULT, EINVAL, ELOOP, ENOSPC, ENOTDIR, EPERM } from "../../abi/errno.ts";
import { AT_FDCWD } from "../../abi/fcntl.ts";
import { PATH_MAX } from "../../abi/limits.ts";
import {
  MNT_DETACH,
  MNT_EXPIRE,
  MNT_FORCE,
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
  MS_SILENT,
  MS_SLAVE,
  MS_STRICTATIME,
  MS_UNBINDABLE,
  UMOUNT_NOFOLLOW,
  umountFlags,
} from "../../abi/mount.ts";
import { refuse } from "../../base/refuse.ts";
import { NamespaceInode } from "../../kernel/ns/namespace-file.ts";
import type { Task } from "../../kernel/task/task.ts";
import {
  cloneMount,
  copyTree,
  dissolve,
  type Mount,
  plug,
  unplug,
} from "../../kernel/vfs/mount.ts";
import { MountNamespace } from "../../kernel/vfs/mount-namespace.ts";
import { LOOKUP_DIRECTORY, LOOKUP_FOLLOW } from "../../kernel/vfs/namei.ts";
import { Path } from "../../kernel/vfs/path.ts";
import { attachTree, detach, hasRoom, unmount } from "../../kernel/vfs/propagate.ts";
import { revealsMore } from "../../kernel/vfs/visible.ts";
import { keepsLocked, setPropagation } from "./mount-attributes.ts";

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
  if (!mayMount(task)) return refuse(EPERM, "mount: CAP_SYS_ADMIN");
  const isMagic = (rawFlags & MS_MGC_MSK) >>> 0 === MS_MGC_VAL;
  const flags = isMagic ? rawFlags & ~MS_MGC_MSK : rawFlags;
  if ((flags & MS_REMOUNT) !== 0) return remount(task, target, flags, dataAt);
  if ((flags & MS_BIND) !== 0) return bind(task, sourceAt, target, flags);
  if ((flags & PROPAGATION) !== 0) return changePropagation(task, target, flags);
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

function mayMount(task: Task): boolean {
  return task.credentials.hasIn(task.namespaces.mounts.owner, CAP_SYS_ADMIN);
}

/** Only the tree that the task sees is the task's to change. */
export function isOwn(task: Task, mount: Mount): boolean {
  return mount.namespace === task.namespaces.mounts;
}

function mountFlagsOf(flags: number): number {
  const kept = flags & MOUNT_FLAGS;
  if ((flags & MS_STRICTATIME) !== 0) return kept & ~MS_NOATIME;
  return (flags & MS_NOATIME) !== 0 ? kept : kept | MS_RELATIME;
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
  const { mounts } = task.namespaces;
  const showsKernel = vfs.filesystemTypes.get(type)?.showsKernel === true;
  if (showsKernel && revealsMore(mounts, type, mountFlagsOf(flags)))
    return refuse(EPERM, "mount: it would show what is covered here");
  target.ref();
  const filesystem = vfs.filesystemTypes.mount(task, type, source, flags, data);
  target.unref();
  if (typeof filesystem === "number") return filesystem;
  if (target.inode.isDirectory !== filesystem.root.isDirectory) {
    filesystem.release();
    return -ENOTDIR;
  }
  if (filesystem === target.mount.filesystem && target.dentry === target.mount.root)
    return refuse(EBUSY, "mount: the same filesystem is there already");
  if (!isOwn(task, target.mount)) return refuse(EINVAL, "mount: another mount namespace");
  if (!hasRoom(vfs, 1)) return refuse(ENOSPC, "mount: too many mounts");
  const name = source === "" ? "none" : source;
  const made = vfs.newMount(filesystem, mountFlagsOf(flags), name);
  const rc = attachTree(vfs, made, target);
  if (rc < 0) made.release();
  return rc;
}

const TIMES = MS_NOATIME | MS_NODIRATIME | MS_RELATIME;

function remount(task: Task, target: Path, flags: number, dataAt: number): number {
  const { mount: at } = target;
  if (target.dentry !== at.root) return refuse(EINVAL, "mount: remount of what is not a mount");
  if (!isOwn(task, at)) return refuse(EINVAL, "mount: another mount namespace");
  let kept = mountFlagsOf(flags);
  // A remount that says nothing of access times leaves them.
  if ((flags & (TIMES | MS_STRICTATIME)) === 0) kept = (kept & ~TIMES) | (at.flags & TIMES);
  if (!keepsLocked(at, kept)) return refuse(EPERM, "mount: a flag is locked");
  if ((flags & MS_BIND) === 0) {
    if (!task.credentials.hasIn(at.filesystem.userNamespace, CAP_SYS_ADMIN))
      return refuse(EPERM, "mount: a filesystem of another user namespace");
    const data = textAt(task, dataAt);
    if (typeof data === "number") return data;
    const rc = at.filesystem.reconfigure(data);
    if (rc < 0) return rc;
  }
  at.flags = kept;
  return 0;
}

function bind(task: Task, sourceAt: number, target: Path, flags: number): number {
  target.ref();
  const source = pathAt(task, sourceAt, LOOKUP_FOLLOW);
  target.unref();
  if (typeof source === "number") return source;
  if (!isOwn(task, target.mount)) return refuse(EINVAL, "mount: another mount namespace");
  if (source.inode.isDirectory !== target.inode.isDirectory) return -ENOTDIR;
  const copy = copyForBind(task, source, (flags & MS_REC) !== 0);
  if (typeof copy === "number") return copy;
  const rc = attachTree(task.kernel.vfs, copy, target);
  if (rc < 0) dissolve(copy);
  return rc;
}

/** What a bind mount of `source` shows, attached nowhere; or -errno. */
export function copyForBind(task: Task, source: Path, below: boolean): Mount | number {
  const { vfs } = task.kernel;
  const { mount, dentry } = source;
  const isNamespace = source.inode instanceof NamespaceInode;
  if (!isOwn(task, mount) && !isNamespace)
    return refuse(EINVAL, "mount: the source is in another mount namespace");
  if (isNamespace && !mayPin(task, source.inode as NamespaceInode))
    return refuse(EINVAL, "mount: a namespace that would hold itself");
  if (mount.isUnbindable) return refuse(EINVAL, "mount: the source is unbindable");
  if (!hasRoom(vfs, below ? [...mount.tree()].length : 1))
    return refuse(ENOSPC, "mount: too many mounts");
  if (below) return copyTree(vfs, mount, dentry, "peer", { unbindable: false });
  for (const child of mount.children.values())
    if (child.isLocked && child.mountpoint!.isWithin(dentry))
      return refuse(EINVAL, "mount: it would show what a locked mount covers");
  return cloneMount(vfs, mount, dentry, "peer");
}

/** A mount namespace may only be held by older ones: otherwise nothing would ever let it go. */
function mayPin(task: Task, { namespace }: NamespaceInode): boolean {
  return !(namespace instanceof MountNamespace) || namespace.id > task.namespaces.mounts.id;
}

function changePropagation(task: Task, target: Path, flags: number): number {
  const kind = flags & PROPAGATION;
  if ((kind & (kind - 1)) !== 0 || (flags & ~(PROPAGATION | MS_REC | MS_SILENT)) !== 0)
    return refuse(EINVAL, "mount: one propagation type at a time");
  if (target.dentry !== target.mount.root || !isOwn(task, target.mount))
    return refuse(EINVAL, "mount: not a mount point of this namespace");
  const all = (flags & MS_REC) !== 0 ? [...target.mount.tree()] : [target.mount];
  for (const each of all) setPropagation(each, kind);
  return 0;
}

function move(task: Task, sourceAt: number, target: Path): number {
  target.ref();
  const source = pathAt(task, sourceAt, LOOKUP_FOLLOW);
  target.unref();
  return typeof source === "number" ? source : movePath(task, source, target);
}

/** Move the mount whose root `source` is. */
export function movePath(task: Task, source: Path, target: Path): number {
  const { mount: moved } = source;
  const { parent, mountpoint } = moved;
  if (source.dentry !== moved.root || parent === null || !isOwn(task, moved) || moved.isLocked)
    return refuse(EINVAL, "mount: the source is not a mount that can move");
  if (!isOwn(task, target.mount)) return refuse(EINVAL, "mount: another mount namespace");
  if (source.inode.isDirectory !== target.inode.isDirectory) return -ENOTDIR;
  if (parent.group !== null)
    return refuse(EINVAL, "mount: what is mounted on a shared mount does not move");
  for (let at: Mount | null = target.mount; at !== null; at = at.parent)
    if (at === moved) return refuse(ELOOP, "mount: into itself");
  unplug(moved);
  const rc = attachTree(task.kernel.vfs, moved, target);
  if (rc < 0) plug(moved, parent, mountpoint!);
  return rc;
}

/** What is mounted on the place, or the place: "." and ".." lead below what covers them. */
function topOf(path: Path): Path {
  let { mount, dentry } = path;
  for (let over = mount.children.get(dentry); over !== undefined; ) {
    mount = over;
    dentry = over.root;
    over = mount.children.get(dentry);
  }
  return new Path(mount, dentry);
}

export function umount2(task: Task, targetAt: number, flags: number): number {
  if (umountFlags.unknown(flags) !== 0) return refuse(EINVAL, "umount: unknown flags");
  if (!mayMount(task)) return refuse(EPERM, "umount: CAP_SYS_ADMIN");
  const follow = (flags & UMOUNT_NOFOLLOW) !== 0 ? 0 : LOOKUP_FOLLOW;
  const path = pathAt(task, targetAt, follow);
  if (typeof path === "number") return path;
  const { mount: gone, dentry } = topOf(path);
  if (dentry !== gone.root || !isOwn(task, gone))
    return refuse(EINVAL, "umount: not a mount point of this namespace");
  if (gone.isLocked) return refuse(EINVAL, "umount: a locked mount");
  const isExpiry = (flags & MNT_EXPIRE) !== 0;
  const isLazy = (flags & MNT_DETACH) !== 0;
  if (isExpiry && (isLazy || (flags & MNT_FORCE) !== 0 || gone === task.fs.root.mount))
    return refuse(EINVAL, "umount: MNT_EXPIRE with other flags, or of the root");
  if (gone === task.namespaces.mounts.root)
    return isLazy
      ? refuse(EINVAL, "umount: the root of the namespace")
      : refuse(EBUSY, "umount: the root of the namespace");
  if (isExpiry && gone.users > 0) return refuse(EBUSY, "umount: in use");
  if (isExpiry && !gone.isExpiring) {
    gone.isExpiring = true;
    return -EAGAIN;
  }
  if (!isLazy) return unmount(gone);
  detach(gone);
  return 0;
}

export function pivot_root(task: Task, newAt: number, oldAt: number): number {
  if (!mayMount(task)) return refuse(EPERM, "pivot_root: CAP_SYS_ADMIN");
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
  if (
    namespace === null ||
    !isOwn(task, fresh.mount) ||
    !isOwn(task, root.mount) ||
    !isOwn(task, old.mount)
  )
    return refuse(EINVAL, "pivot_root: another mount namespace");
  if (fresh.mount.isLocked) return refuse(EINVAL, "pivot_root: a locked mount");
  const isShared = (mount: Mount | null) => mount !== null && mount.group !== null;
  if (isShared(old.mount) || isShared(fresh.mount.parent) || isShared(root.mount.parent))
    return refuse(EINVAL, "pivot_root: events of a shared mount would go to others");
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
  unplug(fresh.mount);
  if (above !== null) unplug(oldRoot);
  plug(oldRoot, old.mount, old.dentry);
  if (above !== null) plug(fresh.mount, above, point!);
  else namespace.root = fresh.mount;
  // What covered the old root goes with the lock that it had.
  fresh.mount.isLocked = oldRoot.isLocked;
  oldRoot.isLocked = false;
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
