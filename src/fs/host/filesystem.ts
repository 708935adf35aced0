/**
 * HostFilesystem: a directory (or one file) of the host, seen by the guest.
 *  - It starts from one descriptor taken at set-up; everything below is reached one component at a
 *    time with O_NOFOLLOW. No host path is used afterwards.
 *  - Read-only (the root's lower layer) unless `writable` (a volume). What was read of a file's
 *    attributes is believed for `attributeNs`; a volume believes nothing.
 *  - Only regular files and directories are opened on the host. Its devices, FIFOs and sockets are
 *    names for our own.
 */
import { O_CLOEXEC, O_NOFOLLOW, O_PATH } from "../../abi/fcntl.ts";
import { getU64 } from "../../abi/struct.ts";
import type { Host } from "../../host/host.ts";
import type { HostStat } from "../../host/stat.ts";
import type { StatFs } from "../../kernel/vfs/kstat.ts";
import type { Vfs } from "../../kernel/vfs/vfs.ts";
import { HostInode } from "./inode.ts";
import type { HostNode } from "./node.ts";
import { HostTree } from "./tree.ts";

export interface HostOptions {
  readonly writable: boolean;
  /** How long attributes and names are believed, in nanoseconds. */
  readonly attributeNs: number;
  /** Idle host descriptors kept open. */
  readonly descriptors: number;
}

/** As many directories as a large tree has. */
const MOST_DESCRIPTORS = 8192;

export const HOST_ROOT: HostOptions = { writable: false, attributeNs: 1e9, descriptors: 512 };
/** HOST_ROOT with its share of the descriptors that the process may have. */
export function hostRoot(descriptors: number): HostOptions {
  const share = Math.min(MOST_DESCRIPTORS, descriptors >> 2);
  return { ...HOST_ROOT, descriptors: Math.max(HOST_ROOT.descriptors, share) };
}

export const HOST_VOLUME: HostOptions = { writable: true, attributeNs: 0, descriptors: 128 };

interface HostDevice {
  readonly major: number;
  readonly minor: number;
  readonly inodes: Map<number, HostInode>;
}

export class HostFilesystem extends HostTree {
  readonly root: HostInode;
  readonly #devices: HostDevice[] = [];

  /** rootFd (O_PATH) becomes ours. */
  constructor(vfs: Vfs, host: Host, rootFd: number, options: HostOptions) {
    super(vfs, host, rootFd, options.attributeNs, options.descriptors);
    this.readOnly = !options.writable;
    host.statx(rootFd, "", this.stat);
    this.root = this.inodeFor(null, "", this.stat);
  }

  /** Open a host directory or file at set-up; the only use of a host path. */
  static open(vfs: Vfs, host: Host, path: string, options: HostOptions): HostFilesystem | number {
    const fd = host.openat(-100, path, O_PATH | O_CLOEXEC);
    return fd < 0 ? fd : new HostFilesystem(vfs, host, fd, options);
  }

  /** The one inode for what statx told, held; `parent` and `name` are where it was found. */
  override inodeFor(parent: HostNode | null, name: string, stat: HostStat): HostInode {
    const index = this.#deviceIndex(stat.devMajor, stat.devMinor);
    const { inodes } = this.#devices[index]!;
    const known = inodes.get(stat.ino);
    if (known?.isSame(stat) === true) {
      known.foundAt(parent, name, stat);
      return known.hold() as HostInode;
    }
    const inode = new HostInode(this, this.inoOffset(index) + stat.ino, index, parent, name, stat);
    // Numbers above 2^53 are rounded: two files might share one. Such files are not merged.
    if (stat.ino <= Number.MAX_SAFE_INTEGER) inodes.set(stat.ino, inode);
    return inode;
  }

  override forget(inode: HostNode): void {
    const { inodes } = this.#devices[inode.device]!;
    if (inodes.get(inode.hostIno) === inode) inodes.delete(inode.hostIno);
  }

  #deviceIndex(major: number, minor: number): number {
    const devices = this.#devices;
    for (let i = 0; i < devices.length; i++)
      if (devices[i]!.major === major && devices[i]!.minor === minor) return i;
    return devices.push({ major, minor, inodes: new Map() }) - 1;
  }

  override statfs(out: StatFs): number {
    const rc = this.host.fstatfs(this.rootFd);
    if (rc < 0) return rc;
    const { view } = this.host.arena;
    const at = this.host.structAt;
    out.type = getU64(view, at);
    out.bsize = getU64(view, at + 8);
    out.blocks = getU64(view, at + 16);
    out.bfree = getU64(view, at + 24);
    out.bavail = getU64(view, at + 32);
    out.files = getU64(view, at + 40);
    out.ffree = getU64(view, at + 48);
    out.namelen = getU64(view, at + 64);
    out.frsize = getU64(view, at + 72);
    return 0;
  }

  /** ST_* flags of the host's mount that it starts in; 0 when the host does not tell. */
  hostFlags(): number {
    const rc = this.host.fstatfs(this.rootFd);
    return rc < 0 ? 0 : getU64(this.host.arena.view, this.host.structAt + 80);
  }

  override sync(): number {
    if (this.readOnly) return 0;
    const fd = this.host.openat(this.rootFd, ".", O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return 0;
    const rc = this.host.syncfs(fd);
    this.host.close(fd);
    return rc;
  }

  override release(): void {
    this.descriptors.clear();
    this.host.close(this.rootFd);
  }
}
