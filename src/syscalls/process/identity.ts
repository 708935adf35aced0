/**
 * Who am I: process and thread ids, users and groups, capabilities.
 * Source: getpid(2), gettid(2), setuid(2), setreuid(2), setresuid(2), setfsuid(2), getgroups(2),
 * capget(2), credentials(7), capabilities(7) "Effect of user ID changes on capabilities".
 */

import { CAP_SETGID, CAP_SETPCAP, CAP_SETUID } from "../../abi/capability.ts";
import { EFAULT, EINVAL, EPERM, ESRCH } from "../../abi/errno.ts";
import { refuse } from "../../base/refuse.ts";
import { type CapabilitySet, NO_CAPABILITIES, union } from "../../kernel/cred/credentials.ts";
import { NO_ID } from "../../kernel/ns/id-map.ts";
import type { Task } from "../../kernel/task/task.ts";

const KEEP = 0xffffffff;
const NGROUPS_MAX = 65536;
const SECBIT_NO_SETUID_FIXUP = 4;
const SECBIT_KEEP_CAPS = 16;
const CAPABILITY_VERSION_1 = 0x19980330;
const CAPABILITY_VERSION_2 = 0x20071026;
const CAPABILITY_VERSION_3 = 0x20080522;

export const getpid = (task: Task): number => task.group.ownPid;
export const gettid = (task: Task): number => task.ownTid;
export const getppid = (task: Task): number => task.numberOf(task.group.parentPid);
export const getuid = (task: Task): number => shownUid(task, task.credentials.uid);
export const geteuid = (task: Task): number => shownUid(task, task.credentials.euid);
export const getgid = (task: Task): number => shownGid(task, task.credentials.gid);
export const getegid = (task: Task): number => shownGid(task, task.credentials.egid);

/** The kernel's id of a user in the caller's namespace, NO_ID when it has none; KEEP stays itself. */
function userNamed(task: Task, uid: number): number {
  return task.credentials.userNamespace.kernelUid(uid);
}

function groupNamed(task: Task, gid: number): number {
  return task.credentials.userNamespace.kernelGid(gid);
}

function shownUid(task: Task, uid: number): number {
  return task.credentials.userNamespace.shownUid(uid);
}

function shownGid(task: Task, gid: number): number {
  return task.credentials.userNamespace.shownGid(gid);
}

/** Is one of the ids, as given and as the kernel knows them, a name of nobody? */
function hasNobody(given: readonly number[], known: readonly number[]): boolean {
  return given.some((id, i) => id !== KEEP && known[i] === NO_ID);
}

// --- users --------------------------------------------------------------------------------------

/** Install changed user ids, with what that does to capabilities. */
function commitUsers(task: Task, uid: number, euid: number, suid: number): void {
  const old = task.credentials;
  let { permitted, effective, ambient } = old;
  const { root } = old;
  const hadRoot = old.uid === root || old.euid === root || old.suid === root;
  const hasRoot = uid === root || euid === root || suid === root;
  if ((old.securebits & SECBIT_NO_SETUID_FIXUP) === 0) {
    if (hadRoot && !hasRoot && (old.securebits & SECBIT_KEEP_CAPS) === 0) {
      permitted = NO_CAPABILITIES;
      ambient = NO_CAPABILITIES;
    }
    if (old.euid === root && euid !== root) effective = NO_CAPABILITIES;
    if (old.euid !== root && euid === root) effective = permitted;
  }
  task.credentials = old.with({ uid, euid, suid, fsuid: euid, permitted, effective, ambient });
  if (old.euid !== euid) task.mm.dumpable = 0;
}

export function setuid(task: Task, id: number): number {
  const uid = userNamed(task, id);
  if (uid === NO_ID) return -EINVAL;
  const { credentials } = task;
  if (credentials.hasOwn(CAP_SETUID)) commitUsers(task, uid, uid, uid);
  else if (uid === credentials.uid || uid === credentials.suid)
    commitUsers(task, credentials.uid, uid, credentials.suid);
  else return refuse(EPERM, "setuid: needs CAP_SETUID");
  return 0;
}

export function setreuid(task: Task, real: number, effectively: number): number {
  const c = task.credentials;
  const ruid = userNamed(task, real);
  const euid = userNamed(task, effectively);
  if (hasNobody([real, effectively], [ruid, euid])) return -EINVAL;
  const may = c.hasOwn(CAP_SETUID);
  if (ruid !== KEEP && !may && ruid !== c.uid && ruid !== c.euid) return -EPERM;
  if (euid !== KEEP && !may && euid !== c.uid && euid !== c.euid && euid !== c.suid) return -EPERM;
  const uid = ruid === KEEP ? c.uid : ruid;
  const effective = euid === KEEP ? c.euid : euid;
  const saves = ruid !== KEEP || (euid !== KEEP && euid !== c.uid);
  commitUsers(task, uid, effective, saves ? effective : c.suid);
  return 0;
}

