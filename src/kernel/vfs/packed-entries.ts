/**
 * PackedEntries: what a directory has, as struct linux_dirent64 records in one piece, without "." and
 * "..". EntryPacker (entry-packer.ts) makes one entry by entry.
 *  - Never changed once made: all who read the directory may share it, and getdents64(2) copies runs of
 *    records without looking at names.
 *  - A record's place is its offset; its position for lseek(2) is FIRST_ENTRY plus that, and d_off is
 *    the position of the next.
 */
import { LINUX_DIRENT64_NAME } from "../../abi/dirent.ts";
import { getU64 } from "../../abi/struct.ts";

/** The first position after "." and "..". */
export const FIRST_ENTRY = 2;

export class PackedEntries {
  readonly bytes: Uint8Array;
  /** Does it name a character device? In an overlay's layer that may be a whiteout. */
  readonly hasDevices: boolean;

  /** The bytes become ours; d_off is filled in by whoever made them. */
  constructor(bytes: Uint8Array, hasDevices: boolean) {
    this.bytes = bytes;
    this.hasDevices = hasDevices;
  }

  get length(): number {
    return this.bytes.length;
  }

  /** Offset of the record after the one at `at`. */
  next(at: number): number {
    return at + this.bytes[at + 16]! + this.bytes[at + 17]! * 256;
  }

  ino(at: number): number {
    const { buffer, byteOffset } = this.bytes;
    return getU64(new DataView(buffer, byteOffset), at);
  }

  type(at: number): number {
    return this.bytes[at + 18]!;
  }

  name(at: number): string {
    const { bytes } = this;
    let name = "";
    for (let i = at + LINUX_DIRENT64_NAME; bytes[i] !== 0; i++)
      name += String.fromCharCode(bytes[i]!);
    return name;
  }

  /** The end of the last whole record that fits when `room` bytes from `at` on are wanted. */
  fitting(at: number, room: number): number {
    if (this.length - at <= room) return this.length;
    let end = at;
    for (let next = this.next(at); next - at <= room; next = this.next(end)) end = next;
    return end;
  }

  /** The offset of the first record at or after `offset`, which may be any number. */
  align(offset: number): number {
    let at = 0;
    while (at < offset && at < this.length) at = this.next(at);
    return at;
  }
}
