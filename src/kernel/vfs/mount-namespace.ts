/**
 * MountNamespace: a tree of mounts that some tasks see (mount_namespaces(7)). It is counted: by the sets of
 * namespaces of tasks, and by files of /proc/PID/ns; with the last of them all its mounts go.
 */
import { CLONE_NEWNS } from "../../abi/sched.ts";
import { Namespace } from "../ns/namespace.ts";
import type { UserNamespace } from "../ns/user-namespace.ts";
import { copyTree, dissolve, lockTree, type Mount } from "./mount.ts";
import { Path } from "./path.ts";
import type { Vfs } from "./vfs.ts";

export class MountNamespace extends Namespace {
  root: Mount;
  #users = 0;

  constructor(id: number, owner: UserNamespace, root: Mount) {
    super(id, owner);
    this.root = root;
    for (const mount of root.tree()) {
      mount.namespace = this;
      mount.filesystem.vfs.attached.add(mount);
    }
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

  /**
   * A copy for CLONE_NEWNS. `copies` tells which mount became which, to translate root and cwd. In a
   * copy for less power, events only come in, and nothing can be uncovered or made writable.
   */
  copy(vfs: Vfs, owner: UserNamespace, copies: Map<Mount, Mount>): MountNamespace {
    const isWeaker = owner !== this.owner;
    const root = copyTree(vfs, this.root, this.root.root, isWeaker ? "slave" : "peer", {
      unbindable: true,
      copies,
    });
    if (isWeaker) lockTree(root);
    return new MountNamespace(vfs.newNamespaceId(), owner, root);
  }

  override ref(): void {
    this.#users++;
  }

  override unref(): void {
    if (--this.#users === 0) dissolve(this.root);
  }
}
