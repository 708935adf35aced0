/**
 * PseudoInode: a file or link made from a row of a table, and PseudoDirectory: a directory of rows.
 *  - Inode numbers are made of the parent's number and the name, so that they do not change when the
 *    dentry cache forgets the inode.
 *  - Owner and group are the subject's, refreshed whenever a name is looked up.
 *  - Directories whose names come from elsewhere override find(), has() and dynamicNames().
 */
import { ENOENT, EPERM, ESRCH } from "../../abi/errno.ts";
import { O_ACCMODE, O_RDONLY } from "../../abi/fcntl.ts";
import type { Task } from "../../kernel/task/task.ts";
import { ATTR_GID, ATTR_MODE, ATTR_UID, type Attributes } from "../../kernel/vfs/attributes.ts";
import type { File } from "../../kernel/vfs/file.ts";
import { Inode, type InodeInit } from "../../kernel/vfs/inode.ts";
import type { Kstat } from "../../kernel/vfs/kstat.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import { ContentFile } from "./content-file.ts";
import { PseudoDirectoryFile } from "./directory-file.ts";
import { type AnyEntry, inoOf, type Listing, type Name, type Subject } from "./entry.ts";
import type { PseudoFilesystem } from "./filesystem.ts";

export class PseudoInode extends Inode {
  declare readonly filesystem: PseudoFilesystem;
  readonly entry: AnyEntry;
  readonly subject: Subject;
  readonly #sec: number;
  readonly #nsec: number;

  constructor(filesystem: PseudoFilesystem, ino: number, entry: AnyEntry, subject: Subject) {
    super(filesystem, ino, entry.mode, subject.uid, subject.gid);
    this.entry = entry;
    this.subject = subject;
    this.#sec = filesystem.vfs.nowSec();
    this.#nsec = filesystem.vfs.now[1]!;
  }

  get nlink(): number {
    return 1;
  }

  /** The owner may have changed its ids. */
  refresh(): void {
    this.uid = this.subject.uid;
    this.gid = this.subject.gid;
  }

  override getattr(out: Kstat): number {
    this.refresh();
    out.dev = this.filesystem.dev;
    out.ino = this.ino;
    out.mode = this.mode;
    out.nlink = this.nlink;
    out.uid = this.uid;
    out.gid = this.gid;
    out.rdev = out.blocks = 0;
    out.size = this.isRegular ? this.filesystem.fileSize : 0;
    out.blksize = this.filesystem.blockSize;
    out.atimeSec = out.mtimeSec = out.ctimeSec = this.#sec;
    out.atimeNsec = out.mtimeNsec = out.ctimeNsec = this.#nsec;
    out.hasBtime = false;
    return 0;
  }

  /** O_TRUNC and touch(1) change nothing; modes and owners are what they are. */
  override setattr(_task: Task, changes: Attributes): number {
    return (changes.valid & (ATTR_MODE | ATTR_UID | ATTR_GID)) !== 0 ? -EPERM : 0;
  }

  override readlink(task: Task | null): string | number {
    if (!this.subject.alive) return -ENOENT;
    return this.entry.readlink?.(this.subject, task) ?? super.readlink(task);
  }

  override followLink(task: Task): Path | number | null {
    if (this.entry.follow === undefined) return null;
    return this.subject.alive ? this.entry.follow(this.subject, task) : -ENOENT;
  }

  override open(task: Task, face: Inode, path: Path | null, flags: number): File | number {
    if (!this.subject.alive) return -ESRCH;
    const rc = this.entry.traits?.mayOpen?.(this.subject, task, flags) ?? 0;
    if (rc < 0) return rc;
    if (this.entry.open !== undefined)
      return this.entry.open(this.subject, task, face, path, flags);
    const writes = (flags & O_ACCMODE) !== O_RDONLY;
    if (writes && this.entry.write === undefined && this.entry.read === undefined) return -EPERM;
    return new ContentFile(this.entry, this.subject, face, path, flags, task.credentials);
  }
}

export class PseudoDirectory extends PseudoInode implements Listing {
  get table(): readonly AnyEntry[] {
    return this.entry.table ?? NO_ENTRIES;
  }

  override get nlink(): number {
    return 2;
  }

  override get isEmptyForever(): boolean {
    return this.table.length === 0 && this.constructor === PseudoDirectory;
  }

  override lookup(task: Task | null, name: string): Inode | number {
    if (!this.subject.alive) return -ENOENT;
    return this.find(task, name) ?? -ENOENT;
  }

  override revalidate(name: string, child: Inode | null): boolean {
    if (child === null) return this.subject.alive && !this.has(name);
    if (!(child instanceof PseudoInode)) return true;
    child.refresh();
    return child.subject.alive && this.has(name);
  }

  /** The inode of `name`, with a hold for the caller; null when there is none. */
  protected find(_task: Task | null, name: string): Inode | null {
    const entry = this.row(name);
    return entry === undefined ? null : this.makeChild(entry, this.subject);
  }

  /** Is `name` there now? */
  protected has(name: string): boolean {
    return this.row(name) !== undefined;
  }

  protected row(name: string): AnyEntry | undefined {
    return this.table.find((entry) => entry.name === name);
  }

  /** Names that follow those of the table, each with a number that says its order. */
  dynamicNames(_task: Task): ReadonlyMap<number, Name> {
    return NO_NAMES;
  }

  makeChild(entry: AnyEntry, subject: Subject): Inode {
    if (entry.make !== undefined) return entry.make(this, entry, subject);
    const ino = inoOf(this.ino, entry.name);
    if (entry.table !== undefined) return new PseudoDirectory(this.filesystem, ino, entry, subject);
    return new PseudoInode(this.filesystem, ino, entry, subject);
  }

  // Nobody makes names here. In proc a name that is not there cannot even be looked at to be made.

  override create(_task: Task | null, _name: string, _init: InodeInit): Inode | number {
    return this.filesystem.createError;
  }

  override link(): number {
    return this.filesystem.createError;
  }

  override rename(
    _task: Task,
    _name: string,
    _child: Inode,
    _into: Inode,
    _newName: string,
    replaced: Inode | null,
  ): number {
    return replaced === null ? this.filesystem.createError : -EPERM;
  }

  override open(task: Task, face: Inode, path: Path | null, flags: number): File | number {
    if (!this.subject.alive) return -ENOENT;
    return new PseudoDirectoryFile(this, face, path, flags, task.credentials);
  }
}

const NO_ENTRIES: readonly AnyEntry[] = [];
const NO_NAMES: ReadonlyMap<number, Name> = new Map();
