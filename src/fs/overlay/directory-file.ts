/**
 * OverlayDirectoryFile: an open overlay directory, and mergedEntries: upper entries, then lower ones that
 * nothing above has or hides. A directory with one layer below shows that layer's own snapshot.
 */
import { DT_CHR, DT_DIR } from "../../abi/dirent.ts";
import { O_RDONLY } from "../../abi/fcntl.ts";
import type { Task } from "../../kernel/task/task.ts";
import { DirectoryEmitter } from "../../kernel/vfs/directory-emitter.ts";
import { EntryPacker } from "../../kernel/vfs/entry-packer.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import { PackedDirectoryFile } from "../../kernel/vfs/packed-directory-file.ts";
import type { PackedEntries } from "../../kernel/vfs/packed-entries.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import { isImpure, isWhiteout } from "./marks.ts";
import type { OverlayNode } from "./node.ts";

export class OverlayDirectoryFile extends PackedDirectoryFile {
  readonly #node: OverlayNode;

  constructor(node: OverlayNode, face: Inode, path: Path | null, flags: number, task: Task) {
    super(face, path, flags, task.credentials);
    this.#node = node;
  }

  protected override takeSnapshot(task: Task): PackedEntries | number {
    return mergedEntries(task, this.#node);
  }
}

/** All that a directory shows, or -errno. */
export function mergedEntries(task: Task, directory: OverlayNode): PackedEntries | number {
  const { upper, lowers, filesystem } = directory;
  if (upper === null && lowers.length === 1 && filesystem.lowerOffset(lowers[0]!) === 0) {
    const entries = lowers[0]!.listing();
    if (entries !== null && (typeof entries === "number" || !entries.hasDevices)) return entries;
  }
  const merge = new Merge(task, directory);
  if (upper !== null) {
    const rc = merge.readUpper(upper);
    if (rc < 0) return rc;
  }
  for (const lower of lowers) {
    const rc = merge.readLower(lower);
    if (rc < 0) return rc;
  }
  return merge.entries.finish();
}

class Merge extends DirectoryEmitter {
  readonly entries = new EntryPacker();
  readonly #task: Task;
  readonly #directory: OverlayNode;
  /** Name to the offset of its record, or -1 when it is whited out; only while several layers merge. */
  readonly #seen: Map<string, number> | null;
  #layer: Inode | null = null;
  #isUpper = false;
  #impure = false;
  #offset = 0;

  constructor(task: Task, directory: OverlayNode) {
    super();
    this.#task = task;
    this.#directory = directory;
    const layers = directory.lowers.length + (directory.upper === null ? 0 : 1);
    this.#seen = layers > 1 ? new Map() : null;
  }

  readUpper(upper: Inode): number {
    this.#isUpper = true;
    this.#impure = isImpure(upper);
    return this.#read(upper);
  }

  readLower(lower: Inode): number {
    this.#isUpper = false;
    this.#offset = this.#directory.filesystem.lowerOffset(lower);
    return this.#read(lower);
  }

  #read(layer: Inode): number {
    this.#layer = layer;
    const file = layer.open(this.#task, layer, null, O_RDONLY);
    if (typeof file === "number") return file;
    const rc = file.readdir(this.#task, this);
    file.unref();
    return rc;
  }

  override emit(name: string, ino: number, type: number): boolean {
    if (name === "." || name === "..") return true;
    const { entries } = this;
    const known = this.#seen?.get(name);
    if (known !== undefined) {
      // A directory in both has the lower one's number.
      if (known >= 0 && type === DT_DIR && entries.type(known) === DT_DIR && !this.#impure)
        entries.renumber(known, ino + this.#offset);
      return true;
    }
    if (type === DT_CHR && this.#isWhiteout(name)) {
      this.#seen?.set(name, -1);
      return true;
    }
    this.#seen?.set(name, entries.length);
    const number = this.#isUpper ? this.#upperNumber(name, ino) : ino + this.#offset;
    return entries.emit(name, number, type);
  }

  #isWhiteout(name: string): boolean {
    const inode = this.#layer!.lookup(this.#task, name);
    if (typeof inode === "number") return false;
    const is = isWhiteout(inode);
    inode.drop();
    return is;
  }

  /** Entries that came from below keep their numbers: ask for them when there may be any. */
  #upperNumber(name: string, ino: number): number {
    const fs = this.#directory.filesystem;
    if (!this.#impure) return fs.upperNumber(ino);
    const inode = this.#directory.lookup(this.#task, name);
    if (typeof inode === "number") return fs.upperNumber(ino);
    const number = inode.ino;
    inode.drop();
    return number;
  }
}
