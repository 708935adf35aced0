/**
 * devices: /dev of a container (config-linux.md, "Default Devices"): nodes, links, and those that the
 * config asks for. A node is a number; what answers to it is the kernel's own driver, or nothing.
 *  - A /dev that is bound from the host is left as it is.
 *  - In a user namespace nobody makes nodes that open something: there they are the first one's, bound on
 *    empty files. They belong to no user of the container's.
 */
import { errnoText } from "../../abi/errno-text.ts";
import { MS_RELATIME } from "../../abi/mount.ts";
import { makedev, S_IFBLK, S_IFCHR, S_IFIFO, S_IFLNK } from "../../abi/stat.ts";
import { TMPFS_DEFAULTS, Tmpfs } from "../../fs/tmpfs/filesystem.ts";
import type { Host } from "../../host/host.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { InodeInit } from "../../kernel/vfs/inode.ts";
import { Path } from "../../kernel/vfs/path.ts";
import type { DeviceSpec, Spec } from "../../oci/spec.ts";
import type { StartFailure } from "../failure.ts";
import { bindOn } from "./masks.ts";
import { makePlace, runtimeFailure } from "./places.ts";

const WORLD = 0o666;

const NODES: readonly DeviceSpec[] = [
  { path: "/dev/null", type: "c", major: 1, minor: 3 },
  { path: "/dev/random", type: "c", major: 1, minor: 8 },
  { path: "/dev/full", type: "c", major: 1, minor: 7 },
  { path: "/dev/tty", type: "c", major: 5, minor: 0 },
  { path: "/dev/zero", type: "c", major: 1, minor: 5 },
  { path: "/dev/urandom", type: "c", major: 1, minor: 9 },
];

const LINKS: readonly (readonly [string, string])[] = [
  ["ptmx", "pts/ptmx"],
  ["fd", "/proc/self/fd"],
  ["stdin", "/proc/self/fd/0"],
  ["stdout", "/proc/self/fd/1"],
  ["stderr", "/proc/self/fd/2"],
];

const TYPES: Readonly<Record<string, number>> = { c: S_IFCHR, u: S_IFCHR, b: S_IFBLK, p: S_IFIFO };

export function isDevBound(spec: Spec): boolean {
  return (spec.mounts ?? []).some(
    ({ destination, type, options }) =>
      destination.replace(/\/+$/, "") === "/dev" &&
      (type === "bind" ||
        options?.includes("bind") === true ||
        options?.includes("rbind") === true),
  );
}

export function hasDevMount(spec: Spec): boolean {
  return (spec.mounts ?? []).some(({ destination }) => destination.replace(/\/+$/, "") === "/dev");
}

export function makeDevices(host: Host, task: Task, spec: Spec): void {
  if (isDevBound(spec)) return;
  const asked = spec.linux?.devices ?? [];
  const nodes = NODES.filter(({ path }) => !asked.some((node) => node.path === path)).concat(asked);
  if (task.credentials.userNamespace.level > 0) bindNodes(host, task, nodes);
  else for (const node of nodes) makeNode(task, node);
  const { fsuid: uid, fsgid: gid } = task.credentials;
  for (const [name, target] of LINKS)
    make(task, "/dev", name, { mode: S_IFLNK | 0o777, uid, gid, rdev: 0, target });
}

/** Nodes of a devtmpfs that is mounted nowhere, each bound where it is wanted. */
function bindNodes(host: Host, task: Task, nodes: readonly DeviceSpec[]): void {
  const { vfs } = task.kernel;
  const options = { ...TMPFS_DEFAULTS, mode: 0o755 };
  const all = vfs.newMount(new Tmpfs(vfs, host, options, "devtmpfs", "mode=755"), 0, "devtmpfs");
  const top = new Path(all, all.root);
  for (const node of nodes) {
    const directory = node.path.slice(0, node.path.lastIndexOf("/"));
    const parent = vfs.makeDirectory(top, directory.replace(/^\/dev\b/, ""));
    if (typeof parent === "number") throw cannotMake(node, parent);
    const name = node.path.slice(node.path.lastIndexOf("/") + 1);
    const made = parent.inode.create(null, name, initOf(node, 0, 0));
    if (typeof made === "number") throw cannotMake(node, made);
    made.drop();
    const dentry = vfs.lookup(null, parent.dentry, name);
    if (typeof dentry === "number") throw cannotMake(node, dentry);
    bindOn(task, new Path(all, dentry), makePlace(task, node.path, "file"), MS_RELATIME);
  }
  all.release();
}

function cannotMake({ path }: DeviceSpec, rc: number): StartFailure {
  return runtimeFailure(`cannot make the device ${path}: ${errnoText(-rc)}`);
}

function makeNode(task: Task, node: DeviceSpec): void {
  const cut = node.path.lastIndexOf("/");
  const init = initOf(node, node.uid ?? 0, node.gid ?? 0);
  make(task, node.path.slice(0, cut), node.path.slice(cut + 1), init);
}

function initOf(node: DeviceSpec, uid: number, gid: number): InodeInit {
  return {
    mode: TYPES[node.type]! | ((node.fileMode ?? WORLD) & 0o7777),
    uid,
    gid,
    rdev: node.type === "p" ? 0 : makedev(node.major ?? 0, node.minor ?? 0),
    target: "",
  };
}

/** What has the name already stays: the image's author may have put it there. */
function make(task: Task, directory: string, name: string, init: InodeInit): void {
  const { vfs } = task.kernel;
  const parent = makePlace(task, directory, "directory");
  const child = vfs.lookup(task, parent.dentry, name);
  if (typeof child === "number" || child.inode !== null) return;
  const made = parent.inode.create(task, name, init);
  if (typeof made !== "number") vfs.created(parent.dentry, child, made);
}
