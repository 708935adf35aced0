/**
 * Pipe: a bounded queue of bytes in page-sized buffers (pipe(7), Linux's pipe_inode_info).
 *  - fill() moves bytes in until the pipe is full, drain() out until it is empty; both return how
 *    many went, or -EFAULT. Neither waits and neither wakes: the caller does.
 *  - A write of at most PIPE_BUF bytes finds one buffer for all of it or none: that makes it atomic.
 *  - Small writes share the last buffer. Bytes once queued never change, so buffers may be shared
 *    with another pipe (tee) and saved as they are.
 * `queue` has the waiters of both ends: POLLIN readers, POLLOUT writers.
 */
import { EBUSY, EINVAL, EPERM } from "../../abi/errno.ts";
import { PAGE_SIZE } from "../../abi/limits.ts";
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from "../../abi/poll.ts";
import { refuse } from "../../base/refuse.ts";
import { WaitQueue } from "../../base/wait-queue.ts";
import type { UserBuffer } from "../mm/user-buffer.ts";

const DEFAULT_SLOTS = 16;
/** /proc/sys/fs/pipe-max-size. */
const MAX_SIZE = 1 << 20;
const SMALL = 64;

/** What one buffer holds: `bytes` from `start` to `end`. */
export class PipeBuffer {
  bytes: Uint8Array;
  start = 0;
  end: number;
  /** Later small writes may be added (not to packets, nor to what another pipe shares). */
  canMerge: boolean;
  /** A read takes one packet and drops what it had no room for (O_DIRECT). */
  readonly isPacket: boolean;

  constructor(bytes: Uint8Array, canMerge: boolean, isPacket: boolean) {
    this.bytes = bytes;
    this.end = bytes.length;
    this.canMerge = canMerge;
    this.isPacket = isPacket;
  }

  get length(): number {
    return this.end - this.start;
  }

  /** The same bytes, at most `length` of them, for another pipe. */
  share(length: number): PipeBuffer {
    const copy = new PipeBuffer(this.bytes, false, this.isPacket);
    copy.start = this.start;
    copy.end = Math.min(this.end, this.start + length);
    return copy;
  }
}

export class Pipe {
  readonly queue = new WaitQueue();
  readers = 0;
  writers = 0;
  /** How often an end was opened, for those who wait for a partner (fifo(7)). */
  readerOpens = 0;
  writerOpens = 0;
  #slots = DEFAULT_SLOTS;
  readonly #buffers: PipeBuffer[] = [];

  get isEmpty(): boolean {
    return this.#buffers.length === 0;
  }

  get isFull(): boolean {
    return this.#buffers.length >= this.#slots;
  }

