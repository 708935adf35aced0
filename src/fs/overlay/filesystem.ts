/**
 * OverlayFilesystem: read-only lower trees with one writable tree on top, as Linux's overlayfs.
 *  - Works on inodes of any filesystem; the layers are changed by nobody else.
 *  - A file is copied up at its first change. Removed lower names are whiteouts (device 0:0) above;
 *    a directory that must not show what is below it is opaque; a renamed lower directory remembers
 *    where it was (redirect). All of this is in the upper tree, as Linux names it.
 *  - Inode numbers stay the same through copy-up; hard links survive it (an index in `work`).
 * Source: Documentation/filesystems/overlayfs.rst.
 */
import { OVERLAYFS_SUPER_MAGIC } from "../../abi/stat.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import type { StatFs } from "../../kernel/vfs/kstat.ts";
import type { Vfs } from "../../kernel/vfs/vfs.ts";
import { OverlayInode } from "./inode.ts";
import { readOrigin } from "./marks.ts";
import { type OverlayLayers, type OverlayNode, OverlayTree } from "./node.ts";

export class OverlayFilesystem extends OverlayTree {
  readonly root: OverlayInode;
  readonly #inodes = new Map<number, OverlayInode>();

  constructor(vfs: Vfs, layers: OverlayLayers) {
    super(vfs, layers);
    for (const lower of layers.lowers) lower.hold();
    layers.work.hold();
    this.root = this.adopt(null, "", layers.upper.hold(), [...layers.lowers], null);
  }

  /** The one overlay inode for these layers' inodes, held; takes over the holds given. */
  override adopt(
    parent: OverlayNode | null,
    name: string,
    upper: Inode | null,
    lowers: Inode[],
    redirect: string | null,
  ): OverlayInode {
    const ino = this.#numberOf(upper, lowers);
    const known = this.#inodes.get(ino);
    if (known !== undefined && this.#isSame(known, upper, lowers)) {
      upper?.drop();
      for (const lower of lowers) lower.drop();
      known.foundAt(parent, name);
      return known.hold() as OverlayInode;
    }
    if (upper === null && this.index.size > 0 && !lowers[0]!.isDirectory) {
      const entry = this.index.get(ino);
      if (entry !== undefined) {
        lowers[0]!.drop();
        return this.#make(ino, parent, name, entry.upper.hold(), [], redirect);
      }
    }
    return this.#make(ino, parent, name, upper, lowers, redirect);
  }

  /** Or has the host given a number of the lower layer to another file? */
  #isSame(known: OverlayInode, upper: Inode | null, lowers: Inode[]): boolean {
    if (upper !== null) return known.upper === upper;
    if (known.upper === null) return known.lowers[0] === lowers[0];
    return this.index.has(known.ino);
  }

  #make(
    ino: number,
    parent: OverlayNode | null,
    name: string,
    upper: Inode | null,
    lowers: Inode[],
    redirect: string | null,
  ): OverlayInode {
    const inode = new OverlayInode(this, ino, parent, name, upper, lowers, redirect);
    this.#inodes.set(ino, inode);
    return inode;
  }

  override forget(inode: OverlayNode): void {
    if (this.#inodes.get(inode.ino) === inode) this.#inodes.delete(inode.ino);
  }

  #numberOf(upper: Inode | null, lowers: Inode[]): number {
    if (upper === null || (upper.isDirectory && lowers.length > 0))
      return lowers[0]!.ino + this.lowerOffset(lowers[0]!);
    const origin = upper.isDirectory ? 0 : readOrigin(upper);
    return origin !== 0 ? origin : this.upperNumber(upper.ino);
  }

  override statfs(out: StatFs): number {
    const rc = this.layers.upper.filesystem.statfs(out);
    out.type = OVERLAYFS_SUPER_MAGIC;
    return rc;
  }

  override sync(): number {
    return this.layers.upper.filesystem.sync();
  }

  override release(): void {
    for (const lower of this.layers.lowers) lower.drop();
    this.layers.work.drop();
  }
}
