/**
 * Procfs: one instance of the proc filesystem, and ProcType, by which mount(2) makes one. An instance shows
 * the processes of the pid namespace in which it was mounted, by their numbers there.
 */
import { MS_RDONLY } from "../../abi/mount.ts";
import { PROC_SUPER_MAGIC } from "../../abi/stat.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { FilesystemType } from "../../kernel/vfs/filesystem.ts";
import { PseudoFilesystem } from "../pseudo/filesystem.ts";
import type { NetworkReport, SystemFacts } from "./facts.ts";
import { ProcRoot } from "./root.ts";
import { ProcSystem } from "./subject.ts";

export class Procfs extends PseudoFilesystem {
  readonly root: ProcRoot;

  constructor(system: ProcSystem) {
    super(system.kernel, "proc", PROC_SUPER_MAGIC);
    this.root = new ProcRoot(this, system);
  }
}

/** mount -t proc. hidepid, gid and subset are accepted and change nothing. */
export class ProcType implements FilesystemType {
  readonly name = "proc";
  readonly nodev = true;
  readonly inUserNamespaces = true;
  readonly showsKernel = true;
  readonly system: ProcSystem;

  constructor(kernel: Kernel, facts: SystemFacts, network: NetworkReport) {
    this.system = new ProcSystem(kernel, facts, network);
  }

  /** A new instance, for boot. */
  make(): Procfs {
    return new Procfs(this.system);
  }

  mount(task: Task, _source: string, flags: number): Procfs {
    const procfs = new Procfs(this.system.seenBy(task));
    procfs.readOnly = (flags & MS_RDONLY) !== 0;
    return procfs;
  }
}
