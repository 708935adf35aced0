/**
 * DirectoryEmitter: takes the entries of a directory, one by one or packed. What does not fit must come
 * again next time.
 */
import { FIRST_ENTRY, type PackedEntries } from "./packed-entries.ts";

export abstract class DirectoryEmitter {
  /** False: no room. */
  abstract emit(name: string, ino: number, type: number, nextOffset: number): boolean;

  /** Take records from offset `at` on; the offset of the first that had no room, or the end. */
  emitPacked(entries: PackedEntries, at: number): number {
    let offset = at;
    while (offset < entries.length) {
      const next = entries.next(offset);
      const name = entries.name(offset);
      const type = entries.type(offset);
      if (!this.emit(name, entries.ino(offset), type, FIRST_ENTRY + next)) break;
      offset = next;
    }
    return offset;
  }
}
