/**
 * Island: a little executable memory near patched text, for the code that patched sites jump to. The
 * kernel does not know of it: it lies where nothing was, and gives way when a guest maps something there.
 * A trampoline does what its site's move did, notes where the call returns to, and enters the stub:
 *     mov $nr, %eax; lea return(%rip), %rcx; jmp *entry(%rip)
 */
import { GUEST_END } from "../layout.ts";
import { MOVE_LENGTH, SYSCALL_LENGTH } from "./site.ts";

export const ISLAND_SIZE = 0x4000;
const STRIDE = 24;
const LEA_END = 12;
const JUMP_END = 18;
/** The island's first word: where the stub is entered. */
const FIRST = 8;
const REACH = 2 ** 31 - 2 ** 20;

export class Island {
  readonly start: number;
  /** Where each trampoline's site begins. */
  readonly sites: number[] = [];

  constructor(start: number, sites: readonly number[] = []) {
    this.start = start;
    this.sites.push(...sites);
  }

  get end(): number {
    return this.start + ISLAND_SIZE;
  }

  get isFull(): boolean {
    return FIRST + (this.sites.length + 1) * STRIDE > ISLAND_SIZE;
  }

  /** Can a 32-bit displacement lead from `address` to here, and back? */
  reaches(address: number): boolean {
    return Math.abs(address - this.start) < REACH;
  }

  /** The site whose trampoline contains `address`, or -1. */
  siteOf(address: number): number {
    if (address < this.start || address >= this.end) return -1;
    return this.sites[Math.floor((address - this.start - FIRST) / STRIDE)] ?? -1;
  }

  /** The next trampoline: where it will be. */
  next(): number {
    return this.start + FIRST + this.sites.length * STRIDE;
  }
}

/** Where an island for text at `start`, from `offset` of its file on, may go; in the order of trial. */
export function islandPlaces(start: number, offset: number): number[] {
  // Libraries lie close below the end, and so does nothing else up there.
  if (GUEST_END - start < REACH) return [GUEST_END - 4 * ISLAND_SIZE, GUEST_END - 8 * ISLAND_SIZE];
  const image = start - offset;
  return [1, 2, 4].map((n) => image - n * ISLAND_SIZE);
}

/** The island's first word. */
export function islandHead(entry: number): Uint8Array {
  const bytes = new Uint8Array(FIRST);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, entry % 2 ** 32, true);
  view.setUint32(4, Math.floor(entry / 2 ** 32), true);
  return bytes;
}

/** The trampoline at `at` on `island`, for the site that begins at `site`. */
export function trampoline(island: number, at: number, site: number, move: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(STRIDE).fill(0xcc);
  const view = new DataView(bytes.buffer);
  bytes.set(move, 0);
  bytes.set([0x48, 0x8d, 0x0d], MOVE_LENGTH);
  const returns = site + MOVE_LENGTH + SYSCALL_LENGTH;
  view.setInt32(LEA_END - 4, returns - (at + LEA_END), true);
  bytes.set([0xff, 0x25], LEA_END);
  view.setInt32(JUMP_END - 4, island - (at + JUMP_END), true);
  return bytes;
}

/** The jump that replaces the move at `site`. */
export function jumpTo(site: number, target: number): Uint8Array {
  const bytes = new Uint8Array(MOVE_LENGTH);
  bytes[0] = 0xe9;
  new DataView(bytes.buffer).setInt32(1, target - (site + MOVE_LENGTH), true);
  return bytes;
}
