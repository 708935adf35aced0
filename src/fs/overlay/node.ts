/**
 * OverlayNode: one file of the overlay as its layers have it: an upper inode, or lower ones, or for
 * directories both. OverlayTree: what the nodes of one overlay share. OverlayInode adds the operations.
 *  - `parent` and `name` say where it was found last: that is where it is copied up to.
 *  - mode, uid and gid mirror the topmost inode; every change of them goes through the overlay.
 */
import type { Task } from "../../kernel/task/task.ts";
import { Filesystem } from "../../kernel/vfs/filesystem.ts";
import { Inode } from "../../kernel/vfs/inode.ts";
import { Kstat } from "../../kernel/vfs/kstat.ts";
import type { Vfs } from "../../kernel/vfs/vfs.ts";
import { isOpaque, isWhiteout } from "./marks.ts";

export interface OverlayLayers {
  /** Roots of the read-only layers, the topmost first. */
  readonly lowers: readonly Inode[];
  /** Root of the writable layer. */
  readonly upper: Inode;
  /** A directory of the upper filesystem, outside `upper`, for our own use. */
  readonly work: Inode;
}

/** A lower file with several names that was copied up: all its names show the copy. */
export interface IndexEntry {
  readonly upper: Inode;
  /** Names left in the overlay. */
  nlink: number;
}

/** Each layer's inode numbers have a range of their own. */
const LAYER_STRIDE = 2 ** 48;

export abstract class OverlayTree extends Filesystem {
  readonly layers: OverlayLayers;
  /** The host may change a lower layer while we run. */
  override readonly revalidates: boolean;
  /** Lower inode number to copy. */
  readonly index = new Map<number, IndexEntry>();
  /** Lower inode number to names of it that were removed while it is not copied up. */
  readonly lostLinks = new Map<number, number>();
  /** Lent for one getattr of a layer. */
  readonly stat = new Kstat();

  constructor(vfs: Vfs, layers: OverlayLayers) {
    super(vfs, "overlay");
    this.layers = layers;
    this.revalidates = layers.lowers.some((lower) => lower.filesystem.revalidates);
  }

  /** The one overlay inode for these layers' inodes, held; takes over the holds given. */
  abstract adopt(
    parent: OverlayNode | null,
    name: string,
    upper: Inode | null,
    lowers: Inode[],
    redirect: string | null,
  ): OverlayNode;

  abstract forget(node: OverlayNode): void;

  upperNumber(ino: number): number {
    return ino + LAYER_STRIDE * this.layers.lowers.length;
  }

  /** What makes the inode numbers of this lower inode's layer unique. */
  lowerOffset(lower: Inode): number {
    const { lowers } = this.layers;
    for (let i = 0; i < lowers.length; i++)
      if (lowers[i]!.filesystem === lower.filesystem) return LAYER_STRIDE * i;
    return 0;
  }
}

export abstract class OverlayNode extends Inode {
  declare readonly filesystem: OverlayTree;
  upper: Inode | null;
  lowers: Inode[];
  parent: OverlayNode | null;
  name: string;
  /** A renamed directory: where its lower content is. */
  redirect: string | null;

  constructor(
    fs: OverlayTree,
    ino: number,
    parent: OverlayNode | null,
    name: string,
    upper: Inode | null,
    lowers: Inode[],
    redirect: string | null,
  ) {
    const real = upper ?? lowers[0]!;
    super(fs, ino, real.mode, real.uid, real.gid);
    this.rdev = real.rdev;
    this.upper = upper;
    this.lowers = lowers;
    this.parent = parent === null ? null : (parent.hold() as OverlayNode);
    this.name = name;
    this.redirect = redirect;
  }

  /** The inode that has the content and attributes now. */
  get real(): Inode {
    return this.upper ?? this.lowers[0]!;
  }

  /** Names of a lower file that were removed while it was not copied up. */
  get lostLinks(): number {
    return this.filesystem.lostLinks.get(this.ino) ?? 0;
  }

  loseLink(): void {
    this.filesystem.lostLinks.set(this.ino, this.lostLinks + 1);
  }

  /** Take mode and owner over from the real inode. */
  mirror(): void {
    const { real } = this;
    this.mode = real.mode;
    this.uid = real.uid;
    this.gid = real.gid;
  }

  foundAt(parent: OverlayNode | null, name: string): void {
    if (parent === null || (parent === this.parent && name === this.name)) return;
    const before = this.parent;
    this.parent = parent.hold() as OverlayNode;
    this.name = name;
    before?.drop();
  }

  protected override evict(): void {
    this.filesystem.forget(this);
    this.#forgetLinks();
    this.upper?.drop();
    for (const lower of this.lowers) lower.drop();
    this.parent?.drop();
  }

  /** Without a name left it will never be found again. */
  #forgetLinks(): void {
    const { lostLinks, stat } = this.filesystem;
    if (!lostLinks.has(this.ino)) return;
    if (this.upper === null) this.real.getattr(stat);
    if (this.upper !== null || this.lostLinks >= stat.nlink) lostLinks.delete(this.ino);
  }

  // --- finding --------------------------------------------------------------------------------

  /** Take over what the lower directories know of changes to their names. */
  protected noteVersion(): number {
    const { lowers } = this;
    let version = 0;
    for (let i = 0; i < lowers.length; i++) version += lowers[i]!.namesVersion;
    this.namesVersion = version;
    return version;
  }

  override checkNames(nowNs: number): void {
    const { lowers } = this;
    for (let i = 0; i < lowers.length; i++) lowers[i]!.checkNames(nowNs);
    this.noteVersion();
  }

  /** Is there something below that a whiteout would have to cover? */
  lowerHas(task: Task, name: string): boolean {
    const lowers = gather(task, this.lowers, name, false);
    for (const lower of lowers) lower.drop();
    return lowers.length > 0;
  }

  /** The path of this directory's content in the lower layers. */
  lowerPath(): string {
    if (this.redirect !== null) return this.redirect;
    if (this.parent === null) return "";
    return `${this.parent.lowerPath()}/${this.name}`;
  }
}

/**
 * What `name` is in lower directories, topmost first: one file, or all directories that merge.
 * With `onlyDirectories` (there is an upper directory) a file below is hidden.
 */
export function gather(
  task: Task | null,
  directories: Inode[],
  name: string,
  onlyDirectories: boolean,
): Inode[] {
  const found: Inode[] = [];
  for (const directory of directories) {
    const inode = directory.lookup(task, name);
    if (typeof inode === "number") continue;
    if (isWhiteout(inode) || (!inode.isDirectory && (onlyDirectories || found.length > 0))) {
      inode.drop();
      break;
    }
    found.push(inode);
    // Only what is below could be hidden: the last layer need not be asked.
    const isLast = directory === directories.at(-1);
    if (!inode.isDirectory || (!isLast && isOpaque(inode))) break;
  }
  return found;
}
