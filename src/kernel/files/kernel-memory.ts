/**
 * KernelMemory: kernel bytes in the shape of guest memory, so that File.read and File.write can move
 * bytes between files without a guest buffer (splice, sendfile). Address 0 is the first byte.
 */
import { UserBuffer, type UserMemory } from "../mm/user-buffer.ts";

export class KernelMemory implements UserMemory {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  copyIn(address: number, into: Uint8Array, at: number, length: number): number {
    into.set(this.bytes.subarray(address, address + length), at);
    return length;
  }

  copyOut(address: number, from: Uint8Array, at: number, length: number): number {
    this.bytes.set(from.subarray(at, at + length), address);
    return length;
  }
}

/** A buffer over the first `length` of `bytes`, to be filled by a read or taken by a write. */
export function kernelBuffer(bytes: Uint8Array, length = bytes.length): UserBuffer {
  return UserBuffer.of(new KernelMemory(bytes), 0, length);
}
