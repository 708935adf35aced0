/**
 * Mount: a filesystem (or a part of one) seen at a place, and MountNamespace: the tree of them.
 *  - A mount covers the dentry `mountpoint` of its parent; what is mounted over a mount's own root
 *    covers it. `children` is keyed by the covered dentry, so each key has one mount on top.
 *  - `users` counts paths in use; umount2 refuses a busy mount (EBUSY) unless MNT_DETACH, after which
 *    the mount lives on, unreachable, until its last user is gone.
 *  - Propagation types are recorded and shown; events do not travel between peers.
 * Follows mount_namespaces(7), mount(2), umount2(2), pivot_root(2).
 */
import { EBUSY, EINVAL } from "../../abi/errno.ts";
import { MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY } from "../../abi/mount.ts";
import { CLONE_NEWNS } from "../../abi/sched.ts";
import { refuse } from "../../base/refuse.ts";
import { Namespace } from "../ns/namespace.ts";
import type { UserNamespace } from "../ns/user-namespace.ts";
import type { Dentry } from "./dentry.ts";
import type { Filesystem } from "./filesystem.ts";
import { Path } from "./path.ts";
import type { Vfs } from "./vfs.ts";

export type Propagation = "private" | "shared" | "slave" | "unbindable";

export class Mount {
  readonly id: number;
  readonly filesystem: Filesystem;
  /** The dentry of `filesystem` that is this mount's top: its root, or a bind mount's directory. */
  readonly root: Dentry;
  /** As mount(2) was told: a device, a directory, or a word. */
  source: string;
  /** MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME, MS_NODIRATIME, MS_RELATIME. */
  flags: number;
  propagation: Propagation = "private";
  peerGroup = 0;
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
    if (--this.users === 0 && this.namespace === null) this.release();
  }

  /** This mount and all below it, parents first. */
  *tree(): Generator<Mount> {
    yield this;
    for (const child of this.children.values()) yield* child.tree();
  }

  release(): void {
    this.root.unref();
    if (--this.filesystem.mounts === 0) this.filesystem.vfs.releaseFilesystem(this.filesystem);
  }
}

export class MountNamespace extends Namespace {
  root: Mount;

  constructor(id: number, owner: UserNamespace, root: Mount) {
    super(id, owner);
    this.root = root;
    root.namespace = this;
  }

  override get kind(): string {
    return "mnt";
  }

  override get flag(): number {
    return CLONE_NEWNS;
  }

  /** Its root as it is seen: what is mounted over the root covers it. */
  get top(): Path {
    let { root } = this;
    for (
      let over = root.children.get(root.root);
      over !== undefined;
      over = root.children.get(root.root)
    )
      root = over;
    return new Path(root, root.root);
  }

  /** Every mount, parents first. */
  mounts(): Generator<Mount> {
    return this.root.tree();
  }

  /** Put `mount` (with all below it) on `at`, which is the top of what is there. */
  attach(mount: Mount, at: Path): void {
    mount.parent = at.mount;
    mount.mountpoint = at.dentry;
    at.mount.children.set(at.dentry, mount);
    at.dentry.mounts++;
    at.dentry.ref();
    for (const each of mount.tree()) each.namespace = this;
  }

  /** Take `mount` off its place; it keeps what is below it. */
  unplug(mount: Mount): void {
    const point = mount.mountpoint!;
    mount.parent!.children.delete(point);
    point.mounts--;
    point.unref();
    mount.parent = null;
    mount.mountpoint = null;
  }

  /** umount2(2) of a mount without MNT_DETACH. */
  unmount(mount: Mount): number {
    if (mount === this.root) return refuse(EBUSY, "umount: the root of the namespace");
    if (mount.users > 0) return refuse(EBUSY, "umount: files or directories are in use");
    if (mount.children.size > 0) return refuse(EBUSY, "umount: other mounts are below it");
    this.unplug(mount);
    mount.namespace = null;
    mount.release();
    return 0;
  }

  /** MNT_DETACH: gone from the tree at once, with everything below it. */
  detach(mount: Mount): number {
    if (mount === this.root) return refuse(EINVAL, "umount: the root of the namespace");
    const all = [...mount.tree()];
    for (const each of all.reverse()) {
      this.unplug(each);
      each.namespace = null;
      if (each.users === 0) each.release();
    }
    return 0;
  }

  /** A copy for CLONE_NEWNS. `copies` tells which mount became which, to translate root and cwd. */
  copy(vfs: Vfs, owner: UserNamespace, copies: Map<Mount, Mount>): MountNamespace {
    const root = cloneMount(vfs, this.root);
    copies.set(this.root, root);
    const copy = new MountNamespace(vfs.newNamespaceId(), owner, root);
    for (const mount of this.mounts()) {
      if (mount === this.root) continue;
      const clone = cloneMount(vfs, mount);
      copies.set(mount, clone);
      copy.attach(clone, new Path(copies.get(mount.parent!)!, mount.mountpoint!));
    }
    return copy;
  }

  /** The last task of the namespace is gone. */
  release(): void {
    for (const mount of [...this.mounts()].reverse()) {
      if (mount.parent !== null) this.unplug(mount);
      mount.namespace = null;
      if (mount.users === 0) mount.release();
    }
  }
}

/** The same view once more: a bind mount of a whole mount. */
export function cloneMount(vfs: Vfs, mount: Mount, root = mount.root): Mount {
  const clone = new Mount(vfs.newMountId(), mount.filesystem, root, mount.flags, mount.source);
  clone.propagation = mount.propagation;
  clone.peerGroup = mount.peerGroup;
  return clone;
}
