/**
 * CallWindow: copies between the kernel and the guest that need no host call, because the stub makes
 * them: before it posts a system call it copies into the slot what the call's hints say (native/stub/
 * copy.h), and on its way back it copies out what the kernel left there.
 *  - take(): serve guest bytes from the spans of the thread's current call. They are a snapshot, and
 *    a claim of the guest's about its own memory, as everything it says.
 *  - put(): leave bytes for the way back. They are pending until resume or settle(); one thread
 *    has pending bytes at a time, as a handler runs to completion.
 * What does not fit goes the slow way, through /proc/PID/mem.
 */
import { KernelBug } from "../../base/failure.ts";
import type { Arena } from "../../host/arena.ts";
import {
  BATCH_OFFSET,
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

  constructor(arena: Arena) {
    this.#u8 = arena.u8;
    this.#words = arena.i32;
    this.#buffer = arena.buffer;
  }

  /** Bytes served from the spans of `thread`'s call: `length`, fewer, or 0. */
  take(thread: StubThread, address: number, into: Uint8Array, at: number, length: number): number {
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

  /** Leave bytes for `address`; false when there is no room. */
  put(thread: StubThread, address: number, from: Uint8Array, at: number, length: number): boolean {
    if (this.#thread !== thread) {
      if (this.#count > 0)
        throw new KernelBug("bytes for one thread are pending in another's call");
      this.#thread = thread;
    }
    if (this.#count === SPANS_OUT || this.#used + length > BATCH_OFFSET) {
      // In order: what comes later may lie on top of what came before.
      this.settle();
      if (OUT_BEGIN + length > BATCH_OFFSET) return false;
      this.#thread = thread;
    }
    const i = this.#count++;
    this.#addresses[i] = address;
    this.#lengths[i] = length;
    this.#offsets[i] = this.#used;
    this.#copyTo(thread.at + this.#used, from, at, length);
    this.#used = (this.#used + length + 7) & ~7;
    return true;
  }

  /** Write what is pending now, by the slow way. */
  settle(): void {
    const thread = this.#thread;
    if (thread === null) return;
    for (let i = 0; i < this.#count; i++)
      thread.space.write(
        this.#addresses[i]!,
        this.#u8,
        thread.at + this.#offsets[i]!,
        this.#lengths[i]!,
      );
    this.#clear();
  }

  #clear(): void {
    this.#thread = null;
    this.#count = 0;
    this.#used = OUT_BEGIN;
  }

  /** `thread` goes back: tell the stub what is pending for it. */
  publish(thread: StubThread): void {
    const words = this.#words;
    const mine = this.#thread === thread ? this.#count : 0;
    words[(thread.at + SLOT.outCount) >> 2] = mine;
    if (mine === 0) return;
    for (let i = 0; i < mine; i++) {
      const span = (thread.at + SLOT.out + i * SPAN.size) >> 2;
      const address = this.#addresses[i]!;
      words[span] = address % TWO_32;
      words[span + 1] = Math.floor(address / TWO_32);
      words[span + 2] = this.#lengths[i]!;
      words[span + 3] = this.#offsets[i]!;
    }
    this.#clear();
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
