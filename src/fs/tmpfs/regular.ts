/**
 * TmpfsRegular: a regular file of a tmpfs, and TmpfsFile: one opening of it. Memory files
 * (memfd_create) are the same with seals.
 */
import { EBUSY, EINVAL, ENOSPC, EOPNOTSUPP, EPERM } from "../../abi/errno.ts";
import {
  F_SEAL_EXEC,
  F_SEAL_FUTURE_WRITE,
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
} from "../../abi/fcntl.ts";
import { PAGE_SIZE } from "../../abi/limits.ts";
import { MAP_PRIVATE, MAP_TYPE, PROT_WRITE } from "../../abi/mman.ts";
import { refuse } from "../../base/refuse.ts";
import type { UserBuffer } from "../../kernel/mm/user-buffer.ts";
import type { Task } from "../../kernel/task/task.ts";
import { ATTR_MODE, type Attributes } from "../../kernel/vfs/attributes.ts";
import type { File, Mapping } from "../../kernel/vfs/file.ts";
import type { Inode, InodeInit } from "../../kernel/vfs/inode.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import { RegularFile } from "../../kernel/vfs/regular-file.ts";
import { TmpfsInode } from "./inode.ts";
import { PageStore } from "./page-store.ts";
import type { TmpfsSpace } from "./space.ts";

const FALLOC_KNOWN = FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE;

export class TmpfsRegular extends TmpfsInode {
  readonly store: PageStore;
  /** F_SEAL_*. Files that memfd_create did not make can take none. */
  seals = F_SEAL_SEAL;
  /** What of fs.used is ours. */
  #accounted = 0;

  constructor(tmpfs: TmpfsSpace, init: InodeInit) {
    super(tmpfs, init);
    this.store = new PageStore(tmpfs.host, tmpfs.directory);
  }

  override get length(): number {
    return this.store.size;
  }

  override blocks(): number {
    return this.store.blocks();
  }

  override setattr(task: Task, changes: Attributes): number {
    const executable = (changes.mode ^ this.mode) & 0o111;
    if ((changes.valid & ATTR_MODE) !== 0 && (this.seals & F_SEAL_EXEC) !== 0 && executable !== 0)
      return refuse(EPERM, "chmod: F_SEAL_EXEC");
    return super.setattr(task, changes);
  }

  override resize(size: number): number {
    if (size < this.store.size && (this.seals & F_SEAL_SHRINK) !== 0) return -EPERM;
    if (size > this.store.size && (this.seals & F_SEAL_GROW) !== 0) return -EPERM;
    const rc = this.store.truncate(size);
    this.#account();
    return rc;
  }

  write(from: UserBuffer, position: number, count: number): number {
    const refusal = this.#mayWrite(position + count);
    if (refusal < 0) return refusal;
    const first = Math.max(
      Math.ceil(this.store.size / PAGE_SIZE),
      Math.floor(position / PAGE_SIZE),
    );
    const growth = Math.ceil((position + count) / PAGE_SIZE) - first;
    let n = count;
    if (growth > 0 && this.filesystem.sizeLimit !== Infinity) {
      const allowed = Math.max(0, this.filesystem.allow(growth * PAGE_SIZE));
      n = Math.min(count, (first + Math.floor(allowed / PAGE_SIZE)) * PAGE_SIZE - position);
      if (n <= 0) return refuse(ENOSPC, "write: tmpfs size limit");
    }
    const done = this.store.write(from, position, n);
    if (done > 0) {
      this.touch();
      if (growth > 0) this.#account();
    }
    return done;
  }

  writeBytes(from: Uint8Array, position: number): number {
    const refusal = this.#mayWrite(position + from.length);
    if (refusal < 0) return refusal;
    const n = this.store.writeBytes(from, position);
    this.#account();
    return n;
  }

