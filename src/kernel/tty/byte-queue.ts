/**
 * ByteQueue: bytes on their way, first in, first out. A ring that grows as needed; its owner decides
 * how much may wait in it (`room`), so that single bytes of echo never get lost in between.
 */
const FIRST_SIZE = 256;

export class ByteQueue {
  /** The most that `room` grants. */
  readonly limit: number;
  length = 0;
  #ring = new Uint8Array(FIRST_SIZE);
  #start = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get room(): number {
    return Math.max(0, this.limit - this.length);
  }

  push(byte: number): void {
    if (this.length === this.#ring.length) this.#grow();
    this.#ring[(this.#start + this.length++) & (this.#ring.length - 1)] = byte;
  }

  /** Precondition: length > 0. */
  shift(): number {
    const byte = this.#ring[this.#start]!;
    this.#start = (this.#start + 1) & (this.#ring.length - 1);
    this.length--;
    return byte;
  }

  /** Move the first bytes to `into`; how many went. */
  take(into: Uint8Array, at = 0, length = into.length - at): number {
    const n = Math.min(length, this.length);
    for (let i = 0; i < n; i++) into[at + i] = this.shift();
    return n;
  }

  /** Forget all but the first `keep` bytes. */
  truncate(keep = 0): void {
    if (this.length > keep) this.length = keep;
  }

  #grow(): void {
    const ring = new Uint8Array(this.#ring.length * 2);
    const mask = this.#ring.length - 1;
    for (let i = 0; i < this.length; i++) ring[i] = this.#ring[(this.#start + i) & mask]!;
    this.#ring = ring;
    this.#start = 0;
  }
}
