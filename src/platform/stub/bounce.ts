/**
 * BounceBuffers: where large copies between the kernel and one address space lie on their way; the stub moves
 * them from and to guest memory. What fits into a slot's window needs none.
 *  - A buffer belongs to one thread: until what lies on it was copied, or the thread is back in the kernel.
 *  - They are the end of the space's slot memory, mapped at first use: who makes few large copies is better
 *    off with /proc/PID/mem than with fresh pages.
 */

import { BANK_SIZE } from "../../host/arena.ts";
import { BOUNCE_AT, BOUNCE_COUNT, BOUNCE_SIZE, STUB_SLOTS } from "./layout.ts";
import type { StubPlatform } from "./platform.ts";
import type { StubThread } from "./thread.ts";

/** So often a buffer is asked for in vain first. */
const SLOW_ONES = 8;
const BANK = Math.floor(BOUNCE_AT / BANK_SIZE) * BANK_SIZE;

export class BounceBuffers {
  readonly #platform: StubPlatform;
  readonly #owners: (StubThread | null)[] = new Array(BOUNCE_COUNT).fill(null);
  #owned = 0;
  #wanted = 0;
  /** Arena offset of the bank that has them, or -1. */
  #bank = -1;

  constructor(platform: StubPlatform) {
    this.#platform = platform;
  }

  /** A buffer for `thread`: its index, or -1 when there is none. `memoryFd` is the space's slot memory. */
  take(thread: StubThread, memoryFd: number): number {
    if (this.#bank < 0 && !this.#map(memoryFd)) return -1;
    const index = this.#owners.indexOf(null);
    if (index < 0) return -1;
    this.#owners[index] = thread;
    this.#owned++;
    return index;
  }

  #map(memoryFd: number): boolean {
    if (++this.#wanted <= SLOW_ONES) return false;
    this.#bank = this.#platform.arena.mapBank(memoryFd, BANK);
    return this.#bank >= 0;
  }

  give(index: number): void {
    this.#owners[index] = null;
    this.#owned--;
  }

  /** What lay there for `thread` was copied, or never will be. */
  giveAll(thread: StubThread): void {
    if (this.#owned === 0) return;
    for (let i = 0; i < BOUNCE_COUNT; i++) if (this.#owners[i] === thread) this.give(i);
  }

  /** Where buffer `index` is in the arena, and in the stub. */
  inArena(index: number): number {
    return this.#bank + (BOUNCE_AT - BANK) + index * BOUNCE_SIZE;
  }

  inStub(index: number): number {
    return STUB_SLOTS + BOUNCE_AT + index * BOUNCE_SIZE;
  }

  /** The space is dead: its memory is never mapped again, its descriptor may be another's. */
  release(): void {
    this.#wanted = -Infinity;
    if (this.#bank >= 0) this.#platform.arena.unmapBank(this.#bank);
    this.#bank = -1;
  }
}
