/**
 * fake-task-net: tasks that can sleep, for tests of pipes, epoll and sockets. A call that parks is
 * kept; `kernel.settle()` tries the calls of woken tasks again, `kernel.advance(ns)` lets time pass.
 */
import { ERESTARTSYS, ETIMEDOUT } from "../../src/abi/errno.ts";
import { AF_INET, AF_INET6, AF_NETLINK, AF_UNIX } from "../../src/abi/socket.ts";
import { type Waiter, WaitQueue } from "../../src/base/wait-queue.ts";
import { Tmpfs } from "../../src/fs/tmpfs/filesystem.ts";
import { Credentials } from "../../src/kernel/cred/credentials.ts";
import { Fifos } from "../../src/kernel/files/fifo.ts";
import type { WallTimer } from "../../src/kernel/files/timerfd.ts";
import { PendingSignals } from "../../src/kernel/signal/pending.ts";
import { SocketFamilies } from "../../src/kernel/socket/family.ts";
import { FsContext } from "../../src/kernel/task/fs-context.ts";
import { PARKED } from "../../src/kernel/task/park.ts";
import type { Task } from "../../src/kernel/task/task.ts";
import { Timer, TimerQueue } from "../../src/kernel/time/timers.ts";
import { InetFamily, LoopbackBackend } from "../../src/sockets/inet/family.ts";
import { NetlinkFamily } from "../../src/sockets/netlink/family.ts";
import { UnixFamily } from "../../src/sockets/unix/family.ts";
import { read, write } from "../../src/syscalls/file/io.ts";
import { pipe2 } from "../../src/syscalls/poll/pipe.ts";
import { FakeKernel, FakeTask, openHost, SCRATCH } from "./fake-task.ts";

const host = openHost();

type Handler = (task: Task, ...args: number[]) => number;

export class NetKernel extends FakeKernel {
  readonly timers = new TimerQueue();
  readonly wallTimers = new Set<WallTimer>();
  readonly signalEvents = new WaitQueue();
  readonly socketFamilies = new SocketFamilies();
  readonly woken: NetTask[] = [];
  #seed = 0;

  constructor() {
    super();
    this.entropy.below = (limit?: number) => (this.#seed = (this.#seed + 7) % (limit ?? 1));
    this.vfs.fifos = new Fifos();
    const backend = new LoopbackBackend();
    this.socketFamilies.register(AF_UNIX, new UnixFamily());
    this.socketFamilies.register(AF_INET, new InetFamily(AF_INET, backend));
    this.socketFamilies.register(AF_INET6, new InetFamily(AF_INET6, backend));
    this.socketFamilies.register(AF_NETLINK, new NetlinkFamily());
  }

  /** Try the calls of woken tasks again until nobody is left. */
  settle(): void {
    for (let task = this.woken.shift(); task !== undefined; task = this.woken.shift()) task.retry();
  }

  advance(ns: number): void {
    this.clock.ns += ns;
    this.timers.expire(this.clock.ns);
    this.settle();
  }
}

class SleepTimer extends Timer {
  readonly task: NetTask;

  constructor(task: NetTask) {
    super();
    this.task = task;
  }

  fire(): void {
    this.task.onWake();
  }
}

export class NetTask extends FakeTask implements Waiter {
  declare readonly kernel: NetKernel;
  /** What the last call returned; PARKED while it sleeps. */
  result = 0;
  /** A signal is pending. */
  isInterrupted = false;
  personality = 0;
  readonly signals = {
    pending: new PendingSignals(),
    hasSaved: false,
  };
  readonly #timer = new SleepTimer(this);
  readonly #queues: WaitQueue[] = [];
  #call: () => number = () => 0;

  constructor(kernel: NetKernel, fs: FsContext) {
    super(kernel, fs, Credentials.forUser(0, 0, []));
    Object.assign(this.group, { signals: { pending: new PendingSignals() } });
  }

  /** Another process of the kernel with the same descriptors. */
  sibling(): NetTask {
    const other = new NetTask(this.kernel, this.fs.copy());
    Object.assign(other, { files: this.files.copy() });
    return other;
  }

  override sys(handler: Handler, ...args: (number | string)[]): number {
    const numbers = args.map((arg) => (typeof arg === "string" ? this.put(arg) : arg));
    this.restart = null;
    this.#call = () => handler(this.task, ...numbers);
    return this.retry();
  }

  retry(): number {
    this.result = this.#call();
    return this.result;
  }

  interrupt(): void {
    this.isInterrupted = true;
    this.onWake();
    this.kernel.settle();
    this.isInterrupted = false;
  }

  deadlineIn(ns: number): number {
    if (this.restart === null) this.record.deadline = this.kernel.clock.monotonicNs() + ns;
    return this.restart!.deadline;
  }

  override waitOn(queue: WaitQueue, mask = -1): void {
    queue.add(this, mask);
    this.#queues.push(queue);
  }

  override park(deadline = Infinity): number {
    const now = this.kernel.clock.monotonicNs();
    const ends = this.isInterrupted ? -ERESTARTSYS : now >= deadline ? -ETIMEDOUT : PARKED;
    if (ends !== PARKED) this.#leave();
    else if (deadline !== Infinity) this.kernel.timers.arm(this.#timer, deadline);
    return ends;
  }

  onWake(): boolean {
    if (this.#queues.length === 0 && !this.#timer.armed) return false;
    this.#leave();
    this.kernel.timers.disarm(this.#timer);
    this.kernel.woken.push(this);
    return true;
  }

  #leave(): void {
    for (const queue of this.#queues) queue.remove(this);
    this.#queues.length = 0;
  }

  // --- shorthands -----------------------------------------------------------------------------

  pipe(flags = 0): [number, number] {
    this.sys(pipe2, SCRATCH, flags);
    return [this.mm.readI32(SCRATCH), this.mm.readI32(SCRATCH + 4)];
  }

  write(fd: number, text: string): number {
    return this.sys(write, fd, text, text.length);
  }

  /** What read gives: text, or the number when it is negative. */
  read(fd: number, length = 100): string | number {
    const n = this.sys(read, fd, SCRATCH + 64, length);
    return n < 0 ? n : this.text(SCRATCH + 64, n);
  }

  text(at: number, length: number): string {
    return String.fromCharCode(...this.mm.u8.subarray(at, at + length));
  }
}

export function bootNet(): NetTask {
  const kernel = new NetKernel();
  const root = kernel.vfs.mountRoot(new Tmpfs(kernel.vfs, host));
  return new NetTask(kernel, new FsContext(root, root, 0o022));
}
