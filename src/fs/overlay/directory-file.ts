/**
 * OverlayDirectoryFile: an open overlay directory. The first read after the start takes a snapshot of
 * the merged names: upper entries, then lower ones that nothing above has or hides.
 */
import { DT_CHR, DT_DIR } from "../../abi/dirent.ts";
import { O_RDONLY } from "../../abi/fcntl.ts";
import type { Task } from "../../kernel/task/task.ts";
import { DirectoryFile, FIRST_ENTRY } from "../../kernel/vfs/directory-file.ts";
import type { DirectoryEmitter } from "../../kernel/vfs/file.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import { isImpure, isWhiteout } from "./marks.ts";
import type { OverlayNode } from "./node.ts";

/** Names, numbers and DT_ types, in order. */
export interface Entries {
  readonly names: string[];
  readonly inos: number[];
  readonly types: number[];
}

export class OverlayDirectoryFile extends DirectoryFile {
  readonly #node: OverlayNode;
  #snapshot: Entries | null = null;

  constructor(node: OverlayNode, face: Inode, path: Path | null, flags: number, task: Task) {
    super(face, path, flags, task.credentials);
    this.#node = node;
  }

  protected override entries(task: Task, into: DirectoryEmitter): number {
    if (this.#snapshot === null || this.position === FIRST_ENTRY) {
      const entries = mergedEntries(task, this.#node);
      if (typeof entries === "number") return entries;
      this.#snapshot = entries;
    }
    const { names, inos, types } = this.#snapshot;
    for (let i = this.position - FIRST_ENTRY; i < names.length; i++) {
      const next = i + FIRST_ENTRY + 1;
      if (!into.emit(names[i]!, inos[i]!, types[i]!, next)) return 0;
      this.position = next;
    }
    return 0;
  }
}

/** All that a directory shows, or -errno. */
export function mergedEntries(task: Task, directory: OverlayNode): Entries | number {
  const merge = new Merge(task, directory);
  if (directory.upper !== null) {
    const rc = merge.readUpper(directory.upper);
    if (rc < 0) return rc;
  }
  for (const lower of directory.lowers) {
    const rc = merge.readLower(lower);
    if (rc < 0) return rc;
  }
  return merge;
}

class Merge implements Entries, DirectoryEmitter {
  readonly names: string[] = [];
  readonly inos: number[] = [];
  readonly types: number[] = [];
  readonly #task: Task;
  readonly #directory: OverlayNode;
  /** Name to index, or -1 when it is whited out; only while several layers merge. */
  readonly #seen: Map<string, number> | null;
  #layer: Inode | null = null;
  #isUpper = false;
  #impure = false;
  #offset = 0;

  constructor(task: Task, directory: OverlayNode) {
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

  emit(name: string, ino: number, type: number): boolean {
    if (name === "." || name === "..") return true;
    const known = this.#seen?.get(name);
    if (known !== undefined) {
      // A directory in both has the lower one's number.
      if (known >= 0 && type === DT_DIR && this.types[known] === DT_DIR && !this.#impure)
        this.inos[known] = ino + this.#offset;
      return true;
    }
    if (type === DT_CHR && this.#isWhiteout(name)) {
      this.#seen?.set(name, -1);
      return true;
    }
    this.#seen?.set(name, this.names.length);
    this.names.push(name);
    this.types.push(type);
    this.inos.push(this.#isUpper ? this.#upperNumber(name, ino) : ino + this.#offset);
    return true;
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
