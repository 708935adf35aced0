/**
 * TmpfsSpace: what the files of one tmpfs share: inode numbers, and how much of the limits is used.
 */
import { ENOSPC } from "../../abi/errno.ts";
import { refuse } from "../../base/refuse.ts";
import type { Host } from "../../host/host.ts";
import { Filesystem } from "../../kernel/vfs/filesystem.ts";
import type { Vfs } from "../../kernel/vfs/vfs.ts";

export abstract class TmpfsSpace extends Filesystem {
  readonly host: Host;
  /** Most bytes of content and most inodes; Infinity for no limit. */
  sizeLimit: number;
  inodeLimit: number;
  /** A directory of the host that holds what large files hold; -1: they are in memory. */
  directory = -1;
  /** Bytes of content, and inodes, in use. */
  used = 0;
  inodes = 0;
  #lastIno = 0;

  override readonly allowsIds: boolean;

  constructor(vfs: Vfs, type: string, host: Host, sizeLimit: number, inodeLimit: number) {
    super(vfs, type);
    this.allowsIds = type === "tmpfs";
    this.host = host;
    this.sizeLimit = sizeLimit;
    this.inodeLimit = inodeLimit;
  }

  newIno(): number {
    this.inodes++;
    return ++this.#lastIno;
  }

  get isFull(): boolean {
    return this.inodes >= this.inodeLimit;
  }

  /** How many of `count` more bytes the size limit leaves; -ENOSPC when none. */
  allow(count: number): number {
    if (this.used + count <= this.sizeLimit) return count;
    const left = this.sizeLimit - this.used;
    return left > 0 ? left : refuse(ENOSPC, "tmpfs: size limit");
  }
}
