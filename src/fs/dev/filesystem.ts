/**
 * devtmpfs: /dev of the sandbox: a tmpfs with the usual device nodes, links and directories in it.
 * The drivers behind the nodes are registered apart: MemoryDevices here, the terminal's by others.
 */
import { MS_RDONLY } from "../../abi/mount.ts";
import { makedev, S_IFCHR, S_IFDIR, S_IFLNK } from "../../abi/stat.ts";
import type { Host } from "../../host/host.ts";
import type { Task } from "../../kernel/task/task.ts";
import { ANY_MINOR } from "../../kernel/vfs/device-registry.ts";
import type { FilesystemType } from "../../kernel/vfs/filesystem.ts";
import type { Vfs } from "../../kernel/vfs/vfs.ts";
import { TMPFS_DEFAULTS, Tmpfs } from "../tmpfs/filesystem.ts";
import { MEMORY_MAJOR, MemoryDevices } from "./devices.ts";

/** Name, permission bits, major and minor of each node. */
const NODES: readonly (readonly [string, number, number, number])[] = [
  ["null", 0o666, 1, 3],
  ["zero", 0o666, 1, 5],
  ["full", 0o666, 1, 7],
  ["random", 0o666, 1, 8],
  ["urandom", 0o666, 1, 9],
  ["tty", 0o666, 5, 0],
  ["console", 0o600, 5, 1],
];

const LINKS: readonly (readonly [string, string])[] = [
  ["ptmx", "pts/ptmx"],
  ["fd", "/proc/self/fd"],
  ["stdin", "/proc/self/fd/0"],
  ["stdout", "/proc/self/fd/1"],
  ["stderr", "/proc/self/fd/2"],
  ["core", "/proc/kcore"],
];

const DIRECTORIES: readonly (readonly [string, number])[] = [
  ["pts", 0o755],
  ["shm", 0o1777],
  ["mqueue", 0o1777],
];

/** Register the drivers of character major 1. Once per Vfs. */
export function registerMemoryDevices(vfs: Vfs): void {
  vfs.devices.register("c", MEMORY_MAJOR, ANY_MINOR, new MemoryDevices());
}

/** A new devtmpfs, populated. */
export function makeDevtmpfs(vfs: Vfs, host: Host): Tmpfs {
  const tmpfs = new Tmpfs(vfs, host, { ...TMPFS_DEFAULTS, mode: 0o755 }, "devtmpfs", "mode=755");
  for (const [name, mode, major, minor] of NODES)
    add(tmpfs, name, S_IFCHR | mode, makedev(major, minor), "");
  for (const [name, target] of LINKS) add(tmpfs, name, S_IFLNK | 0o777, 0, target);
  for (const [name, mode] of DIRECTORIES) add(tmpfs, name, S_IFDIR | mode, 0, "");
  return tmpfs;
}

function add(tmpfs: Tmpfs, name: string, mode: number, rdev: number, target: string): void {
  const made = tmpfs.root.create(null, name, { mode, uid: 0, gid: 0, rdev, target });
  if (typeof made !== "number") made.drop();
}

/** mount -t devtmpfs. */
export class DevtmpfsType implements FilesystemType {
  readonly name = "devtmpfs";
  readonly nodev = true;
  readonly #vfs: Vfs;
  readonly #host: Host;

  constructor(vfs: Vfs, host: Host) {
    this.#vfs = vfs;
    this.#host = host;
  }

  mount(_task: Task, _source: string, flags: number): Tmpfs {
    const tmpfs = makeDevtmpfs(this.#vfs, this.#host);
    tmpfs.readOnly = (flags & MS_RDONLY) !== 0;
    return tmpfs;
  }
}
