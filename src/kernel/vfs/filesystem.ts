/**
 * Filesystem: one mounted filesystem instance (Linux's super_block), and the registry of types by
 * which mount(2) makes one. Every concrete filesystem extends Filesystem and gives its root inode.
 *  - `dev` is st_dev: unique per instance, handed out by the Vfs.
 *  - `revalidates` asks the path walk to call Inode.revalidate before it trusts a cached name.
 */
import { CAP_SYS_ADMIN } from "../../abi/capability.ts";
import { ENODEV, EPERM } from "../../abi/errno.ts";
import { refuse } from "../../base/refuse.ts";
import { FIRST_USER_NAMESPACE } from "../ns/user-namespace.ts";
import type { Task } from "../task/task.ts";
import type { Dentry } from "./dentry.ts";
import type { Inode } from "./inode.ts";
import type { StatFs } from "./kstat.ts";
import type { Vfs } from "./vfs.ts";

export abstract class Filesystem {
  readonly vfs: Vfs;
  /** The type's name, as /proc/mounts shows it. */
  readonly type: string;
  /** st_dev of its files. */
  readonly dev: number;
  /** Names may change behind the dentry cache. */
  readonly revalidates: boolean = false;
  /** Refuses every change (a read-only superblock). */
  readOnly = false;
  /** Whose users mounted it: their devices and set-id bits count in no other. */
  userNamespace = FIRST_USER_NAMESPACE;
  /** May mounts of it have ids of their own (FS_ALLOW_IDMAP)? */
  readonly allowsIds: boolean = false;
  /** How many mounts show it; at 0 it is released. */
  mounts = 0;
  /** The dentry of `root`, shared by all its mounts; made at the first. */
  rootDentry: Dentry | null = null;

  constructor(vfs: Vfs, type: string) {
    this.vfs = vfs;
    this.type = type;
    this.dev = vfs.newDevice();
  }

  /** Devices that a user namespace's root has made open nothing. */
  get hidesDevices(): boolean {
    return this.userNamespace.level > 0;
  }

  abstract get root(): Inode;

  abstract statfs(out: StatFs): number;

  /** Options for /proc/mounts, after ro or rw; "" or ",size=…". */
  options(): string {
    return "";
  }

  /** mount -o remount with new data; 0 or -errno. */
  reconfigure(_data: string): number {
    return 0;
  }

  sync(): number {
    return 0;
  }

  /** The last mount is gone. */
  release(): void {}
}

/** Makes filesystems of one type for mount(2). */
export interface FilesystemType {
  readonly name: string;
  /** Needs no device: shown as "nodev" in /proc/filesystems. */
  readonly nodev: boolean;
  /** Shows the kernel: a user namespace's root gets no more of it than he sees already (visible.ts). */
  readonly showsKernel?: boolean;
  /** A user namespace's root may mount it, who is nobody outside. */
  readonly inUserNamespaces?: boolean;
  mount(task: Task, source: string, flags: number, data: string): Filesystem | number;
}

export class FilesystemTypes {
  readonly #types = new Map<string, FilesystemType>();

  register(type: FilesystemType): void {
    this.#types.set(type.name, type);
  }

  get(name: string): FilesystemType | undefined {
    return this.#types.get(name);
  }

  all(): IterableIterator<FilesystemType> {
    return this.#types.values();
  }

  mount(
    task: Task,
    name: string,
    source: string,
    flags: number,
    data: string,
  ): Filesystem | number {
    const type = this.#types.get(name);
    if (type === undefined) return refuse(ENODEV, "mount: no such filesystem type");
    const { credentials } = task;
    if (type.inUserNamespaces !== true && !credentials.has(CAP_SYS_ADMIN))
      return refuse(EPERM, "mount: this type needs CAP_SYS_ADMIN of the first user namespace");
    const made = type.mount(task, source, flags, data);
    if (typeof made !== "number" && made.mounts === 0)
      made.userNamespace = credentials.userNamespace;
    return made;
  }
}

/** "size=1m,mode=755" as a map; a word without "=" maps to "". */
export function parseOptions(data: string): Map<string, string> {
  const options = new Map<string, string>();
  for (const word of data.split(",")) {
    if (word === "") continue;
    const equals = word.indexOf("=");
    if (equals < 0) options.set(word, "");
    else options.set(word.slice(0, equals), word.slice(equals + 1));
  }
  return options;
}
