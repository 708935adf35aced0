/**
 * Mm: a guest address space as the kernel sees it (Linux's mm_struct): where things are, and copies
 * between it and the kernel.
 *  - Copies check what the kernel mapped before they touch guest memory: the way there ignores page
 *    protections, and a system call must not.
 *  - Shared by tasks cloned with CLONE_VM; `users` counts them, the last one drops the areas.
 * Operations that change mappings are in mmap.ts, mprotect.ts, mremap.ts and brk.ts.
 */
import { EFAULT, ENAMETOOLONG } from "../../abi/errno.ts";
import { PATH_MAX } from "../../abi/limits.ts";
import { PROT_READ, PROT_WRITE } from "../../abi/mman.ts";
import { getI64, getU64, setU64 } from "../../abi/struct.ts";
import type { AddressSpace, GuestThread, Platform } from "../../platform/contract.ts";
import type { AioContexts } from "../aio/context.ts";
import type { FutexTable } from "../futex/futex.ts";
import type { File } from "../vfs/file.ts";
import type { UserMemory } from "./user-buffer.ts";
import { type Vma, VmaList } from "./vma.ts";

export const PAGE_SIZE = 4096;
/** Strings are read in pieces of this many bytes. */
const STRING_STEP = 256;
/** More than any call takes at once into memory of the kernel's. */
const READ_MOST = 64 << 20;

/** Round up to a page boundary. */
export function pageUp(address: number): number {
  return Math.ceil(address / PAGE_SIZE) * PAGE_SIZE;
}

export function pageDown(address: number): number {
  return address - (address % PAGE_SIZE);
}

/** Whose system call the kernel is handling: its stack may grow under a copy, as under an access. */
export interface StackGrower {
  growStack(address: number): boolean;
}

export class Mm implements UserMemory {
  readonly platform: Platform;
  readonly space: AddressSpace;
  readonly areas: VmaList;
  users = 1;
  /** New mappings go below this address, downwards. */
  mmapBase = 0;
  brkStart = 0;
  brkEnd = 0;
  startStack = 0;
  startCode = 0;
  endCode = 0;
  argStart = 0;
  argEnd = 0;
  envStart = 0;
  envEnd = 0;
  /** The auxiliary vector as /proc/PID/auxv shows it. */
  auxv: Uint8Array = new Uint8Array(0);
  /** The executed file. */
  exe: File | null = null;
  /** PR_SET_DUMPABLE. */
  dumpable = 1;
  caller: StackGrower | null = null;
  /** The thread whose system call is being handled right now, if it runs in this space. */
  calling: GuestThread | null = null;
  /** Private futexes that somebody waits on; made at first use. */
  futexes: FutexTable | null = null;
  /** Is any area sealed (mseal(2))? */
  hasSeals = false;
  /** Contexts of asynchronous I/O (io_setup(2)); made at first use. */
  aio: AioContexts | null = null;
  /** Numbers the shared anonymous areas made here. */
  sharedSequence = 0;
  #last: Vma | null = null;

  constructor(platform: Platform, space: AddressSpace, areas = new VmaList()) {
    this.platform = platform;
    this.space = space;
    this.areas = areas;
  }

  /** The bookkeeping of a forked child's space. */
  fork(space: AddressSpace): Mm {
    const mm = new Mm(this.platform, space, this.areas.copy());
    mm.mmapBase = this.mmapBase;
    mm.brkStart = this.brkStart;
    mm.brkEnd = this.brkEnd;
    mm.startStack = this.startStack;
    mm.startCode = this.startCode;
    mm.endCode = this.endCode;
    mm.argStart = this.argStart;
    mm.argEnd = this.argEnd;
    mm.envStart = this.envStart;
    mm.envEnd = this.envEnd;
    mm.auxv = this.auxv;
    mm.exe = this.exe?.ref() ?? null;
    mm.dumpable = this.dumpable;
    mm.hasSeals = this.hasSeals;
    return mm;
  }

  /** One task fewer uses it. True when it was the last: the areas are gone then. */
  drop(): boolean {
    if (--this.users > 0) return false;
    this.areas.clear();
    this.aio?.clear();
    this.exe?.unref();
    this.exe = null;
    return true;
  }

  /** Areas changed: what copies remember of them is stale. */
  changed(): void {
    this.#last = null;
  }

  // --- copies ---------------------------------------------------------------------------------

  copyIn(address: number, into: Uint8Array, at: number, length: number): number {
    const allowed = this.#allowed(address, length, PROT_READ);
    return allowed === 0 ? 0 : this.#fetch(address, into, at, allowed);
  }

