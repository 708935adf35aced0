/**
 * The arena's map: which part of the reserved range is used for what.
 *   [0, SCRATCH)             private scratch of the kernel: call arguments, strings, I/O buffer
 *   [SCRATCH, +1 MiB)        the kernel's pages that stubs may read
 *   [BANKS, ARENA_SIZE)      banks of 1 MiB: windows on the slot memory of address spaces
 * Views are made once; everybody indexes the same typed arrays.
 */
import { HostError } from "../base/failure.ts";
import type { Gateway } from "./gateway.ts";

const ARENA_SIZE = 8 * 1024 * 1024 * 1024;
const MIB = 1024 * 1024;
const SCRATCH_SIZE = 16 * MIB;
const BANKS = SCRATCH_SIZE + MIB;
export const BANK_SIZE = MIB;
/** As the platform's layout has it. */
const KERNEL_PAGE_SIZE = 0x4000;

const SYS_MMAP = 9;
const PROT_READ_WRITE = 3;
const MAP_PRIVATE_ANONYMOUS_FIXED = 0x32;
const MAP_SHARED_FIXED = 0x11;
/** PROT_NONE, MAP_NORESERVE: gives a bank's pages back and keeps the addresses reserved. */
const MAP_RESERVE_FIXED = 0x4032;

export class Arena {
  readonly base: number;
  readonly buffer: ArrayBuffer;
  readonly u8: Uint8Array;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly view: DataView;
  readonly kernelPage = SCRATCH_SIZE;
  readonly #gateway: Gateway;
  readonly #freeBanks: number[] = [];
  #scratchUsed = 0;
  #banksUsed = BANKS;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
    const [buffer, base] = gateway.open(ARENA_SIZE);
    this.base = base;
    this.buffer = buffer;
    this.u8 = new Uint8Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.view = new DataView(buffer);
    this.#map(0, SCRATCH_SIZE, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_FIXED, -1, 0);
  }

  /** Take `size` bytes of scratch for good; 64-byte aligned offset. */
  scratch(size: number): number {
    const at = this.#scratchUsed;
    this.#scratchUsed = (at + size + 63) & ~63;
    if (this.#scratchUsed > SCRATCH_SIZE) throw new RangeError("the arena's scratch is used up");
    return at;
  }

  /** Map the kernel page's memfd, writable on this side only. */
  mapKernelPage(fd: number): void {
    this.#map(this.kernelPage, KERNEL_PAGE_SIZE, PROT_READ_WRITE, MAP_SHARED_FIXED, fd, 0);
  }

  /** Map BANK_SIZE bytes of a slot memfd at `fileOffset`; returns the arena offset, or -1 when full. */
  mapBank(fd: number, fileOffset: number): number {
    let at = this.#freeBanks.pop();
    if (at === undefined) {
      if (this.#banksUsed + BANK_SIZE > ARENA_SIZE) return -1;
      at = this.#banksUsed;
      this.#banksUsed += BANK_SIZE;
    }
    this.#map(at, BANK_SIZE, PROT_READ_WRITE, MAP_SHARED_FIXED, fd, fileOffset);
    return at;
  }

  unmapBank(at: number): void {
    this.#map(at, BANK_SIZE, 0, MAP_RESERVE_FIXED, -1, 0);
    this.#freeBanks.push(at);
  }

  #map(at: number, size: number, prot: number, flags: number, fd: number, offset: number): void {
    const rc = this.#gateway.sys(SYS_MMAP, this.base + at, size, prot, flags, fd, offset);
    if (rc < 0) throw new HostError("mmap", -rc);
  }
}
