/**
 * Mounts by descriptor. Source: open_tree(2), move_mount(2), mount_setattr(2), fsopen(2), fsconfig(2),
 * fsmount(2), fspick(2).
 */
import { CAP_SYS_ADMIN } from "../../abi/capability.ts";
import {
  E2BIG,
  EBADF,
  EBUSY,
  EFAULT,
  EINVAL,
  ENODEV,
  ENOSPC,
  EOPNOTSUPP,
  EPERM,
} from "../../abi/errno.ts";
import {
  AT_EMPTY_PATH,
  AT_NO_AUTOMOUNT,
  AT_RECURSIVE,
  AT_SYMLINK_NOFOLLOW,
  O_PATH,
} from "../../abi/fcntl.ts";
import { PAGE_SIZE } from "../../abi/limits.ts";
import {
  FSCONFIG_CMD_CREATE,
  FSCONFIG_CMD_CREATE_EXCL,
  FSCONFIG_CMD_RECONFIGURE,
  FSCONFIG_SET_FLAG,
  FSCONFIG_SET_STRING,
  FSMOUNT_CLOEXEC,
  FSOPEN_CLOEXEC,
  FSPICK_CLOEXEC,
  FSPICK_EMPTY_PATH,
  FSPICK_SYMLINK_NOFOLLOW,
  fsmountFlags,
  fsopenFlags,
  fspickFlags,
  MOVE_MOUNT_BENEATH,
  MOVE_MOUNT_F_EMPTY_PATH,
  MOVE_MOUNT_F_SYMLINKS,
  MOVE_MOUNT_SET_GROUP,
  MOVE_MOUNT_T_EMPTY_PATH,
  MOVE_MOUNT_T_SYMLINKS,
  mount_attr,
  moveMountFlags,
  OPEN_TREE_CLOEXEC,
  OPEN_TREE_CLONE,
  openTreeFlags,
} from "../../abi/mount.ts";
import { refuse } from "../../base/refuse.ts";
import { installFile } from "../../kernel/fd/install.ts";
import type { Task } from "../../kernel/task/task.ts";
import { FilesystemContext } from "../../kernel/vfs/filesystem-context.ts";
import { LOOKUP_EMPTY, LOOKUP_FOLLOW } from "../../kernel/vfs/namei.ts";
import { Path } from "../../kernel/vfs/path.ts";
import { PathFile } from "../../kernel/vfs/path-file.ts";
import { hasRoom } from "../../kernel/vfs/propagate.ts";
import { TreeFile } from "../../kernel/vfs/tree-file.ts";
import { revealsMore } from "../../kernel/vfs/visible.ts";
import { copyForBind, isOwn } from "./mount.ts";
import {
  changedFlags,
  isAttributes,
  type MountAttributes,
  mountFlagsOf,
  setPropagation,
} from "./mount-attributes.ts";
import { checkIds, setIds, wantedIds } from "./mount-idmap.ts";
import { place, placeBeneath, setGroup } from "./move.ts";
import { lookupFlags } from "./place.ts";

const MOST_KEY = 256;
const SETATTR_FLAGS = AT_EMPTY_PATH | AT_RECURSIVE | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;

function mayMount(task: Task): number {
  return task.credentials.hasIn(task.namespaces.mounts.owner, CAP_SYS_ADMIN)
    ? 0
    : refuse(EPERM, "mounts: CAP_SYS_ADMIN");
}

function resolve(task: Task, dirfd: number, at: number, lookup: number): Path | number {
  const name = task.mm.readPath(at);
  return typeof name === "number" ? name : task.kernel.vfs.resolve(task, dirfd, name, lookup);
}

// --- trees ------------------------------------------------------------------------------------

/** What open_tree(2) opens: the mount itself, or a copy of it that is attached nowhere. */
function openTree(task: Task, dirfd: number, at: number, flags: number): PathFile | number {
  const clones = (flags & OPEN_TREE_CLONE) !== 0;
  if (openTreeFlags.unknown(flags) !== 0 || (!clones && (flags & AT_RECURSIVE) !== 0))
    return refuse(EINVAL, "open_tree: bad flags");
  if (clones) {
    const may = mayMount(task);
    if (may < 0) return may;
  }
  const path = resolve(task, dirfd, at, lookupFlags(flags));
  if (typeof path === "number") return path;
  if (!clones) return new PathFile(path, O_PATH, task.credentials);
  const copy = copyForBind(task, path, (flags & AT_RECURSIVE) !== 0);
  if (typeof copy === "number") return copy;
  return new TreeFile(new Path(copy, copy.root), O_PATH, task.credentials);
}

export function open_tree(task: Task, dirfd: number, at: number, flags: number): number {
  const file = openTree(task, dirfd, at, flags);
  if (typeof file === "number") return file;
  return installFile(task, file, (flags & OPEN_TREE_CLOEXEC) !== 0);
}

