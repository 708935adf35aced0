/**
 * HostInode: one file of a host directory, known by the host's inode number.
 *  - It is reached through its parent's descriptor and its name; whatever is opened is checked to be
 *    the same inode (ESTALE when the host put another file there).
 *  - A directory keeps an O_PATH descriptor, a regular file one for reading and one for writing,
 *    shared by all its openings; idle ones are bounded by the DescriptorCache.
 *  - Changes are in change.ts; readdir and reads are in directory-file.ts and file.ts.
 */
import { EINVAL, EIO, ENOENT, EOPNOTSUPP, ESTALE } from "../../abi/errno.ts";
import {
  O_ACCMODE, O_CLOEXEC, O_DIRECTORY, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_PATH, O_RDONLY, O_RDWR,
  O_WRONLY,
} from "../../abi/fcntl.ts";
import { makedev, S_IFMT } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import { HostStat, latin1 } from "../../host/host.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { Attributes } from "../../kernel/vfs/attributes.ts";
import type { File } from "../../kernel/vfs/file.ts";
import { Inode, type InodeInit } from "../../kernel/vfs/inode.ts";
import type { Kstat } from "../../kernel/vfs/kstat.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import { createOnHost, linkOnHost, removeOnHost, renameOnHost, setattrOnHost } from "./change.ts";
import type { DescriptorHolder } from "./descriptor-cache.ts";
import { HostDirectoryFile } from "./directory-file.ts";
import { HostFile } from "./file.ts";
import type { HostFilesystem } from "./filesystem.ts";

const AT_REMOVEDIR = 0x200;

export class HostInode extends Inode implements DescriptorHolder {
  declare readonly filesystem: HostFilesystem;
  /** Index of the host device, and the inode number on it. */
  readonly device: number;
  readonly hostIno: number;
  parent: HostInode | null;
  name: string;
  // attributes as the host told them
  readonly stat = new HostStat();
  #validUntil = 0;
  #target: string | null = null;
  // descriptors
  #fd = -1;
  #writeFd = -1;
  #readers = 0;
  #writers = 0;
  older: DescriptorHolder | null = null;
  newer: DescriptorHolder | null = null;
  cached = false;

  constructor(
    fs: HostFilesystem, ino: number, device: number, parent: HostInode | null, name: string, stat: HostStat,
  ) {
    super(fs, ino, stat.mode, stat.uid, stat.gid);
    this.device = device;
    this.hostIno = stat.ino;
    this.parent = parent === null ? null : (parent.hold() as HostInode);
    this.name = name;
    this.#take(stat);
  }

  // --- finding --------------------------------------------------------------------------------

  override lookup(_task: Task | null, name: string): Inode | number {
    const fd = this.directoryFd();
    if (fd < 0) return fd;
    const { stat } = this.filesystem;
    const rc = this.filesystem.host.statx(fd, name, stat);
    return rc < 0 ? rc : this.filesystem.inodeFor(this, name, stat);
  }

  override revalidate(name: string, child: Inode | null): boolean {
    if (child === null) return false;
    const known = child as HostInode;
    if (known.isFresh()) return true;
    const fd = this.directoryFd();
    const { stat } = this.filesystem;
    if (fd < 0 || this.filesystem.host.statx(fd, name, stat) < 0) return false;
    if (!known.isSame(stat)) return false;
    known.#take(stat);
    return true;
  }

  isFresh(): boolean {
    return this.#validUntil > this.filesystem.vfs.clock.monotonicNs();
  }

  isSame(stat: HostStat): boolean {
    const mine = this.stat;
    return stat.ino === this.hostIno && stat.devMajor === mine.devMajor && stat.devMinor === mine.devMinor;
  }

  sameType(mode: number): boolean {
    return (mode & S_IFMT) === (this.mode & S_IFMT);
  }

  /** It was found (again) under this name. */
  foundAt(parent: HostInode | null, name: string, stat: HostStat): void {
    this.#take(stat);
    if (parent === null || (parent === this.parent && name === this.name)) return;
    this.movedTo(parent, name);
  }

  movedTo(parent: HostInode, name: string): void {
    const before = this.parent;
    this.parent = parent.hold() as HostInode;
    this.name = name;
    before?.drop();
  }

