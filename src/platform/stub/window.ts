/**
 * CallWindow: copies between the kernel and the guest that need no host call, because the stub makes
 * them: before it posts a system call it copies into the slot what the call's hints say (native/stub/
 * copy.h), and on its way back it copies out what the kernel left there.
 *  - copyIn(): serve guest bytes from the spans of the thread's current call. They are a snapshot, and
 *    a claim of the guest's about its own memory, as everything it says.
 *  - copyOut(): leave bytes for the way back. They are pending until resume or settle(); one thread
 *    has pending bytes at a time, as a handler runs to completion.
 * What does not fit lies on a bounce buffer (bounce.ts), or goes the slow way, through /proc/PID/mem.
 */
import { KernelBug } from "../../base/failure.ts";
import type { Arena } from "../../host/arena.ts";
import {
  BATCH_OFFSET,
  BOUNCE_AT,
  BOUNCE_SIZE,
  CHUNK,
  MOST_COPIED_IN,
  SLOT,
  SLOT_WINDOW,
  SPAN,
  SPANS_IN,
  SPANS_OUT,
} from "./layout.ts";
import type { StubThread } from "./thread.ts";

const OUT_BEGIN = SLOT_WINDOW + MOST_COPIED_IN;
const TWO_32 = 2 ** 32;
/** Below this many bytes a loop is cheaper than a view. */
const FEW = 32;
/** From so many bytes on the stub's copy pays for the hand-over to it. */
const LARGE = 16384;

export class CallWindow {
  readonly #u8: Uint8Array;
  readonly #words: Int32Array;
  readonly #buffer: ArrayBufferLike;
  #thread: StubThread | null = null;
  #count = 0;
  #used = OUT_BEGIN;
  readonly #addresses = new Float64Array(SPANS_OUT);
  readonly #lengths = new Int32Array(SPANS_OUT);
  readonly #offsets = new Int32Array(SPANS_OUT);
  /** Where in the arena they lie. */
  readonly #places = new Float64Array(SPANS_OUT);
  /** Some of them lie on bounce buffers. */
  #hasLarge = false;

  constructor(arena: Arena) {
    this.#u8 = arena.u8;
    this.#words = arena.i32;
    this.#buffer = arena.buffer;
  }

  /** How many bytes were copied in: `length`, or fewer at a fault. A string may end with its NUL. */
  copyIn(
    thread: StubThread,
    address: number,
    into: Uint8Array,
    at: number,
    length: number,
    isString: boolean,
  ): number {
    const { space } = thread;
    let n = this.#take(thread, address, into, at, length);
    // As it lies there: patched sites are to be shown as the file has them.
    if (n > 0) space.patches?.mask(address, into, at, n);
    if (n === length || (isString && n > 0 && into[at + n - 1] === 0)) return n;
    if (length - n >= LARGE) n += this.#takeLarge(thread, address + n, into, at + n, length - n);
    if (n === length) return n;
    return n + space.read(address + n, into, at + n, length - n);
  }

  /** How many bytes were copied out, or will be. */
  copyOut(
    thread: StubThread,
    address: number,
    from: Uint8Array,
    at: number,
    length: number,
  ): number {
    let done = 0;
    while (done < length) {
      const n = this.#put(thread, address + done, from, at + done, length - done);
      if (n === 0) return done + thread.space.write(address + done, from, at + done, length - done);
      done += n;
    }
    return done;
  }

  /** Bytes served from the spans of `thread`'s call: `length`, fewer, or 0. */
  #take(thread: StubThread, address: number, into: Uint8Array, at: number, length: number): number {
    if (this.#count > 0 && this.#overlaps(address, length)) this.settle();
    const words = this.#words;
    const count = thread.spans;
    for (let i = 0; i < count; i++) {
      const span = (thread.at + SLOT.in + i * SPAN.size) >> 2;
      const start = (words[span + 1]! >>> 0) * TWO_32 + (words[span]! >>> 0);
      const size = words[span + 2]! >>> 0;
      const offset = words[span + 3]! >>> 0;
      if (address < start || address >= start + size) continue;
      if (offset < SLOT_WINDOW || offset + size > OUT_BEGIN) return 0;
      const skipped = address - start;
      const n = Math.min(length, size - skipped);
      this.#copyFrom(thread.at + offset + skipped, into, at, n);
      return n;
    }
    return 0;
  }

