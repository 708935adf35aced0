/**
 * mounts: the root directory and the mounts of a config.json, in the container's own mount namespace.
 *  - Host directories and files come as descriptors that the command line has opened; no host path is
 *    walked here. Places inside are walked in the container.
 *  - Order is the config's. What is masked, made read-only or propagated comes after (masks.ts).
 */
import { errnoText } from "../../abi/errno-text.ts";
import { MS_RDONLY, MS_RELATIME } from "../../abi/mount.ts";
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
import type { Path } from "../../kernel/vfs/path.ts";
import type { MountSpec } from "../../oci/spec.ts";
import { setPropagation } from "../../syscalls/file/mount-attributes.ts";
import type { Sandbox } from "../sandbox.ts";
import { type MountOptions, readMountOptions } from "./mount-options.ts";
import { makePlace, runtimeFailure } from "./places.ts";

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
  return vfs.mountRoot(root, MS_RELATIME, inMemory ? "overlay" : "rootfs", owner);
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
  setPropagation(mount, options.propagation);
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