  /** The O_PATH descriptor of this directory, or -errno. */
  directoryFd(): number {
    if (this.parent === null) return this.filesystem.rootFd;
    if (this.#fd < 0) {
      const fd = this.openHere(O_PATH | O_DIRECTORY);
      if (fd < 0) return fd;
      this.#fd = fd;
    }
    this.filesystem.descriptors.use(this);
    return this.#fd;
  }

  /** A descriptor of exactly this file, never of another that took its name. */
  openHere(flags: number): number {
    const { host, rootFd } = this.filesystem;
    if (this.parent === null) return host.reopen(rootFd, flags | O_CLOEXEC);
    const parentFd = this.parent.directoryFd();
    if (parentFd < 0) return parentFd;
    const fd = host.openat(parentFd, this.name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return fd === -ENOENT ? -ESTALE : fd;
    const { stat } = this.filesystem;
    const rc = host.statx(fd, "", stat);
    if (rc < 0 || !this.isSame(stat)) {
      host.close(fd);
      return rc < 0 ? rc : refuse(ESTALE, "the host put another file there");
    }
    this.#take(stat);
    if ((flags & O_PATH) !== 0) return fd;
    const open = host.reopen(fd, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    host.close(fd);
    return open;
  }

  // --- attributes -----------------------------------------------------------------------------

  override getattr(out: Kstat): number {
    if (!this.isFresh()) this.refresh();
    const { stat } = this;
    out.dev = this.filesystem.dev;
    out.ino = this.ino;
    out.mode = this.mode;
    out.nlink = stat.nlink;
    out.uid = this.uid;
    out.gid = this.gid;
    out.rdev = this.rdev;
    out.size = stat.size;
    out.blksize = stat.blksize;
    out.blocks = stat.blocks;
    out.atimeSec = stat.atimeSec;
    out.atimeNsec = stat.atimeNsec;
    out.mtimeSec = stat.mtimeSec;
    out.mtimeNsec = stat.mtimeNsec;
    out.ctimeSec = stat.ctimeSec;
    out.ctimeNsec = stat.ctimeNsec;
    out.btimeSec = stat.btimeSec;
    out.btimeNsec = stat.btimeNsec;
    out.hasBtime = (stat.mask & 0x800) !== 0;
    return 0;
  }

  /** Ask the host again: by descriptor when there is one, else by name. */
  refresh(): void {
    const { host, rootFd, stat } = this.filesystem;
    let rc: number;
    if (this.parent === null) rc = host.statx(rootFd, "", stat);
    else if (this.#writeFd >= 0 || this.#fd >= 0)
      rc = host.statx(this.#writeFd >= 0 ? this.#writeFd : this.#fd, "", stat);
    else {
      const fd = this.parent.directoryFd();
      rc = fd < 0 ? fd : host.statx(fd, this.name, stat);
    }
    if (rc === 0 && this.isSame(stat)) this.#take(stat);
  }

  /** Attributes must be read again. */
  changed(): void {
    this.#validUntil = 0;
  }

  #take(from: HostStat): void {
    if (from !== this.stat) Object.assign(this.stat, from);
    this.mode = from.mode;
    this.uid = from.uid;
    this.gid = from.gid;
    this.rdev = makedev(from.rdevMajor, from.rdevMinor);
    const { attributeNs, vfs } = this.filesystem;
    this.#validUntil = attributeNs === 0 ? 0 : vfs.clock.monotonicNs() + attributeNs;
  }

  override setattr(_task: Task, changes: Attributes): number {
    return setattrOnHost(this, changes);
  }

  // --- content --------------------------------------------------------------------------------

  override readlink(): string | number {
    if (!this.isLink) return -EINVAL;
    if (this.#target !== null) return this.#target;
    const fd = this.parent === null ? -EIO : this.parent.directoryFd();
    if (fd < 0) return fd;
    const target = this.filesystem.host.readlinkat(fd, this.name);
    // A link never changes its target; a new target is a new inode.
    if (typeof target === "string") this.#target = target;
    return target;
  }

  override open(task: Task, face: Inode, path: Path | null, flags: number): File | number {
    if (this.isDirectory) return new HostDirectoryFile(this, face, path, flags, task);
    const access = flags & O_ACCMODE;
    const fd = access === O_RDONLY ? this.#openReader() : this.#openWriter(access);
    return fd < 0 ? fd : new HostFile(this, face, path, flags, task, fd);
  }

  #openReader(): number {
    if (this.#fd < 0) {
      const fd = this.openHere(O_RDONLY);
      if (fd < 0) return fd;
      this.#fd = fd;
    }
    this.filesystem.descriptors.use(this);
    this.#readers++;
    return this.#fd;
  }

  #openWriter(access: number): number {
    const may = this.filesystem.mayChange();
    if (may < 0) return may;
    if (this.#writeFd < 0) {
      let fd = this.openHere(O_RDWR);
      if (fd < 0 && access === O_WRONLY) fd = this.openHere(O_WRONLY);
      if (fd < 0) return fd;
      this.#writeFd = fd;
    }
    this.#writers++;
    return this.#writeFd;
  }

  /** A read-write descriptor that create() got already. */
  adoptWriter(fd: number): void {
    this.#writeFd = fd;
  }

  get writeFd(): number {
    return this.#writeFd;
  }

  /** A read-only descriptor to map, though the file is open for writing too. */
  readerFd(): number {
    if (this.#fd >= 0) return this.#fd;
    const fd = this.#openReader();
    if (fd >= 0) this.#readers--;
    return fd;
  }

  /** An opening is gone. */
  closed(writer: boolean): void {
    if (writer) this.#writers--;
    else this.#readers--;
    if (this.#writers === 0 && this.#writeFd >= 0) {
      this.filesystem.host.close(this.#writeFd);
      this.#writeFd = -1;
    }
    // It fell out of the cache while it was read.
    if (!this.cached && this.#readers === 0) this.closeIdle();
  }

  closeIdle(): void {
    if (this.#fd < 0 || this.#readers > 0) return;
    this.filesystem.host.close(this.#fd);
    this.#fd = -1;
  }

  protected override evict(): void {
    this.filesystem.descriptors.remove(this);
    this.#readers = 0;
    this.closeIdle();
    if (this.#writeFd >= 0) this.filesystem.host.close(this.#writeFd);
    this.#writeFd = -1;
    this.filesystem.forget(this);
    this.parent?.drop();
  }

  // --- names ----------------------------------------------------------------------------------

  override create(_task: Task, name: string, init: InodeInit): Inode | number {
    return createOnHost(this, name, init);
  }

  override link(_task: Task, name: string, target: Inode): number {
    return linkOnHost(this, name, target as HostInode);
  }

  override unlink(_task: Task, name: string, child: Inode): number {
    return removeOnHost(this, name, child as HostInode, 0);
  }

  override rmdir(_task: Task, name: string, child: Inode): number {
    return removeOnHost(this, name, child as HostInode, AT_REMOVEDIR);
  }

  override rename(
    _task: Task, name: string, child: Inode, into: Inode, newName: string, replaced: Inode | null, flags: number,
  ): number {
    return renameOnHost(this, name, child as HostInode, into as HostInode, newName, replaced as HostInode | null, flags);
  }

  // --- extended attributes --------------------------------------------------------------------

  override getxattr(name: string): Uint8Array | number {
    const path = this.#attributePath();
    if (typeof path === "number") return path;
    const n = this.filesystem.host.lgetxattr(path, name);
    return n < 0 ? n : this.filesystem.host.io.slice(0, n);
  }

  override listxattr(): string[] | number {
    const path = this.#attributePath();
    if (typeof path === "number") return [];
    const n = this.filesystem.host.llistxattr(path);
    if (n < 0) return n === -EOPNOTSUPP ? [] : n;
    return latin1(this.filesystem.host.io, 0, n).split("\0").slice(0, -1);
  }

  override setxattr(_task: Task, name: string, value: Uint8Array, flags: number): number {
    const path = this.#changePath();
    return typeof path === "number" ? path : this.filesystem.host.lsetxattr(path, name, value, flags);
  }

  override removexattr(_task: Task, name: string): number {
    const path = this.#changePath();
    return typeof path === "number" ? path : this.filesystem.host.lremovexattr(path, name);
  }

  #changePath(): string | number {
    const may = this.filesystem.mayChange();
    this.changed();
    return may < 0 ? may : this.#attributePath();
  }

  /** The host has no *at() calls for these: go by our own descriptor's entry in /proc. */
  #attributePath(): string | number {
    if (this.parent === null)
      return this.isDirectory ? `/proc/self/fd/${this.filesystem.rootFd}/.` : -EOPNOTSUPP;
    const fd = this.parent.directoryFd();
    return fd < 0 ? fd : `/proc/self/fd/${fd}/${this.name}`;
  }
}
