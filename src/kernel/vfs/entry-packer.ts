/**
 * EntryPacker: makes PackedEntries entry by entry.
 */
import { DT_CHR, direntLength, LINUX_DIRENT64_NAME } from "../../abi/dirent.ts";
import { setU64 } from "../../abi/struct.ts";
import { DirectoryEmitter } from "./directory-emitter.ts";
import { FIRST_ENTRY, PackedEntries } from "./packed-entries.ts";

const SMALLEST = 512;

export class EntryPacker extends DirectoryEmitter {
  #bytes = new Uint8Array(SMALLEST);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  #hasDevices = false;

  override emit(name: string, ino: number, type: number): boolean {
    if (name === "." || name === "..") return true;
    const at = this.#length;
    const size = direntLength(name.length);
    const end = at + size;
    if (end > this.#bytes.length) this.#grow(end);
    setU64(this.#view, at, ino);
    setU64(this.#view, at + 8, FIRST_ENTRY + end);
    this.#view.setUint16(at + 16, size, true);
    this.#bytes[at + 18] = type;
    const start = at + LINUX_DIRENT64_NAME;
    for (let i = 0; i < name.length; i++) this.#bytes[start + i] = name.charCodeAt(i);
    this.#length = end;
    if (type === DT_CHR) this.#hasDevices = true;
    return true;
  }

  /** The type of the record at `at`. */
  type(at: number): number {
    return this.#bytes[at + 18]!;
  }

  /** The number of the record at `at` turns out to be another one. */
  renumber(at: number, ino: number): void {
    setU64(this.#view, at, ino);
  }

  get length(): number {
    return this.#length;
  }

  finish(): PackedEntries {
    return new PackedEntries(this.#bytes.slice(0, this.#length), this.#hasDevices);
  }

  #grow(end: number): void {
    const bytes = new Uint8Array(Math.max(end, this.#bytes.length * 2));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
