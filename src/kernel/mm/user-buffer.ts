/**
 * UserBuffer: guest memory named by a buffer or an iovec, read or written from front to back.
 *  - `put` copies kernel bytes into the guest, `take` copies guest bytes into the kernel; both move
 *    the cursor and return how many bytes went, or -EFAULT when not even the first one could.
 *  - A fault in the middle ends the transfer there: Linux's partial counts.
 *  - `skip(n)` resumes a call that was parked after `n` bytes.
 * Lengths were checked by whoever built it (iovec.ts, or the handler): total < 2^31, as Linux clamps.
 */
import { EFAULT } from "../../abi/errno.ts";

/** What UserBuffer needs of an address space; implemented by Mm. */
export interface UserMemory {
  /** Bytes copied in from guest `address`: at most length, fewer at a fault, possibly 0. */
  copyIn(address: number, into: Uint8Array, at: number, length: number): number;
  /** Bytes copied out to guest `address`: at most length, fewer at a fault, possibly 0. */
  copyOut(address: number, from: Uint8Array, at: number, length: number): number;
}

/** Linux's MAX_RW_COUNT: the most that one read or write moves. */
export const MAX_RW_COUNT = 0x7ffff000;

export class UserBuffer {
  readonly memory: UserMemory;
  readonly total: number;
  /** Bytes already moved. */
  done = 0;
  readonly #bases: number[];
  readonly #lengths: number[];
  #segment = 0;
  #offset = 0;

  constructor(memory: UserMemory, bases: number[], lengths: number[]) {
    this.memory = memory;
    this.#bases = bases;
    this.#lengths = lengths;
    let total = 0;
    for (const length of lengths) total += length;
    this.total = total;
  }

  /** One plain buffer; the length is clamped as Linux clamps it. */
  static of(memory: UserMemory, address: number, length: number): UserBuffer {
    return new UserBuffer(memory, [address], [Math.min(length, MAX_RW_COUNT)]);
  }

  /** The same addresses in another memory, from the beginning. */
  inMemory(memory: UserMemory): UserBuffer {
    return new UserBuffer(memory, this.#bases, this.#lengths);
  }

  get remaining(): number {
    return this.total - this.done;
  }

  skip(count: number): void {
    let left = count;
    while (left > 0 && this.#segment < this.#lengths.length) {
      const room = this.#lengths[this.#segment]! - this.#offset;
      const n = Math.min(room, left);
      this.#advance(n);
      left -= n;
    }
  }

  /** Give back the last `count` bytes: they will be moved again. */
  rewind(count: number): void {
    const at = this.done - count;
    this.done = this.#segment = this.#offset = 0;
    this.skip(at);
  }

  put(from: Uint8Array, at = 0, length = from.length - at): number {
    return this.#move(from, at, length, true);
  }

  take(into: Uint8Array, at = 0, length = into.length - at): number {
    return this.#move(into, at, length, false);
  }

  #move(bytes: Uint8Array, at: number, length: number, out: boolean): number {
    let moved = 0;
    while (moved < length && this.#segment < this.#lengths.length) {
      const room = this.#lengths[this.#segment]! - this.#offset;
      const want = Math.min(room, length - moved);
      if (want > 0) {
        const address = this.#bases[this.#segment]! + this.#offset;
        const n = out
          ? this.memory.copyOut(address, bytes, at + moved, want)
          : this.memory.copyIn(address, bytes, at + moved, want);
        this.#advance(n);
        moved += n;
        if (n < want) return moved > 0 ? moved : -EFAULT;
      } else this.#advance(0);
    }
    return moved;
  }

  #advance(count: number): void {
    this.done += count;
    this.#offset += count;
    while (this.#segment < this.#lengths.length && this.#offset === this.#lengths[this.#segment]!) {
      this.#segment++;
      this.#offset = 0;
    }
  }
}
