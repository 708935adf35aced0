/**
 * locked-flags: in a user namespace, what the host's mount of a container's files has, stays
 * (mount_namespaces(7), "Restrictions on mount namespaces").
 */
import {
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_RDONLY,
  MS_RELATIME,
} from "../../abi/mount.ts";
import {
  ST_NOATIME,
  ST_NODEV,
  ST_NODIRATIME,
  ST_NOEXEC,
  ST_NOSUID,
  ST_RDONLY,
  ST_RELATIME,
} from "../../abi/stat.ts";
import { HostFilesystem } from "../../fs/host/filesystem.ts";
import type { UserNamespace } from "../../kernel/ns/user-namespace.ts";
import type { Mount } from "../../kernel/vfs/mount.ts";

/** [ST_*, MS_*] of what a mount of the host has and a user namespace's root must not take off. */
const HOST_FLAGS: readonly (readonly [number, number])[] = [
  [ST_RDONLY, MS_RDONLY],
  [ST_NOSUID, MS_NOSUID],
  [ST_NODEV, MS_NODEV],
  [ST_NOEXEC, MS_NOEXEC],
  [ST_NOATIME, MS_NOATIME],
  [ST_NODIRATIME, MS_NODIRATIME],
  [ST_RELATIME, MS_RELATIME],
];
const TIMES = MS_NOATIME | MS_NODIRATIME | MS_RELATIME;

/** `setsTimes`: its options say something about access times. */
export function lockFlags(mount: Mount, { level }: UserNamespace, setsTimes: boolean): void {
  const { filesystem } = mount;
  if (level === 0 || !(filesystem instanceof HostFilesystem)) return;
  const given = filesystem.hostFlags();
  let flags = 0;
  for (const [host, own] of HOST_FLAGS) if ((given & host) !== 0) flags |= own;
  mount.flags |= flags & ~TIMES;
  if (!setsTimes) mount.flags = (mount.flags & ~TIMES) | (flags & TIMES);
  mount.lockedFlags = (flags & ~TIMES) | (mount.flags & TIMES);
}
