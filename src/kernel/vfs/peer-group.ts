/**
 * PeerGroup: mounts among which mount and unmount events travel (mount_namespaces(7), "Shared subtrees").
 *  - A shared mount is a member of one group; events under a member happen under all members.
 *  - A mount that has a master group is a slave of it: it receives the group's events and sends none there.
 *  - A mount may be both; a group whose last member leaves hands its slaves to the leaver's master.
 */
import type { Mount } from "./mount.ts";
import { Path } from "./path.ts";
import { isReachable } from "./pathname.ts";

export class PeerGroup {
  /** As mountinfo shows it: shared:ID, master:ID. */
  readonly id: number;
  readonly members = new Set<Mount>();
  readonly slaves = new Set<Mount>();

  constructor(id: number) {
    this.id = id;
  }

  /** The group that the members receive from, if any. */
  get master(): PeerGroup | null {
    for (const member of this.members) return member.master;
    return null;
  }
}

/** MS_SHARED: into a new group, unless it is in one. */
export function makeShared(mount: Mount): void {
  mount.isUnbindable = false;
  if (mount.group === null) join(mount, new PeerGroup(mount.filesystem.vfs.newPeerGroup()));
}

/** MS_SLAVE: out of the group, from which it receives as long as others are in it. */
export function makeSlave(mount: Mount): void {
  const { group } = mount;
  if (group === null) return;
  group.members.delete(mount);
  mount.group = null;
  if (group.members.size > 0) return setMaster(mount, group);
  for (const slave of [...group.slaves]) setMaster(slave, mount.master);
}

/** MS_PRIVATE: neither sends nor receives. */
export function makePrivate(mount: Mount): void {
  makeSlave(mount);
  setMaster(mount, null);
  mount.isUnbindable = false;
}

export function join(mount: Mount, group: PeerGroup): void {
  group.members.add(mount);
  mount.group = group;
}

export function setMaster(mount: Mount, master: PeerGroup | null): void {
  mount.master?.slaves.delete(mount);
  mount.master = master;
  master?.slaves.add(mount);
}

/** How a copy stands to its original. */
export type Kinship =
  /** Shares its events, and receives what it receives. */
  | "peer"
  /** Receives its events. */
  | "slave"
  /** Has nothing to do with it. */
  | "stranger";

export function relate(copy: Mount, original: Mount, kinship: Kinship): void {
  if (kinship === "stranger") return;
  if (kinship === "peer" && original.group !== null) join(copy, original.group);
  setMaster(copy, kinship === "slave" ? (original.group ?? original.master) : original.master);
}

/** The nearest group up from the master that has a member which can be seen from `root` (propagate_from:N). */
export function dominatingGroup(mount: Mount, root: Path): PeerGroup | null {
  for (let group = mount.master; group !== null; group = group.master)
    for (const member of group.members)
      if (member.namespace === mount.namespace && isReachable(new Path(member, member.root), root))
        return group;
  return null;
}
