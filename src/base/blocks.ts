/**
 * Blocks: memory for bytes on their way from one guest to another (pipes, stream sockets, sendfile), used
 * again when they have been read: fresh memory would have to be cleared, and then collected as garbage.
 *  - A block has one user at first; ref() and unref() count, the last unref() gives it back.
 *  - What it holds at first is anything, another guest's bytes too: who fills it knows how much of it counts.
 *  - A block that is forgotten instead of given back is garbage like any other, and harms nobody.
 */
import { KernelBug } from "./failure.ts";

/** What blocks there are, and how many free ones of each are kept: some 2.5 MiB together. */
const SIZES = [256, 4096, 65536] as const;
const KEPT = [256, 128, 32] as const;

export class Block {
  readonly bytes: Uint8Array;
  readonly #pool: BlockPool | null;
  #users = 1;

  constructor(bytes: Uint8Array, pool: BlockPool | null = null) {
    this.bytes = bytes;
    this.#pool = pool;
  }

  ref(): this {
    if (this.#users === 0) throw new KernelBug("a block is used that was given back");
    this.#users++;
    return this;
  }

  /** The bytes from `start` to `end`, in their place in a block of `length`, which its user gets for this one. */
  enlarge(start: number, end: number, length: number): Block {
    const larger = this.#pool?.take(length) ?? new Block(new Uint8Array(length));
    larger.bytes.set(this.bytes.subarray(start, end), start);
    this.unref();
    return larger;
  }

  unref(): void {
    if (this.#users === 0) throw new KernelBug("a block was given back twice");
    if (--this.#users === 0) this.#pool?.give(this);
  }

  /** For the pool: it goes out again. */
  renew(): this {
    this.#users = 1;
    return this;
  }
}

export class BlockPool {
  readonly #free: readonly Block[][] = SIZES.map(() => []);

  /** A block of at least `length` bytes. Larger ones than there are come fresh. */
  take(length: number): Block {
    for (let i = 0; i < SIZES.length; i++) {
      const size = SIZES[i]!;
      if (length > size) continue;
      return this.#free[i]!.pop()?.renew() ?? new Block(new Uint8Array(size), this);
    }
    return new Block(new Uint8Array(length));
  }

  /** For Block.unref. */
  give(block: Block): void {
    for (let i = 0; i < SIZES.length; i++) {
      if (block.bytes.length !== SIZES[i]) continue;
      const free = this.#free[i]!;
      if (free.length < KEPT[i]!) free.push(block);
      return;
    }
  }
}
