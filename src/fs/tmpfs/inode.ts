/**
 * TmpfsInode: what all files of a tmpfs have: owner, mode, times, links, extended attributes. Also
 * whole for the types without content: FIFOs, devices, sockets and symbolic links.
 * An inode lives while it has a name (nlink) or a user (holds).
 */

import { EEXIST, EINVAL, ENODATA } from "../../abi/errno.ts";
import { O_NOATIME } from "../../abi/fcntl.ts";
import { MS_NOATIME, MS_NODIRATIME, MS_RELATIME } from "../../abi/mount.ts";
import { S_IFMT } from "../../abi/stat.ts";
import { XATTR_CREATE, XATTR_REPLACE } from "../../abi/xattr.ts";
import type { Task } from "../../kernel/task/task.ts";
import {
  ATTR_ATIME,
  ATTR_GID,
  ATTR_MODE,
  ATTR_MTIME,
  ATTR_SIZE,
  ATTR_UID,
  type Attributes,
} from "../../kernel/vfs/attributes.ts";
import type { File } from "../../kernel/vfs/file.ts";
import { Inode, type InodeInit } from "../../kernel/vfs/inode.ts";
import type { Kstat } from "../../kernel/vfs/kstat.ts";
import type { TmpfsSpace } from "./space.ts";

export class TmpfsInode extends Inode {
  declare readonly filesystem: TmpfsSpace;
  nlink = 1;
  atimeSec: number;
  atimeNsec: number;
  mtimeSec: number;
  mtimeNsec: number;
  ctimeSec: number;
  ctimeNsec: number;
  readonly btimeSec: number;
  readonly btimeNsec: number;
  #xattrs: Map<string, Uint8Array> | null = null;

  constructor(tmpfs: TmpfsSpace, init: InodeInit) {
    super(tmpfs, tmpfs.newIno(), init.mode, init.uid, init.gid);
    this.rdev = init.rdev;
    const sec = tmpfs.vfs.nowSec();
    const nsec = tmpfs.vfs.now[1]!;
    this.atimeSec = this.mtimeSec = this.ctimeSec = this.btimeSec = sec;
    this.atimeNsec = this.mtimeNsec = this.ctimeNsec = this.btimeNsec = nsec;
  }

  /** st_size. */
  get length(): number {
    return 0;
  }

  blocks(): number {
    return 0;
  }

  override getattr(out: Kstat): number {
    out.dev = this.filesystem.dev;
    out.ino = this.ino;
    out.mode = this.mode;
    out.nlink = this.nlink;
    out.uid = this.uid;
    out.gid = this.gid;
    out.rdev = this.rdev;
    out.size = this.length;
    out.blksize = 4096;
    out.blocks = this.blocks();
    out.atimeSec = this.atimeSec;
    out.atimeNsec = this.atimeNsec;
    out.mtimeSec = this.mtimeSec;
    out.mtimeNsec = this.mtimeNsec;
    out.ctimeSec = this.ctimeSec;
    out.ctimeNsec = this.ctimeNsec;
    out.btimeSec = this.btimeSec;
    out.btimeNsec = this.btimeNsec;
    out.hasBtime = true;
    return 0;
  }

  override setattr(_task: Task, changes: Attributes): number {
    const { valid } = changes;
    if ((valid & ATTR_SIZE) !== 0) {
      const rc = this.resize(changes.size);
      if (rc < 0) return rc;
      this.touch();
    } else this.touchChange();
    if ((valid & ATTR_MODE) !== 0) this.mode = (this.mode & S_IFMT) | changes.mode;
    if ((valid & ATTR_UID) !== 0) this.uid = changes.uid;
    if ((valid & ATTR_GID) !== 0) this.gid = changes.gid;
    if ((valid & ATTR_ATIME) !== 0) {
      this.atimeSec = changes.atimeSec;
      this.atimeNsec = changes.atimeNsec;
    }
    if ((valid & ATTR_MTIME) !== 0) {
      this.mtimeSec = changes.mtimeSec;
      this.mtimeNsec = changes.mtimeNsec;
    }
    return 0;
  }

  /** Set the size of a regular file. */
  resize(_size: number): number {
    return -EINVAL;
  }

  /** The content changed now. */
  touch(): void {
    const { vfs } = this.filesystem;
    this.mtimeSec = this.ctimeSec = vfs.nowSec();
    this.mtimeNsec = this.ctimeNsec = vfs.now[1]!;
  }

  /** The attributes changed now. */
  touchChange(): void {
    const { vfs } = this.filesystem;
    this.ctimeSec = vfs.nowSec();
    this.ctimeNsec = vfs.now[1]!;
  }

  /** It was read through this opening; its mount says whether that is noted (mount(8), "atime"). */
  touchAccess({ path, flags }: File): void {
    const mount = path?.mount.flags ?? MS_RELATIME;
    if ((flags & O_NOATIME) !== 0 || (mount & MS_NOATIME) !== 0) return;
    if (this.isDirectory && (mount & MS_NODIRATIME) !== 0) return;
    if ((mount & MS_RELATIME) !== 0 && this.#wasReadSince()) return;
    const { vfs } = this.filesystem;
    this.atimeSec = vfs.nowSec();
    this.atimeNsec = vfs.now[1]!;
  }

  /** relatime moves the access time only past the modification time. */
  #wasReadSince(): boolean {
    if (this.atimeSec !== this.mtimeSec) return this.atimeSec > this.mtimeSec;
    return this.atimeNsec > this.mtimeNsec;
  }

  /** One name less; without names and users it goes. */
  unlinked(): void {
    this.nlink--;
    this.touchChange();
    if (this.nlink === 0 && this.holds === 0) this.destroy();
  }

  protected override evict(): void {
    if (this.nlink === 0) this.destroy();
  }

  protected destroy(): void {
    this.filesystem.inodes--;
  }

  // --- extended attributes --------------------------------------------------------------------

  override getxattr(name: string): Uint8Array | number {
    return this.#xattrs?.get(name) ?? -ENODATA;
  }

  override setxattr(_task: Task | null, name: string, value: Uint8Array, flags: number): number {
    const has = this.#xattrs?.has(name) === true;
    if (has && (flags & XATTR_CREATE) !== 0) return -EEXIST;
    if (!has && (flags & XATTR_REPLACE) !== 0) return -ENODATA;
    this.#xattrs ??= new Map();
    this.#xattrs.set(name, value);
    this.touchChange();
    return 0;
  }

  override listxattr(): string[] {
    return this.#xattrs === null ? [] : [...this.#xattrs.keys()];
  }

  override removexattr(_task: Task | null, name: string): number {
    if (this.#xattrs?.delete(name) !== true) return -ENODATA;
    if (this.#xattrs.size === 0) this.#xattrs = null;
    this.touchChange();
    return 0;
  }
}

export class TmpfsSymlink extends TmpfsInode {
  readonly #target: string;

  constructor(tmpfs: TmpfsSpace, init: InodeInit) {
    super(tmpfs, init);
    this.#target = init.target;
  }

  override get length(): number {
    return this.#target.length;
  }

  override readlink(): string {
    return this.#target;
  }
}
