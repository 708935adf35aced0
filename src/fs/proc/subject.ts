/**
 * The subjects of proc's tables: ProcSystem, the whole sandbox; ProcProcess, a process or one of its
 * threads, by number. A process that has been reaped is not alive; a zombie still is.
 */
import type { Kernel } from "../../kernel/kernel.ts";
import type { Mm } from "../../kernel/mm/mm.ts";
import type { PidNamespace } from "../../kernel/ns/pid-namespace.ts";
import type { NetworkNamespace } from "../../kernel/socket/network.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { ThreadGroup } from "../../kernel/task/thread-group.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import type { Subject } from "../pseudo/entry.ts";
import type { NetworkReport, SystemFacts } from "./facts.ts";

/** Values of sysctl files that a guest may change and that change nothing. */
export type Settings = Map<string, string>;

/** The whole sandbox, as one pid namespace sees it. */
export class ProcSystem implements Subject {
  readonly alive = true;
  readonly uid = 0;
  readonly gid = 0;
  readonly kernel: Kernel;
  readonly facts: SystemFacts;
  readonly network: NetworkReport;
  /** Shared by all instances. */
  readonly settings: Settings;
  /** Whose numbers name processes here. */
  readonly pidNamespace: PidNamespace;
  /** Whose interfaces a sysfs shows. */
  readonly networkNamespace: NetworkNamespace;

  constructor(
    kernel: Kernel,
    facts: SystemFacts,
    network: NetworkReport,
    settings: Settings = new Map(),
    pidNamespace: PidNamespace = kernel.pids.first,
    networkNamespace: NetworkNamespace = kernel.network,
  ) {
    this.kernel = kernel;
    this.facts = facts;
    this.network = network;
    this.settings = settings;
    this.pidNamespace = pidNamespace;
    this.networkNamespace = networkNamespace;
  }

  /** The same, as `task` sees it, which mounts an instance. */
  seenBy(task: Task): ProcSystem {
    return new ProcSystem(
      this.kernel,
      this.facts,
      this.network,
      this.settings,
      task.group.pidNamespace,
      task.namespaces.network,
    );
  }

  /** What this instance calls what the kernel calls `pid`; 0 when it cannot be seen. */
  numberOf(pid: number): number {
    return this.pidNamespace.numberOf(pid);
  }

  /** The processes that can be seen. */
  processes(): ThreadGroup[] {
    return [...this.kernel.pids.groups()].filter((group) => this.numberOf(group.pid) !== 0);
  }

  /** Since the sandbox began. */
  uptimeNs(): number {
    return this.kernel.clock.monotonicNs() - this.kernel.startNs;
  }
}

export class ProcProcess implements Subject {
  readonly system: ProcSystem;
  readonly group: ThreadGroup;
  /** The kernel's number. */
  readonly tid: number;

  constructor(system: ProcSystem, group: ThreadGroup, tid: number) {
    this.system = system;
    this.group = group;
    this.tid = tid;
  }

  /** Its number in this instance. */
  get number(): number {
    return this.system.numberOf(this.tid);
  }

  get alive(): boolean {
    const { pids } = this.system.kernel;
    if (this.tid === this.group.pid) return pids.group(this.tid) === this.group;
    return pids.task(this.tid)?.group === this.group;
  }

  /** The thread, also when it is dead; null for the kernel's own init. */
  get task(): Task | null {
    return this.system.kernel.pids.task(this.tid) ?? null;
  }

  /** The thread while it lives. */
  get living(): Task | null {
    const { task } = this;
    return task === null || task.state === "dead" ? null : task;
  }

  get mm(): Mm | null {
    return this.living?.mm ?? null;
  }

  /** Who owns the files: the effective ids, or root when the memory is nobody's business. */
  get uid(): number {
    return this.#isDumpable ? (this.task?.credentials.euid ?? 0) : 0;
  }

  get gid(): number {
    return this.#isDumpable ? (this.task?.credentials.egid ?? 0) : 0;
  }

  get #isDumpable(): boolean {
    const { mm } = this;
    return mm === null || mm.dumpable === 1;
  }

  get comm(): string {
    return this.task?.comm ?? "init";
  }

  /** What its own names begin with. */
  get root(): Path | null {
    return this.living?.fs.root ?? null;
  }

  get isZombie(): boolean {
    return this.group.isZombie || this.task?.state === "dead";
  }
}
