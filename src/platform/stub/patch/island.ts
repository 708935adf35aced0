/**
 * Island: a little executable memory near patched text, for the code that patched sites jump to. The
 * kernel does not know of it: it lies where nothing was, and gives way when a guest maps something there.
 * A trampoline notes where the call returns to, in rcx as the instruction does, and enters the stub:
 *     before:  mov $nr, %eax; lea behind the site's syscall, %rcx; jmp *entry
 *     after:   lea 1f, %rcx; jmp *entry; syscall; 1: what was moved here; jmp behind it
 * The stub wants a `syscall` right before the address in rcx, for calls that it does not serve.
 */
import { GUEST_END } from "../layout.ts";
import { REPLACED, type Site, SYSCALL_LENGTH } from "./site.ts";

export const ISLAND_SIZE = 0x4000;
export const STRIDE = 48;
const LEA = [0x48, 0x8d, 0x0d];
const LEA_LENGTH = 7;
const JUMP_INDIRECT = [0xff, 0x25];
const JUMP_INDIRECT_LENGTH = 6;
const SYSCALL = [0x0f, 0x05];
const JUMP = 0xe9;
/** "after": from the trampoline's beginning to where the call returns to. */
const RETURN = LEA_LENGTH + JUMP_INDIRECT_LENGTH + SYSCALL_LENGTH;
export const MOST_MOVED = STRIDE - RETURN - REPLACED;
/** The island's first word: where the stub is entered. */
const FIRST = 8;
const REACH = 2 ** 31 - 2 ** 20;

export interface Planted {
  /** Where the site's jump begins. */
  readonly begin: number;
  readonly site: Site;
}

export class Island {
  readonly start: number;
  readonly end: number;
  /** What each trampoline is for. */
  readonly planted: Planted[] = [];

  constructor(start: number, end = start + ISLAND_SIZE, planted: readonly Planted[] = []) {
    this.start = start;
    this.end = end;
    this.planted.push(...planted);
  }

  copy(): Island {
    return new Island(this.start, this.end, this.planted);
  }

  get isFull(): boolean {
    return this.next() + STRIDE > this.end;
  }

  /** Can a 32-bit displacement lead from `address` to here, and back? */
  reaches(address: number): boolean {
    return Math.abs(address - this.start) < REACH;
  }

  /** Where in the guest's own code a thread is that stands at `address` here; -1 for elsewhere. */
  placeOf(address: number): number {
    if (address < this.start || address >= this.end) return -1;
    const index = Math.floor((address - this.start - FIRST) / STRIDE);
    const planted = this.planted[index];
    if (planted === undefined) return -1;
    const { begin, site } = planted;
    const offset = address - this.trampolineAt(index);
    if (site.form === "before" || offset < RETURN) return begin;
    return begin + SYSCALL_LENGTH + Math.min(offset - RETURN, site.moved.length);
  }

  /** Where a thread goes on that is to be at `address`, which trampoline `index` has the code of; or -1. */
  exitFor(index: number, address: number): number {
    const { begin, site } = this.planted[index]!;
    const offset = address - begin - SYSCALL_LENGTH;
    const isMoved = site.form === "after" && offset >= 0 && offset < site.moved.length;
    return isMoved ? this.trampolineAt(index) + RETURN + offset : -1;
  }

  trampolineAt(index: number): number {
    return this.start + trampolineOffset(index);
  }

  /** Where the next one will be. */
  next(): number {
    return this.trampolineAt(this.planted.length);
  }
}

export function trampolineOffset(index: number): number {
  return FIRST + index * STRIDE;
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

/** The trampoline at `at` on `island`, for a site whose jump begins at `begin`. */
export function trampoline(island: number, at: number, { begin, site }: Planted): Uint8Array {
  const code = new Code(at);
  const isBefore = site.form === "before";
  if (isBefore) code.bytes(site.original);
  code.bytes(LEA);
  code.relative(isBefore ? begin + site.lead + SYSCALL_LENGTH : at + RETURN);
  code.bytes(JUMP_INDIRECT);
  code.relative(island);
  if (isBefore) return code.all;
  code.bytes(SYSCALL);
  code.bytes(site.moved);
  code.bytes([JUMP]);
  code.relative(begin + SYSCALL_LENGTH + site.moved.length);
  return code.all;
}

/** The jump that replaces what is at `site`. */
export function jumpTo(site: number, target: number): Uint8Array {
  const bytes = new Uint8Array(REPLACED);
  bytes[0] = JUMP;
  new DataView(bytes.buffer).setInt32(1, target - (site + REPLACED), true);
  return bytes;
}

/** Machine code for a place; what is left of a trampoline is filled with breakpoints. */
class Code {
  readonly all = new Uint8Array(STRIDE).fill(0xcc);
  readonly #view = new DataView(this.all.buffer);
  readonly #at: number;
  #length = 0;

  constructor(at: number) {
    this.#at = at;
  }

  bytes(bytes: ArrayLike<number>): void {
    this.all.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A displacement from the end of its four bytes. */
  relative(target: number): void {
    this.#view.setInt32(this.#length, target - (this.#at + this.#length + 4), true);
    this.#length += 4;
  }
}
