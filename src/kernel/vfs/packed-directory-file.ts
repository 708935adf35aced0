/**
 * PackedDirectoryFile: an open directory that is read as a snapshot. Positions are those of PackedEntries;
 * any number may be sought: reading goes on at the next record.
 */
import type { Task } from "../task/task.ts";
import type { DirectoryEmitter } from "./directory-emitter.ts";
import { DirectoryFile } from "./directory-file.ts";
import { FIRST_ENTRY, type PackedEntries } from "./packed-entries.ts";

export abstract class PackedDirectoryFile extends DirectoryFile {
  #snapshot: PackedEntries | null = null;
  /** Where reading stopped: the offset of a record. */
  #at = 0;

  /** What the directory has now, or -errno. */
  protected abstract takeSnapshot(task: Task): PackedEntries | number;

  protected override entries(task: Task, into: DirectoryEmitter): number {
    if (this.#snapshot === null || this.position === FIRST_ENTRY) {
      const snapshot = this.takeSnapshot(task);
      if (typeof snapshot === "number") return snapshot;
      this.#snapshot = snapshot;
      this.#at = 0;
    }
    const wanted = this.position - FIRST_ENTRY;
    if (wanted !== this.#at) this.#at = this.#snapshot.align(wanted);
    this.#at = into.emitPacked(this.#snapshot, this.#at);
    this.position = FIRST_ENTRY + this.#at;
    return 0;
  }
}
