/**
 * CallMemory: where the arguments of host calls lie: strings, structs and the I/O buffer, in the arena.
 * Strings are byte strings (one char per byte, 0-255). One call at a time, to completion: every area
 * is reused by the next call.
 */
import { ENAMETOOLONG } from "../abi/errno.ts";
import { Arena } from "./arena.ts";
import type { Gateway } from "./gateway.ts";
import { loadGateway } from "./gateway.ts";

const PATH_AREA = 4352;
const STRUCT_AREA = 4096;
const IO_SIZE = 1 << 20;

export class CallMemory {
  readonly gateway: Gateway;
  readonly arena: Arena;
  /** The shared I/O buffer (1 MiB of the arena), for data on its way between host and guest. */
  readonly io: Uint8Array;
  /** Arena offset of a 4 KiB area for small structs; valid until the next call. */
  readonly structAt: number;
  protected readonly ioAt: number;
  readonly #firstPath: number;
  readonly #secondPath: number;

  constructor(addonPath: string) {
    this.gateway = loadGateway(addonPath);
    this.arena = new Arena(this.gateway);
    this.#firstPath = this.arena.scratch(PATH_AREA);
    this.#secondPath = this.arena.scratch(PATH_AREA);
    this.structAt = this.arena.scratch(STRUCT_AREA);
    this.ioAt = this.arena.scratch(IO_SIZE);
    this.io = this.arena.u8.subarray(this.ioAt, this.ioAt + IO_SIZE);
  }

  /** Host address of an arena offset. */
  address(offset: number): number {
    return this.arena.base + offset;
  }

  /** Put a NUL-terminated byte string in path area `which`; its host address, or -ENAMETOOLONG. */
  protected path(which: 0 | 1, text: string): number {
    const n = text.length;
    if (n >= PATH_AREA) return -ENAMETOOLONG;
    const at = which === 0 ? this.#firstPath : this.#secondPath;
    const u8 = this.arena.u8;
    for (let i = 0; i < n; i++) u8[at + i] = text.charCodeAt(i);
    u8[at + n] = 0;
    return this.address(at);
  }

  /** The host address of bytes that view the arena, or -1. */
  protected arenaAddress(bytes: Uint8Array): number {
    return bytes.buffer === this.arena.buffer ? this.arena.base + bytes.byteOffset : -1;
  }

  /** Copy bytes to the start of `io`, as many as fit. */
  protected stage(from: Uint8Array): number {
    const n = Math.min(from.length, IO_SIZE);
    this.io.set(n === from.length ? from : from.subarray(0, n));
    return n;
  }
}
