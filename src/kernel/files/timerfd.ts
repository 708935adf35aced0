/**
 * TimerFd: a timer as a file (timerfd_create(2)).
 *  - read gives how often it expired since the last read, and waits while that is zero.
 *  - A periodic timer is not armed again until somebody looks: what it missed is counted then.
 *  - CLOCK_REALTIME with TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET: read fails with ECANCELED once
 *    after the wall clock was set (`clockWasSet`).
 * Deadlines are monotonic nanoseconds; a wall-clock deadline is converted when it is set, and again
 * when the wall clock is set.
 */
import { EAGAIN, ECANCELED, EFAULT, EINVAL, ENOTTY } from "../../abi/errno.ts";
import { O_NONBLOCK, O_RDWR } from "../../abi/fcntl.ts";
import { POLLIN } from "../../abi/poll.ts";
import { setU64 } from "../../abi/struct.ts";
import {
  CLOCK_REALTIME,
  CLOCK_REALTIME_ALARM,
  TFD_IOC_SET_TICKS,
  TFD_TIMER_ABSTIME,
  TFD_TIMER_CANCEL_ON_SET,
} from "../../abi/time.ts";
import { refuse } from "../../base/refuse.ts";
import type { Kernel } from "../kernel.ts";
import type { UserBuffer } from "../mm/user-buffer.ts";
import type { Task } from "../task/task.ts";
import { Timer } from "../time/timers.ts";
import { File } from "../vfs/file.ts";
import { anonymous, type Nameless } from "./nameless.ts";

const SECOND = 1_000_000_000;

/** A setting as struct itimerspec has it. */
export interface TimerSetting {
  valueSec: number;
  valueNsec: number;
  intervalSec: number;
  intervalNsec: number;
}

/** Something that depends on the wall clock. */
export interface WallTimer {
  /** The wall clock jumped. */
  clockWasSet(): void;
}

class Expiry extends Timer {
  readonly file: TimerFd;

  constructor(file: TimerFd) {
    super();
    this.file = file;
  }

  fire(): void {
    this.file.expired();
  }
}

export class TimerFd extends File implements WallTimer {
  readonly kernel: Kernel;
  readonly clockId: number;
  readonly #timer = new Expiry(this);
  #intervalNs = 0;
  #ticks = 0;
  /** The timer has fired and, if periodic, waits to be armed again. */
  #hasFired = false;
  /** The absolute wall-clock value set, while the setting depends on it. */
  #wall: TimerSetting | null = null;
  #cancelOnSet = false;
  #wasCanceled = false;

  constructor(task: Task, nameless: Nameless, clockId: number, flags: number) {
    super(nameless.inode, nameless.path, (flags & O_NONBLOCK) | O_RDWR, task.credentials);
    this.kernel = task.kernel;
    this.clockId = clockId;
  }

  get #isWall(): boolean {
    return this.clockId === CLOCK_REALTIME || this.clockId === CLOCK_REALTIME_ALARM;
  }

  set(setting: TimerSetting, flags: number): void {
    this.kernel.timers.disarm(this.#timer);
    this.#ticks = 0;
    this.#hasFired = false;
    this.#wasCanceled = false;
    this.#intervalNs = setting.intervalSec * SECOND + setting.intervalNsec;
    const isAbsolute = (flags & TFD_TIMER_ABSTIME) !== 0;
    this.#wall = isAbsolute && this.#isWall ? setting : null;
    this.#cancelOnSet = this.#wall !== null && (flags & TFD_TIMER_CANCEL_ON_SET) !== 0;
    if (this.#wall !== null) this.kernel.wallTimers.add(this);
    else this.kernel.wallTimers.delete(this);
    if (setting.valueSec === 0 && setting.valueNsec === 0) return;
    this.#arm(setting, isAbsolute);
  }

  #arm(setting: TimerSetting, isAbsolute: boolean): void {
    const { clock, timers } = this.kernel;
    const now = clock.monotonicNs();
    let deadline = setting.valueSec * SECOND + setting.valueNsec;
    if (!isAbsolute) deadline += now;
    else if (this.#isWall) {
      const wall = new Float64Array(2);
      clock.realtime(wall);
      deadline = now + (setting.valueSec - wall[0]!) * SECOND + (setting.valueNsec - wall[1]!);
    }
    if (deadline <= now) {
      this.#timer.deadline = deadline;
      this.expired();
    } else timers.arm(this.#timer, deadline);
  }

  /** What is left and the interval, in nanoseconds. */
  remaining(): [number, number] {
    this.#catchUp();
    if (!this.#timer.armed) return [0, this.#intervalNs];
    const left = this.#timer.deadline - this.kernel.clock.monotonicNs();
    return [Math.max(1, left), this.#intervalNs];
  }

  expired(): void {
    this.#hasFired = true;
    this.#ticks++;
    this.queue.wake(POLLIN);
  }

  /** The wall clock jumped: cancel, or expire at the same wall time as before. */
  clockWasSet(): void {
    if (this.#cancelOnSet) {
      this.#wasCanceled = true;
      this.queue.wake(POLLIN);
    } else if (this.#wall !== null && this.#timer.armed && !this.#hasFired) {
      this.kernel.timers.disarm(this.#timer);
      this.#arm(this.#wall, true);
    }
  }

  /** Count the periods that passed since a periodic timer fired, and arm it again. */
  #catchUp(): void {
    if (!this.#hasFired || this.#intervalNs === 0) return;
    this.#hasFired = false;
    const late = this.kernel.clock.monotonicNs() - this.#timer.deadline;
    const missed = Math.floor(late / this.#intervalNs);
    this.#ticks += missed;
    this.kernel.timers.arm(this.#timer, this.#timer.deadline + (missed + 1) * this.#intervalNs);
  }

  override read(task: Task, into: UserBuffer): number {
    if (into.total < 8) return refuse(EINVAL, "timerfd: a read takes 8 bytes");
    if (this.#wasCanceled) {
      this.#wasCanceled = false;
      this.#ticks = 0;
      return refuse(ECANCELED, "timerfd: the clock was set");
    }
    if (this.#ticks === 0) {
      if (this.nonblocking) return refuse(EAGAIN, "timerfd: has not expired");
      task.waitOn(this.queue, POLLIN);
      return task.park();
    }
    this.#catchUp();
    const value = new DataView(new ArrayBuffer(8));
    setU64(value, 0, this.#ticks);
    this.#ticks = 0;
    this.#hasFired = false;
    return into.put(new Uint8Array(value.buffer)) === 8 ? 8 : -EFAULT;
  }

  override ioctl(task: Task, command: number, argument: number): number {
    if (command !== TFD_IOC_SET_TICKS) return -ENOTTY;
    const ticks = task.mm.readU64(argument);
    if (Number.isNaN(ticks)) return -EFAULT;
    if (ticks === 0) return refuse(EINVAL, "TFD_IOC_SET_TICKS: zero");
    this.#ticks = ticks;
    this.queue.wake(POLLIN);
    return 0;
  }

  override poll(): number {
    return this.#ticks > 0 || this.#wasCanceled ? POLLIN : 0;
  }

  /** It has no position, and says so by staying at 0. */
  override seek(): number {
    return 0;
  }

  override release(): void {
    this.kernel.timers.disarm(this.#timer);
    this.kernel.wallTimers.delete(this);
  }
}

export function makeTimerFd(task: Task, clockId: number, flags: number): TimerFd {
  const nameless = anonymous(task.kernel.vfs, "[timerfd]");
  const file = new TimerFd(task, nameless, clockId, flags);
  nameless.inode.drop();
  return file;
}