  /** As copyIn, of what was found to be allowed. */
  #fetch(address: number, into: Uint8Array, at: number, length: number): number {
    const { calling } = this;
    return calling === null
      ? this.space.read(address, into, at, length)
      : calling.copyIn(address, into, at, length);
  }

  /** As copyIn, of a string: it may end with the NUL. */
  #copyStringIn(address: number, into: Uint8Array, length: number): number {
    const allowed = this.#allowed(address, length, PROT_READ);
    if (allowed === 0) return 0;
    const { calling } = this;
    return calling === null
      ? this.space.read(address, into, 0, allowed)
      : calling.copyStringIn(address, into, 0, allowed);
  }

  copyOut(address: number, from: Uint8Array, at: number, length: number): number {
    const allowed = this.#allowed(address, length, PROT_WRITE);
    if (allowed === 0) return 0;
    const { calling } = this;
    return calling === null
      ? this.space.write(address, from, at, allowed)
      : calling.copyOut(address, from, at, allowed);
  }

  /** From here on this call's copies out are seen by everybody at once, not only by its caller. */
  settle(): void {
    this.calling?.settle();
    this.calling = null;
  }

  /** How many bytes from `address` on are mapped with `prot`, `length` at most. */
  #allowed(address: number, length: number, prot: number): number {
    if (length <= 0) return 0;
    const last = this.#last;
    if (last !== null && last.start <= address && address + length <= last.end)
      return (last.prot & prot) !== 0 ? length : 0;
    const areas = this.areas.areas;
    let i = this.areas.indexAbove(address);
    let at = address;
    const end = address + length;
    while (at < end) {
      const area = areas[i];
      if (area === undefined || area.start > at) {
        if (this.caller === null || !this.caller.growStack(at)) break;
        i = this.areas.indexAbove(at);
        continue;
      }
      if ((area.prot & prot) === 0) break;
      this.#last = area;
      at = area.end;
      i++;
    }
    return Math.min(at, end) - address;
  }

  /**
   * A fresh copy of guest bytes, or null when not all are readable. Nobody makes this kernel take more memory
   * than he has himself, and READ_MOST.
   */
  read(address: number, length: number): Uint8Array | null {
    if (length > READ_MOST || this.#allowed(address, length, PROT_READ) < length) return null;
    const bytes = new Uint8Array(length);
    return length <= 0 || this.#fetch(address, bytes, 0, length) === length ? bytes : null;
  }

  /** 0 or -EFAULT. */
  write(address: number, bytes: Uint8Array): number {
    return this.copyOut(address, bytes, 0, bytes.length) === bytes.length ? 0 : -EFAULT;
  }

  /** A DataView on `length` (≤ 64 KiB) guest bytes in the platform's scratch, or null. */
  view(address: number, length: number): DataView | null {
    const platform = this.platform;
    return this.copyIn(address, platform.scratch, 0, length) === length
      ? platform.scratchView
      : null;
  }

  /** NaN when unreadable. */
  readU32(address: number): number {
    return this.view(address, 4)?.getUint32(0, true) ?? NaN;
  }

  readI32(address: number): number {
    return this.view(address, 4)?.getInt32(0, true) ?? NaN;
  }

  readU64(address: number): number {
    const view = this.view(address, 8);
    return view === null ? NaN : getU64(view, 0);
  }

  readI64(address: number): number {
    const view = this.view(address, 8);
    return view === null ? NaN : getI64(view, 0);
  }

  writeU32(address: number, value: number): number {
    const platform = this.platform;
    platform.scratchView.setUint32(0, value, true);
    return this.copyOut(address, platform.scratch, 0, 4) === 4 ? 0 : -EFAULT;
  }

  writeI32(address: number, value: number): number {
    return this.writeU32(address, value >>> 0);
  }

  writeU64(address: number, value: number): number {
    const platform = this.platform;
    setU64(platform.scratchView, 0, value);
    return this.copyOut(address, platform.scratch, 0, 8) === 8 ? 0 : -EFAULT;
  }

  /** A path name: a byte string, -EFAULT or -ENAMETOOLONG. */
  readPath(address: number): string | number {
    const text = this.readString(address, PATH_MAX);
    return text === -1 ? -ENAMETOOLONG : text;
  }

  /** A NUL-terminated byte string of less than `max` bytes: -EFAULT, or -1 when there is no NUL. */
  readString(address: number, max: number): string | number {
    const { scratch } = this.platform;
    let text = "";
    let at = address;
    while (text.length < max) {
      // Never across a page that need not exist.
      const want = Math.min(max - text.length, PAGE_SIZE - (at % PAGE_SIZE), STRING_STEP);
      const n = this.#copyStringIn(at, scratch, want);
      if (n === 0) return -EFAULT;
      scratch[n] = 0;
      const end = scratch.indexOf(0);
      text += latin1(scratch, end);
      if (end < n) return text;
      at += n;
    }
    return -1;
  }
}

function latin1(bytes: Uint8Array, length: number): string {
  return Buffer.prototype.latin1Slice.call(bytes, 0, length);
}
