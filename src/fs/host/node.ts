/**
 * HostNode: how one file of a host directory is reached: the host's inode number, descriptors and
 * attributes. HostTree: what the nodes of one filesystem share. HostInode adds the operations.
 *  - A node is reached through its parent's descriptor and its name; whatever is opened is checked to
 *    be the same inode (ESTALE when the host put another file there).
 *  - A directory keeps an O_PATH descriptor, a regular file one for reading and one for writing,
 *    shared by all its openings; idle ones are bounded by the DescriptorCache.
 */
import { ENOENT, EROFS, ESTALE } from "../../abi/errno.ts";
import {
  O_CLOEXEC,
  O_DIRECTORY,
  O_NOCTTY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_PATH,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
} from "../../abi/fcntl.ts";
import { makedev, S_IFMT } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import type { Host } from "../../host/host.ts";
import { HostStat } from "../../host/stat.ts";
import { Filesystem } from "../../kernel/vfs/filesystem.ts";
import { Inode } from "../../kernel/vfs/inode.ts";
import type { Kstat } from "../../kernel/vfs/kstat.ts";
import type { Vfs } from "../../kernel/vfs/vfs.ts";
import { DescriptorCache, type DescriptorHolder } from "./descriptor-cache.ts";

/** A host device's files get inode numbers of their own above those of the first device. */
const DEVICE_STRIDE = 2 ** 44;

export abstract class HostTree extends Filesystem {
  readonly host: Host;
  /** How long attributes and names are believed. */
  readonly attributeNs: number;
  override readonly revalidates: boolean;
  readonly descriptors: DescriptorCache;
  readonly rootFd: number;
  /** Lent for one statx. */
  readonly stat = new HostStat();

  constructor(vfs: Vfs, host: Host, rootFd: number, attributeNs: number, descriptors: number) {
    super(vfs, "hostfs");
    this.host = host;
    this.rootFd = rootFd;
    this.attributeNs = attributeNs;
    this.revalidates = attributeNs !== Infinity;
    this.descriptors = new DescriptorCache(descriptors);
  }

  /** The one node for what statx told, held; `parent` and `name` are where it was found. */
  abstract inodeFor(parent: HostNode | null, name: string, stat: HostStat): HostNode;

  abstract forget(node: HostNode): void;

  /** What makes inode numbers of this host device unique. */
  inoOffset(device: number): number {
    return device * DEVICE_STRIDE;
  }

  mayChange(): number {
    return this.readOnly ? refuse(EROFS, "the host directory is read-only") : 0;
  }
}

export abstract class HostNode extends Inode implements DescriptorHolder {
  declare readonly filesystem: HostTree;
  /** Index of the host device, and the inode number on it. */
  readonly device: number;
  readonly hostIno: number;
  parent: HostNode | null;
  name: string;
  // attributes as the host told them
  readonly stat = new HostStat();
  #validUntil = 0;
  // descriptors
  #fd = -1;
  #writeFd = -1;
  #readers = 0;
  #writers = 0;
  older: DescriptorHolder | null = null;
  newer: DescriptorHolder | null = null;
  cached = false;

  constructor(
    fs: HostTree,
    ino: number,
    device: number,
    parent: HostNode | null,
    name: string,
    stat: HostStat,
  ) {
    super(fs, ino, stat.mode, stat.uid, stat.gid);
    this.device = device;
    this.hostIno = stat.ino;
    this.parent = parent === null ? null : (parent.hold() as HostNode);
    this.name = name;
    this.#take(stat);
  }

  // --- finding --------------------------------------------------------------------------------

  isFresh(): boolean {
    return this.#validUntil > this.filesystem.vfs.clock.monotonicNs();
  }

  isSame(stat: HostStat): boolean {
    const mine = this.stat;
    return (
      stat.ino === this.hostIno &&
      stat.devMajor === mine.devMajor &&
      stat.devMinor === mine.devMinor
    );
  }

  sameType(mode: number): boolean {
    return (mode & S_IFMT) === (this.mode & S_IFMT);
  }

  /** It was found (again) under this name. */
  foundAt(parent: HostNode | null, name: string, stat: HostStat): void {
    this.#take(stat);
    if (parent !== null) this.isAt(parent, name);
  }

  /** Of several names the one used last is remembered: it exists most surely. */
  isAt(parent: HostNode, name: string): void {
    if (parent !== this.parent || name !== this.name) this.movedTo(parent, name);
  }

  movedTo(parent: HostNode, name: string): void {
    const before = this.parent;
    this.parent = parent.hold() as HostNode;
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

  // --- content --------------------------------------------------------------------------------

  openReader(): number {
    if (this.#fd < 0) {
      const fd = this.openHere(O_RDONLY);
      if (fd < 0) return fd;
      this.#fd = fd;
    }
    this.filesystem.descriptors.use(this);
    this.#readers++;
    return this.#fd;
  }

  openWriter(access: number): number {
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
    const fd = this.openReader();
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
}
