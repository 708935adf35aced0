/**
 * Kernel: the one object from which all kernel state hangs, and the loop that runs it.
 *
 * One turn: end what is dying, retry what was woken, fire timers, then let guests run until something
 * stops (platform.wait). Each stop is handled to completion before the next. Nothing here blocks but
 * wait(), and nothing waits for a guest without a deadline.
 */
import { EINTR, ENOSYS, ERESTART_RESTARTBLOCK, ERESTARTSYS } from "../abi/errno.ts";
import { SEGV_MAPERR, SI_USER, SIGKILL, SIGSEGV } from "../abi/signal.ts";
import { signaledStatus } from "../abi/wait.ts";
import { BlockPool } from "../base/blocks.ts";
import { KernelBug } from "../base/failure.ts";
import { WaitQueue } from "../base/wait-queue.ts";
import {
  type GuestThread,
  type Platform,
  Reg,
  STOP_DEAD,
  STOP_FAULT,
  STOP_INTERRUPT,
  STOP_STARTED,
  STOP_SYSCALL,
} from "../platform/contract.ts";
import { Cgroup } from "./cgroup/cgroup.ts";
import type { WallTimer } from "./files/timerfd.ts";
import { SharedFutexes } from "./futex/futex.ts";
import type { Namespaces } from "./ns/namespaces.ts";
import { ALLOWED, judge } from "./seccomp/seccomp.ts";
import { forceSignal, returnToGuest } from "./signal/deliver.ts";
import { sendToTask } from "./signal/send.ts";
import { SigInfo } from "./signal/siginfo.ts";
import { restoreMask } from "./signal/temporary-mask.ts";
import { SocketFamilies } from "./socket/family.ts";
import { NetworkNamespace } from "./socket/network.ts";
import { startChild } from "./task/clone.ts";
import { finishGroupExit } from "./task/exit.ts";
import { beginGroupExit } from "./task/group-exit.ts";
import { Limits } from "./task/limits.ts";
import { notifyParentOfStop } from "./task/notify.ts";
import { HANDLED, PARKED } from "./task/park.ts";
import { PidTable } from "./task/pid-table.ts";
import { ProcessGroup, Session } from "./task/process-group.ts";
import type { Task } from "./task/task.ts";
import { ThreadGroup } from "./task/thread-group.ts";
import type { Clock } from "./time/clock.ts";
import { CpuTime } from "./time/cpu-time.ts";
import type { Entropy } from "./time/entropy.ts";
import { TimerQueue } from "./time/timers.ts";
import type { Vfs } from "./vfs/vfs.ts";

/** A frozen kernel looks this often whether it was thawed, if nothing else wakes it. */
const FROZEN_WAIT_NS = 50e6;

/** How system calls are answered: the table above this floor. */
export interface SyscallTable {
  /** Decode task.syscallNr's arguments into task.args. False when there is no such call. */
  decode(task: Task): boolean;
  /** Call its handler with task.args. */
  invoke(task: Task): number;
  /** A call completed with `result`, or never returns (HANDLED). For tracing. */
  completed(task: Task, result: number): void;
}

/** Facts of the processor that programs learn from their auxiliary vector. */
export interface Hardware {
  hwcap: number;
  hwcap2: number;
  minSigStackSize: number;
  rseqFeatureSize: number;
  rseqAlign: number;
}

export interface KernelParts {
  platform: Platform;
  clock: Clock;
  entropy: Entropy;
  vfs: Vfs;
  hardware: Hardware;
  table: SyscallTable;
  /** Where first stacks end, before randomisation. */
  stackTop: number;
  /** Processors that guests see. */
  cpus: number;
  memory: MemoryFacts;
}

/** How much memory guests see. */
export interface MemoryFacts {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

export class Kernel {
  readonly platform: Platform;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly vfs: Vfs;
  readonly hardware: Hardware;
  readonly table: SyscallTable;
  readonly stackTop: number;
  readonly cpus: number;
  readonly memory: MemoryFacts;
  readonly timers = new TimerQueue();
  /** Memory for bytes under way in pipes and sockets. */
  readonly blocks = new BlockPool();
  readonly pids = new PidTable();
  readonly cpuTime = new CpuTime();
  readonly sharedFutexes = new SharedFutexes();
  /** Woken whenever a signal was queued for anyone: signalfd readers look again. */
  readonly signalEvents = new WaitQueue();
  /** Timers set to a wall-clock time: told when that clock is set. */
  readonly wallTimers = new Set<WallTimer>();
  /** Who makes sockets of which address family; filled by boot. */
  readonly socketFamilies = new SocketFamilies();
  /** The sandbox's network: what its sockets have bound. */
  readonly network = new NetworkNamespace();
  /** Where every process is that nobody has put elsewhere. */
  readonly rootCgroup = new Cgroup(1, "", null, 0, 0);
  /** Pid 1: adopts orphans and reaps them; has no threads of its own. */
  readonly init: ThreadGroup;
  /** The namespaces of the first process; set by boot. */
  namespaces!: Namespaces;
  /** The process whose end ends the sandbox. */
  main: ThreadGroup | null = null;
  /** Its wait status, once it is over. */
  exitStatus: number | null = null;
  readonly dying: ThreadGroup[] = [];
  /** /proc/sys/kernel/core_pattern and core_uses_pid. */
  corePattern = "core";
  coreUsesPid = false;
  /** Guests are held: nothing is resumed until thaw(). */
  frozen = false;
  readonly startNs: number;

