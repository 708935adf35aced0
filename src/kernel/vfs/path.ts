/**
 * Path: a place in the tree of names: a dentry seen through a mount (Linux's struct path).
 *  - Whoever keeps one beyond the current system call takes ref() and later gives unref(); that pins
 *    the dentry in the cache and the mount in its namespace. It does not count on its own.
 */
import type { Dentry } from "./dentry.ts";
import type { Inode } from "./inode.ts";
import type { Mount } from "./mount.ts";

export class Path {
  readonly mount: Mount;
  readonly dentry: Dentry;

  constructor(mount: Mount, dentry: Dentry) {
    this.mount = mount;
    this.dentry = dentry;
  }

  /** The inode; the path exists, so there is one. */
  get inode(): Inode {
    return this.dentry.inode!;
  }

  ref(): this {
    this.mount.users++;
    this.mount.isExpiring = false;
    this.dentry.ref();
    return this;
  }

  unref(): void {
    this.dentry.unref();
    this.mount.unref();
  }

  equals(other: Path): boolean {
    return this.mount === other.mount && this.dentry === other.dentry;
  }
}
