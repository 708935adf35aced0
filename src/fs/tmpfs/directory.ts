/**
 * TmpfsDirectory: names to inodes, in a Map, and TmpfsDirectoryFile: one reading of it.
 *  - Every entry has a cookie that grows with time; readdir goes by cookies, so that names removed or
 *    added while somebody reads neither hide nor repeat the others.
 */

import { direntType } from "../../abi/dirent.ts";
import { EEXIST, ENOENT, ENOSPC, ENOTEMPTY } from "../../abi/errno.ts";
import { RENAME_EXCHANGE } from "../../abi/fcntl.ts";
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { DirectoryEmitter } from "../../kernel/vfs/directory-emitter.ts";
import { DirectoryFile } from "../../kernel/vfs/directory-file.ts";
import type { File } from "../../kernel/vfs/file.ts";
import type { Inode, InodeInit } from "../../kernel/vfs/inode.ts";
import { FIRST_ENTRY } from "../../kernel/vfs/packed-entries.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import { TmpfsInode, TmpfsSymlink } from "./inode.ts";
import { TmpfsRegular } from "./regular.ts";
import type { TmpfsSpace } from "./space.ts";

/** What Linux's tmpfs counts per name. */
const BOGO_DIRENT_SIZE = 20;

interface Entry {
  readonly name: string;
  readonly cookie: number;
  /** null once removed. */
  inode: TmpfsInode | null;
}

export class TmpfsDirectory extends TmpfsInode {
  readonly #byName = new Map<string, Entry>();
  /** Ascending cookies, with removed entries until the next sweep. */
  #order: Entry[] = [];
  #nextCookie = FIRST_ENTRY;

  constructor(tmpfs: TmpfsSpace, init: InodeInit) {
    super(tmpfs, init);
    this.nlink = 2;
  }

  override get length(): number {
    return (this.#byName.size + 2) * BOGO_DIRENT_SIZE;
  }

  override lookup(_task: Task | null, name: string): Inode | number {
    const entry = this.#byName.get(name);
    return entry === undefined ? -ENOENT : entry.inode!.hold();
  }

  override create(_task: Task | null, name: string, init: InodeInit): TmpfsInode | number {
    if (this.nlink === 0) return refuse(ENOENT, "the directory was removed");
    if (this.#byName.has(name)) return -EEXIST;
    if (this.filesystem.isFull) return refuse(ENOSPC, "tmpfs: no inodes left");
    const inode = makeTmpfsInode(this.filesystem, init);
    this.#add(name, inode);
    if (inode.isDirectory) this.nlink++;
    this.touch();
    return inode;
  }

  override tmpfile(_task: Task, init: InodeInit): TmpfsInode | number {
    if (this.filesystem.isFull) return refuse(ENOSPC, "tmpfs: no inodes left");
    const inode = new TmpfsRegular(this.filesystem, init);
    inode.nlink = 0;
    return inode;
  }

  override link(_task: Task | null, name: string, target: Inode): number {
    if (this.nlink === 0) return refuse(ENOENT, "the directory was removed");
    const inode = target as TmpfsInode;
    this.#add(name, inode);
    inode.nlink++;
    inode.touchChange();
    this.touch();
    return 0;
  }

  override unlink(_task: Task | null, name: string, child: Inode): number {
    this.#remove(name);
    this.touch();
    (child as TmpfsInode).unlinked();
    return 0;
  }

  override rmdir(_task: Task | null, name: string, child: Inode): number {
    const directory = child as TmpfsDirectory;
    if (directory.#byName.size > 0) return -ENOTEMPTY;
    this.#remove(name);
    this.nlink--;
    this.touch();
    directory.nlink = 1;
    directory.unlinked();
    return 0;
  }

  override rename(
    _task: Task | null,
    name: string,
    child: Inode,
    into: Inode,
    newName: string,
    replaced: Inode | null,
    flags: number,
  ): number {
    const to = into as TmpfsDirectory;
    const moved = child as TmpfsInode;
    if (to.nlink === 0) return refuse(ENOENT, "the directory was removed");
    if ((flags & RENAME_EXCHANGE) !== 0)
      return this.#exchange(name, moved, to, newName, replaced as TmpfsInode);
    if (replaced instanceof TmpfsDirectory && replaced.#byName.size > 0) return -ENOTEMPTY;
    if (replaced !== null) {
      if (replaced.isDirectory) to.rmdir(null, newName, replaced);
      else to.unlink(null, newName, replaced);
    }
    this.#remove(name);
    to.#add(newName, moved);
    if (moved.isDirectory) {
      this.nlink--;
      to.nlink++;
    }
    this.touch();
    to.touch();
    moved.touchChange();
    return 0;
  }

  #exchange(
    name: string,
    a: TmpfsInode,
    to: TmpfsDirectory,
    newName: string,
    b: TmpfsInode,
  ): number {
    this.#remove(name);
    to.#remove(newName);
    this.#add(name, b);
    to.#add(newName, a);
    const moved = Number(a.isDirectory) - Number(b.isDirectory);
    this.nlink -= moved;
    to.nlink += moved;
    for (const inode of [a, b]) inode.touchChange();
    this.touch();
    to.touch();
    return 0;
  }

  override open(task: Task, face: Inode, path: Path | null, flags: number): File {
    return new TmpfsDirectoryFile(this, face, path, flags, task);
  }

  get isEmpty(): boolean {
    return this.#byName.size === 0;
  }

  /** Emit entries with cookies >= position; the position after them. */
  list(position: number, into: DirectoryEmitter): number {
    const order = this.#order;
    let at = position;
    for (let i = this.#search(position); i < order.length; i++) {
      const entry = order[i]!;
      if (entry.inode === null) continue;
      const type = direntType(entry.inode.mode);
      if (!into.emit(entry.name, entry.inode.ino, type, entry.cookie + 1)) return at;
      at = entry.cookie + 1;
    }
    return at;
  }

  #add(name: string, inode: TmpfsInode): void {
    const entry: Entry = { name, cookie: this.#nextCookie++, inode };
    this.#byName.set(name, entry);
    this.#order.push(entry);
  }

  #remove(name: string): void {
    const entry = this.#byName.get(name)!;
    entry.inode = null;
    this.#byName.delete(name);
    if (this.#order.length > 32 && this.#order.length > this.#byName.size * 2)
      this.#order = this.#order.filter((each) => each.inode !== null);
  }

  /** Index of the first entry whose cookie is at least this. */
  #search(cookie: number): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#order[middle]!.cookie < cookie) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export function makeTmpfsInode(tmpfs: TmpfsSpace, init: InodeInit): TmpfsInode {
  switch (init.mode & S_IFMT) {
    case S_IFDIR:
      return new TmpfsDirectory(tmpfs, init);
    case S_IFREG:
      return new TmpfsRegular(tmpfs, init);
    case S_IFLNK:
      return new TmpfsSymlink(tmpfs, init);
    default:
      return new TmpfsInode(tmpfs, init);
  }
}

class TmpfsDirectoryFile extends DirectoryFile {
  readonly #node: TmpfsDirectory;

  constructor(node: TmpfsDirectory, face: Inode, path: Path | null, flags: number, task: Task) {
    super(face, path, flags, task.credentials);
    this.#node = node;
    node.hold();
  }

  protected override entries(_task: Task, into: DirectoryEmitter): number {
    this.position = this.#node.list(this.position, into);
    this.#node.touchAccess(this);
    return 0;
  }

  override release(): void {
    this.#node.drop();
  }
}
