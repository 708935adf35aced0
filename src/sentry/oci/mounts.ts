/**
 * mounts: the root directory and the mounts of a config.json, in the container's own mount namespace.
 *  - Host directories and files come as descriptors that the command line has opened; no host path is
 *    walked here. Places inside are walked in the container.
 *  - A mount with maps, or with the option idmap, is an ID-mapped one of this kernel's; the host need know of none.
 *    What a bind mount's source has mounted below it is part of it, so that ridmap and idmap are one.
 *  - Order is the config's. What is masked, made read-only or propagated comes after (masks.ts).
 */
import { errnoText } from "../../abi/errno-text.ts";
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
import {
  HOST_ROOT,
  HOST_VOLUME,
  HostFilesystem,
  type HostOptions,
} from "../../fs/host/filesystem.ts";
import { makeOverlayRoot } from "../../fs/overlay/root.ts";
import type { UserNamespace } from "../../kernel/ns/user-namespace.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { Filesystem } from "../../kernel/vfs/filesystem.ts";
import type { Mount } from "../../kernel/vfs/mount.ts";
import { MountIds } from "../../kernel/vfs/mount-ids.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import type { MountSpec } from "../../oci/spec.ts";
import { setPropagation } from "../../syscalls/file/mount-attributes.ts";
import type { Sandbox } from "../sandbox.ts";
import { type MountOptions, readMountOptions } from "./mount-options.ts";
import { makePlace, runtimeFailure } from "./places.ts";
import { idMapOf } from "./user-namespace.ts";

/** What a container writes lands in its root directory; nobody else is expected to change it. */
const CONTAINER_ROOT: HostOptions = { writable: true, attributeNs: 1e9, descriptors: 512 };
const CGROUP_TYPES: readonly string[] = ["cgroup", "cgroup2"];

/** The root's mount, the first of a new mount namespace. Read-only it becomes last of all. */
export function mountContainerRoot(
  sandbox: Sandbox,
  rootFd: number,
  inMemory: boolean,
  owner: UserNamespace,
): Path {
  const { host, kernel } = sandbox;
  const { vfs } = kernel;
  const lower = new HostFilesystem(vfs, host, rootFd, inMemory ? HOST_ROOT : CONTAINER_ROOT);
  const root = inMemory ? makeOverlayRoot(vfs, host, [lower.root]) : lower;
  const path = vfs.mountRoot(root, MS_RELATIME, inMemory ? "overlay" : "rootfs", owner);
  lockFlags(path.mount, owner, false);
  return path;
}

/** One mount; `source` is the host descriptor of a bind mount's source, else -1. */
export function mountOne(sandbox: Sandbox, task: Task, spec: MountSpec, source: number): void {
  const options = readMountOptions(spec.options ?? []);
  const isBind = options.isBind || spec.type === "bind";
  const filesystem = isBind
    ? bindFilesystem(sandbox, spec, source, options)
    : newFilesystem(task, spec, options);
  let place: Path;
  try {
    place = placeFor(task, spec, filesystem);
  } catch (error) {
    filesystem.release();
    throw error;
  }
  const shown = isBind ? (spec.source ?? "") : (spec.source ?? spec.type ?? "none");
  const mount = task.kernel.vfs.mountAt(filesystem, place, options.flags, bytes(shown));
  // Boot's mounts have relative access times unless something else is said.
  mount.flags = options.flags;
  if (isBind) lockFlags(mount, task.credentials.userNamespace, options.setsTimes);
  mount.ids = idsFor(task, spec, options, filesystem);
  setPropagation(mount, options.propagation);
}

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

/** In a user namespace, what the host's mount has stays (mount_namespaces(7), "Restrictions on mount namespaces"). */
function lockFlags(mount: Mount, { level }: UserNamespace, setsTimes: boolean): void {
  const { filesystem } = mount;
  if (level === 0 || !(filesystem instanceof HostFilesystem)) return;
  const given = filesystem.hostFlags();
  let flags = 0;
  for (const [host, own] of HOST_FLAGS) if ((given & host) !== 0) flags |= own;
  mount.flags |= flags & ~TIMES;
  if (!setsTimes) mount.flags = (mount.flags & ~TIMES) | (flags & TIMES);
  mount.lockedFlags = (flags & ~TIMES) | (mount.flags & TIMES);
}

/** Whose files are whose through the mount: as its own maps say, else as the container's. */
function idsFor(
  task: Task,
  { destination, uidMappings, gidMappings }: MountSpec,
  { mapsIds }: MountOptions,
  { allowsIds, type, userNamespace }: Filesystem,
): MountIds | null {
  const hasOwn = uidMappings != null && uidMappings.length > 0;
  if (!mapsIds && !hasOwn) return null;
  const cannot = (why: string) =>
    runtimeFailure(`the mount on ${destination} cannot be ID-mapped: ${why}`);
  if (!allowsIds) throw cannot(`${type} does not take part`);
  const own = { uids: idMapOf(uidMappings ?? []), gids: idMapOf(gidMappings ?? []) };
  const container = task.credentials.userNamespace;
  if (!hasOwn && container === userNamespace)
    throw cannot("its files have the container's ids already");
  return new MountIds(hasOwn ? own : container, userNamespace);
}

/** Where it goes, made as what it is when it is missing. */
function placeFor(task: Task, { destination }: MountSpec, { root }: Filesystem): Path {
  const place = makePlace(task, destination, root.isDirectory ? "directory" : "file");
  if (place.inode.isDirectory !== root.isDirectory)
    throw runtimeFailure(`cannot mount on ${destination}: one is a directory and the other is not`);
  return place;
}

function bindFilesystem(
  { host, kernel }: Sandbox,
  spec: MountSpec,
  source: number,
  options: MountOptions,
): Filesystem {
  if (source < 0) throw runtimeFailure(`the mount on ${spec.destination} came without its source`);
  const isReadOnly = (options.flags & MS_RDONLY) !== 0;
  const filesystem = new HostFilesystem(kernel.vfs, host, source, HOST_VOLUME);
  if (isReadOnly) filesystem.readOnly = true;
  return filesystem;
}

function newFilesystem(task: Task, spec: MountSpec, options: MountOptions): Filesystem {
  const type = spec.type ?? "none";
  const { filesystemTypes } = task.kernel.vfs;
  // There is one hierarchy inside, whatever the host has.
  const isCgroup = CGROUP_TYPES.includes(type);
  const used = isCgroup ? "cgroup2" : type;
  const data = isCgroup ? "" : bytes(options.data);
  const flags = options.flags & MS_RDONLY;
  const made = filesystemTypes.mount(task, used, bytes(spec.source ?? ""), flags, data);
  if (typeof made === "number")
    throw runtimeFailure(
      `cannot mount ${type} on ${spec.destination}${data === "" ? "" : ` with "${data}"`}: ${errnoText(-made)}`,
    );
  // Read-only is the mount: the filesystem may be shared with others that write. In a user namespace, what
  // shows the kernel is read-only itself, so that no second mount of it is more.
  const { userNamespace } = task.credentials;
  const staysReadOnly = userNamespace.level > 0 && filesystemTypes.get(used)?.showsKernel === true;
  if (!staysReadOnly) made.readOnly = false;
  return made;
}

/** The kernel's strings have one char per byte. */
export function bytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
