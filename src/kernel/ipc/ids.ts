/**
 * IpcIds: the objects of one System V kind: found by key or by id, as sysvipc(7) says.
 *  - An id is a slot and a sequence number, so that the id of a removed object names nothing for long.
 *    Slots are given out in a circle; the sequence grows each time the circle begins anew.
 *  - `permits` is the check of every access, `mayControl` that of IPC_SET and IPC_RMID.
 * Follows ipc/util.c of Linux in what can be observed.
 */
import { CAP_IPC_OWNER, CAP_SYS_ADMIN } from "../../abi/capability.ts";
import { EACCES, EEXIST, EINVAL, ENOENT, ENOSPC } from "../../abi/errno.ts";
import { IPC_CREAT, IPC_EXCL, IPC_PRIVATE } from "../../abi/ipc.ts";
import { refuse } from "../../base/refuse.ts";
import type { Credentials } from "../cred/credentials.ts";
import { NO_ID } from "../ns/id-map.ts";
import type { UserNamespace } from "../ns/user-namespace.ts";
import type { Task } from "../task/task.ts";

/** Slots that an id has room for; what is above is the sequence number. */
const SLOTS = 32768;
const SEQUENCES = 65536;
/** The circle of slots is at least this long. */
const SHORTEST_CIRCLE = 64;

/** What every System V object has: `struct kern_ipc_perm`. */
export class IpcObject {
  id = -1;
  slot = -1;
  sequence = 0;
  key: number;
  /** The user namespace of its IPC namespace. */
  owner: UserNamespace | null = null;
  uid: number;
  gid: number;
  readonly creatorUid: number;
  readonly creatorGid: number;
  mode: number;
  isRemoved = false;
  changedSec: number;

  constructor(key: number, mode: number, credentials: Credentials, nowSec: number) {
    this.key = key;
    this.mode = mode & 0o777;
    this.uid = this.creatorUid = credentials.euid;
    this.gid = this.creatorGid = credentials.egid;
    this.changedSec = nowSec;
  }

  /** May these credentials do what the bits of `wanted` (any of the three triplets) say? */
  permits(credentials: Credentials, wanted: number): boolean {
    const { euid } = credentials;
    const requested = (wanted >> 6) | (wanted >> 3) | wanted;
    let granted = this.mode;
    if (euid === this.creatorUid || euid === this.uid) granted >>= 6;
    else if (inGroup(credentials, this.creatorGid) || inGroup(credentials, this.gid)) granted >>= 3;
    return (requested & ~granted & 7) === 0 || credentials.hasIn(this.owner, CAP_IPC_OWNER);
  }

  /** IPC_SET and IPC_RMID are for the owner, the creator and the administrator. */
  mayControl(credentials: Credentials): boolean {
    const { euid } = credentials;
    return (
      euid === this.creatorUid || euid === this.uid || credentials.hasIn(this.owner, CAP_SYS_ADMIN)
    );
  }

  /** IPC_SET by `task`: 0 or -errno. */
  change(task: Task, { uid, gid, mode }: { uid: number; gid: number; mode: number }): number {
    const { userNamespace } = task.credentials;
    const owner = userNamespace.kernelUid(uid);
    const group = userNamespace.kernelGid(gid);
    if (owner === NO_ID || group === NO_ID)
      return refuse(EINVAL, "ipc: an id that the user namespace does not have");
    this.uid = owner;
    this.gid = group;
    this.mode = (this.mode & ~0o777) | (mode & 0o777);
    this.changedSec = task.kernel.vfs.nowSec();
    return 0;
  }

  /** The fields of `struct ipc64_perm`, as `task` calls the ids. */
  permission(task: Task) {
    const { userNamespace } = task.credentials;
    return {
      key: this.key,
      uid: userNamespace.shownUid(this.uid),
      gid: userNamespace.shownGid(this.gid),
      cuid: userNamespace.shownUid(this.creatorUid),
      cgid: userNamespace.shownGid(this.creatorGid),
      mode: this.mode,
      seq: this.sequence,
    };
  }
}

function inGroup(credentials: Credentials, gid: number): boolean {
  return credentials.egid === gid || credentials.groups.includes(gid);
}

export class IpcIds<T extends IpcObject> {
  /** How many there may be. */
  limit: number;
  readonly #owner: UserNamespace | null;
  readonly #slots = new Map<number, T>();
  readonly #keys = new Map<number, T>();
  #lastSlot = -1;
  #sequence = 0;

  constructor(limit: number, owner: UserNamespace | null) {
    this.limit = limit;
    this.#owner = owner;
  }

  get count(): number {
    return this.#slots.size;
  }

  /** The highest slot in use, as the *_INFO commands return it; 0 when there is none. */
  get highestSlot(): number {
    let highest = 0;
    for (const slot of this.#slots.keys()) highest = Math.max(highest, slot);
    return highest;
  }

  all(): IterableIterator<T> {
    return this.#slots.values();
  }

  /** Give a new object its id: the id, or -ENOSPC. */
  add(object: T): number {
    if (this.#slots.size >= this.limit) return refuse(ENOSPC, "ipc: as many as there may be");
    const slot = this.#freeSlot();
    if (slot <= this.#lastSlot) this.#sequence = (this.#sequence + 1) % SEQUENCES;
    this.#lastSlot = slot;
    object.slot = slot;
    object.owner = this.#owner;
    object.sequence = this.#sequence;
    object.id = this.#sequence * SLOTS + slot;
    this.#slots.set(slot, object);
    if (object.key !== IPC_PRIVATE) this.#keys.set(object.key, object);
    return object.id;
  }

  #freeSlot(): number {
    const circle = Math.max(Math.floor((this.#slots.size * 3) / 2), SHORTEST_CIRCLE);
    let slot = this.#lastSlot + 1;
    if (slot >= circle) slot = 0;
    while (this.#slots.has(slot)) slot = slot + 1 >= circle ? 0 : slot + 1;
    return slot;
  }

  /** Nobody finds it by its key any more. */
  forgetKey(object: T): void {
    if (object.key !== IPC_PRIVATE) this.#keys.delete(object.key);
    object.key = IPC_PRIVATE;
  }

  remove(object: T): void {
    object.isRemoved = true;
    this.#slots.delete(object.slot);
    if (object.key !== IPC_PRIVATE) this.#keys.delete(object.key);
  }

  /** The object of an id, or -EINVAL. */
  get(id: number): T | number {
    const object = id < 0 ? undefined : this.#slots.get(id % SLOTS);
    if (object === undefined || object.id !== id) return refuse(EINVAL, "ipc: no such id");
    return object;
  }

  /** The object in a slot (the *_STAT commands), or -EINVAL. */
  inSlot(slot: number): T | number {
    return this.#slots.get(slot % SLOTS) ?? refuse(EINVAL, "ipc: the slot is empty");
  }

  /** The beginning of every *get call: the object, null when it must be made, or -errno. */
  find(key: number, flags: number): T | null | number {
    if (key === IPC_PRIVATE) return null;
    const object = this.#keys.get(key);
    if (object === undefined)
      return (flags & IPC_CREAT) !== 0 ? null : refuse(ENOENT, "ipc: no object has the key");
    if ((flags & IPC_CREAT) !== 0 && (flags & IPC_EXCL) !== 0)
      return refuse(EEXIST, "ipc: the key is in use");
    return object;
  }

  /** The end of a *get call that found an object: its id, or -EACCES. */
  open(object: T, credentials: Credentials, flags: number): number {
    if (!object.permits(credentials, flags & 0o777)) return refuse(EACCES, "ipc: permissions");
    return object.id;
  }
}
