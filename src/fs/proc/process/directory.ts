/**
 * ProcessDirectory: /proc/PID; TaskDirectory: /proc/PID/task, which lists the threads, each with a
 * directory of its own.
 */

import { S_IFDIR } from "../../../abi/stat.ts";
import type { Task } from "../../../kernel/task/task.ts";
import type { Inode } from "../../../kernel/vfs/inode.ts";
import { directory, type Entry, inoOf, type Name } from "../../pseudo/entry.ts";
import type { PseudoFilesystem } from "../../pseudo/filesystem.ts";
import { PseudoDirectory } from "../../pseudo/inode.ts";
import { ProcProcess } from "../subject.ts";
import { PROCESS_FILES, THREAD_FILES } from "./table.ts";

const PROCESS: Entry<ProcProcess> = directory("process", PROCESS_FILES);
const THREAD: Entry<ProcProcess> = directory("thread", THREAD_FILES);
const TASKS: Entry<ProcProcess> = directory("task", []);
const DIRECTORY_MODE = S_IFDIR | 0o555;
const PROCESS_LINKS = 9;
const THREAD_LINKS = 7;

export class ProcessDirectory extends PseudoDirectory {
  declare readonly subject: ProcProcess;

  constructor(filesystem: PseudoFilesystem, ino: number, process: ProcProcess) {
    super(filesystem, ino, PROCESS, process);
  }

  override get nlink(): number {
    return PROCESS_LINKS;
  }

  /** The directory shows whose process it is, even where its files are root's. */
  override refresh(): void {
    const credentials = this.subject.task?.credentials;
    this.uid = credentials?.euid ?? 0;
    this.gid = credentials?.egid ?? 0;
  }

  protected override find(task: Task | null, name: string): Inode | null {
    if (name !== TASKS.name) return super.find(task, name);
    return new TaskDirectory(this.filesystem, inoOf(this.ino, name), TASKS, this.subject);
  }

  protected override has(name: string): boolean {
    return name === TASKS.name || super.has(name);
  }

  override dynamicNames(): ReadonlyMap<number, Name> {
    return new Map([[0, { name: TASKS.name, mode: DIRECTORY_MODE }]]);
  }
}

export class TaskDirectory extends PseudoDirectory {
  declare readonly subject: ProcProcess;

  override get nlink(): number {
    return 2 + this.#numbers().length;
  }

  /** Living threads, and the leader as long as the process is there. */
  #numbers(): number[] {
    const { group, system } = this.subject;
    const numbers = new Set(group.tasks.map((task) => system.numberOf(task.tid)));
    numbers.add(system.numberOf(group.pid));
    return [...numbers].sort((a, b) => a - b);
  }

  protected override find(_task: Task | null, name: string): Inode | null {
    if (!this.has(name)) return null;
    const { system, group } = this.subject;
    const thread = new ProcProcess(system, group, system.pidNamespace.named(Number(name)));
    return new ThreadDirectory(this.filesystem, inoOf(this.ino, name), THREAD, thread);
  }

  protected override has(name: string): boolean {
    return /^[1-9]\d*$/.test(name) && this.#numbers().includes(Number(name));
  }

  override dynamicNames(): ReadonlyMap<number, Name> {
    return new Map(
      this.#numbers().map((tid) => [tid, { name: String(tid), mode: DIRECTORY_MODE }]),
    );
  }
}

class ThreadDirectory extends PseudoDirectory {
  override get nlink(): number {
    return THREAD_LINKS;
  }
}
