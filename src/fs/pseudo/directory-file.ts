/**
 * PseudoDirectoryFile: a pseudo directory, open. Its positions: the rows of the table in their order,
 * then the dynamic names by their numbers, so that names that come and go hide no others.
 */
import { direntType } from "../../abi/dirent.ts";
import { ENOENT } from "../../abi/errno.ts";
import type { Credentials } from "../../kernel/cred/credentials.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { DirectoryEmitter } from "../../kernel/vfs/directory-emitter.ts";
import { DirectoryFile } from "../../kernel/vfs/directory-file.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import { FIRST_ENTRY } from "../../kernel/vfs/packed-entries.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import { inoOf, type Listing } from "./entry.ts";

export class PseudoDirectoryFile extends DirectoryFile {
  readonly #node: Listing;

  constructor(
    node: Listing,
    face: Inode,
    path: Path | null,
    flags: number,
    credentials: Credentials,
  ) {
    super(face, path, flags, credentials);
    this.#node = node;
  }

  protected override entries(task: Task, into: DirectoryEmitter): number {
    const node = this.#node;
    if (!node.subject.alive) return -ENOENT;
    const { table } = node;
    while (this.position < FIRST_ENTRY + table.length) {
      const { name, mode } = table[this.position - FIRST_ENTRY]!;
      if (!this.#emit(into, name, mode, this.position + 1)) return 0;
    }
    const base = FIRST_ENTRY + table.length;
    for (const [number, { name, mode }] of node.dynamicNames(task)) {
      if (base + number < this.position) continue;
      if (!this.#emit(into, name, mode, base + number + 1)) return 0;
    }
    return 0;
  }

  #emit(into: DirectoryEmitter, name: string, mode: number, next: number): boolean {
    if (!into.emit(name, inoOf(this.#node.ino, name), direntType(mode), next)) return false;
    this.position = next;
    return true;
  }
}
