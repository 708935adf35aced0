/**
 * ThreadGroup: a process: what its threads share (Linux's signal_struct and the leader's family ties).
 *  - Lives from fork to the moment its parent has reaped it; `exitStatus` is final once it is a zombie.
 *  - Changes of family (children, process group) go through the functions of exit.ts and kernel.ts.
 */
import { WaitQueue } from "../../base/wait-queue.ts";
import type { Cgroup } from "../cgroup/cgroup.ts";
import type { Kernel } from "../kernel.ts";
import type { PidNamespace } from "../ns/pid-namespace.ts";
import { GroupSignals } from "../signal/group-signals.ts";
import { GroupTimers } from "../time/group-timers.ts";
import type { Limits } from "./limits.ts";
import type { ProcessGroup, Session } from "./process-group.ts";
import type { Task } from "./task.ts";

export class ThreadGroup {
  readonly kernel: Kernel;
  /** The kernel's number of it. */
  readonly pid: number;
  /** Where it was born; all its threads are in it. */
  readonly pidNamespace: PidNamespace;
  /** Its number there: what getpid(2) says. */
  readonly ownPid: number;
  /** Null only for the kernel's own init, which has no threads. */
  leader: Task | null = null;
  /** Living threads. */
  readonly tasks: Task[] = [];

  /** Change it with the functions of cgroup/membership.ts. */
  cgroup: Cgroup;
  /** How many tasks it counts for there. */
  chargedTasks = 0;

  parent: ThreadGroup | null;
  readonly children = new Set<ThreadGroup>();
  processGroup: ProcessGroup;
  /** Sent to the parent at exit; 0 for none. */
  exitSignal = 0;
  /** Pid 1 of its namespace. */
  readonly isNamespaceInit: boolean;
  /** Immune to signals that it does not handle, as an init is until a fault of its own. */
  isUnkillable: boolean;
  /** PR_SET_CHILD_SUBREAPER. */
  isSubreaper = false;
  /** Has called execve since it was forked (setpgid's EACCES). */
  hasExeced = false;

  readonly signals = new GroupSignals();
  readonly timers: GroupTimers;
  limits: Limits;
  /** Where this process's waiters for children sleep. */
  readonly childEvents = new WaitQueue();
  /** Readers of pidfds that name this process. */
  readonly pidfdEvents = new WaitQueue();

  /** The wait status that ends every thread, once exit_group or a fatal signal decided it. */
  exiting: number | null = null;
  /** The wait status that the parent will get. */
  exitStatus = 0;
  isZombie = false;
  /** Real uid at exit, for the parent's siginfo. */
  exitUid = 0;
  /** One thread is in execve and waits for the others to be gone. */
  execing: Task | null = null;

  oomScoreAdj = 0;
  nice = 0;
  ioPriority = 0;
  /** PR_SET_DUMPABLE lives in the mm; no-new-privs in the credentials. */
  startNs = 0;
  /** CPU time of reaped children, nanoseconds. */
  childUserNs = 0;
  childSystemNs = 0;
  /** CPU time of threads that are gone. */
  deadUserNs = 0;
  deadSystemNs = 0;

  constructor(
    kernel: Kernel,
    pid: number,
    parent: ThreadGroup | null,
    processGroup: ProcessGroup | null,
    limits: Limits,
    pidNamespace: PidNamespace = kernel.pids.first,
  ) {
    this.kernel = kernel;
    this.pid = pid;
    this.cgroup = kernel.rootCgroup;
    this.pidNamespace = pidNamespace;
    this.ownPid = pidNamespace.numberOf(pid);
    this.isNamespaceInit = pidNamespace.init === null;
    this.isUnkillable = this.isNamespaceInit;
    if (this.isNamespaceInit) pidNamespace.init = this;
    for (let at: PidNamespace | null = pidNamespace; at !== null; at = at.parent) at.population++;
    this.parent = parent;
    // The first process of a session makes its own group right after construction.
    this.processGroup = processGroup as ProcessGroup;
    this.limits = limits;
    this.timers = new GroupTimers(this);
    this.startNs = kernel.clock.monotonicNs();
  }

  get session(): Session {
    return this.processGroup.session;
  }

  /** Parent's pid by the kernel's numbers; 0 for the first process. */
  get parentPid(): number {
    return this.parent === null ? 0 : this.parent.pid;
  }

  /** Some thread that can act for the process: the leader while it lives. */
  get anyTask(): Task | null {
    return this.tasks[0] ?? null;
  }
}
