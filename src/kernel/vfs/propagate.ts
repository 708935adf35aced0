/**
 * Attaching and detaching trees of mounts, here and wherever the events of the place go
 * (mount_namespaces(7), "Shared subtrees"). What a place's peers get is a peer of what the place gets; what
 * its slaves get is a slave of it, and shared if they are shared.
 */
import { EBUSY, EINVAL, ENOSPC } from "../../abi/errno.ts";
import { refuse } from "../../base/refuse.ts";
import type { Dentry } from "./dentry.ts";
import { abandon, copyTree, lockTree, type Mount, plug, unplug } from "./mount.ts";
import type { Path } from "./path.ts";
import { makeShared, type PeerGroup } from "./peer-group.ts";
import type { Vfs } from "./vfs.ts";

/** As /proc/sys/fs/mount-max, but for all namespaces together: a shared tree bound into itself doubles. */
const MOST_MOUNTS = 10_000;

/** May there be so many more? */
export function hasRoom(vfs: Vfs, count: number): boolean {
  return vfs.mountCount + count <= MOST_MOUNTS;
}

/** Put a tree that is attached nowhere on `at`, which is the top of what is there. 0 or -errno. */
export function attachTree(vfs: Vfs, tree: Mount, at: Path): number {
  const { mount: parent, dentry: point } = at;
  const all = [...tree.tree()];
  const places = parent.group === null ? 0 : countReceivers(parent.group, new Set());
  if (!hasRoom(vfs, all.length * places)) return refuse(ENOSPC, "mount: too many mounts");
  if (parent.group === null) {
    plug(tree, parent, point);
    return 0;
  }
  if (all.some((mount) => mount.isUnbindable))
    return refuse(EINVAL, "mount: an unbindable mount on a shared one");
  for (const mount of all) makeShared(mount);
  // All copies are made before any is placed: a place may be in the tree itself.
  const plan: Placing[] = [];
  spread(vfs, parent.group, parent, point, tree, new Set(), plan);
  plug(tree, parent, point);
  for (const { copy, at } of plan) place(copy, tree, at, point);
  return 0;
}

/** At most so many mounts hear of what happens in the group. */
function countReceivers(group: PeerGroup, seen: Set<PeerGroup>): number {
  if (seen.has(group)) return 0;
  seen.add(group);
  let count = group.members.size;
  for (const slave of group.slaves)
    count += slave.group === null ? 1 : countReceivers(slave.group, seen);
  return count;
}

interface Placing {
  readonly copy: Mount;
  readonly at: Mount;
}

/** Give the members of `group`, but not `origin`, peers of `tree`, and its slaves slaves of it. */
function spread(
  vfs: Vfs,
  group: PeerGroup,
  origin: Mount | null,
  point: Dentry,
  tree: Mount,
  seen: Set<PeerGroup>,
  plan: Placing[],
): void {
  seen.add(group);
  for (const member of [...group.members])
    if (member !== origin && shows(member, point))
      plan.push({ copy: copyTree(vfs, tree, tree.root, "peer", { unbindable: true }), at: member });
  for (const slave of [...group.slaves]) {
    if (slave.group === null) {
      if (shows(slave, point)) placeSlave(vfs, tree, slave, plan);
      continue;
    }
    if (seen.has(slave.group)) continue;
    const first = [...slave.group.members].find((member) => shows(member, point)) ?? null;
    let passedOn = tree;
    if (first !== null) {
      passedOn = placeSlave(vfs, tree, first, plan);
      for (const mount of passedOn.tree()) makeShared(mount);
    }
    spread(vfs, slave.group, first, point, passedOn, seen, plan);
  }
}

function placeSlave(vfs: Vfs, tree: Mount, at: Mount, plan: Placing[]): Mount {
  const copy = copyTree(vfs, tree, tree.root, "slave", { unbindable: true });
  plan.push({ copy, at });
  return copy;
}

/** Is `point` something that the mount shows to anybody? */
function shows(mount: Mount, point: Dentry): boolean {
  return mount.namespace !== null && point.isWithin(mount.root);
}

/** What is on the place already stays on top. */
function place(copy: Mount, original: Mount, parent: Mount, point: Dentry): void {
  const over = parent.children.get(point);
  if (over !== undefined) unplug(over);
  if (parent.namespace!.owner !== original.namespace!.owner) lockTree(copy);
  plug(copy, parent, point);
  if (over !== undefined) plug(over, copy, copy.root);
}

/** What peers and slaves of the mount's place have got from it. */
function counterparts(mount: Mount): Mount[] {
  const { parent, mountpoint } = mount;
  if (parent?.group == null) return [];
  const found: Mount[] = [];
  const groups = [parent.group];
  for (const group of groups) {
    const receivers = [...group.members, ...group.slaves];
    for (const receiver of receivers) {
      const counterpart = receiver.children.get(mountpoint!);
      if (
        counterpart !== undefined &&
        counterpart.root === mount.root &&
        !found.includes(counterpart)
      )
        found.push(counterpart);
      if (receiver.group !== null && !groups.includes(receiver.group)) groups.push(receiver.group);
    }
  }
  return found.filter((other) => other !== mount && !other.isLocked);
}

/** umount2(2) of a mount that nobody uses, without MNT_DETACH. 0 or -errno. */
export function unmount(mount: Mount): number {
  if (mount.users > 0) return refuse(EBUSY, "umount: files or directories are in use");
  if (mount.children.size > 0) return refuse(EBUSY, "umount: other mounts are below it");
  const others = counterparts(mount).filter((other) => other.children.size === 0);
  if (others.some((other) => other.users > 0))
    return refuse(EBUSY, "umount: a peer of the mount is in use");
  for (const each of [mount, ...others]) {
    unplug(each);
    abandon(each);
  }
  return 0;
}

/** MNT_DETACH: gone from the tree at once, with everything below it. */
export function detach(mount: Mount): void {
  for (const each of [...mount.tree()].reverse())
    for (const gone of [each, ...counterparts(each)]) {
      // A counterpart may be in the tree itself, and gone already.
      if (gone.children.size > 0 || gone.parent === null) continue;
      unplug(gone);
      abandon(gone);
    }
}

/** A directory goes that others have mounted on: their mounts go with it (detach_mounts). */
export function detachFrom(vfs: Vfs, point: Dentry): void {
  for (const mount of [...vfs.attached]) if (mount.mountpoint === point) detach(mount);
}
