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
import type { Block, BlockPool } from "../../base/blocks.ts";
import { refuse } from "../../base/refuse.ts";
import { WaitQueue } from "../../base/wait-queue.ts";
import type { UserBuffer } from "../mm/user-buffer.ts";

const DEFAULT_SLOTS = 16;
/** /proc/sys/fs/pipe-max-size. */
const MAX_SIZE = 1 << 20;
/** The most bytes that share a block. */
const RUN = 65536;

/** What one buffer holds: the bytes of its block from `start` to `end`. It is one of the block's users. */
export class PipeBuffer {
  block: Block;
  start: number;
  end: number;
  /** Where later small writes end that may be added; `end` when none may (to packets, and shared ones). */
  limit: number;
  /** A read takes one packet and drops what it had no room for (O_DIRECT). */
  readonly isPacket: boolean;

  constructor(block: Block, start: number, end: number, limit: number, isPacket: boolean) {
    this.block = block;
    this.start = start;
    this.end = end;
    this.limit = limit;
    this.isPacket = isPacket;
  }

  get length(): number {
    return this.end - this.start;
  }

  /** The same bytes, at most `length` of them, for another pipe. */
  share(length: number): PipeBuffer {
    const end = Math.min(this.end, this.start + length);
    return new PipeBuffer(this.block.ref(), this.start, end, end, this.isPacket);
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
  readonly #blocks: BlockPool;

  constructor(blocks: BlockPool) {
    this.#blocks = blocks;
  }

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
      const length = Math.min(from.remaining, this.free * PAGE_SIZE, RUN);
      const block = this.#blocks.take(length);
      const n = from.take(block.bytes, 0, length);
      if (n > 0) this.#pages(block, n, !isPacket, isPacket);
      block.unref();
      if (n <= 0) return moved > 0 ? moved : n;
      moved += n;
      if (n < length) break;
    }
    return moved;
  }

  drain(into: UserBuffer): number {
    let moved = 0;
    while (into.remaining > 0 && this.#buffers.length > 0) {
      const { block, start, isPacket } = this.#buffers[0]!;
      const length = this.#runLength(into.remaining);
      const n = into.put(block.bytes, start, length);
      if (n < 0) return moved > 0 ? moved : n;
      if (isPacket) this.#buffers.shift()!.block.unref();
      else this.consume(n);
      moved += n;
      if (isPacket || n < length) break;
    }
    return moved;
  }

  /** How many of the first bytes lie together in memory, `length` at most. Pipe must not be empty. */
  #runLength(length: number): number {
    const first = this.#buffers[0]!;
    let { end } = first;
    for (let i = 1; i < this.#buffers.length && end - first.start < length; i++) {
      const next = this.#buffers[i]!;
      if (next.block !== first.block || next.start !== end || first.isPacket || next.isPacket)
        break;
      ({ end } = next);
    }
    return Math.min(end - first.start, length);
  }

  /** Forget the first `count` bytes. */
  consume(count: number): void {
    let left = count;
    while (left > 0) {
      const first = this.#buffers[0]!;
      const n = Math.min(left, first.length);
      first.start += n;
      left -= n;
      if (first.length > 0) return;
      this.#buffers.shift();
      first.block.unref();
    }
  }

  /** The first `length` bytes (fewer when there are not so many) as one fresh array. */
  peek(length: number): Uint8Array {
    const bytes = new Uint8Array(Math.min(length, this.length));
    let at = 0;
    for (const buffer of this.#buffers) {
      const n = Math.min(buffer.length, bytes.length - at);
      bytes.set(buffer.block.bytes.subarray(buffer.start, buffer.start + n), at);
      at += n;
      if (at === bytes.length) break;
    }
    return bytes;
  }

  /** Queue the first `length` bytes of a block that nobody will change, at most `free` pages of them. */
  push(block: Block, length: number): void {
    this.#pages(block, length, false, false);
  }

  /** Queue a buffer shared with another pipe. */
  pushBuffer(buffer: PipeBuffer): void {
    this.#buffers.push(buffer);
  }

  #pages(block: Block, length: number, canMerge: boolean, isPacket: boolean): void {
    for (let at = 0; at < length; at += PAGE_SIZE) {
      const end = Math.min(at + PAGE_SIZE, length);
      this.#buffers.push(
        new PipeBuffer(block.ref(), at, end, canMerge ? at + PAGE_SIZE : end, isPacket),
      );
    }
  }

  /** Put what exceeds whole pages into the last buffer, if it has room for all of that. */
  #merge(from: UserBuffer): number {
    const last = this.#buffers[this.#buffers.length - 1];
    const chars = from.remaining % PAGE_SIZE;
    if (last === undefined || chars === 0) return 0;
    const end = last.end + chars;
    if (end > last.limit) return 0;
    if (last.block.bytes.length < end)
      last.block = last.block.enlarge(last.start, last.end, PAGE_SIZE);
    const n = from.take(last.block.bytes, last.end, chars);
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
