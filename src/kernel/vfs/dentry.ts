/**
 * Dentry: one name in a directory, and DentryCache: the bounded cache of them (Linux's dcache).
 *  - A positive dentry holds its inode; a negative one (inode null) remembers that a name is absent.
 *  - Pinned (ref > 0), mounted-on and parent dentries stay; the others leave by a clock hand when the
 *    cache is above its bound. Callers that look up a second path in one system call pin the first.
 *  - An unlinked dentry that somebody still uses is unhashed: it keeps its inode and its old place.
 */
import type { Inode } from "./inode.ts";

export class Dentry {
  name: string;
  parent: Dentry | null;
  inode: Inode | null;
  children: Map<string, Dentry> | null = null;
  /** Is it found by lookups in its parent? */
  hashed = false;
  /** How many mounts sit on it. */
  mounts = 0;
  pins = 0;
  /** The directory's namesVersion for which this was found true. */
  version = 0;
  /** Made by O_TMPFILE without O_EXCL: linkat may give it its first name. */
  mayLink = false;
  // the cache's ring and second-chance bit
  touched = true;
  before: Dentry | null = null;
  after: Dentry | null = null;

  constructor(parent: Dentry | null, name: string, inode: Inode | null) {
    this.parent = parent;
    this.name = name;
    this.inode = inode;
  }

  ref(): void {
    this.pins++;
  }

  unref(): void {
    if (--this.pins === 0 && !this.hashed) this.#forget();
  }

  /** A descendant of `ancestor`, or itself? */
  isWithin(ancestor: Dentry): boolean {
    for (let at: Dentry | null = this; at !== null; at = at.parent)
      if (at === ancestor) return true;
    return false;
  }

  /** An unhashed dentry that nobody uses any more. */
  #forget(): void {
    this.inode?.drop();
    this.inode = null;
    this.parent?.unref();
  }
}

export class DentryCache {
  /** The most dentries kept when nothing pins them. */
  bound: number;
  count = 0;
  negatives = 0;
  /** The ring's next candidate for removal. */
  #hand: Dentry | null = null;

  constructor(bound: number) {
    this.bound = bound;
  }

  /** The root of a filesystem, or the name of a nameless file: outside the cache, kept by its user. */
  static detached(inode: Inode, name: string): Dentry {
    return new Dentry(null, name, inode);
  }

  /** A file without a name in its directory yet (O_TMPFILE); takes over the caller's hold. */
  nameless(parent: Dentry, name: string, inode: Inode): Dentry {
    parent.ref();
    return new Dentry(parent, name, inode);
  }

  /** Remember what `name` in `parent` is; takes over the caller's hold on the inode. */
  add(parent: Dentry, name: string, inode: Inode | null): Dentry {
    const dentry = new Dentry(parent, name, inode);
    this.#hash(dentry);
    this.#enterRing(dentry);
    if (this.count > this.bound) this.#prune(dentry);
    return dentry;
  }

  /** A negative dentry becomes the new file. */
  instantiate(dentry: Dentry, inode: Inode): void {
    if (dentry.inode === null) this.negatives--;
    dentry.inode = inode;
  }

  /** The file's name is gone (d_delete): negative, or unhashed while somebody uses it. */
  remove(dentry: Dentry): void {
    this.dropChildren(dentry);
    if (dentry.pins > 0) {
      this.unhash(dentry);
      return;
    }
    dentry.inode?.drop();
    dentry.inode = null;
    this.negatives++;
  }

  /** Stop believing in a name (d_invalidate). In-use dentries live on without being found. */
  invalidate(dentry: Dentry): void {
    this.dropChildren(dentry);
    if (dentry.pins > 0 || (dentry.children !== null && dentry.children.size > 0)) {
      this.unhash(dentry);
      return;
    }
    this.#discard(dentry);
  }