export function setresuid(task: Task, ...given: [number, number, number]): number {
  const c = task.credentials;
  const [ruid, euid, suid] = given.map((id) => userNamed(task, id)) as [number, number, number];
  if (hasNobody(given, [ruid, euid, suid])) return -EINVAL;
  for (const id of [ruid, euid, suid])
    if (id !== KEEP && !c.hasOwn(CAP_SETUID) && id !== c.uid && id !== c.euid && id !== c.suid)
      return -EPERM;
  commitUsers(
    task,
    ruid === KEEP ? c.uid : ruid,
    euid === KEEP ? c.euid : euid,
    suid === KEEP ? c.suid : suid,
  );
  return 0;
}

export function getresuid(task: Task, ruid: number, euid: number, suid: number): number {
  const c = task.credentials;
  return writeThree(
    task,
    [ruid, euid, suid],
    [c.uid, c.euid, c.suid].map((id) => shownUid(task, id)),
  );
}

export function setfsuid(task: Task, id: number): number {
  const c = task.credentials;
  const uid = userNamed(task, id);
  const allowed =
    c.hasOwn(CAP_SETUID) || uid === c.uid || uid === c.euid || uid === c.suid || uid === c.fsuid;
  if (uid !== KEEP && allowed) task.credentials = c.with({ fsuid: uid });
  return shownUid(task, c.fsuid);
}

// --- groups -------------------------------------------------------------------------------------

export function setgid(task: Task, id: number): number {
  const gid = groupNamed(task, id);
  if (gid === NO_ID) return -EINVAL;
  const c = task.credentials;
  if (c.hasOwn(CAP_SETGID)) task.credentials = c.with({ gid, egid: gid, sgid: gid, fsgid: gid });
  else if (gid === c.gid || gid === c.sgid) task.credentials = c.with({ egid: gid, fsgid: gid });
  else return refuse(EPERM, "setgid: needs CAP_SETGID");
  return 0;
}

export function setregid(task: Task, real: number, effectively: number): number {
  const c = task.credentials;
  const rgid = groupNamed(task, real);
  const egid = groupNamed(task, effectively);
  if (hasNobody([real, effectively], [rgid, egid])) return -EINVAL;
  const may = c.hasOwn(CAP_SETGID);
  if (rgid !== KEEP && !may && rgid !== c.gid && rgid !== c.egid) return -EPERM;
  if (egid !== KEEP && !may && egid !== c.gid && egid !== c.egid && egid !== c.sgid) return -EPERM;
  const effective = egid === KEEP ? c.egid : egid;
  const saves = rgid !== KEEP || (egid !== KEEP && egid !== c.gid);
  task.credentials = c.with({
    gid: rgid === KEEP ? c.gid : rgid,
    egid: effective,
    sgid: saves ? effective : c.sgid,
    fsgid: effective,
  });
  return 0;
}

export function setresgid(task: Task, ...given: [number, number, number]): number {
  const c = task.credentials;
  const [rgid, egid, sgid] = given.map((id) => groupNamed(task, id)) as [number, number, number];
  if (hasNobody(given, [rgid, egid, sgid])) return -EINVAL;
  for (const id of [rgid, egid, sgid])
    if (id !== KEEP && !c.hasOwn(CAP_SETGID) && id !== c.gid && id !== c.egid && id !== c.sgid)
      return -EPERM;
  const effective = egid === KEEP ? c.egid : egid;
  task.credentials = c.with({
    gid: rgid === KEEP ? c.gid : rgid,
    egid: effective,
    sgid: sgid === KEEP ? c.sgid : sgid,
    fsgid: effective,
  });
  return 0;
}

export function getresgid(task: Task, rgid: number, egid: number, sgid: number): number {
  const c = task.credentials;
  return writeThree(
    task,
    [rgid, egid, sgid],
    [c.gid, c.egid, c.sgid].map((id) => shownGid(task, id)),
  );
}

export function setfsgid(task: Task, id: number): number {
  const c = task.credentials;
  const gid = groupNamed(task, id);
  const allowed =
    c.hasOwn(CAP_SETGID) || gid === c.gid || gid === c.egid || gid === c.sgid || gid === c.fsgid;
  if (gid !== KEEP && allowed) task.credentials = c.with({ fsgid: gid });
  return shownGid(task, c.fsgid);
}

