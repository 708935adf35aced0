/**
 * HostNode: how one file of a host directory is reached: the host's inode number, descriptors and
 * attributes. HostInode adds the operations.
 *  - A node is reached through its parent's descriptor and its name; whatever is opened is checked to
 *    be the same inode (ESTALE when the host put another file there).
 *  - A directory keeps one descriptor, a regular file one for reading and one for writing, shared by all
 *    its openings; idle ones are bounded by the DescriptorCache.
 *  - What is remembered of a directory's names holds while its change time stays (namesVersion).
 */
import { EACCES, EISDIR, ELOOP, ENOENT, ENOTDIR, ENXIO, ESTALE } from "../../abi/errno.ts";
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
  SEEK_SET,
} from "../../abi/fcntl.ts";
import { makedev, S_IFDIR, S_IFMT } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import { HostStat } from "../../host/stat.ts";
import { Inode } from "../../kernel/vfs/inode.ts";
import type { Kstat } from "../../kernel/vfs/kstat.ts";
import type { PackedEntries } from "../../kernel/vfs/packed-entries.ts";
import { isRecentChange, isSameChange } from "./change-time.ts";
import type { DescriptorHolder } from "./descriptor-cache.ts";
import { readListing } from "./listing.ts";
import type { HostTree } from "./tree.ts";

