/**
 * Commands: what the kernel has a stopped thread do, through its slot. Each waits for its answer, with a
 * deadline; a space that does not answer dies.
 *  - call() makes one host call; mmapFile() maps a descriptor, which the stub gets and gives up for it.
 *  - Between defer() and finish(), calls are collected and made together: one hand-over instead of
 *    many. They are said to have succeeded; finish() tells the first error. Whoever looks at the
 *    space's memory meanwhile has them made first (flush).
 * What a stub answers is the guest's claim about its own memory.
 */
import { ESRCH } from "../../abi/errno.ts";
import { readI64, writeI64 } from "../../host/bytes.ts";
import {
  BATCH_CALL,
  BATCH_CALLS,
  BATCH_OFFSET,
  BATCH_RECEIVE,
  BATCH_RECEIVED,
  COMMAND,
  SLOT,
} from "./layout.ts";
import type { StubPlatform } from "./platform.ts";
import type { StubThread } from "./thread.ts";

/** Host calls that stubs are told to make. */
export const NR = {
  close: 3,
  mmap: 9,
  mprotect: 10,
  munmap: 11,
  mremap: 25,
  msync: 26,
  mincore: 27,
  madvise: 28,
  archPrctl: 158,
  schedSetaffinity: 203,
  membarrier: 324,
  rseq: 334,
} as const;
/** How long a stub may take for one command: a host mmap or fork of a huge space takes its time. */
const COMMAND_DEADLINE_MS = 5_000;

export class Commands {
  readonly #platform: StubPlatform;
  readonly #thread: StubThread;
  #isDeferring = false;
  #count = 0;
  #failed = 0;
  /** The host descriptor that the batch's last received one is a copy of. */
  #heldHost = -1;

  constructor(platform: StubPlatform, thread: StubThread) {
    this.#platform = platform;
    this.#thread = thread;
  }

  /** Have the stopped thread do `command`; its result or -errno. */
  run(command: number): number {
    const { state, at, space } = this.#thread;
    // One that was silent for a deadline does not get another from the same handler.
    if (state !== "stopped" || space.isCondemned) return -ESRCH;
    const { words, gateway, view } = this.#platform;
    words[(at + SLOT.command) >> 2] = command;
    words[(at + SLOT.parked) >> 2] = 0;
    gateway.reply(at);
    return this.#platform.posts.await(this.#thread, COMMAND_DEADLINE_MS) === 0
      ? readI64(view, at + SLOT.result)
      : -ESRCH;
  }

  /** Set argument `index` of the next run(). */
  argument(index: number, value: number): void {
    writeI64(this.#platform.view, this.#thread.at + SLOT.args + 8 * index, value);
  }

  /** One host call. Deferred, it has succeeded: 0, or the address that mmap was given. */
  call(nr: number, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0): number {
    if (this.#isDeferring) {
      this.#add(nr, a, b, c, d, e, f);
      return nr === NR.mmap ? a : 0;
    }
    const args = this.#thread.at + SLOT.args;
    this.#write(args, nr, a, b, c, d, e, f);
    return this.run(COMMAND.syscall);
  }

  /** As call(), but now, in its turn: for results that cannot be foretold. */
  callNow(nr: number, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0): number {
    this.flush();
    const isDeferring = this.#isDeferring;
    this.#isDeferring = false;
    const rc = this.call(nr, a, b, c, d, e, f);
    this.#isDeferring = isDeferring;
    return rc;
  }

  /** An mmap of a descriptor that the stub gets for it. */
  mmapFile(a: number, b: number, c: number, d: number, hostFd: number, f: number): number {
    const wasDeferring = this.#isDeferring;
    this.#isDeferring = true;
    const rc = this.#hold(hostFd);
    if (rc === 0) this.#add(NR.mmap, a, b, c, d, BATCH_RECEIVED, f);
    if (wasDeferring) return rc < 0 ? rc : a;
    const made = this.finish();
    return rc < 0 ? rc : made < 0 ? made : a;
  }

  /** Copy guest memory to stub memory, `length` bytes at most: how many went. */
  copy(to: number, from: number, length: number): number {
    this.flush();
    this.argument(0, to);
    this.argument(1, from);
    this.argument(2, length);
    const n = this.run(COMMAND.copy);
    return n > 0 && n <= length ? n : 0;
  }

  /** Copy out what lies in the slot for the guest: 0 or -errno. */
  deliver(): number {
    this.flush();
    return this.run(COMMAND.deliver);
  }

  defer(): void {
    this.#isDeferring = true;
    this.#thread.space.deferring = this;
  }

  /** Make what was deferred; 0 or the first error. */
  finish(): number {
    this.flush();
    const failed = this.#failed;
    this.#failed = 0;
    this.#isDeferring = false;
    this.#thread.space.deferring = null;
    return failed;
  }

  flush(): void {
    if (this.#count === 0) return;
    this.#release();
    this.argument(0, this.#count);
    this.#count = 0;
    const rc = this.run(COMMAND.batch);
    if (rc < 0 && this.#failed === 0) this.#failed = rc;
  }

  /** The batch's received descriptor becomes one of `hostFd`. 0 or -errno. */
  #hold(hostFd: number): number {
    if (hostFd === this.#heldHost) return 0;
    this.#release();
    // Room for it, its mapping and its end: else the batch goes first.
    if (this.#count + 3 > BATCH_CALLS) this.flush();
    const rc = this.#platform.host.sendDescriptor(this.#thread.space.control, hostFd);
    if (rc < 0) return rc;
    this.#add(BATCH_RECEIVE);
    this.#heldHost = hostFd;
    return 0;
  }

  #release(): void {
    if (this.#heldHost < 0) return;
    this.#heldHost = -1;
    this.#append(NR.close, BATCH_RECEIVED, 0, 0, 0, 0, 0);
  }

  /** One place stays free for the end of a held descriptor. */
  #add(nr: number, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0): void {
    if (this.#count + 1 >= BATCH_CALLS) this.flush();
    this.#append(nr, a, b, c, d, e, f);
  }

  #append(nr: number, a: number, b: number, c: number, d: number, e: number, f: number): void {
    const at = this.#thread.at + BATCH_OFFSET + this.#count++ * BATCH_CALL.size;
    this.#write(at, nr, a, b, c, d, e, f);
  }

  #write(
    at: number,
    nr: number,
    a: number,
    b: number,
    c: number,
    d: number,
    e: number,
    f: number,
  ): void {
    const { view } = this.#platform;
    writeI64(view, at, nr);
    writeI64(view, at + 8, a);
    writeI64(view, at + 16, b);
    writeI64(view, at + 24, c);
    writeI64(view, at + 32, d);
    writeI64(view, at + 40, e);
    writeI64(view, at + 48, f);
  }
}