  /** Stops that came while the kernel was frozen. */
  readonly #held: { thread: GuestThread; reason: number }[] = [];
  #runnable: Task[] = [];
  #retrying: Task[] = [];

  constructor(parts: KernelParts) {
    this.platform = parts.platform;
    this.clock = parts.clock;
    this.entropy = parts.entropy;
    this.vfs = parts.vfs;
    this.hardware = parts.hardware;
    this.table = parts.table;
    this.stackTop = parts.stackTop;
    this.cpus = parts.cpus;
    this.memory = parts.memory;
    this.startNs = parts.clock.monotonicNs();
    this.init = new ThreadGroup(this, 1, null, null, Limits.defaults());
    this.#join(this.init, new ProcessGroup(this.init.pid, new Session(this.init)));
    this.pids.setGroup(this.init);
  }

  // --- families -------------------------------------------------------------------------------

  /** Make `group` the leader of a session and a process group of its own. */
  newSession(group: ThreadGroup): void {
    this.leaveProcessGroup(group);
    const processGroup = new ProcessGroup(group.pid, new Session(group));
    this.#join(group, processGroup);
  }

  /** Make `group` a member of init's process group: not its leader, as a plain child of a shell. */
  joinFirstGroup(group: ThreadGroup): void {
    this.#join(group, this.init.processGroup);
  }

  /** Move `group` into process group `id` of its session, making it when it is new. */
  joinProcessGroup(group: ThreadGroup, id: number): void {
    const { session } = group;
    const processGroup = this.pids.processGroup(id) ?? new ProcessGroup(id, session);
    this.leaveProcessGroup(group);
    this.#join(group, processGroup);
  }

  #join(group: ThreadGroup, processGroup: ProcessGroup): void {
    group.processGroup = processGroup;
    processGroup.members.add(group);
    this.pids.setProcessGroup(processGroup);
  }

  leaveProcessGroup(group: ThreadGroup): void {
    const { processGroup } = group;
    if (processGroup == null) return;
    processGroup.members.delete(group);
    if (processGroup.members.size === 0) this.pids.removeProcessGroup(processGroup);
  }

  // --- signals --------------------------------------------------------------------------------

  /** A signal that a task's own call brings on it (SIGPIPE, SIGXFSZ): it counts as sent by itself. */
  sendSignalToTask(task: Task, signo: number): void {
    sendToTask(task, SigInfo.fromUser(signo, SI_USER, task.pid, task.credentials.uid));
  }

  /** A process stopped or continued: `code` CLD_STOPPED or CLD_CONTINUED. */
  tellParentOfStop(group: ThreadGroup, code: number, status: number): void {
    notifyParentOfStop(group, code, status);
  }

  /** A signal was queued for `_task` or its process. */
  signalArrived(_task: Task): void {
    if (!this.signalEvents.empty) this.signalEvents.wake(-1);
  }

  /** SIGCONT or SIGKILL: a stopped thread goes on where it stopped. */
  resumeFromStop(task: Task): void {
    if (task.state !== "stopped") return;
    task.state = "running";
    returnToGuest(task, task.stopRestart);
  }

  // --- the loop -------------------------------------------------------------------------------

  /** `task` was woken: its system call is tried again in the next turn. */
  makeRunnable(task: Task): void {
    this.#runnable.push(task);
  }

  /** The main process is over. */
  finish(status: number): void {
    this.exitStatus = status;
  }

  /** Run until the main process has ended; its wait status. */
  run(): number {
    while (this.exitStatus === null) this.turn();
    return this.exitStatus;
  }

  turn(): void {
    if (this.frozen) return this.#hold(this.platform.wait(FROZEN_WAIT_NS));
    this.#settle();
    if (this.exitStatus !== null) return;
    const { next } = this.timers;
    const timeout =
      this.#runnable.length > 0 || this.dying.length > 0
        ? 0
        : next === Infinity
          ? Infinity
          : Math.max(0, next - this.clock.monotonicNs());
    const count = this.platform.wait(timeout);
    const { stops } = this.platform;
    for (let i = 0; i < count; i++) this.#onStop(stops[i]!.thread!, stops[i]!.reason);
  }

  // --- holding still --------------------------------------------------------------------------

  /** Stop every guest thread, on a frame of its own; nothing runs until thaw(). See isQuiet. */
  freeze(): void {
    this.frozen = true;
    for (const group of this.pids.groups())
      for (const task of group.tasks) if (!task.thread.stopped) task.thread.interrupt();
  }

