/**
 * GroupTimers: interval timers (setitimer(2), alarm(2)) and POSIX timers (timer_create(2)) of a
 * process. ITIMER_REAL and wall or monotonic clocks run on the kernel's timer queue; CPU-time clocks
 * are sampled on it too, at the moment at which they could expire at the earliest.
 */
import { EAGAIN } from "../../abi/errno.ts";
import { RLIM_INFINITY, RLIMIT_CPU } from "../../abi/resource.ts";
import { SI_TIMER, SIGALRM, SIGKILL, SIGPROF, SIGVTALRM, SIGXCPU } from "../../abi/signal.ts";
import { ITIMER_PROF, ITIMER_REAL, ITIMER_VIRTUAL } from "../../abi/time.ts";
import { sendToGroup, sendToTask } from "../signal/send.ts";
import { SigInfo, type SignalSource } from "../signal/siginfo.ts";
import type { Task } from "../task/task.ts";
import type { ThreadGroup } from "../task/thread-group.ts";
import { Timer } from "./timers.ts";

/** How POSIX timers may exist per process; Linux counts them against RLIMIT_SIGPENDING. */
const MAX_TIMERS = 4096;

const ITIMER_SIGNALS = [SIGALRM, SIGVTALRM, SIGPROF];

/** A repeating countdown on wall, monotonic or CPU time. Nanoseconds. */
abstract class IntervalTimer extends Timer {
  readonly group: ThreadGroup;
  intervalNs = 0;
  /** On the CPU clock of the process rather than on real time. */
  readonly onCpu: boolean;
  /** CPU time at which it expires. */
  #cpuDeadline = 0;

  constructor(group: ThreadGroup, onCpu: boolean) {
    super();
    this.group = group;
    this.onCpu = onCpu;
  }

  /** What is left, 0 when disarmed. */
  get remainingNs(): number {
    if (!this.armed) return 0;
    const { kernel } = this.group;
    const left = this.onCpu
      ? this.#cpuDeadline - kernel.cpuTime.ofGroup(this.group)
      : this.deadline - kernel.clock.monotonicNs();
    return Math.max(left, 1);
  }

  /** Start over: `ns` from now, then every `intervalNs`; 0 disarms. */
  setNs(ns: number, intervalNs: number): void {
    const { kernel } = this.group;
    this.intervalNs = intervalNs;
    if (ns <= 0) return kernel.timers.disarm(this);
    if (this.onCpu) this.#cpuDeadline = kernel.cpuTime.ofGroup(this.group) + ns;
    kernel.timers.arm(this, kernel.clock.monotonicNs() + ns);
  }

  fire(now: number): void {
    const { kernel } = this.group;
    if (this.onCpu) {
      const left = this.#cpuDeadline - kernel.cpuTime.ofGroup(this.group);
      if (left > 0) return kernel.timers.arm(this, now + Math.max(left, 1e6));
    }
    let missed = 0;
    if (this.intervalNs > 0) {
      const base = this.onCpu ? now : this.deadline;
      missed = this.onCpu ? 0 : Math.floor((now - base) / this.intervalNs);
      if (this.onCpu) this.#cpuDeadline += this.intervalNs;
      kernel.timers.arm(this, base + (missed + 1) * this.intervalNs);
    }
    this.expired(missed);
  }

  /** `missed` further periods went by unseen. */
  abstract expired(missed: number): void;
}

class SignalIntervalTimer extends IntervalTimer {
  readonly signo: number;

  constructor(group: ThreadGroup, which: number) {
    super(group, which !== ITIMER_REAL);
    this.signo = ITIMER_SIGNALS[which]!;
  }

  expired(): void {
    sendToGroup(this.group, SigInfo.fromKernel(this.signo));
  }
}

/** SIGEV_THREAD_ID names a task; null sends to the process; `signo` 0 is SIGEV_NONE. */
export interface TimerEvent {
  signo: number;
  target: Task | null;
  valueLow: number;
  valueHigh: number;
}

export class PosixTimer extends IntervalTimer implements SignalSource {
  readonly id: number;
  readonly clock: number;
  readonly event: TimerEvent;
  /** Overruns of the last signal that was taken (timer_getoverrun(2)). */
  overrun = 0;

