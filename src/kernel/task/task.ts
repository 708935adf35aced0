/**
 * Task: one guest thread (Linux's task_struct), and how its system calls wait.
 *
 * Fields are grouped by who may change them. Handlers run to completion on the one kernel thread, so
 * between two system calls everything is consistent; a handler that must wait parks (see park.ts).
 * Everything that a group of threads shares is in ThreadGroup.
 */
import { ERESTARTSYS, ETIMEDOUT } from "../../abi/errno.ts";
import { RLIMIT_STACK } from "../../abi/resource.ts";
import type { Waiter, WaitQueue } from "../../base/wait-queue.ts";
import { type GuestThread, Reg } from "../../platform/contract.ts";
import type { Credentials } from "../cred/credentials.ts";
import type { FdTable } from "../fd/fd-table.ts";
import type { Kernel } from "../kernel.ts";
import type { Mm, StackGrower } from "../mm/mm.ts";
import type { MemoryPolicy } from "../mm/policy.ts";
import { growStack } from "../mm/stack-growth.ts";
import type { Namespaces } from "../ns/namespaces.ts";
import type { Seccomp } from "../seccomp/seccomp.ts";
import type { SignalHandlers } from "../signal/handlers.ts";
import { TaskSignals } from "../signal/task-signals.ts";
import { Timer } from "../time/timers.ts";
import type { CloneRequest } from "./clone.ts";
import type { FsContext } from "./fs-context.ts";
import { isUnfinished, PARKED, RestartRecord } from "./park.ts";
import type { ProcessGroup } from "./process-group.ts";
import type { ThreadGroup } from "./thread-group.ts";

/** What rseq(2) registered with the host for a thread. */
export interface RseqArea {
  readonly address: number;
  readonly length: number;
  readonly signature: number;
}

export const NO_RSEQ: RseqArea = { address: 0, length: 0, signature: 0 };

export type TaskState =
  /** Guest code runs, or its system call is being handled. */
  | "running"
  /** Parked in a system call. */
  | "sleeping"
  /** Stopped by a job-control signal, or waiting for a vfork child or an exec to finish. */
  | "stopped"
  /** Gone from the host; a leader waits to be reaped. */
  | "dead";

const ARGUMENT_REGISTERS = [Reg.rdi, Reg.rsi, Reg.rdx, Reg.r10, Reg.r8, Reg.r9];

/** Wakes a task at the deadline of its sleep. */
class SleepTimer extends Timer {
  readonly task: Task;

  constructor(task: Task) {
    super();
    this.task = task;
  }

  fire(): void {
    this.task.wakeUp();
  }
}

export class Task implements Waiter, StackGrower {
  // never changes
  readonly kernel: Kernel;

  // change only at clone, exec and exit
  /** The kernel's number of it. */
  tid: number;
  /** Its number in its own pid namespace: what gettid(2) says. */
  ownTid: number;
  group: ThreadGroup;
  thread: GuestThread;
  mm: Mm;
  handlers: SignalHandlers;
  files: FdTable;
  fs: FsContext;
  namespaces: Namespaces;
  /** The mm is still the parent's; it waits until this task execs or exits. */
  vforkParent: Task | null = null;
  /** What clone promised, until the child has started. */
  birth: CloneRequest | null = null;
  startNs = 0;

  // change by the task's own system calls
  #credentials: Credentials;
  comm = "";
  readonly signals = new TaskSignals();
  clearChildTid = 0;
  robustList = 0;
  /** The registered restartable-sequence area (rseq(2)), address 0 for none. */
  rseq = NO_RSEQ;
  parentDeathSignal = 0;
  #seccomp: Seccomp | null = null;
  personality = 0;
  timerSlackNs = 50_000;
  /** set_mempolicy(2); null for the default. */
  memoryPolicy: MemoryPolicy | null = null;
  schedPolicy = 0;
  schedPriority = 0;
  /** Usable processors, null for all. */
  affinity: boolean[] | null = null;

  // the current system call: number, arguments, what survives a retry
  state: TaskState = "running";
  syscallNr = -1;
  readonly args = new Float64Array(6);
  restart: RestartRecord | null = null;
  /** A restarted call's record (restart_syscall, ERESTART_RESTARTBLOCK). */
  restartBlock: RestartRecord | null = null;
  /** The syscall of `restartBlock`. */
  restartNr = -1;
  /** The restart code of the call that a stop interrupted. */
  stopRestart = 0;

  readonly #queues: WaitQueue[] = [];
  readonly #sleepTimer = new SleepTimer(this);

  constructor(
    kernel: Kernel,
    tid: number,
    group: ThreadGroup,
    thread: GuestThread,
    parts: TaskParts,
  ) {
    this.kernel = kernel;
    this.tid = tid;
    this.ownTid = group.pidNamespace.numberOf(tid);
    this.group = group;
    this.thread = thread;
    this.mm = parts.mm;
    this.handlers = parts.handlers;
    this.files = parts.files;
    this.fs = parts.fs;
    this.namespaces = kernel.namespaces?.ref();
    this.#credentials = parts.credentials;
    this.comm = parts.comm;
    this.startNs = kernel.clock.monotonicNs();
  }