  /** Frozen, and no guest thread runs any more. */
  get isQuiet(): boolean {
    if (!this.frozen) return false;
    for (const group of this.pids.groups())
      for (const task of group.tasks) if (!task.thread.stopped) return false;
    return true;
  }

  /** Go on: what stopped meanwhile is handled now. */
  thaw(): void {
    this.frozen = false;
    for (const { thread, reason } of this.#held.splice(0)) this.#onStop(thread, reason);
  }

  #hold(count: number): void {
    for (let i = 0; i < count; i++) {
      const { thread, reason } = this.platform.stops[i]!;
      this.#held.push({ thread: thread!, reason });
    }
  }

  /** Everything that can go on without a guest's doing. */
  #settle(): void {
    if (this.timers.next !== Infinity) this.timers.expire(this.clock.monotonicNs());
    while (this.dying.length > 0) finishGroupExit(this.dying.shift()!);
    if (this.#runnable.length === 0) return;
    const batch = this.#runnable;
    this.#runnable = this.#retrying;
    this.#retrying = batch;
    for (const task of batch) if (task.state === "running") this.#invoke(task);
    batch.length = 0;
    while (this.dying.length > 0) finishGroupExit(this.dying.shift()!);
  }

  #onStop(thread: GuestThread, reason: number): void {
    const task = thread.owner as Task | null;
    if (task === null) throw new KernelBug("a guest thread without a task has stopped");
    if (reason === STOP_DEAD) return this.#onDeath(task, thread);
    if (task.state === "dead" || task.thread !== thread) return thread.exit();
    switch (reason) {
      case STOP_SYSCALL:
        this.#onSyscall(task, thread);
        break;
      case STOP_FAULT:
        this.#onFault(task, thread);
        break;
      case STOP_INTERRUPT:
        returnToGuest(task, 0);
        break;
      case STOP_STARTED:
        startChild(task);
        break;
    }
  }

  /** The host killed the space under us (out of memory, or the stub broke the protocol). */
  #onDeath(task: Task, thread: GuestThread): void {
    if (task.state === "dead" || task.thread !== thread) return;
    beginGroupExit(task.group, signaledStatus(SIGKILL, false));
  }

  #onSyscall(task: Task, thread: GuestThread): void {
    task.syscallNr = thread.registerLow(Reg.rax);
    task.restart = null;
    const isKnown = this.table.decode(task);
    if (task.seccomp !== null) {
      const verdict = judge(task, task.seccomp);
      if (verdict === HANDLED) return this.#handled(task);
      if (verdict !== ALLOWED) return this.#complete(task, verdict);
    }
    if (!isKnown) return this.#complete(task, -ENOSYS);
    this.#invoke(task);
  }

  #onFault(task: Task, thread: GuestThread): void {
    const { signo, code, address } = thread.fault;
    if (signo === SIGSEGV && code === SEGV_MAPERR && task.growStack(address))
      return returnToGuest(task, 0);
    forceSignal(task, SigInfo.fault(signo === 0 ? SIGSEGV : signo, code, address));
    returnToGuest(task, 0);
  }

  /** Run (or retry) the handler of the task's system call. */
  #invoke(task: Task): void {
    const { mm, thread } = task;
    mm.caller = task;
    mm.calling = thread;
    this.vfs.calls++;
    const result = this.table.invoke(task);
    mm.calling = null;
    if (result === PARKED) {
      thread.settle();
      return thread.park();
    }
    if (result === HANDLED) thread.settle();
    if (task.state === "dead") return;
    if (result === HANDLED) return this.#handled(task);
    this.#complete(task, result);
  }

  /** exit and execve may have changed who the task is; the registers are set. */
  #handled(task: Task): void {
    task.restart = null;
    this.table.completed(task, HANDLED);
    if (task.state === "running") returnToGuest(task, 0);
  }

  #complete(task: Task, result: number): void {
    this.table.completed(task, result);
    if (result <= -ERESTARTSYS && result >= -ERESTART_RESTARTBLOCK) {
      if (result === -ERESTART_RESTARTBLOCK) {
        task.restartBlock = task.restart;
        task.restartNr = task.syscallNr;
      }
      task.restart = null;
      task.thread.settle();
      // The number stays in rax as the call's own, so that a restart finds it.
      returnToGuest(task, -result);
      return;
    }
    task.restart = null;
    // Only a call that a signal ended lets that signal meet its temporary mask.
    if (task.signals.hasSaved && result !== -EINTR) restoreMask(task);
    if (task.hasSignal()) {
      // It may stop, or end, or run a handler first.
      task.thread.settle();
      task.thread.setRegister(Reg.rax, result);
      returnToGuest(task, 0);
      return;
    }
    if (task.signals.hasSaved) restoreMask(task);
    task.thread.resume(result);
  }
}
