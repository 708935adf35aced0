/**
 * UserNamespace: what the ids of users and groups mean to a task, and where its capabilities count
 * (user_namespaces(7)).
 *  - Inside the kernel all ids are those of the first namespace, which maps each to itself. They are translated
 *    where they come from a guest and where they go to one.
 *  - Maps are empty until they are written, once each (id-map-file.ts).
 */
import { CLONE_NEWUSER } from "../../abi/sched.ts";
import { EMPTY_MAP, IDENTITY_MAP, type IdMap, NO_ID, OVERFLOW_ID } from "./id-map.ts";
import { FIRST_USER, Namespace } from "./namespace.ts";

/** So deep may they nest. */
export const MOST_USER_LEVELS = 32;

export class UserNamespace extends Namespace {
  readonly parent: UserNamespace | null;
  /** 0 for the first one. */
  readonly level: number;
  /** Who made it, by the kernel's ids: he has all capabilities in it from its parent. */
  readonly ownerUid: number;
  readonly ownerGid: number;
  uids: IdMap;
  gids: IdMap;
  /** Its maker had CAP_SETFCAP, so that it may map the parent's root itself. */
  parentCouldSetfcap = false;
  /** /proc/PID/setgroups. */
  maySetGroups: boolean;

  constructor(id: number, parent: UserNamespace | null, ownerUid: number, ownerGid: number) {
    super(id, parent);
    this.parent = parent;
    this.level = parent === null ? 0 : parent.level + 1;
    this.ownerUid = ownerUid;
    this.ownerGid = ownerGid;
    this.uids = this.gids = parent === null ? IDENTITY_MAP : EMPTY_MAP;
    this.maySetGroups = parent === null || parent.maySetGroups;
  }

  override get kind(): string {
    return "user";
  }

  override get flag(): number {
    return CLONE_NEWUSER;
  }

  /** setgroups(2) waits for a map, so that nobody drops a group that denies him something unseen. */
  get groupsCanBeSet(): boolean {
    return this.maySetGroups && this.gids.extents.length > 0;
  }

  /** Is it `other`, or below it? */
  isWithin(other: UserNamespace): boolean {
    let at: UserNamespace = this;
    while (at.level > other.level) at = at.parent!;
    return at === other;
  }

  /** The kernel's id of what is called `uid` here; NO_ID when it has none. */
  kernelUid(uid: number): number {
    return this.level === 0 ? uid : this.uids.toKernel(uid);
  }

  kernelGid(gid: number): number {
    return this.level === 0 ? gid : this.gids.toKernel(gid);
  }

  /** What the kernel's `uid` is called here, or NO_ID. */
  ownUid(uid: number): number {
    return this.level === 0 ? uid : this.uids.fromKernel(uid);
  }

  ownGid(gid: number): number {
    return this.level === 0 ? gid : this.gids.fromKernel(gid);
  }

  /** As ownUid(), or the overflow id: for who asks. */
  shownUid(uid: number): number {
    return shown(this.ownUid(uid));
  }

  shownGid(gid: number): number {
    return shown(this.ownGid(gid));
  }

  /** Have the kernel's ids names here? */
  knows(uid: number, gid: number): boolean {
    return this.ownUid(uid) !== NO_ID && this.ownGid(gid) !== NO_ID;
  }
}

function shown(id: number): number {
  return id === NO_ID ? OVERFLOW_ID : id;
}

/** It has no state that changes: one serves every kernel. */
export const FIRST_USER_NAMESPACE = new UserNamespace(FIRST_USER, null, 0, 0);
