/**
 * ProcRoot: the top directory: files about the system, then a directory for each process. Every
 * thread has one by its number, but only processes are listed.
 *  - Names of processes that are gone leave the dentry cache when too many have gathered.
 */

import { ENOENT } from "../../abi/errno.ts";
import { S_IFDIR } from "../../abi/stat.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import { directory, type Entry, inoOf, link, type Name } from "../pseudo/entry.ts";
import type { PseudoFilesystem } from "../pseudo/filesystem.ts";
import { PseudoDirectory, PseudoInode } from "../pseudo/inode.ts";
import { ProcessDirectory } from "./process/directory.ts";
import { ProcProcess, type ProcSystem } from "./subject.ts";
import { SYSCTL } from "./sysctl/table.ts";
import { SYSTEM_FILES } from "./system/table.ts";

const ROOT_INO = 1;
const PROCESS_MODE = S_IFDIR | 0o555;
/** So many names of dead processes are nobody's trouble. */
const SLACK = 64;

function self(system: ProcSystem, task: Task | null): string | number {
  const pid = task === null ? 0 : system.numberOf(task.pid);
  return pid === 0 ? -ENOENT : String(pid);
}

function threadSelf(system: ProcSystem, task: Task | null): string | number {
  const pid = task === null ? 0 : system.numberOf(task.pid);
  return pid === 0 ? -ENOENT : `${pid}/task/${system.numberOf(task!.tid)}`;
}

const ROOT: Entry<ProcSystem> = directory<ProcSystem>("/", [
  link("self", self),
  link("thread-self", threadSelf),
  link("mounts", () => "self/mounts"),
  link("net", () => "self/net"),
  ...SYSTEM_FILES,
  directory("sys", SYSCTL),
]);

export class ProcRoot extends PseudoDirectory {
  declare readonly subject: ProcSystem;

  constructor(filesystem: PseudoFilesystem, system: ProcSystem) {
    super(filesystem, ROOT_INO, ROOT, system);
  }

  override get nlink(): number {
    return 2 + this.subject.kernel.pids.taskCount;
  }

  /** The process or thread of this name. */
  #process(name: string): ProcProcess | null {
    const pid = this.subject.pidNamespace.named(pidOf(name));
    if (pid === 0) return null;
    const { pids } = this.subject.kernel;
    const group = pids.group(pid) ?? pids.task(pid)?.group;
    return group === undefined ? null : new ProcProcess(this.subject, group, pid);
  }

  protected override find(task: Task | null, name: string): Inode | null {
    const known = super.find(task, name);
    if (known !== null) return known;
    const process = this.#process(name);
    if (process === null) return null;
    this.#sweep();
    return new ProcessDirectory(this.filesystem, inoOf(this.ino, name), process);
  }

  protected override has(name: string): boolean {
    return super.has(name) || this.#process(name) !== null;
  }

  override dynamicNames(): ReadonlyMap<number, Name> {
    const numbers = this.subject.processes().map((group) => this.subject.numberOf(group.pid));
    numbers.sort((a, b) => a - b);
    return new Map(numbers.map((pid) => [pid, { name: String(pid), mode: PROCESS_MODE }]));
  }

  /** Forget the names of processes that are gone. */
  #sweep(): void {
    const children = this.filesystem.rootDentry?.children;
    if (children == null) return;
    const expected = this.table.length + 2 * this.subject.kernel.pids.taskCount + SLACK;
    if (children.size <= expected) return;
    const { dentries } = this.filesystem.vfs;
    for (const dentry of [...children.values()]) {
      const { inode } = dentry;
      const isGone = inode === null || (inode instanceof PseudoInode && !inode.subject.alive);
      if (isGone) dentries.invalidate(dentry);
    }
  }
}

/** 0 when the name is no number as the kernel writes it. */
export function pidOf(name: string): number {
  return /^[1-9]\d{0,9}$/.test(name) ? Number(name) : 0;
}
