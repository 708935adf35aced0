/**
 * devices: /dev of a container (config-linux.md, "Default Devices"): nodes, links, and those that the
 * config asks for. A node is a number; what answers to it is the kernel's own driver, or nothing.
 *  - A /dev that is bound from the host is left as it is.
 */
import { makedev, S_IFBLK, S_IFCHR, S_IFIFO, S_IFLNK } from "../../abi/stat.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { InodeInit } from "../../kernel/vfs/inode.ts";
import type { DeviceSpec, Spec } from "../../oci/spec.ts";
import { makePlace } from "./places.ts";

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

export function makeDevices(task: Task, spec: Spec): void {
  if (isDevBound(spec)) return;
  const asked = spec.linux?.devices ?? [];
  for (const node of NODES) if (!asked.some(({ path }) => path === node.path)) makeNode(task, node);
  for (const node of asked) makeNode(task, node);
  for (const [name, target] of LINKS)
    make(task, "/dev", name, { mode: S_IFLNK | 0o777, uid: 0, gid: 0, rdev: 0, target });
}

function makeNode(task: Task, node: DeviceSpec): void {
  const cut = node.path.lastIndexOf("/");
  make(task, node.path.slice(0, cut), node.path.slice(cut + 1), {
    mode: TYPES[node.type]! | ((node.fileMode ?? WORLD) & 0o7777),
    uid: node.uid ?? 0,
    gid: node.gid ?? 0,
    rdev: node.type === "p" ? 0 : makedev(node.major ?? 0, node.minor ?? 0),
    target: "",
  });
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
