/**
 * MOUNT_ATTR_* and the MS_* flags that a Mount keeps: one as the other. Source: mount_setattr(2).
 */
import { EPERM } from "../../abi/errno.ts";
import {
  MOUNT_ATTR__ATIME,
  MOUNT_ATTR_IDMAP,
  MOUNT_ATTR_NOATIME,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NODIRATIME,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_NOSYMFOLLOW,
  MOUNT_ATTR_RDONLY,
  MOUNT_ATTR_STRICTATIME,
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_NOSYMFOLLOW,
  MS_PRIVATE,
  MS_RDONLY,
  MS_RELATIME,
  MS_SHARED,
  MS_SLAVE,
  MS_UNBINDABLE,
  type mount_attr,
} from "../../abi/mount.ts";
import type { ValueOf } from "../../abi/struct.ts";
import { refuse } from "../../base/refuse.ts";
import type { Mount } from "../../kernel/vfs/mount.ts";
import { makePrivate, makeShared, makeSlave } from "../../kernel/vfs/peer-group.ts";

export type MountAttributes = ValueOf<typeof mount_attr.fields>;

/** [MOUNT_ATTR_*, MS_*] */
const BITS: readonly (readonly [number, number])[] = [
  [MOUNT_ATTR_RDONLY, MS_RDONLY],
  [MOUNT_ATTR_NOSUID, MS_NOSUID],
  [MOUNT_ATTR_NODEV, MS_NODEV],
  [MOUNT_ATTR_NOEXEC, MS_NOEXEC],
  [MOUNT_ATTR_NODIRATIME, MS_NODIRATIME],
  [MOUNT_ATTR_NOSYMFOLLOW, MS_NOSYMFOLLOW],
];
const PLAIN = BITS.reduce((all, [attribute]) => all | attribute, 0);
const ATIME = MS_NOATIME | MS_RELATIME;
const TIMES = ATIME | MS_NODIRATIME;

const PROPAGATION: readonly number[] = [MS_PRIVATE, MS_SHARED, MS_SLAVE, MS_UNBINDABLE];

/** The MS_* bits of the plain attributes. */
function plainFlags(attributes: number): number {
  let flags = 0;
  for (const [attribute, flag] of BITS) if ((attributes & attribute) !== 0) flags |= flag;
  return flags;
}

/** The MS_* bits of an access-time attribute, -1 for none that exists. */
function atimeFlags(attributes: number): number {
  switch (attributes & MOUNT_ATTR__ATIME) {
    case 0:
      return MS_RELATIME;
    case MOUNT_ATTR_NOATIME:
      return MS_NOATIME;
    case MOUNT_ATTR_STRICTATIME:
      return 0;
    default:
      return -1;
  }
}

/** What fsmount(2)'s attributes make of a new mount; -1 when there are unknown ones. */
export function mountFlagsOf(attributes: number): number {
  const atime = atimeFlags(attributes);
  if ((attributes & ~(PLAIN | MOUNT_ATTR__ATIME)) !== 0 || atime < 0) return -1;
  return plainFlags(attributes) | atime;
}

/** MOUNT_ATTR_* of a mount, as statmount(2) tells them. */
export function attributesOf(mount: Mount): number {
  let attributes = 0;
  for (const [attribute, flag] of BITS) if ((mount.flags & flag) !== 0) attributes |= attribute;
  if (mount.ids !== null) attributes |= MOUNT_ATTR_IDMAP;
  if ((mount.flags & MS_NOATIME) !== 0) return attributes | MOUNT_ATTR_NOATIME;
  return (mount.flags & MS_RELATIME) !== 0 ? attributes : attributes | MOUNT_ATTR_STRICTATIME;
}

/** Propagation as MS_*: a mount may be shared and a slave. */
export function propagationOf(mount: Mount): number {
  let flags = mount.group === null ? 0 : MS_SHARED;
  if (mount.master !== null) flags |= MS_SLAVE;
  if (mount.isUnbindable) flags |= MS_UNBINDABLE;
  return flags === 0 ? MS_PRIVATE : flags;
}

/** Are these changes that mount_setattr(2) takes? What MOUNT_ATTR_IDMAP asks for is in mount-idmap.ts. */
export function isAttributes({ attr_set, attr_clr, propagation }: MountAttributes): boolean {
  const known = PLAIN | MOUNT_ATTR__ATIME | MOUNT_ATTR_IDMAP;
  if (attr_set > known || attr_clr > known) return false;
  if ((attr_set & ~known) !== 0 || (attr_clr & ~known) !== 0) return false;
  if (propagation !== 0 && !PROPAGATION.includes(propagation)) return false;
  // The access-time attributes are one value: it is cleared as a whole before another is set.
  const cleared = attr_clr & MOUNT_ATTR__ATIME;
  if (cleared === 0) return (attr_set & MOUNT_ATTR__ATIME) === 0;
  return cleared === MOUNT_ATTR__ATIME && atimeFlags(attr_set) >= 0;
}

/** The flags that a mount would have; -EPERM when some of the old ones are locked. */
export function changedFlags(mount: Mount, { attr_set, attr_clr }: MountAttributes): number {
  let flags = (mount.flags & ~plainFlags(attr_clr)) | plainFlags(attr_set);
  if ((attr_clr & MOUNT_ATTR__ATIME) !== 0) flags = (flags & ~ATIME) | atimeFlags(attr_set);
  return keepsLocked(mount, flags) ? flags : refuse(EPERM, "mount: a flag is locked");
}

/** Does `flags` leave alone what came from a namespace with more power? */
export function keepsLocked({ lockedFlags }: Mount, flags: number): boolean {
  if (lockedFlags === 0) return true;
  const plain = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
  return (lockedFlags & plain & ~flags) === 0 && (lockedFlags & TIMES) === (flags & TIMES);
}

/** mount(2)'s and mount_setattr(2)'s propagation types. */
export function setPropagation(mount: Mount, kind: number): void {
  if (kind === MS_SHARED) makeShared(mount);
  else if (kind === MS_SLAVE) makeSlave(mount);
  else if (kind !== 0) makePrivate(mount);
  if (kind === MS_UNBINDABLE) mount.isUnbindable = true;
}