  constructor(group: ThreadGroup, id: number, clock: number, onCpu: boolean, event: TimerEvent) {
    super(group, onCpu);
    this.id = id;
    this.clock = clock;
    this.event = event;
  }

  signalTaken(info: SigInfo): void {
    this.overrun = info.overrun;
  }

  expired(missed: number): void {
    const { signo, target, valueLow, valueHigh } = this.event;
    if (signo === 0) return;
    const pending = (target?.signals ?? this.group.signals).pending;
    const queued = pending.ofTimer(this);
    if (queued !== undefined) {
      queued.overrun += 1 + missed;
      return;
    }
    const info = new SigInfo(signo, SI_TIMER);
    info.timer = this;
    info.timerId = this.id;
    info.valueLow = valueLow;
    info.valueHigh = valueHigh;
    info.overrun = missed;
    if (target !== null) sendToTask(target, info);
    else sendToGroup(this.group, info);
  }
}

/** RLIMIT_CPU: SIGXCPU at the soft limit and every second after it, SIGKILL at the hard one. */
class CpuLimitTimer extends Timer {
  readonly group: ThreadGroup;
  #signalAtNs = 0;

  constructor(group: ThreadGroup) {
    super();
    this.group = group;
  }

  /** The limits changed: look when the nearer one could be reached at the earliest. */
  restart(): void {
    const { limits, kernel } = this.group;
    this.#signalAtNs = limits.soft(RLIMIT_CPU) * 1e9;
    if (limits.soft(RLIMIT_CPU) === RLIM_INFINITY) return kernel.timers.disarm(this);
    this.#look(kernel.clock.monotonicNs());
  }

  fire(now: number): void {
    this.#look(now);
  }

  #look(now: number): void {
    const { group } = this;
    const { limits, kernel } = group;
    if (group.isZombie) return;
    const used = kernel.cpuTime.ofGroup(group);
    const hard = limits.hard(RLIMIT_CPU) * 1e9;
    if (used >= hard) return void sendToGroup(group, SigInfo.fromKernel(SIGKILL));
    if (used >= this.#signalAtNs) {
      sendToGroup(group, SigInfo.fromKernel(SIGXCPU));
      this.#signalAtNs += 1e9;
    }
    kernel.timers.arm(this, now + Math.max(1e6, Math.min(this.#signalAtNs, hard) - used));
  }
}

export class GroupTimers {
  readonly group: ThreadGroup;
  readonly #cpuLimit: CpuLimitTimer;
  readonly #intervals: (SignalIntervalTimer | null)[] = [null, null, null];
  readonly #posix = new Map<number, PosixTimer>();
  #nextId = 0;

  constructor(group: ThreadGroup) {
    this.group = group;
    this.#cpuLimit = new CpuLimitTimer(group);
  }

  /** RLIMIT_CPU was set, or inherited. */
  watchCpuLimit(): void {
    this.#cpuLimit.restart();
  }

  /** The interval timer `which` (ITIMER_*), made at first use. */
  interval(which: number): IntervalTimer {
    const slot = which === ITIMER_REAL || which === ITIMER_VIRTUAL ? which : ITIMER_PROF;
    this.#intervals[slot] ??= new SignalIntervalTimer(this.group, slot);
    return this.#intervals[slot]!;
  }

  create(clock: number, onCpu: boolean, event: TimerEvent): PosixTimer | number {
    if (this.#posix.size >= MAX_TIMERS) return -EAGAIN;
    const id = this.#nextId++;
    // sigev_value of a default event is the timer's own id (timer_create(2)).
    const timer = new PosixTimer(this.group, id, clock, onCpu, event);
    this.#posix.set(id, timer);
    return timer;
  }

  get(id: number): PosixTimer | undefined {
    return this.#posix.get(id);
  }

  delete(id: number): void {
    const timer = this.#posix.get(id);
    if (timer === undefined) return;
    this.group.kernel.timers.disarm(timer);
    this.#posix.delete(id);
  }

  /** execve: POSIX timers go, interval timers stay. */
  clearForExec(): void {
    for (const id of [...this.#posix.keys()]) this.delete(id);
  }

  /** Exit. */
  clear(): void {
    this.clearForExec();
    this.group.kernel.timers.disarm(this.#cpuLimit);
    for (const timer of this.#intervals) if (timer !== null) this.group.kernel.timers.disarm(timer);
  }
}