  #mayWrite(end: number): number {
    if ((this.seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) !== 0)
      return refuse(EPERM, "write: sealed");
    if (end > this.store.size && (this.seals & F_SEAL_GROW) !== 0)
      return refuse(EPERM, "write: F_SEAL_GROW");
    return 0;
  }

  fallocate(mode: number, offset: number, length: number): number {
    if ((mode & ~FALLOC_KNOWN) !== 0) return -EOPNOTSUPP;
    const punch = (mode & FALLOC_FL_PUNCH_HOLE) !== 0;
    if (punch && (mode & FALLOC_FL_KEEP_SIZE) === 0) return -EOPNOTSUPP;
    if (punch && (this.seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) !== 0) return -EPERM;
    const grows = (mode & FALLOC_FL_KEEP_SIZE) === 0 && offset + length > this.store.size;
    if (grows && (this.seals & F_SEAL_GROW) !== 0) return -EPERM;
    if (!punch && this.filesystem.sizeLimit !== Infinity) {
      const more = offset + length - this.store.size;
      if (more > 0 && this.filesystem.allow(more) < more)
        return refuse(ENOSPC, "fallocate: tmpfs size limit");
    }
    const rc = this.store.fallocate(mode, offset, length);
    if (rc === 0) this.touch();
    this.#account();
    return rc;
  }

  addSeals(seals: number): number {
    if ((seals & ~0x3f) !== 0) return -EINVAL;
    if ((this.seals & F_SEAL_SEAL) !== 0) return refuse(EPERM, "fcntl: F_SEAL_SEAL");
    const host = seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW);
    const rc = host === 0 ? 0 : this.store.seal(host);
    if (rc < 0) return rc === -EBUSY ? refuse(EBUSY, "fcntl: mapped for writing") : rc;
    this.seals |= seals;
    if ((seals & F_SEAL_EXEC) !== 0 && (this.mode & 0o111) !== 0)
      this.seals |= F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;
    return 0;
  }

  override open(task: Task, face: Inode, path: Path | null, flags: number): File {
    return new TmpfsFile(this, face, path, flags, task);
  }

  protected override destroy(): void {
    super.destroy();
    this.store.release();
    this.#account();
  }

  #account(): void {
    this.filesystem.used += this.store.allocated - this.#accounted;
    this.#accounted = this.store.allocated;
  }
}

export class TmpfsFile extends RegularFile {
  readonly #node: TmpfsRegular;

  constructor(node: TmpfsRegular, face: Inode, path: Path | null, flags: number, task: Task) {
    super(face, path, flags, task.credentials);
    this.#node = node;
    // The face may be an overlay's inode: this layer's inode needs a user of its own.
    node.hold();
  }

  override size(): number {
    return this.#node.store.size;
  }

  protected override readAt(into: UserBuffer, position: number): number {
    const n = this.#node.store.read(into, position);
    this.#node.touchAccess(this);
    return n;
  }

  protected override writeAt(from: UserBuffer, position: number, count: number): number {
    return this.#node.write(from, position, count);
  }

  protected override seekExtent(offset: number, whence: number): number {
    return this.#node.store.seek(offset, whence);
  }

  override readKernel(into: Uint8Array, position: number): number {
    return this.#node.store.readBytes(into, position);
  }

  override writeKernel(from: Uint8Array, position: number): number {
    const n = this.#node.writeBytes(from, position);
    if (n > 0) this.#node.touch();
    return n;
  }

  override mapping(prot: number, flags: number): Mapping | number {
    const isPrivate = (flags & MAP_TYPE) === MAP_PRIVATE;
    const sealed = (this.#node.seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) !== 0;
    if (!isPrivate && sealed && (prot & PROT_WRITE) !== 0) return refuse(EPERM, "mmap: sealed");
    const hostFd = this.#node.store.mapFd(!isPrivate && this.writable && !sealed);
    return hostFd < 0 ? hostFd : { hostFd };
  }

  override truncate(size: number): number {
    const rc = this.#node.resize(size);
    if (rc === 0) this.#node.touch();
    return rc;
  }

  override fallocate(mode: number, offset: number, length: number): number {
    return this.#node.fallocate(mode, offset, length);
  }

  override addSeals(seals: number): number {
    if (!this.writable) return -EPERM;
    return this.#node.addSeals(seals);
  }

  override getSeals(): number {
    // An overlay's file has no seals, whatever its upper layer could do.
    return this.inode === this.#node ? this.#node.seals : -EINVAL;
  }

  override fsync(): number {
    return 0;
  }

  override release(): void {
    this.#node.drop();
  }
}