export function getgroups(task: Task, size: number, list: number): number {
  const { groups } = task.credentials;
  if (size < 0) return -EINVAL;
  if (size === 0) return groups.length;
  if (size < groups.length) return refuse(EINVAL, "getgroups: list too short");
  const bytes = new Uint8Array(Uint32Array.from(groups, (gid) => shownGid(task, gid)).buffer);
  return task.mm.write(list, bytes) < 0 ? -EFAULT : groups.length;
}

export function setgroups(task: Task, size: number, list: number): number {
  const { credentials } = task;
  const { userNamespace } = credentials;
  if (!credentials.hasOwn(CAP_SETGID) || !userNamespace.groupsCanBeSet)
    return refuse(EPERM, "setgroups: needs CAP_SETGID, and a user namespace that allows it");
  if (size < 0 || size > NGROUPS_MAX) return -EINVAL;
  const bytes = task.mm.read(list, size * 4);
  if (bytes === null) return -EFAULT;
  const groups = Array.from(new Uint32Array(bytes.buffer), (gid) => userNamespace.kernelGid(gid));
  if (groups.includes(NO_ID)) return -EINVAL;
  groups.sort((a, b) => a - b);
  task.credentials = credentials.with({ groups });
  return 0;
}

function writeThree(task: Task, addresses: number[], values: number[]): number {
  for (const [i, address] of addresses.entries())
    if (task.mm.writeU32(address, values[i]!) < 0) return -EFAULT;
  return 0;
}

// --- capabilities -------------------------------------------------------------------------------

/** The header's version as a count of 32-bit words, or -errno after telling the right one. */
function capabilityWords(task: Task, header: number): number {
  const version = task.mm.readU32(header);
  if (Number.isNaN(version)) return -EFAULT;
  if (version === CAPABILITY_VERSION_1) return 1;
  if (version === CAPABILITY_VERSION_2 || version === CAPABILITY_VERSION_3) return 2;
  return task.mm.writeU32(header, CAPABILITY_VERSION_3) < 0 ? -EFAULT : -EINVAL;
}

export function capget(task: Task, header: number, data: number): number {
  const words = capabilityWords(task, header);
  if (words < 0) return data === 0 && words === -EINVAL ? 0 : words;
  const pid = task.mm.readI32(header + 4);
  if (pid < 0) return -EINVAL;
  const target = pid === 0 ? task : task.findTask(pid);
  if (target === undefined) return -ESRCH;
  if (data === 0) return 0;
  const { effective, permitted, inheritable } = target.credentials;
  const low = [effective.lo, permitted.lo, inheritable.lo];
  const high = [effective.hi, permitted.hi, inheritable.hi];
  const all = Uint32Array.from(words === 1 ? low : [...low, ...high]);
  return task.mm.write(data, new Uint8Array(all.buffer)) < 0 ? -EFAULT : 0;
}

export function capset(task: Task, header: number, data: number): number {
  const words = capabilityWords(task, header);
  if (words < 0) return words;
  const pid = task.mm.readI32(header + 4);
  if (pid !== 0 && pid !== task.ownTid) return refuse(EPERM, "capset: only the caller's own");
  const bytes = task.mm.read(data, words * 12);
  if (bytes === null) return -EFAULT;
  const raw = new Uint32Array(bytes.buffer);
  const set = (i: number): CapabilitySet => ({
    lo: raw[i]!,
    hi: words === 2 ? raw[i + 3]! & 0x1ff : 0,
  });
  const effective = set(0);
  const permitted = set(1);
  const inheritable = set(2);
  const c = task.credentials;
  if (!isSubset(permitted, c.permitted)) return refuse(EPERM, "capset: permitted cannot grow");
  if (!isSubset(effective, permitted)) return refuse(EPERM, "capset: effective exceeds permitted");
  const ceiling = union(c.inheritable, c.hasOwn(CAP_SETPCAP) ? c.bounding : c.permitted);
  if (!isSubset(inheritable, ceiling)) return refuse(EPERM, "capset: inheritable cannot grow");
  const ambient = intersect(c.ambient, intersect(permitted, inheritable));
  task.credentials = c.with({ effective, permitted, inheritable, ambient });
  return 0;
}

export function isSubset(a: CapabilitySet, b: CapabilitySet): boolean {
  return (a.lo & ~b.lo) === 0 && (a.hi & ~b.hi) === 0;
}

function intersect(a: CapabilitySet, b: CapabilitySet): CapabilitySet {
  return { lo: (a.lo & b.lo) >>> 0, hi: (a.hi & b.hi) >>> 0 };
}
