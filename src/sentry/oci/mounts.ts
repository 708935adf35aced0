/**
 * mounts: the mounts of a config.json, in the container's own mount namespace.
 *  - Host directories and files come as descriptors that the command line has opened; no host path is
 *    walked here. Places inside are walked in the container.
 *  - A mount with maps, or with the option idmap, is an ID-mapped one of this kernel's; the host need know of none.
 *    What a bind mount's source has mounted below it is part of it, so that ridmap and idmap are one.
 *  - Order is the config's. What is masked, made read-only or propagated comes after (masks.ts).
 */
import { errnoText } from "../../abi/errno-text.ts";
import { MS_RDONLY } from "../../abi/mount.ts";
import { Tmpfs } from "../../fs/tmpfs/filesystem.ts";
import { byteString } from "../../host/bytes.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { Filesystem } from "../../kernel/vfs/filesystem.ts";
import { MountIds } from "../../kernel/vfs/mount-ids.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import type { MountSpec } from "../../oci/spec.ts";
import { setPropagation } from "../../syscalls/file/mount-attributes.ts";
import { copyTree } from "./copy-tree.ts";
import type { FileMedia } from "./file-media.ts";
import { lockFlags } from "./locked-flags.ts";
import { type MountOptions, readMountOptions } from "./mount-options.ts";
import { findPlace, makePlace, runtimeFailure } from "./places.ts";
import { idMapOf } from "./user-namespace.ts";

const CGROUP_TYPES: readonly string[] = ["cgroup", "cgroup2"];

/** One mount; `source` is the host descriptor of a bind mount's source, else -1. */
export function mountOne(media: FileMedia, task: Task, spec: MountSpec, source: number): void {
  const options = readMountOptions(spec.options ?? []);
  const isBind = options.isBind || spec.type === "bind";
  const filesystem = isBind
    ? bindFilesystem(media, spec, source, options)
    : newFilesystem(task, spec, options);
  let place: Path;
  try {
    place = placeFor(task, spec, filesystem);
    if (options.copiesUp && filesystem instanceof Tmpfs) copyInto(task, place, filesystem, spec);
  } catch (error) {
    filesystem.release();
    throw error;
  }
  const shown = isBind ? (spec.source ?? "") : (spec.source ?? spec.type ?? "none");
  const mount = task.kernel.vfs.mountAt(filesystem, place, options.flags, byteString(shown));
  // Boot's mounts have relative access times unless something else is said.
  mount.flags = options.flags;
  if (isBind) lockFlags(mount, task.credentials.userNamespace, options.setsTimes);
  mount.ids = idsFor(task, spec, options, filesystem);
  setPropagation(mount, options.propagation);
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
  media: FileMedia,
  spec: MountSpec,
  source: number,
  options: MountOptions,
): Filesystem {
  if (source < 0) throw runtimeFailure(`the mount on ${spec.destination} came without its source`);
  return media.bound(source, (options.flags & MS_RDONLY) !== 0);
}

function newFilesystem(task: Task, spec: MountSpec, options: MountOptions): Filesystem {
  const type = spec.type ?? "none";
  const { filesystemTypes } = task.kernel.vfs;
  // There is one hierarchy inside, whatever the host has.
  const isCgroup = CGROUP_TYPES.includes(type);
  const used = isCgroup ? "cgroup2" : type;
  const data = isCgroup
    ? ""
    : byteString(type === "tmpfs" ? asBefore(task, spec, options) : options.data);
  const flags = options.flags & MS_RDONLY;
  const made = filesystemTypes.mount(task, used, byteString(spec.source ?? ""), flags, data);
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

/** A tmpfs has the mode of the directory that it covers, unless something else is said. */
function asBefore(task: Task, { destination }: MountSpec, { data }: MountOptions): string {
  const place = findPlace(task, destination);
  if (typeof place === "number" || !place.inode.isDirectory) return data;
  const mode = `mode=${(place.inode.mode & 0o7777).toString(8)}`;
  return data === "" ? mode : `${mode},${data}`;
}

/** `tmpcopyup`: what the place has is in the new filesystem too. */
function copyInto(task: Task, place: Path, { root }: Tmpfs, { destination }: MountSpec): void {
  const rc = copyTree(task, place.inode, root);
  if (rc < 0)
    throw runtimeFailure(`cannot copy what is in ${destination} to the tmpfs: ${errnoText(-rc)}`);
}
