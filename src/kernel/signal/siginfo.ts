/**
 * SigInfo: why a signal came (siginfo_t), and its 128 bytes as a guest reads them. Which fields are
 * written depends on the signal and si_code, as sigaction(2) lists them.
 */
import {
  SI_ASYNCIO,
  SI_MESGQ,
  SI_QUEUE,
  SI_SIGIO,
  SI_TIMER,
  SI_USER,
  SIGBUS,
  SIGCHLD,
  SIGFPE,
  SIGILL,
  SIGIO,
  SIGSEGV,
  SIGSYS,
  SIGTRAP,
} from "../../abi/signal.ts";
import { setU64 } from "../../abi/struct.ts";

export const SIGINFO_SIZE = 128;
/** si_code > 0 and below this came from the kernel for this signal; SI_KERNEL itself has no fields. */
const SI_KERNEL = 0x80;

/** Who wants to know that its signal was taken. */
export interface SignalSource {
  signalTaken(info: SigInfo): void;
}

export class SigInfo {
  readonly signo: number;
  readonly code: number;
  errno = 0;
  /** Who sent it, by the kernel's numbers until it is queued for a receiver. */
  pid = 0;
  uid = 0;
  /** SIGCHLD: exit status or signal; clock ticks. */
  status = 0;
  utime = 0;
  stime = 0;
  /** si_value, two halves. */
  valueLow = 0;
  valueHigh = 0;
  /** Faults. */
  address = 0;
  /** SIGIO. */
  band = 0;
  fd = 0;
  /** POSIX timers. */
  timerId = 0;
  overrun = 0;
  /** The timer that queued it: it counts overruns instead of queueing twice. */
  timer: SignalSource | null = null;
  /** rt_sigqueueinfo's payload as the sender wrote it, when it came from a guest. */
  raw: Uint8Array | null = null;

  constructor(signo: number, code: number) {
    this.signo = signo;
    this.code = code;
  }

  /** From kill(2), tgkill(2), sigqueue(3). */
  static fromUser(signo: number, code: number, pid: number, uid: number): SigInfo {
    const info = new SigInfo(signo, code);
    info.pid = pid;
    info.uid = uid;
    return info;
  }

  /** From the kernel, without more to say. */
  static fromKernel(signo: number): SigInfo {
    return new SigInfo(signo, SI_KERNEL);
  }

  static fault(signo: number, code: number, address: number): SigInfo {
    const info = new SigInfo(signo, code);
    info.address = address;
    return info;
  }

  /** The same, with the sender's ids as a receiver in other namespaces calls them. */
  from(pid: number, uid: number): SigInfo {
    const seen = Object.assign(new SigInfo(this.signo, this.code), this);
    seen.pid = pid;
    seen.uid = uid;
    if (this.raw === null || this.code === SI_TIMER || this.code === SI_SIGIO) return seen;
    // What a guest stated about itself stands, unless the receiver cannot see it.
    seen.raw = this.raw.slice();
    const view = new DataView(seen.raw.buffer);
    if (pid === 0) view.setInt32(16, 0, true);
    if (uid !== this.uid) view.setUint32(20, uid, true);
    return seen;
  }

  /** Write the guest's siginfo_t at `at`. */
  encode(view: DataView, at: number): void {
    for (let i = 0; i < SIGINFO_SIZE; i += 4) view.setUint32(at + i, 0, true);
    if (this.raw !== null) {
      for (let i = 0; i < this.raw.length && i < SIGINFO_SIZE; i++)
        view.setUint8(at + i, this.raw[i]!);
    }
    view.setInt32(at, this.signo, true);
    view.setInt32(at + 4, this.errno, true);
    view.setInt32(at + 8, this.code, true);
    if (this.raw !== null) return;
    if (this.code <= 0) this.#encodeSender(view, at);
    else if (this.code !== SI_KERNEL) this.#encodeCause(view, at);
  }

  #encodeSender(view: DataView, at: number): void {
    if (this.code === SI_TIMER) {
      view.setInt32(at + 16, this.timerId, true);
      view.setInt32(at + 20, this.overrun, true);
    } else if (this.code <= SI_USER && this.code !== SI_ASYNCIO) {
      view.setInt32(at + 16, this.pid, true);
      view.setUint32(at + 20, this.uid, true);
    }
    if (this.code === SI_TIMER || this.code === SI_QUEUE || this.code === SI_MESGQ) {
      view.setUint32(at + 24, this.valueLow, true);
      view.setUint32(at + 28, this.valueHigh, true);
    }
  }

  #encodeCause(view: DataView, at: number): void {
    switch (this.signo) {
      case SIGCHLD:
        view.setInt32(at + 16, this.pid, true);
        view.setUint32(at + 20, this.uid, true);
        view.setInt32(at + 24, this.status, true);
        setU64(view, at + 32, this.utime);
        setU64(view, at + 40, this.stime);
        break;
      case SIGSEGV:
      case SIGBUS:
      case SIGILL:
      case SIGFPE:
      case SIGTRAP:
        setU64(view, at + 16, this.address);
        break;
      case SIGIO:
        setU64(view, at + 16, this.band);
        view.setInt32(at + 24, this.fd, true);
        break;
      case SIGSYS:
        setU64(view, at + 16, this.address);
        view.setInt32(at + 24, this.status, true);
        view.setUint32(at + 28, 0xc000003e, true);
        break;
      default:
        view.setInt32(at + 16, this.pid, true);
        view.setUint32(at + 20, this.uid, true);
    }
  }
}
