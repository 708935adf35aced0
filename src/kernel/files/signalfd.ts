/**
 * SignalFd: pending signals as records to read (signalfd(2)).
 *  - It reads the signals of the task that reads, not of the one that made it.
 *  - Whether it is ready depends on who asks; poll() without a task says no.
 *  - It hangs on `kernel.signalEvents`, which is woken by every signal that becomes pending.
 */
import { EAGAIN, EFAULT, EINVAL } from "../../abi/errno.ts";
import { O_NONBLOCK, O_RDWR } from "../../abi/fcntl.ts";
import { POLLIN } from "../../abi/poll.ts";
import { signalfd_siginfo } from "../../abi/signal.ts";
import { setU64 } from "../../abi/struct.ts";
import { refuse } from "../../base/refuse.ts";
import type { Waiter, WaitQueue } from "../../base/wait-queue.ts";
import type { UserBuffer } from "../mm/user-buffer.ts";
import type { SigInfo } from "../signal/siginfo.ts";
import { UNBLOCKABLE_LOW } from "../signal/sigset.ts";
import type { Task } from "../task/task.ts";
import { File } from "../vfs/file.ts";
import { anonymous, type Nameless } from "./nameless.ts";

const SI_KERNEL = 0x80;

export class SignalFd extends File implements Waiter {
  readonly #events: WaitQueue;
  #lo = 0;
  #hi = 0;

  constructor(task: Task, nameless: Nameless, flags: number) {
    super(nameless.inode, nameless.path, (flags & O_NONBLOCK) | O_RDWR, task.credentials);
    this.#events = task.kernel.signalEvents;
    this.#events.add(this, POLLIN);
  }

  /** Which signals it reads. */
  setMask(lo: number, hi: number): void {
    this.#lo = lo & ~UNBLOCKABLE_LOW;
    this.#hi = hi;
    this.queue.wake(POLLIN);
  }

  get mask(): { lo: number; hi: number } {
    return { lo: this.#lo, hi: this.#hi };
  }

  override read(task: Task, into: UserBuffer): number {
    const { size } = signalfd_siginfo;
    if (into.total < size) return refuse(EINVAL, "signalfd: a read takes 128 bytes");
    let done = 0;
    while (into.total - done >= size) {
      const info = this.#take(task);
      if (info === null) break;
      if (into.put(encode(info)) !== size) return done > 0 ? done : -EFAULT;
      done += size;
    }
    if (done > 0) return done;
    if (this.nonblocking) return refuse(EAGAIN, "signalfd: no such signal is pending");
    task.waitOn(this.queue, POLLIN);
    return task.park();
  }

  #take(task: Task): SigInfo | null {
    for (const pending of [task.signals.pending, task.group.signals.pending]) {
      const signo = pending.next(~this.#lo, ~this.#hi);
      if (signo !== 0) return pending.take(signo);
    }
    return null;
  }

  override poll(task?: Task): number {
    if (task === undefined) return 0;
    const own = task.signals.pending;
    const shared = task.group.signals.pending;
    const lo = (own.lo | shared.lo) & this.#lo;
    const hi = (own.hi | shared.hi) & this.#hi;
    return lo !== 0 || hi !== 0 ? POLLIN : 0;
  }

  onWake(): boolean {
    this.queue.wake(POLLIN);
    return false;
  }

  /** It has no position, and says so by staying at 0. */
  override seek(): number {
    return 0;
  }

  override release(): void {
    this.#events.remove(this);
  }
}

function encode(info: SigInfo): Uint8Array {
  const bytes = new Uint8Array(signalfd_siginfo.size);
  const view = new DataView(bytes.buffer);
  const raw = info.raw === null ? null : new DataView(info.raw.slice().buffer);
  const isSent = info.code <= 0;
  const pid = raw?.getInt32(16, true) ?? info.pid;
  const uid = raw?.getUint32(20, true) ?? info.uid;
  const valueLow = raw?.getUint32(24, true) ?? info.valueLow;
  const valueHigh = raw?.getUint32(28, true) ?? info.valueHigh;
  signalfd_siginfo.write(view, 0, {
    ssi_signo: info.signo,
    ssi_errno: info.errno,
    ssi_code: info.code,
    ssi_pid: pid,
    ssi_uid: uid,
    ssi_fd: info.fd,
    ssi_tid: info.timerId,
    ssi_band: info.band,
    ssi_overrun: info.overrun,
    ssi_status: info.status,
    ssi_utime: info.utime,
    ssi_stime: info.stime,
  });
  if (!isSent && info.code !== SI_KERNEL) setU64(view, signalfd_siginfo.at.ssi_addr, info.address);
  if (isSent) {
    view.setUint32(signalfd_siginfo.at.ssi_int, valueLow, true);
    view.setUint32(signalfd_siginfo.at.ssi_ptr, valueLow, true);
    view.setUint32(signalfd_siginfo.at.ssi_ptr + 4, valueHigh, true);
  }
  return bytes;
}

export function makeSignalFd(task: Task, flags: number): SignalFd {
  const nameless = anonymous(task.kernel.vfs, "[signalfd]");
  const file = new SignalFd(task, nameless, flags);
  nameless.inode.drop();
  return file;
}