export function move_mount(
  task: Task,
  fromDirfd: number,
  fromAt: number,
  toDirfd: number,
  toAt: number,
  flags: number,
): number {
  const may = mayMount(task);
  if (may < 0) return may;
  if (moveMountFlags.unknown(flags) !== 0) return refuse(EINVAL, "move_mount: unknown flags");
  const isBeneath = (flags & MOVE_MOUNT_BENEATH) !== 0;
  const isGroup = (flags & MOVE_MOUNT_SET_GROUP) !== 0;
  if (isBeneath && isGroup) return refuse(EINVAL, "move_mount: a group, or beneath");
  const from = lookup(flags, MOVE_MOUNT_F_SYMLINKS, MOVE_MOUNT_F_EMPTY_PATH);
  const to = lookup(flags, MOVE_MOUNT_T_SYMLINKS, MOVE_MOUNT_T_EMPTY_PATH);
  const source = resolve(task, fromDirfd, fromAt, from);
  if (typeof source === "number") return source;
  source.ref();
  const target = resolve(task, toDirfd, toAt, to);
  let rc = typeof target === "number" ? target : 0;
  if (typeof target !== "number") {
    if (isGroup) rc = setGroup(task, source, target);
    else rc = isBeneath ? placeBeneath(task, source, target) : place(task, source, target);
  }
  source.unref();
  return rc;
}

function lookup(flags: number, follows: number, empty: number): number {
  return ((flags & follows) !== 0 ? LOOKUP_FOLLOW : 0) | ((flags & empty) !== 0 ? LOOKUP_EMPTY : 0);
}

export function mount_setattr(
  task: Task,
  dirfd: number,
  at: number,
  flags: number,
  attributesAt: number,
  size: number,
): number {
  if ((flags & ~SETATTR_FLAGS) !== 0) return refuse(EINVAL, "mount_setattr: unknown flags");
  const attributes = readAttributes(task, attributesAt, size);
  if (attributes === null || typeof attributes === "number") return attributes ?? 0;
  const path = resolve(task, dirfd, at, lookupFlags(flags));
  if (typeof path === "number") return path;
  const below = (flags & AT_RECURSIVE) !== 0;
  return change(task, path, attributes, { below, replacesIds: false });
}

/** What is to change, null for nothing, or -errno. */
function readAttributes(task: Task, at: number, size: number): MountAttributes | null | number {
  if (size > PAGE_SIZE) return -E2BIG;
  if (size < mount_attr.size) return refuse(EINVAL, "mount_setattr: size too small");
  const may = mayMount(task);
  if (may < 0) return may;
  const bytes = task.mm.read(at, size);
  if (bytes === null) return -EFAULT;
  if (bytes.subarray(mount_attr.size).some((byte) => byte !== 0)) return -E2BIG;
  const attributes = mount_attr.read(new DataView(bytes.buffer), 0);
  const { attr_set, attr_clr, propagation } = attributes;
  if (attr_set === 0 && attr_clr === 0 && propagation === 0) return null;
  return isAttributes(attributes) ? attributes : refuse(EINVAL, "mount_setattr: bad attributes");
}

/** The mount at `path`, or it and all below: all of them, or none. `replacesIds`: it is a clone of just now. */
function change(
  task: Task,
  path: Path,
  attributes: MountAttributes,
  { below, replacesIds }: { readonly below: boolean; readonly replacesIds: boolean },
): number {
  const { mount } = path;
  const ids = wantedIds(task, attributes, replacesIds);
  if (typeof ids === "number") return ids;
  if (path.dentry !== mount.root) return refuse(EINVAL, "mount_setattr: not a mount");
  if (mount.namespace !== null && !isOwn(task, mount))
    return refuse(EINVAL, "mount_setattr: a mount of another namespace");
  const all = below ? [...mount.tree()] : [mount];
  const flags = all.map((each) => changedFlags(each, attributes));
  for (const [index, each] of all.entries()) {
    if (flags[index]! < 0) return flags[index]!;
    const rc = checkIds(task, each, ids, replacesIds);
    if (rc < 0) return rc;
  }
  for (const [index, each] of all.entries()) {
    each.flags = flags[index]!;
    setIds(each, ids);
    setPropagation(each, attributes.propagation);
  }
  return 0;
}

export function open_tree_attr(
  task: Task,
  dirfd: number,
  at: number,
  flags: number,
  attributesAt: number,
  size: number,
): number {
  if (attributesAt === 0 && size !== 0) return refuse(EINVAL, "open_tree_attr: a size of nothing");
  const file = openTree(task, dirfd, at, flags);
  if (typeof file === "number") return file;
  const attributes = attributesAt === 0 ? null : readAttributes(task, attributesAt, size);
  let rc = typeof attributes === "number" ? attributes : 0;
  if (attributes !== null && typeof attributes !== "number")
    rc = change(task, file.path!, attributes, {
      below: (flags & AT_RECURSIVE) !== 0,
      replacesIds: (flags & OPEN_TREE_CLONE) !== 0,
    });
  if (rc === 0) return installFile(task, file, (flags & OPEN_TREE_CLOEXEC) !== 0);
  file.unref();
  return rc;
}