  /** Buffers that can still be added. */
  get free(): number {
    return Math.max(0, this.#slots - this.#buffers.length);
  }

  /** Bytes queued. */
  get length(): number {
    let total = 0;
    for (const buffer of this.#buffers) total += buffer.length;
    return total;
  }

  get buffers(): readonly PipeBuffer[] {
    return this.#buffers;
  }

  /** Room for bytes in whole buffers. */
  get capacity(): number {
    return this.#slots * PAGE_SIZE;
  }

  /** F_SETPIPE_SZ: the capacity that it has then, or -errno. */
  resize(size: number, isPrivileged: boolean): number {
    const bytes = size >>> 0;
    if (bytes > 1 << 30) return refuse(EINVAL, "F_SETPIPE_SZ: larger than 2^31 when rounded");
    let slots = 1;
    while (slots * PAGE_SIZE < bytes) slots *= 2;
    if (slots > this.#slots && slots * PAGE_SIZE > MAX_SIZE && !isPrivileged)
      return refuse(EPERM, "F_SETPIPE_SZ: above pipe-max-size");
    if (slots < this.#buffers.length) return refuse(EBUSY, "F_SETPIPE_SZ: holds more than that");
    const wasFull = this.isFull;
    this.#slots = slots;
    if (wasFull && !this.isFull) this.queue.wake(POLLOUT | POLLWRNORM);
    return this.capacity;
  }

  // --- bytes ----------------------------------------------------------------------------------

  fill(from: UserBuffer, isPacket: boolean): number {
    let moved = isPacket ? 0 : this.#merge(from);
    if (moved < 0) return moved;
    while (from.remaining > 0 && !this.isFull) {
      const bytes = new Uint8Array(Math.min(from.remaining, this.free * PAGE_SIZE));
      const n = from.take(bytes);
      if (n <= 0) return moved > 0 ? moved : n;
      this.#pages(n === bytes.length ? bytes : bytes.subarray(0, n), !isPacket, isPacket);
      moved += n;
      if (n < bytes.length) break;
    }
    return moved;
  }

  drain(into: UserBuffer): number {
    let moved = 0;
    while (into.remaining > 0 && this.#buffers.length > 0) {
      const run = this.#run(into.remaining);
      const n = into.put(run);
      if (n < 0) return moved > 0 ? moved : n;
      const isPacket = this.#buffers[0]!.isPacket;
      if (isPacket) this.#buffers.shift();
      else this.consume(n);
      moved += n;
      if (isPacket || n < run.length) break;
    }
    return moved;
  }

  /** Up to `length` first bytes, as many as lie together in memory. Pipe must not be empty. */
  #run(length: number): Uint8Array {
    const first = this.#buffers[0]!;
    let total = first.length;
    let end = first.bytes.byteOffset + first.end;
    for (let i = 1; i < this.#buffers.length && total < length && !first.isPacket; i++) {
      const next = this.#buffers[i]!;
      if (next.bytes.buffer !== first.bytes.buffer || next.isPacket) break;
      if (next.bytes.byteOffset + next.start !== end) break;
      total += next.length;
      end += next.length;
    }
    const { buffer, byteOffset } = first.bytes;
    return new Uint8Array(buffer, byteOffset + first.start, Math.min(total, length));
  }

  /** Forget the first `count` bytes. */
  consume(count: number): void {
    let left = count;
    while (left > 0) {
      const first = this.#buffers[0]!;
      const n = Math.min(left, first.length);
      first.start += n;
      left -= n;
      if (first.length === 0) this.#buffers.shift();
    }
  }

  /** The first `length` bytes (fewer when there are not so many) as one fresh array. */
  peek(length: number): Uint8Array {
    const bytes = new Uint8Array(Math.min(length, this.length));
    let at = 0;
    for (const buffer of this.#buffers) {
      const n = Math.min(buffer.length, bytes.length - at);
      bytes.set(buffer.bytes.subarray(buffer.start, buffer.start + n), at);
      at += n;
      if (at === bytes.length) break;
    }
    return bytes;
  }

  /** Queue bytes that nobody will change, at most `free` pages of them. */
  push(bytes: Uint8Array): void {
    this.#pages(bytes, false, false);
  }

  /** Queue a buffer shared with another pipe. */
  pushBuffer(buffer: PipeBuffer): void {
    this.#buffers.push(buffer);
  }

  #pages(bytes: Uint8Array, canMerge: boolean, isPacket: boolean): void {
    for (let at = 0; at < bytes.length; at += PAGE_SIZE) {
      const page =
        at === 0 && bytes.length <= PAGE_SIZE ? bytes : bytes.subarray(at, at + PAGE_SIZE);
      this.#buffers.push(new PipeBuffer(page, canMerge, isPacket));
    }
  }

  /** Put what exceeds whole pages into the last buffer, if it has room for all of that. */
  #merge(from: UserBuffer): number {
    const last = this.#buffers[this.#buffers.length - 1];
    const chars = from.remaining % PAGE_SIZE;
    if (last === undefined || chars === 0 || !last.canMerge) return 0;
    const end = last.end + chars;
    if (end > PAGE_SIZE) return 0;
    if (last.bytes.length < end) {
      const larger = new Uint8Array(Math.min(PAGE_SIZE, Math.max(SMALL, 2 * end)));
      larger.set(last.bytes.subarray(last.start, last.end), last.start);
      last.bytes = larger;
    }
    const n = from.take(last.bytes, last.end, chars);
    if (n > 0) last.end += n;
    return n;
  }

  // --- state of the ends ----------------------------------------------------------------------

  readEvents(everWritten: boolean): number {
    let mask = this.isEmpty ? 0 : POLLIN | POLLRDNORM;
    if (this.writers === 0 && everWritten) mask |= POLLHUP;
    return mask;
  }

  writeEvents(): number {
    let mask = this.isFull ? 0 : POLLOUT | POLLWRNORM;
    if (this.readers === 0) mask |= POLLERR;
    return mask;
  }

  wakeReaders(): void {
    this.queue.wake(POLLIN | POLLRDNORM);
  }

  wakeWriters(): void {
    this.queue.wake(POLLOUT | POLLWRNORM);
  }

  /** An end was opened or closed. */
  wakeAll(): void {
    this.queue.wake(POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM | POLLHUP | POLLERR);
  }
}
