/**
 * HostDirectoryFile: an open host directory. The first read after the start takes a snapshot, which all
 * who read the unchanged directory share. It holds no host descriptor.
 */
import type { Task } from "../../kernel/task/task.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import { PackedDirectoryFile } from "../../kernel/vfs/packed-directory-file.ts";
import type { PackedEntries } from "../../kernel/vfs/packed-entries.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import type { HostNode } from "./node.ts";

export class HostDirectoryFile extends PackedDirectoryFile {
  readonly #node: HostNode;

  constructor(node: HostNode, face: Inode, path: Path | null, flags: number, task: Task) {
    super(face, path, flags, task.credentials);
    this.#node = node;
    node.hold();
  }

  protected override takeSnapshot(): PackedEntries | number {
    return this.#node.listing();
  }

  override release(): void {
    this.#node.drop();
  }
}
