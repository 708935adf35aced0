/**
 * CgroupSubject: what the files of a cgroup's directory are about.
 */
import type { Cgroup } from "../../kernel/cgroup/cgroup.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Subject } from "../pseudo/entry.ts";

/** How many bytes of memory the processes of a cgroup and below have. */
export type MemoryOf = (cgroup: Cgroup) => number;

export class CgroupSubject implements Subject {
  readonly kernel: Kernel;
  readonly cgroup: Cgroup;
  readonly memoryOf: MemoryOf;

  constructor(kernel: Kernel, cgroup: Cgroup, memoryOf: MemoryOf) {
    this.kernel = kernel;
    this.cgroup = cgroup;
    this.memoryOf = memoryOf;
  }

  get alive(): boolean {
    return !this.cgroup.isRemoved;
  }

  get uid(): number {
    return this.cgroup.uid;
  }

  get gid(): number {
    return this.cgroup.gid;
  }
}
