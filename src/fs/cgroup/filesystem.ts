/**
 * CgroupFilesystem: the hierarchy, seen from the root of the mounter's cgroup namespace, and Cgroup2Type, by which
 * mount(2) makes one. All instances show the one hierarchy. The older version 1 is not there: "cgroup" is no
 * filesystem type, as on kernels without it.
 */
import { EINVAL, ENODEV } from "../../abi/errno.ts";
import { MS_RDONLY } from "../../abi/mount.ts";
import { CGROUP2_SUPER_MAGIC } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import type { Cgroup } from "../../kernel/cgroup/cgroup.ts";
import { processesIn } from "../../kernel/cgroup/membership.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Mm } from "../../kernel/mm/mm.ts";
import type { Task } from "../../kernel/task/task.ts";
import { type FilesystemType, parseOptions } from "../../kernel/vfs/filesystem.ts";
import { PseudoFilesystem } from "../pseudo/filesystem.ts";
import { CgroupNode } from "./directory.ts";
import { CgroupSubject } from "./subject.ts";

/** So many cgroups there may be. */
const MOST = 65_536;
const OPTIONS: ReadonlySet<string> = new Set([
  "nsdelegate",
  "favordynmods",
  "memory_localevents",
  "memory_recursiveprot",
  "pids_localevents",
]);

/** Counts the cgroups of the kernel. */
export class Hierarchy {
  #last = 1;
  #count = 1;

  get isFull(): boolean {
    return this.#count >= MOST;
  }

  /** One more: its number. */
  add(): number {
    this.#count++;
    return ++this.#last;
  }

  remove(): void {
    this.#count--;
  }
}

export class CgroupFilesystem extends PseudoFilesystem {
  readonly root: CgroupNode;
  readonly hierarchy: Hierarchy;
  override readonly blockSize = 4096;
  override readonly goneError = -ENODEV;
  readonly #options: string;

  constructor(subject: CgroupSubject, hierarchy: Hierarchy, options: string) {
    super(subject.kernel, "cgroup2", CGROUP2_SUPER_MAGIC);
    this.hierarchy = hierarchy;
    this.root = new CgroupNode(this, subject);
    this.#options = options;
  }

  override options(): string {
    return this.#options;
  }
}

/** Who knows how much memory a space has. */
export interface ResidentMemory {
  residentBytes(mm: Mm): number;
}

/** mount -t cgroup2. */
export class Cgroup2Type implements FilesystemType {
  readonly name = "cgroup2";
  readonly nodev = true;
  readonly inUserNamespaces = true;
  readonly #kernel: Kernel;
  readonly #memory: ResidentMemory;
  readonly #hierarchy = new Hierarchy();

  constructor(kernel: Kernel, memory: ResidentMemory) {
    this.#kernel = kernel;
    this.#memory = memory;
  }

  mount(task: Task, _source: string, flags: number, data: string): CgroupFilesystem | number {
    const words = [...parseOptions(data).keys()];
    if (words.some((word) => !OPTIONS.has(word)))
      return refuse(EINVAL, "cgroup2: unknown mount option");
    const { root } = task.namespaces.cgroup;
    const subject = new CgroupSubject(this.#kernel, root, (cgroup) => this.#memoryOf(cgroup));
    const options = words.map((word) => `,${word}`).join("");
    const filesystem = new CgroupFilesystem(subject, this.#hierarchy, options);
    filesystem.readOnly = (flags & MS_RDONLY) !== 0;
    return filesystem;
  }

  /** Address spaces are counted once, whoever shares them. */
  #memoryOf(cgroup: Cgroup): number {
    const spaces = new Set<Mm>();
    for (const group of processesIn(this.#kernel, cgroup, true))
      for (const task of group.tasks) spaces.add(task.mm);
    let bytes = 0;
    for (const mm of spaces) bytes += this.#memory.residentBytes(mm);
    return bytes;
  }
}
