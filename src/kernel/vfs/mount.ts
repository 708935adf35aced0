/**
 * Mount: a filesystem (or a part of one) seen at a place.
 *  - A mount covers the dentry `mountpoint` of its parent; what is mounted over a mount's own root
 *    covers it. `children` is keyed by the covered dentry, so each key has one mount on top.
 *  - `users` counts paths in use; umount2 refuses a busy mount (EBUSY) unless MNT_DETACH, after which
 *    the mount lives on, unreachable, until its last user is gone.
 *  - A tree that is attached nowhere has no namespace; what is below its top goes when it is dissolved.
 *  - plug() and unplug() only tie and untie; what goes to peers is in propagate.ts.
 * Follows mount_namespaces(7), mount(2).
 */
import { MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY } from "../../abi/mount.ts";
import type { Namespace } from "../ns/namespace.ts";
import type { Dentry } from "./dentry.ts";
import type { Filesystem } from "./filesystem.ts";
import type { MountIds } from "./mount-ids.ts";
import type { MountNamespace } from "./mount-namespace.ts";
import { type Kinship, makePrivate, type PeerGroup, relate } from "./peer-group.ts";
import type { Vfs } from "./vfs.ts";

export class Mount {
  readonly id: number;
  readonly filesystem: Filesystem;
  /** The dentry of `filesystem` that is this mount's top: its root, or a bind mount's directory. */
  readonly root: Dentry;
  /** As mount(2) was told: a device, a directory, or a word. */
  source: string;
  /** MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME, MS_NODIRATIME, MS_RELATIME, MS_NOSYMFOLLOW. */
  flags: number;
  /** Those of `flags` that whoever owns the namespace must not clear: they came from one with more power. */
  lockedFlags = 0;
  /** Whose files are seen to be others' through it (MOUNT_ATTR_IDMAP). */
  ids: MountIds | null = null;
  /** Came with a tree from a namespace with more power: it only leaves its parent together with it. */
  isLocked = false;
  /** MS_SHARED: who shares its events. */
  group: PeerGroup | null = null;
  /** MS_SLAVE: whose events it receives. */
  master: PeerGroup | null = null;
  isUnbindable = false;
  /** MNT_EXPIRE has asked for it once, and nobody has used it since. */
  isExpiring = false;
  namespace: MountNamespace | null = null;
  parent: Mount | null = null;
  mountpoint: Dentry | null = null;
  readonly children = new Map<Dentry, Mount>();
  users = 0;

  constructor(id: number, filesystem: Filesystem, root: Dentry, flags: number, source: string) {
    this.id = id;
    this.filesystem = filesystem;
    this.root = root;
    this.flags = flags;
    this.source = source;
    root.ref();
    filesystem.mounts++;
    filesystem.vfs.mountCount++;
    this.#pinned?.ref();
  }

  /** A namespace whose file is mounted lives on. */
  get #pinned(): Namespace | null {
    const { inode } = this.root;
    return inode !== null && "namespace" in inode ? (inode.namespace as Namespace) : null;
  }

  get readOnly(): boolean {
    return (this.flags & MS_RDONLY) !== 0 || this.filesystem.readOnly;
  }

  get nosuid(): boolean {
    return (this.flags & MS_NOSUID) !== 0;
  }

  get nodev(): boolean {
    return (this.flags & MS_NODEV) !== 0 || this.filesystem.hidesDevices;
  }

  get noexec(): boolean {
    return (this.flags & MS_NOEXEC) !== 0;
  }

  unref(): void {
    if (--this.users === 0 && this.namespace === null && this.parent === null) this.release();
  }

  /** This mount and all below it, parents first. */
  *tree(): Generator<Mount> {
    yield this;
    for (const child of this.children.values()) yield* child.tree();
  }

  release(): void {
    makePrivate(this);
    this.#pinned?.unref();
    this.root.unref();
    this.filesystem.vfs.mountCount--;
    if (--this.filesystem.mounts === 0) this.filesystem.vfs.releaseFilesystem(this.filesystem);
  }
}

/** Put `mount`, with all below it, on `point` of `parent`, which nothing covers. */
export function plug(mount: Mount, parent: Mount, point: Dentry): void {
  mount.parent = parent;
  mount.mountpoint = point;
  parent.children.set(point, mount);
  point.mounts++;
  point.ref();
  const { attached } = mount.filesystem.vfs;
  for (const each of mount.tree()) {
    each.namespace = parent.namespace;
    if (parent.namespace !== null) attached.add(each);
  }
}

/** Take `mount` off its place; it keeps what is below it. */
export function unplug(mount: Mount): void {
  const point = mount.mountpoint!;
  mount.parent!.children.delete(point);
  point.mounts--;
  point.unref();
  mount.parent = null;
  mount.mountpoint = null;
}

/** An unplugged mount is no longer in any namespace; it goes with its last user. */
export function abandon(mount: Mount): void {
  mount.filesystem.vfs.attached.delete(mount);
  mount.namespace = null;
  makePrivate(mount);
  if (mount.users === 0) mount.release();
}

/** Take a tree apart that nothing shows any more: each of its mounts goes with its own last user. */
export function dissolve(top: Mount): void {
  for (const mount of [...top.tree()].reverse()) {
    if (mount.parent !== null) unplug(mount);
    abandon(mount);
  }
}

/** The same view once more, or that of a directory of it. */
export function cloneMount(vfs: Vfs, mount: Mount, root: Dentry, kinship: Kinship): Mount {
  const clone = new Mount(vfs.newMountId(), mount.filesystem, root, mount.flags, mount.source);
  clone.lockedFlags = mount.lockedFlags;
  clone.ids = mount.ids;
  clone.isUnbindable = mount.isUnbindable;
  relate(clone, mount, kinship);
  return clone;
}

/**
 * A copy of the mount and of what is mounted below `root` of it, plugged together. `copies` tells which mount became
 * which. Without `unbindable`, mounts that must not be bound stay behind, with what is below them.
 */
export function copyTree(
  vfs: Vfs,
  mount: Mount,
  root: Dentry,
  kinship: Kinship,
  options: { readonly unbindable: boolean; readonly copies?: Map<Mount, Mount> },
): Mount {
  const copies = options.copies ?? new Map<Mount, Mount>();
  const top = cloneMount(vfs, mount, root, kinship);
  copies.set(mount, top);
  for (const below of [...mount.tree()]) {
    const parent = below.parent === null ? undefined : copies.get(below.parent);
    if (below === mount || parent === undefined) continue;
    if (below.isUnbindable && !options.unbindable) continue;
    if (below.parent === mount && !below.mountpoint!.isWithin(root)) continue;
    const clone = cloneMount(vfs, below, below.root, kinship);
    clone.isLocked = below.isLocked;
    copies.set(below, clone);
    plug(clone, parent, below.mountpoint!);
  }
  return top;
}

/** What is in a tree that goes to somebody with less power stays as it is, and together. */
export function lockTree(top: Mount): void {
  for (const mount of top.tree()) {
    mount.lockedFlags = mount.flags;
    if (mount !== top) mount.isLocked = true;
  }
}