/** How long a directory is believed to be what its name names: a mount on it changes no time. */
const MOUNT_NS = 1e9;
/** Larger listings are read again rather than kept, and what all directories of a filesystem keep. */
const LISTING_KEPT = 65536;
const LISTINGS_KEPT = 1 << 23;
/** What a name that the host gave to something else answers to an open. */
const GONE: ReadonlySet<number> = new Set([-ENOENT, -ELOOP, -ENOTDIR, -EISDIR, -ENXIO]);

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
  /** The handler run (Vfs.calls) in which they were told. */
  #takenIn = -1;
  // a directory's names
  #namesUntil = 0;
  /** The handler run in which they were asked for last. */
  #checkedIn = -1;
  #namedUntil = 0;
  /** Was it changed so short a time before we looked that the time could not tell a further change? */
  #changedJustNow = false;
  #listing: PackedEntries | null = null;
  #listedVersion = -1;
  // descriptors
  #fd = -1;
  /** Is it good to reach names, and not to list them? */
  #isPathOnly = false;
  /** Has it been read, so that it stands at its end? */
  #wasRead = false;
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
    this.#namedUntil = fs.vfs.walkNs + MOUNT_NS;
  }

  // --- finding --------------------------------------------------------------------------------

  isFresh(): boolean {
    const { vfs } = this.filesystem;
    return this.#takenIn === vfs.calls || this.#validUntil > vfs.clock.monotonicNs();
  }

  /** This very file? A number is given to another soon after its file is gone: birth and type tell. */
  isSame(stat: HostStat): boolean {
    const mine = this.stat;
    return (
      stat.ino === this.hostIno &&
      stat.devMajor === mine.devMajor &&
      stat.devMinor === mine.devMinor &&
      (stat.mode & S_IFMT) === (mine.mode & S_IFMT) &&
      stat.btimeNsec === mine.btimeNsec &&
      stat.btimeSec === mine.btimeSec
    );
  }

  /** It was found (again) under this name. */
  foundAt(parent: HostNode | null, name: string, stat: HostStat): void {
    this.#take(stat);
    this.#namedUntil = this.filesystem.vfs.walkNs + MOUNT_NS;
    if (parent !== null) this.isAt(parent, name);
  }

  /** Might something have been mounted on it since it was found by its name? */
  mayBeCovered(nowNs: number): boolean {
    return this.isDirectory && this.#namedUntil < nowNs;
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

  /** The descriptor by which this directory's names are reached, or -errno. */
  directoryFd(): number {
    if (this.parent === null) return this.filesystem.rootFd;
    if (this.#fd < 0) {
      let fd = this.openHere(O_RDONLY | O_DIRECTORY);
      this.#isPathOnly = fd === -EACCES;
      if (fd === -EACCES) fd = this.openHere(O_PATH | O_DIRECTORY);
      if (fd < 0) return fd;
      this.#fd = fd;
      this.#wasRead = false;
      this.#looked(this.filesystem.vfs.clock.monotonicNs());
    }
    this.filesystem.descriptors.use(this);
    return this.#fd;
  }

  /**
   * A descriptor of exactly this file, never of another that took its name. Only regular files and
   * directories are opened for more than O_PATH; should the host have put a FIFO there, nobody waits.
   */
  openHere(flags: number): number {
    const { host, rootFd, stat } = this.filesystem;
    if (this.parent === null) return host.reopen(rootFd, flags | O_CLOEXEC);
    const parentFd = this.parent.directoryFd();
    if (parentFd < 0) return parentFd;
    const how = flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    const fd = host.openat(parentFd, this.name, how);
    if (fd < 0) return GONE.has(fd) ? this.#stale() : fd;
    const rc = host.statx(fd, "", stat);
    if (rc < 0 || !this.isSame(stat)) {
      host.close(fd);
      return rc < 0 ? rc : this.#stale();
    }
    this.#take(stat);
    return fd;
  }

  #stale(): number {
    this.parent?.namesChanged();
    return refuse(ESTALE, "the host put another file there");
  }

  // --- names of a directory -------------------------------------------------------------------

  override checkNames(nowNs: number): void {
    const { calls } = this.filesystem.vfs;
    if (this.#namesUntil > nowNs || this.#checkedIn === calls) return;
    this.#checkedIn = calls;
    const { host, rootFd, stat } = this.filesystem;
    if (this.parent !== null && this.#fd < 0) {
      // Opening it looks.
      if (this.directoryFd() < 0) this.namesChanged();
      return;
    }
    const rc = host.statx(this.parent === null ? rootFd : this.#fd, "", stat);
    if (rc < 0) return this.namesChanged();
    this.#take(stat);
    this.#looked(nowNs);
  }

  /** The attributes in hand are of now. */
  #looked(nowNs: number): void {
    this.#namesUntil = nowNs + this.filesystem.attributeNs;
    if (!this.#changedJustNow) return;
    this.namesVersion++;
    this.#changedJustNow = isRecentChange(this.stat, this.filesystem.vfs);
  }

  /** Believe nothing of what is remembered of its names. */
  namesChanged(): void {
    this.namesVersion++;
    this.#namesUntil = 0;
    this.#checkedIn = -1;
    this.#changedJustNow = true;
  }

  /** All its entries, or -errno. */
  override listing(): PackedEntries | number {
    this.checkNames(this.filesystem.vfs.clock.monotonicNs());
    const version = this.namesVersion;
    if (this.#listing !== null && this.#listedVersion === version) return this.#listing;
    const shared = this.directoryFd();
    if (shared < 0) return shared;
    const isOwn = this.parent === null || this.#isPathOnly;
    const fd = isOwn ? this.openHere(O_RDONLY | O_DIRECTORY) : shared;
    if (fd < 0) return fd;
    const { filesystem } = this;
    if (this.#wasRead && !isOwn) filesystem.host.lseek(fd, 0, SEEK_SET);
    this.#wasRead = true;
    const listing = readListing(filesystem.host, fd, filesystem.inoOffset(this.device));
    if (isOwn) filesystem.host.close(fd);
    if (typeof listing === "number") return listing;
    this.#forgetListing();
    if (!isOwn && listing.length <= LISTING_KEPT) this.#keepListing(listing, version);
    return listing;
  }

  #keepListing(listing: PackedEntries, version: number): void {
    const { filesystem } = this;
    if (filesystem.listingBytes + listing.length > LISTINGS_KEPT) return;
    filesystem.listingBytes += listing.length;
    this.#listing = listing;
    this.#listedVersion = version;
  }

  /** It is kept no longer than the descriptor of its directory. */
  #forgetListing(): void {
    if (this.#listing !== null) this.filesystem.listingBytes -= this.#listing.length;
    this.#listing = null;
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
    this.#takenIn = this.#checkedIn = -1;
    this.#namesUntil = 0;
    this.#forgetListing();
  }

  #take(from: HostStat): void {
    const mine = this.stat;
    if ((from.mode & S_IFMT) === S_IFDIR && !isSameChange(mine, from)) {
      this.namesVersion++;
      this.#changedJustNow = true;
    }
    mine.copy(from);
    this.mode = from.mode;
    this.uid = from.uid;
    this.gid = from.gid;
    this.rdev = makedev(from.rdevMajor, from.rdevMinor);
    const { attributeNs, vfs } = this.filesystem;
    this.#takenIn = vfs.calls;
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

  /** A read-write descriptor that create() got already: for the opening that follows, if one does. */
  adoptWriter(fd: number): void {
    this.#writeFd = fd;
    this.filesystem.descriptors.use(this);
  }

  /** Any descriptor of this file, to change its attributes; give it back with returnFd(). */
  borrowFd(): number {
    if (this.#writeFd >= 0) return this.#writeFd;
    return this.#fd >= 0 ? this.#fd : this.openHere(O_PATH);
  }

  returnFd(fd: number): void {
    if (fd !== this.#writeFd && fd !== this.#fd) this.filesystem.host.close(fd);
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
    if (writer && this.#writers === 0) this.#closeWriter();
    if (this.#fd < 0 && this.#writeFd < 0) this.filesystem.descriptors.remove(this);
    // It fell out of the cache while it was read.
    if (!this.cached && this.#readers === 0) this.closeIdle();
  }

  closeIdle(): void {
    if (this.#writers === 0) this.#closeWriter();
    if (this.#fd < 0 || this.#readers > 0) return;
    this.filesystem.host.close(this.#fd);
    this.#fd = -1;
    this.#forgetListing();
  }

  #closeWriter(): void {
    if (this.#writeFd >= 0) this.filesystem.host.close(this.#writeFd);
    this.#writeFd = -1;
  }

  protected override evict(): void {
    this.filesystem.descriptors.remove(this);
    this.#readers = this.#writers = 0;
    this.closeIdle();
    this.filesystem.forget(this);
    this.parent?.drop();
  }
}
