/**
 * SegmentQueue: bytes queued in the order sent, in segments that never change; a segment may carry
 * something that comes with its first byte (`tag`: credentials, files).
 *  - push() queues a segment, append() may add small untagged bytes to the last one.
 *  - copy() gives bytes of one segment to a buffer and removes nothing; consume() removes bytes from
 *    the front and hands every segment that is used up to `onDone`.
 * A segment is the user of its block, until it is taken from the queue.
 */
import type { Block } from "../../base/blocks.ts";
import type { UserBuffer } from "../mm/user-buffer.ts";

const SMALL = 4096;

export class Segment<T> {
  block: Block;
  start = 0;
  end: number;
  readonly tag: T;
  /** What it counts against its sender's buffer. */
  readonly charge: number;

  /** The first `length` bytes of a block, which is the segment's from now on. */
  constructor(block: Block, length: number, tag: T, charge: number) {
    this.block = block;
    this.end = length;
    this.tag = tag;
    this.charge = charge;
  }

  get length(): number {
    return this.end - this.start;
  }
}

export class SegmentQueue<T> {
  #segments: Segment<T>[] = [];
  #head = 0;
  /** Bytes queued. */
  length = 0;

  /** Segments queued; an empty one counts (a datagram of no bytes). */
  get count(): number {
    return this.#segments.length - this.#head;
  }

  at(index: number): Segment<T> | undefined {
    return this.#segments[this.#head + index];
  }

  push(segment: Segment<T>): void {
    this.#segments.push(segment);
    this.length += segment.length;
  }

  /** Queue the first `length` bytes of a block without a boundary: small ones share a segment. */
  append(block: Block, length: number, tag: T): void {
    const last = this.at(this.count - 1);
    this.length += length;
    if (last === undefined || last.tag !== tag || last.end + length > SMALL) {
      this.#segments.push(new Segment(block, length, tag, length));
      return;
    }
    if (last.block.bytes.length < last.end + length)
      last.block = last.block.enlarge(0, last.end, SMALL);
    last.block.bytes.set(block.bytes.subarray(0, length), last.end);
    last.end += length;
    block.unref();
  }

  /** Bytes of segment `index`, from `offset` in it, to `into`: how many went, or -EFAULT. */
  copy(index: number, offset: number, into: UserBuffer): number {
    const segment = this.at(index)!;
    const length = Math.min(segment.length - offset, into.remaining);
    return length === 0 ? 0 : into.put(segment.block.bytes, segment.start + offset, length);
  }

  /** Remove `count` bytes from the front, and the segments that this empties. */
  consume(count: number, onDone?: SegmentSink<T>): void {
    let left = count;
    while (this.count > 0) {
      const first = this.#segments[this.#head]!;
      const n = Math.min(left, first.length);
      first.start += n;
      this.length -= n;
      left -= n;
      if (first.length > 0) return;
      this.#removeFirst();
      first.block.unref();
      onDone?.segmentDone(first);
      if (left === 0) return;
    }
  }

  /** Remove the first segment whole. Its bytes are gone, its tag and length are not. */
  shift(): Segment<T> | undefined {
    const first = this.at(0);
    if (first === undefined) return undefined;
    this.length -= first.length;
    this.#removeFirst();
    first.block.unref();
    return first;
  }

  #removeFirst(): void {
    this.#head++;
    if (this.#head === this.#segments.length) {
      this.#segments.length = 0;
      this.#head = 0;
    } else if (this.#head > 64 && this.#head * 2 > this.#segments.length) {
      this.#segments.splice(0, this.#head);
      this.#head = 0;
    }
  }
}

export interface SegmentSink<T> {
  segmentDone(segment: Segment<T>): void;
}