  /** The kernel's number of its process. */
  get pid(): number {
    return this.group.pid;
  }

  /** Move to another set of namespaces. */
  setNamespaces(namespaces: Namespaces): void {
    namespaces.ref();
    this.namespaces.unref();
    this.namespaces = namespaces;
  }

  // --- others, by the numbers of this task's pid namespace ------------------------------------

  /** How this task calls what the kernel calls `pid`; 0 when it cannot see it. */
  numberOf(pid: number): number {
    return this.group.pidNamespace.numberOf(pid);
  }

  /** The living or zombie thread that this task calls `tid`. */
  findTask(tid: number): Task | undefined {
    return this.kernel.pids.task(this.group.pidNamespace.named(tid));
  }

  findGroup(pid: number): ThreadGroup | undefined {
    return this.kernel.pids.group(this.group.pidNamespace.named(pid));
  }

  findProcessGroup(id: number): ProcessGroup | undefined {
    return this.kernel.pids.processGroup(this.group.pidNamespace.named(id));
  }

  get credentials(): Credentials {
    return this.#credentials;
  }

  set credentials(credentials: Credentials) {
    this.#credentials = credentials;
    this.kernel.platform.forgetAnswers();
  }

  /** What its system calls must pass (seccomp(2)); null for most. */
  get seccomp(): Seccomp | null {
    return this.#seccomp;
  }

  set seccomp(seccomp: Seccomp | null) {
    this.#seccomp = seccomp;
    // The filter wants to see every call.
    this.kernel.platform.forgetAnswers();
  }

  /** The low half of system-call argument `index`, exact: for words that a double would round. */
  argumentLow(index: number): number {
    return this.thread.registerLow(ARGUMENT_REGISTERS[index]!);
  }

  // --- waiting --------------------------------------------------------------------------------

  /** The record that survives retries of this system call; made at first use. */
  get record(): RestartRecord {
    this.restart ??= new RestartRecord();
    return this.restart;
  }

  /** The absolute deadline of this call, `ns` from its first try on. */
  deadlineIn(ns: number): number {
    if (this.restart === null) this.record.deadline = this.kernel.clock.monotonicNs() + ns;
    return this.restart!.deadline;
  }

  /** Ask `queue` to wake this task when one of `mask` happens. Followed by park(). */
  waitOn(queue: WaitQueue, mask: number): void {
    queue.add(this, mask);
    this.#queues.push(queue);
  }

  /** Sleep until woken, a signal, or the deadline (monotonic ns): PARKED, -ERESTARTSYS or -ETIMEDOUT. */
  park(deadline = Infinity): number {
    if (this.hasSignal()) {
      this.#leaveQueues();
      return -ERESTARTSYS;
    }
    return this.#sleep(deadline);
  }

  /** As park(), but only a fatal signal ends it early. */
  parkKillable(deadline = Infinity): number {
    if (this.group.exiting !== null || this.signals.killed) {
      this.#leaveQueues();
      return -ERESTARTSYS;
    }
    return this.#sleep(deadline);
  }

  #sleep(deadline: number): number {
    if (deadline !== Infinity) {
      if (this.kernel.clock.monotonicNs() >= deadline) {
        this.#leaveQueues();
        return -ETIMEDOUT;
      }
      this.kernel.timers.arm(this.#sleepTimer, deadline);
    }
    this.state = "sleeping";
    return PARKED;
  }

  /** An event of a queue this task waits on: try the call again soon. */
  onWake(_queue: WaitQueue, _mask: number): boolean {
    return this.wakeUp();
  }

  /** Make a sleeping task try its call again. False when it did not sleep. */
  wakeUp(): boolean {
    if (this.state !== "sleeping") return false;
    this.state = "running";
    this.#leaveQueues();
    this.kernel.timers.disarm(this.#sleepTimer);
    this.kernel.makeRunnable(this);
    return true;
  }

  /** Nothing will wake this task any more: it ends. */
  leaveWaits(): void {
    this.#leaveQueues();
    this.kernel.timers.disarm(this.#sleepTimer);
    const note = this.restart?.note;
    if (isUnfinished(note)) note.abandon();
    this.restart = null;
  }

  #leaveQueues(): void {
    for (const queue of this.#queues) queue.remove(this);
    this.#queues.length = 0;
  }

  // --- signals --------------------------------------------------------------------------------

  /** Is a signal pending that this task would act on (signal_pending)? */
  hasSignal(): boolean {
    return this.signals.killed || this.group.signals.meets(this) || this.signals.deliverable();
  }

  /** Extend the stack area above `address` down to it, if RLIMIT_STACK lets it. */
  growStack(address: number): boolean {
    return growStack(this.mm, this.thread, address, this.group.limits.soft(RLIMIT_STACK));
  }

  toString(): string {
    return `task ${this.tid} (${this.comm})`;
  }
}

/** What a task is made of, apart from its identity. */
export interface TaskParts {
  mm: Mm;
  handlers: SignalHandlers;
  files: FdTable;
  fs: FsContext;
  credentials: Credentials;
  comm: string;
}
