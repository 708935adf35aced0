/**
 * Vma and VmaList: what the kernel believes is mapped in an address space (Linux's vm_area_struct).
 * It serves policy, limits, futex keys, permission checks of copies and /proc/PID/maps. The host's
 * real mappings belong to the guest, which may change them behind our back: safety never rests on it.
 * The list is an array sorted by address, without overlaps. Ranges are [start, end), page aligned.
 */
import { MAP_GROWSDOWN, MAP_SHARED, PROT_WRITE } from "../../abi/mman.ts";
import type { File } from "../vfs/file.ts";
import type { MemoryPolicy } from "./policy.ts";

/** Names shared anonymous memory, so that a futex in it is one futex for all who map it. */
export class SharedMemory {
  readonly id: number;
  /** Bytes; a mapping that grew over its end has no memory there. */
  readonly length: number;

  constructor(id: number, length: number) {
    this.id = id;
    this.length = length;
  }
}

export class Vma {
  start: number;
  end: number;
  prot: number;
  /** MAP_SHARED or MAP_PRIVATE, MAP_ANONYMOUS, MAP_NORESERVE, MAP_GROWSDOWN, … as given to mmap. */
  flags: number;
  readonly file: File | null;
  readonly shared: SharedMemory | null;
  /** File offset (or offset in `shared`) of `start`. */
  offset: number;
  name: string;
  /** MADV_DONTFORK, MADV_WIPEONFORK. */
  dontFork = false;
  wipeOnFork = false;
  /** mlock(2). */
  locked = false;
  /** mseal(2): it stays as it is. */
  sealed = false;
  /** mbind(2); null for the task's own policy. */
  policy: MemoryPolicy | null = null;

  constructor(
    start: number,
    end: number,
    prot: number,
    flags: number,
    file: File | null,
    shared: SharedMemory | null,
    offset: number,
    name: string,
  ) {
    this.start = start;
    this.end = end;
    this.prot = prot;
    this.flags = flags;
    this.file = file;
    this.shared = shared;
    this.offset = offset;
    this.name = name;
  }

  get isShared(): boolean {
    return (this.flags & MAP_SHARED) !== 0;
  }

  /** A part of this area, with its own reference to the file. */
  slice(start: number, end: number): Vma {
    const at = this.offset + (start - this.start);
    const part = new Vma(start, end, this.prot, this.flags, this.file, this.shared, at, this.name);
    part.dontFork = this.dontFork;
    part.wipeOnFork = this.wipeOnFork;
    part.locked = this.locked;
    part.sealed = this.sealed;
    part.policy = this.policy;
    this.file?.ref();
    return part;
  }

  /** May `next`, which begins where this ends, become one area with it? */
  joins(next: Vma): boolean {
    return (
      this.end === next.start &&
      this.prot === next.prot &&
      this.flags === next.flags &&
      this.file === next.file &&
      this.shared === next.shared &&
      this.name === next.name &&
      this.dontFork === next.dontFork &&
      this.wipeOnFork === next.wipeOnFork &&
      this.locked === next.locked &&
      this.sealed === next.sealed &&
      this.policy === next.policy &&
      (this.file === null && this.shared === null
        ? true
        : this.offset + (this.end - this.start) === next.offset)
    );
  }
}

export class VmaList {
  readonly areas: Vma[] = [];
  /** Bytes mapped in all. */
  bytes = 0;

  /** Index of the first area that ends above `address`. */
  indexAbove(address: number): number {
    let low = 0;
    let high = this.areas.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.areas[middle]!.end > address) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The area that holds `address`, or null. */
  find(address: number): Vma | null {
    const area = this.areas[this.indexAbove(address)];
    return area !== undefined && area.start <= address ? area : null;
  }

  isFree(start: number, end: number): boolean {
    const next = this.areas[this.indexAbove(start)];
    return next === undefined || next.start >= end;
  }

  /** Bytes that RLIMIT_DATA counts: private, writable, and no stack. */
  dataBytes(): number {
    let sum = 0;
    for (const area of this.areas)
      if (!area.isShared && (area.prot & PROT_WRITE) !== 0 && (area.flags & MAP_GROWSDOWN) === 0)
        sum += area.end - area.start;
    return sum;
  }

  /** Bytes that mlock keeps. */
  lockedBytes(): number {
    let sum = 0;
    for (const area of this.areas) if (area.locked) sum += area.end - area.start;
    return sum;
  }

  /** Is every page of the range mapped? */
  covers(start: number, end: number): boolean {
    let at = start;
    for (let i = this.indexAbove(start); at < end; i++) {
      const area = this.areas[i];
      if (area === undefined || area.start > at) return false;
      at = area.end;
    }
    return true;
  }

  /** The areas that meet the range, in order. */
  *within(start: number, end: number): Generator<Vma> {
    for (let i = this.indexAbove(start); i < this.areas.length; i++) {
      const area = this.areas[i]!;
      if (area.start >= end) return;
      yield area;
    }
  }

  /** Add an area to a free range, joining it with its neighbours where they are alike. */
  insert(area: Vma): void {
    const i = this.indexAbove(area.start);
    this.areas.splice(i, 0, area);
    this.bytes += area.end - area.start;
    this.#join(i);
    if (i > 0) this.#join(i - 1);
  }

  #join(i: number): void {
    const area = this.areas[i]!;
    const next = this.areas[i + 1];
    if (next === undefined || !area.joins(next)) return;
    area.end = next.end;
    next.file?.unref();
    this.areas.splice(i + 1, 1);
  }

  /** Make `address` an edge between areas, if it lies inside one. */
  #split(address: number): void {
    const i = this.indexAbove(address);
    const area = this.areas[i];
    if (area === undefined || area.start >= address) return;
    const upper = area.slice(address, area.end);
    area.end = address;
    this.areas.splice(i + 1, 0, upper);
  }

  /** Forget the range. */
  remove(start: number, end: number): void {
    for (const area of this.take(start, end)) area.file?.unref();
  }

  /** Cut the areas of the range out and return them. */
  take(start: number, end: number): Vma[] {
    this.#split(start);
    this.#split(end);
    const first = this.indexAbove(start);
    let last = first;
    while (last < this.areas.length && this.areas[last]!.start < end) {
      this.bytes -= this.areas[last]!.end - this.areas[last]!.start;
      last++;
    }
    return this.areas.splice(first, last - first);
  }

  /** Change every area of the range by `change`, splitting at the edges and joining again. */
  update(start: number, end: number, change: (area: Vma) => void): void {
    for (const area of this.take(start, end)) {
      change(area);
      this.insert(area);
    }
  }

  /** The highest free place of `length` bytes in [low, high), or -1. */
  findGapBelow(length: number, low: number, high: number): number {
    let top = high;
    for (let i = Math.min(this.indexAbove(high - 1), this.areas.length - 1); i >= 0; i--) {
      const area = this.areas[i]!;
      if (area.start >= high) continue;
      if (Math.max(area.end, low) + length <= top) return top - length;
      top = Math.min(top, area.start);
      if (top <= low) return -1;
    }
    return low + length <= top ? top - length : -1;
  }

  /** A copy for a forked child. */
  copy(): VmaList {
    const list = new VmaList();
    for (const area of this.areas) {
      if (area.dontFork) continue;
      const copy = area.slice(area.start, area.end);
      // Locks are not inherited (mlock(2)).
      copy.locked = false;
      list.areas.push(copy);
      list.bytes += area.end - area.start;
    }
    return list;
  }

  clear(): void {
    for (const area of this.areas) area.file?.unref();
    this.areas.length = 0;
    this.bytes = 0;
  }
}
