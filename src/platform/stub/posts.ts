/**
 * Posts: what stubs say, one post at a time. A thread may say only what its state allows; anything else
 * costs it its space. What a post means for the kernel becomes a Stop.
 */
import { EAGAIN } from "../../abi/errno.ts";
import { Reg, STOP_FAULT, STOP_INTERRUPT, STOP_STARTED, STOP_SYSCALL, Stop } from "../contract.ts";
import { REASON, SLOT } from "./layout.ts";
import type { StubPlatform } from "./platform.ts";
import type { StubSpace } from "./space.ts";
import type { StubThread } from "./thread.ts";
import { spanCount } from "./window.ts";

/** SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, and SIGSYS that no filter sent: what stubs catch. */
const FAULTS: ReadonlySet<number> = new Set([4, 5, 7, 8, 11, 31]);

export class Posts {
  readonly #platform: StubPlatform;
  readonly #words: Int32Array;
  readonly stops: Stop[] = [];
  /** How many of `stops` are of this turn. */
  count = 0;
  /** Spaces that broke the protocol. */
  readonly died: StubSpace[] = [];

  constructor(platform: StubPlatform) {
    this.#platform = platform;
    this.#words = platform.words;
  }

  /** Read one post of a thread, and what it means. */
  take(thread: StubThread): void {
    const words = this.#words;
    const sequence = words[(thread.at + SLOT.reqSeq) >> 2]!;
    if (sequence === thread.seen) return;
    thread.seen = sequence;
    const reason = words[(thread.at + SLOT.reason) >> 2]!;
    if (thread.state === "starting" && reason === REASON.started) {
      if (!thread.space.meet()) return this.nonsense(thread.space);
      this.#stopped(thread);
      thread.patcher.adoptFrame();
      // A spare waits here for the exec that will use it.
      if (!thread.isSpare) this.report(thread, STOP_STARTED);
    } else if (thread.state === "running" && reason === REASON.call) {
      this.#stopped(thread);
      thread.hasFrame = false;
      if (this.#platform.stats !== null) this.#platform.stats.called++;
      thread.spans = spanCount(words[(thread.at + SLOT.inCount) >> 2]!);
      this.report(thread, STOP_SYSCALL);
    } else if (thread.state === "running" && reason === REASON.syscall) {
      this.#stopped(thread);
      thread.spans = spanCount(words[(thread.at + SLOT.inCount) >> 2]!);
      thread.patcher.leaveTrampoline();
      this.#platform.stats?.trap(thread.registerLow(Reg.rax), thread.rawIp());
      thread.patcher.noteTrap();
      this.report(thread, STOP_SYSCALL);
    } else if (thread.state === "running" && reason === REASON.fault) {
      if (!this.#readFault(thread)) return this.nonsense(thread.space);
      this.#stopped(thread);
      if (thread.patcher.isAtBreakpoint()) return thread.resumeRegisters();
      thread.patcher.leaveTrampoline();
      this.report(thread, STOP_FAULT);
    } else if (thread.state === "running" && reason === REASON.interrupt) {
      this.#stopped(thread);
      thread.patcher.leaveTrampoline();
      this.report(thread, STOP_INTERRUPT);
    } else this.nonsense(thread.space);
  }

  #stopped(thread: StubThread): void {
    thread.state = "stopped";
    thread.hasFrame = true;
    thread.isRelocated = false;
    thread.spans = 0;
    thread.space.bounce.giveAll(thread);
    if (thread.interruptedAt !== 0) {
      thread.interruptedAt = 0;
      this.#platform.interrupts.delete(thread);
    }
    this.#platform.threadStopped(thread.space);
  }

  report(thread: StubThread, reason: number): void {
    let stop = this.stops[this.count];
    if (stop === undefined) this.stops.push((stop = new Stop()));
    stop.thread = thread;
    stop.reason = reason;
    this.count++;
  }

  /** A stub that breaks the protocol has lost its space. */
  nonsense(space: StubSpace): void {
    space.isCondemned = true;
    this.died.push(space);
  }

  /** Read once; false when it names a signal that no fault brings. */
  #readFault(thread: StubThread): boolean {
    const at = thread.at;
    const fault = thread.fault;
    fault.signo = this.#words[(at + SLOT.signo) >> 2]!;
    if (!FAULTS.has(fault.signo)) return false;
    fault.code = this.#words[(at + SLOT.code) >> 2]!;
    fault.address =
      (this.#words[(at + SLOT.address + 4) >> 2]! >>> 0) * 4294967296 +
      (this.#words[(at + SLOT.address) >> 2]! >>> 0);
    fault.error = thread.registerLow(19);
    fault.trap = thread.registerLow(20);
    return true;
  }

  /**
   * Wait for one thread's next post (a command's RESULT, or STARTED): 0, or -errno when the space
   * died or said nothing in time; then it is killed.
   */
  await(thread: StubThread, timeoutMs: number): number {
    const rc = this.#platform.gateway.await(thread.at, thread.seen, timeoutMs, thread.space.pidfd);
    if (rc === 0) {
      thread.seen = this.#words[(thread.at + SLOT.reqSeq) >> 2]!;
      if (thread.state !== "starting") return 0;
      if (!this.#platform.nursery.hasTemplate) {
        thread.state = "stopped"; // the template itself: its first post is the trap
        return 0;
      }
      if (thread.space.meet()) {
        this.#stopped(thread);
        return 0;
      }
    }
    this.nonsense(thread.space);
    return rc === 0 ? -EAGAIN : rc;
  }
}