// --- filesystems in the making ----------------------------------------------------------------

export function fsopen(task: Task, nameAt: number, flags: number): number {
  const may = mayMount(task);
  if (may < 0) return may;
  if (fsopenFlags.unknown(flags) !== 0) return refuse(EINVAL, "fsopen: unknown flags");
  const name = task.mm.readString(nameAt, PAGE_SIZE);
  if (typeof name === "number") return name === -1 ? -EINVAL : name;
  if (task.kernel.vfs.filesystemTypes.get(name) === undefined)
    return refuse(ENODEV, "fsopen: no such filesystem type");
  const context = new FilesystemContext(task, name, null);
  return installFile(task, context, (flags & FSOPEN_CLOEXEC) !== 0);
}

export function fspick(task: Task, dirfd: number, at: number, flags: number): number {
  const may = mayMount(task);
  if (may < 0) return may;
  if (fspickFlags.unknown(flags) !== 0) return refuse(EINVAL, "fspick: unknown flags");
  const follow = (flags & FSPICK_SYMLINK_NOFOLLOW) !== 0 ? 0 : LOOKUP_FOLLOW;
  const empty = (flags & FSPICK_EMPTY_PATH) !== 0 ? LOOKUP_EMPTY : 0;
  const path = resolve(task, dirfd, at, follow | empty);
  if (typeof path === "number") return path;
  if (path.dentry !== path.mount.root) return refuse(EINVAL, "fspick: not a mount");
  const { filesystem } = path.mount;
  const context = new FilesystemContext(task, filesystem.type, filesystem);
  return installFile(task, context, (flags & FSPICK_CLOEXEC) !== 0);
}

export function fsconfig(
  task: Task,
  fd: number,
  command: number,
  keyAt: number,
  valueAt: number,
  aux: number,
): number {
  if (fd < 0) return refuse(EINVAL, "fsconfig: negative descriptor");
  const takesKey = command === FSCONFIG_SET_FLAG || command === FSCONFIG_SET_STRING;
  const isCommand = command >= FSCONFIG_CMD_CREATE && command <= FSCONFIG_CMD_CREATE_EXCL;
  if (!takesKey && !isCommand) return refuse(EOPNOTSUPP, "fsconfig: no such command");
  if (
    (keyAt !== 0) !== takesKey ||
    (valueAt !== 0) !== (command === FSCONFIG_SET_STRING) ||
    aux !== 0
  )
    return refuse(EINVAL, "fsconfig: arguments that the command does not take");
  const context = task.files.get(fd);
  if (context === null) return -EBADF;
  if (!(context instanceof FilesystemContext)) return refuse(EINVAL, "fsconfig: not from fsopen");
  if (command === FSCONFIG_CMD_RECONFIGURE) return context.reconfigure();
  if (isCommand) return context.make(task);
  const key = task.mm.readString(keyAt, MOST_KEY);
  if (typeof key === "number") return key === -1 ? -EINVAL : key;
  if (command === FSCONFIG_SET_FLAG) return context.set(key, null);
  const value = task.mm.readString(valueAt, MOST_KEY);
  if (typeof value === "number") return value === -1 ? -EINVAL : value;
  return context.set(key, value);
}

export function fsmount(task: Task, fd: number, flags: number, attributes: number): number {
  const may = mayMount(task);
  if (may < 0) return may;
  const mountFlags = mountFlagsOf(attributes);
  if (fsmountFlags.unknown(flags) !== 0 || mountFlags < 0)
    return refuse(EINVAL, "fsmount: unknown flags or attributes");
  const context = task.files.get(fd);
  if (context === null) return -EBADF;
  if (!(context instanceof FilesystemContext) || context.filesystem === null)
    return refuse(EINVAL, "fsmount: no filesystem was made");
  if (context.phase !== "made") return refuse(EBUSY, "fsmount: the filesystem is mounted");
  const { filesystemTypes } = task.kernel.vfs;
  const { type } = context.filesystem;
  const showsKernel = filesystemTypes.get(type)?.showsKernel === true;
  if (showsKernel && revealsMore(task.namespaces.mounts, type, mountFlags))
    return refuse(EPERM, "fsmount: it would show what is covered here");
  if (!hasRoom(task.kernel.vfs, 1)) return refuse(ENOSPC, "fsmount: too many mounts");
  const source = context.source === "" ? "none" : context.source;
  const mount = task.kernel.vfs.newMount(context.filesystem, mountFlags, source);
  context.phase = "mounted";
  const tree = new TreeFile(new Path(mount, mount.root), O_PATH, task.credentials);
  return installFile(task, tree, (flags & FSMOUNT_CLOEXEC) !== 0);
}