  /** Have the stub copy a large piece in, over a bounce buffer: how much it did. */
  #takeLarge(
    thread: StubThread,
    address: number,
    into: Uint8Array,
    at: number,
    length: number,
  ): number {
    const { bounce, memoryFd, patches } = thread.space;
    const index = bounce.take(thread, memoryFd);
    if (index < 0) return 0;
    let done = 0;
    while (done < length) {
      const want = Math.min(length - done, BOUNCE_SIZE);
      const n = thread.commands.copy(bounce.inStub(index), address + done, want);
      this.#copyFrom(bounce.inArena(index), into, at + done, n);
      done += n;
      if (n < want) break;
    }
    bounce.give(index);
    patches?.mask(address, into, at, done);
    return done;
  }

  /** Leave bytes for `address`: how many there was room for, 0 when the slow way is to be taken. */
  #put(thread: StubThread, address: number, from: Uint8Array, at: number, length: number): number {
    if (this.#count > 0 && this.#thread !== thread)
      throw new KernelBug("bytes for one thread are pending in another's call");
    const isLarge = length > BATCH_OFFSET - OUT_BEGIN;
    // In order: what comes later may lie on top of what came before.
    if (this.#count === SPANS_OUT || (!isLarge && this.#used + length > BATCH_OFFSET))
      this.settle();
    if (isLarge) return this.#putLarge(thread, address, from, at, length);
    this.#add(thread, address, this.#used, thread.at + this.#used, length);
    this.#copyTo(thread.at + this.#used, from, at, length);
    this.#used = (this.#used + length + 7) & ~7;
    return length;
  }

  /** As #put(), on a bounce buffer. */
  #putLarge(
    thread: StubThread,
    address: number,
    from: Uint8Array,
    at: number,
    length: number,
  ): number {
    const { bounce, memoryFd } = thread.space;
    let index = bounce.take(thread, memoryFd);
    if (index < 0) {
      // Ours may have all of them; and who goes the slow way must not be overtaken.
      this.settle();
      index = bounce.take(thread, memoryFd);
      if (index < 0) return 0;
    }
    const n = Math.min(length, BOUNCE_SIZE);
    const arenaAt = bounce.inArena(index);
    const fromSlot = BOUNCE_AT + index * BOUNCE_SIZE - thread.slot * CHUNK;
    this.#add(thread, address, fromSlot, arenaAt, n);
    this.#hasLarge = true;
    this.#copyTo(arenaAt, from, at, n);
    return n;
  }

  /** A span for the way back; `offset` is seen from the slot's beginning. */
  #add(thread: StubThread, address: number, offset: number, arenaAt: number, length: number): void {
    this.#thread = thread;
    const i = this.#count++;
    this.#addresses[i] = address;
    this.#lengths[i] = length;
    this.#offsets[i] = offset;
    this.#places[i] = arenaAt;
  }

  /** Write what is pending now: large pieces by the stub, else, and when it cannot, by the slow way. */
  settle(): void {
    const thread = this.#thread;
    if (thread === null) return;
    if (!this.#hasLarge || !this.#deliver(thread))
      for (let i = 0; i < this.#count; i++)
        thread.space.write(this.#addresses[i]!, this.#u8, this.#places[i]!, this.#lengths[i]!);
    if (this.#hasLarge) thread.space.bounce.giveAll(thread);
    this.#clear();
  }

  #deliver(thread: StubThread): boolean {
    if (!thread.stopped) return false;
    this.#writeSpans(thread);
    return thread.commands.deliver() === 0;
  }

  #clear(): void {
    this.#thread = null;
    this.#count = 0;
    this.#used = OUT_BEGIN;
    this.#hasLarge = false;
  }

  /** `thread` goes back: tell the stub what is pending for it. */
  publish(thread: StubThread): void {
    if (this.#thread !== thread) this.#words[(thread.at + SLOT.outCount) >> 2] = 0;
    else {
      this.#writeSpans(thread);
      this.#clear();
    }
  }

  #writeSpans(thread: StubThread): void {
    const words = this.#words;
    words[(thread.at + SLOT.outCount) >> 2] = this.#count;
    for (let i = 0; i < this.#count; i++) {
      const span = (thread.at + SLOT.out + i * SPAN.size) >> 2;
      const address = this.#addresses[i]!;
      words[span] = address % TWO_32;
      words[span + 1] = Math.floor(address / TWO_32);
      words[span + 2] = this.#lengths[i]!;
      words[span + 3] = this.#offsets[i]!;
    }
  }

  #overlaps(address: number, length: number): boolean {
    for (let i = 0; i < this.#count; i++) {
      const start = this.#addresses[i]!;
      if (address < start + this.#lengths[i]! && start < address + length) return true;
    }
    return false;
  }

  #copyFrom(source: number, into: Uint8Array, at: number, length: number): void {
    const u8 = this.#u8;
    if (length <= FEW) for (let i = 0; i < length; i++) into[at + i] = u8[source + i]!;
    else if (into.buffer === this.#buffer)
      u8.copyWithin(into.byteOffset + at, source, source + length);
    else into.set(u8.subarray(source, source + length), at);
  }

  #copyTo(target: number, from: Uint8Array, at: number, length: number): void {
    const u8 = this.#u8;
    if (length <= FEW) for (let i = 0; i < length; i++) u8[target + i] = from[at + i]!;
    else if (from.buffer === this.#buffer) {
      const source = from.byteOffset + at;
      u8.copyWithin(target, source, source + length);
    } else
      u8.set(at === 0 && length === from.length ? from : from.subarray(at, at + length), target);
  }
}

/** How many spans a stub may claim. */
export function spanCount(claimed: number): number {
  return claimed >= 0 && claimed <= SPANS_IN ? claimed : 0;
}
