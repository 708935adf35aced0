/**
 * Host: the host's system calls as typed methods: files (file-calls.ts, name-calls.ts), events and
 * control sockets (event-calls.ts), and here processes, time and chance. Every method returns a value
 * >= 0 or -errno; none throws. Strings are byte strings (one char per byte, 0-255).
 */
import { latin1, readI64 } from "./bytes.ts";
import { calls } from "./calls.ts";
import { EventCalls } from "./event-calls.ts";

const O_CLOEXEC = 0o2000000;
const O_PATH_DIRECTORY_CLOEXEC = 0o12200000;

export class Host extends EventCalls {
  /** /proc, or a view of it that has processes only. */
  #processes: number;
  readonly #timeAt: number;

  constructor(addonPath: string) {
    super(addonPath);
    this.#timeAt = this.arena.scratch(16);
    this.#processes = this.openat(-100, "/proc", O_PATH_DIRECTORY_CLOEXEC);
  }

  // --- processes ------------------------------------------------------------------------------

  pidfdOpen(pid: number): number {
    return this.gateway.sys(calls.pidfdOpen.nr, pid, 0);
  }

  pidfdSendSignal(pidfd: number, signal: number): number {
    return this.gateway.sys(calls.pidfdSendSignal.nr, pidfd, signal, 0, 0);
  }

  /** Open `name` of a process in /proc. */
  openProcess(pid: number, name: string, flags: number): number {
    return this.openat(this.#processes, `${pid}/${name}`, flags);
  }

  /** From now on processes are looked up in `directory`, the root of a mount of proc. */
  useProcessDirectory(directory: number): void {
    this.close(this.#processes);
    this.#processes = directory;
  }

  /** The session that a process is in, as our pid namespace numbers it. */
  getsid(pid: number): number {
    return this.gateway.sys(calls.getsid.nr, pid);
  }

  killGroup(group: number, signal: number): number {
    return this.gateway.sys(calls.kill.nr, -group, signal);
  }

  tgkill(tgid: number, tid: number, signal: number): number {
    return this.gateway.sys(calls.tgkill.nr, tgid, tid, signal);
  }

  getpid(): number {
    return this.gateway.sys(calls.getpid.nr);
  }

  // --- time and chance ------------------------------------------------------------------------

  /** The wall clock, by the vDSO: seconds and nanoseconds, into out[0] and out[1]. */
  realtime(out: Float64Array): void {
    this.gateway.realtime(this.#timeAt);
    const { f64 } = this.arena;
    out[0] = f64[this.#timeAt >> 3]!;
    out[1] = f64[(this.#timeAt >> 3) + 1]!;
  }

  /** Seconds and nanoseconds of a clock, into out[0] and out[1]. */
  clockGettime(clock: number, out: Float64Array): number {
    const at = this.structAt;
    const rc = this.gateway.sys(calls.clockGettime.nr, clock, this.address(at));
    if (rc === 0) {
      out[0] = readI64(this.arena.view, at);
      out[1] = readI64(this.arena.view, at + 8);
    }
    return rc;
  }

  /** CPU time of a process, nanoseconds (clock_getcpuclockid(3)'s numbering). */
  processCpuNs(pid: number): number {
    const at = this.structAt;
    const rc = this.gateway.sys(calls.clockGettime.nr, (~pid << 3) | 2, this.address(at));
    return rc === 0 ? readI64(this.arena.view, at) * 1e9 + readI64(this.arena.view, at + 8) : 0;
  }

  /** CPU time of one thread of another process: the host tells it in /proc only. */
  threadCpuNs(pid: number, tid: number): number {
    const fd = this.openProcess(pid, `task/${tid}/schedstat`, O_CLOEXEC);
    if (fd < 0) return 0;
    const n = this.read(fd, this.io.subarray(0, 128));
    this.close(fd);
    return n > 0 ? Number.parseInt(latin1(this.io, 0, n), 10) : 0;
  }

  getrandom(into: Uint8Array): void {
    let done = 0;
    while (done < into.length) {
      const n = Math.min(into.length - done, this.io.length);
      const rc = this.gateway.sys(calls.getrandom.nr, this.address(this.ioAt), n, 0);
      if (rc <= 0) continue;
      into.set(this.io.subarray(0, rc), done);
      done += rc;
    }
  }
}