  /** Rename: `dentry` takes the place and name of `target`, whose file is gone or will be moved. */
  move(dentry: Dentry, target: Dentry): void {
    const parent = target.parent!;
    const name = target.name;
    if (target.inode === null) this.#discard(target);
    else this.#displace(target);
    dentry.parent!.children!.delete(dentry.name);
    dentry.parent = parent;
    dentry.name = name;
    this.#link(dentry);
  }

  /** RENAME_EXCHANGE: both stay, each in the other's place. */
  exchange(a: Dentry, b: Dentry): void {
    const parent = a.parent!;
    const name = a.name;
    a.parent!.children!.delete(a.name);
    b.parent!.children!.delete(b.name);
    a.parent = b.parent;
    a.name = b.name;
    b.parent = parent;
    b.name = name;
    this.#link(a);
    this.#link(b);
  }

  /** Forget everything unpinned below `dentry`. */
  dropChildren(dentry: Dentry): void {
    if (dentry.children === null) return;
    for (const child of [...dentry.children.values()]) {
      this.dropChildren(child);
      if (child.pins === 0 && child.mounts === 0 && (child.children?.size ?? 0) === 0)
        this.#discard(child);
    }
  }

  /** Forget every unpinned dentry that no lookup has used since the last time. */
  shrink(): void {
    const bound = this.bound;
    this.bound = 0;
    if (this.#hand !== null)
      for (let i = this.count * 2; i > 0 && this.#hand !== null; i--) this.#step(null);
    this.bound = bound;
  }

  /** Take an in-use dentry out of its parent; it keeps its inode, and its parent stays. */
  unhash(dentry: Dentry): void {
    if (!dentry.hashed) return;
    dentry.hashed = false;
    dentry.parent!.children!.delete(dentry.name);
    dentry.parent!.ref();
    this.#leaveRing(dentry);
  }

  #displace(dentry: Dentry): void {
    this.dropChildren(dentry);
    if (dentry.pins > 0) this.unhash(dentry);
    else this.#discard(dentry);
  }

  #discard(dentry: Dentry): void {
    dentry.hashed = false;
    dentry.parent!.children!.delete(dentry.name);
    if (dentry.inode === null) this.negatives--;
    this.#leaveRing(dentry);
    dentry.inode?.drop();
    dentry.inode = null;
  }

  #hash(dentry: Dentry): void {
    dentry.hashed = true;
    if (dentry.inode === null) this.negatives++;
    this.#link(dentry);
  }

  #link(dentry: Dentry): void {
    const parent = dentry.parent!;
    if (parent.children === null) parent.children = new Map();
    parent.children.set(dentry.name, dentry);
  }

  // --- the clock ------------------------------------------------------------------------------

  #prune(newest: Dentry): void {
    for (let steps = 0; steps < 32 && this.count > this.bound; steps++) this.#step(newest);
  }

  #step(keep: Dentry | null): void {
    const dentry = this.#hand!;
    this.#hand = dentry.after;
    if (dentry === keep || dentry.pins > 0 || dentry.mounts > 0) return;
    if (dentry.children !== null && dentry.children.size > 0) return;
    if (dentry.touched && dentry.inode !== null) dentry.touched = false;
    else this.#discard(dentry);
  }

  #enterRing(dentry: Dentry): void {
    this.count++;
    const hand = this.#hand;
    if (hand === null) {
      dentry.before = dentry;
      dentry.after = dentry;
      this.#hand = dentry;
      return;
    }
    dentry.after = hand;
    dentry.before = hand.before;
    hand.before!.after = dentry;
    hand.before = dentry;
  }

  #leaveRing(dentry: Dentry): void {
    this.count--;
    if (dentry.after === dentry) this.#hand = null;
    else {
      dentry.before!.after = dentry.after;
      dentry.after!.before = dentry.before;
      if (this.#hand === dentry) this.#hand = dentry.after;
    }
    dentry.before = null;
    dentry.after = null;
  }
}
