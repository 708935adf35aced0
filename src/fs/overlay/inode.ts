/**
 * OverlayInode: the operations of one file of the overlay. Reads go to the topmost inode there is;
 * changes copy it up first (copy-up.ts). Names are made and removed in names.ts, moved in rename.ts.
 */
import { ENODATA, ENOENT, EOPNOTSUPP } from "../../abi/errno.ts";
import { O_ACCMODE, O_RDONLY } from "../../abi/fcntl.ts";
import type { Task } from "../../kernel/task/task.ts";
import { ATTR_SIZE, type Attributes } from "../../kernel/vfs/attributes.ts";
import type { Dentry } from "../../kernel/vfs/dentry.ts";
import type { File } from "../../kernel/vfs/file.ts";
import type { Inode, InodeInit } from "../../kernel/vfs/inode.ts";
import type { Kstat } from "../../kernel/vfs/kstat.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import { copyUp } from "./copy-up.ts";
import { OverlayDirectoryFile } from "./directory-file.ts";
import { isOpaque, isWhiteout, OVERLAY_PREFIX, readRedirect } from "./marks.ts";
import { createName, linkName, removeDirectory, removeName } from "./names.ts";
import { gather, OverlayNode, type OverlayTree } from "./node.ts";
import { renameName } from "./rename.ts";

export class OverlayInode extends OverlayNode {
  override lookup(task: Task | null, name: string): Inode | number {
    const found = this.#lookup(task, name);
    this.noteVersion();
    return found;
  }

  /** What has an upper inode is nobody else's; for the rest the lower directories are asked. */
  override revalidate(name: string, child: Inode | null, dentry: Dentry): boolean {
    const node = child as OverlayNode | null;
    if (this.lowers.length === 0 || (node !== null && node.upper !== null)) return true;
    this.checkNames(this.filesystem.vfs.walkNs);
    if (dentry.version === this.namesVersion) return true;
    if (!this.#isStillBelow(name, node)) return false;
    dentry.version = this.noteVersion();
    return true;
  }

  #isStillBelow(name: string, node: OverlayNode | null): boolean {
    if (node === null && this.upper !== null && isCovered(this.upper, name)) return true;
    const known = node === null ? [] : node.lowers;
    const found = gather(null, this.lowers, name, false);
    const isSame =
      found.length === known.length && found.every((inode, index) => inode === known[index]);
    for (const inode of found) inode.drop();
    return isSame;
  }

  #lookup(task: Task | null, name: string): Inode | number {
    const fs = this.filesystem;
    if (this.upper === null) return this.#lookupLower(task, name);
    const upper = this.upper.lookup(task, name);
    if (upper === -ENOENT) return this.#lookupLower(task, name);
    if (typeof upper === "number") return upper;
    if (isWhiteout(upper)) {
      upper.drop();
      return -ENOENT;
    }
    if (!upper.isDirectory) return fs.adopt(this, name, upper, [], null);
    const redirect = readRedirect(upper);
    const lowers = isOpaque(upper)
      ? []
      : redirect !== null
        ? lowersAt(fs, task, redirect)
        : gather(task, this.lowers, name, true);
    return fs.adopt(this, name, upper, lowers, redirect);
  }

  #lookupLower(task: Task | null, name: string): Inode | number {
    if (this.lowers.length === 1) return this.#lookupOnlyLower(task, name);
    const lowers = gather(task, this.lowers, name, false);
    return lowers.length === 0 ? -ENOENT : this.filesystem.adopt(this, name, null, lowers, null);
  }

  /** With one layer below nothing merges: most names are found here. */
  #lookupOnlyLower(task: Task | null, name: string): Inode | number {
    const lower = this.lowers[0]!.lookup(task, name);
    if (typeof lower === "number") return -ENOENT;
    if (!isWhiteout(lower)) return this.filesystem.adopt(this, name, null, [lower], null);
    lower.drop();
    return -ENOENT;
  }

  // --- attributes -----------------------------------------------------------------------------

  override getattr(out: Kstat): number {
    const rc = this.real.getattr(out);
    out.dev = this.filesystem.dev;
    out.ino = this.ino;
    if (this.isDirectory) {
      if (this.upper !== null && this.lowers.length > 0) out.nlink = 1;
    } else {
      const entry = this.filesystem.index.get(this.ino);
      if (entry !== undefined) out.nlink = entry.nlink;
      else if (this.upper === null) out.nlink = Math.max(0, out.nlink - this.lostLinks);
    }
    return rc;
  }

  override setattr(task: Task, changes: Attributes): number {
    const keep = (changes.valid & ATTR_SIZE) !== 0 ? changes.size : Infinity;
    const rc = copyUp(task, this, keep);
    if (rc < 0) return rc;
    const set = this.upper!.setattr(task, changes);
    this.mirror();
    return set;
  }

  // --- content --------------------------------------------------------------------------------

  override readlink(task: Task | null): string | number {
    return this.real.readlink(task);
  }

  override open(task: Task, face: Inode, path: Path | null, flags: number): File | number {
    if (this.isDirectory) return new OverlayDirectoryFile(this, face, path, flags, task);
    if ((flags & O_ACCMODE) !== O_RDONLY) {
      const rc = copyUp(task, this);
      if (rc < 0) return rc;
    }
    return this.real.open(task, face, path, flags);
  }

  // --- names ----------------------------------------------------------------------------------

  override create(task: Task, name: string, init: InodeInit): Inode | number {
    return createName(task, this, name, init);
  }

  override tmpfile(task: Task, init: InodeInit): Inode | number {
    const rc = copyUp(task, this);
    if (rc < 0) return rc;
    const made = this.upper!.tmpfile(task, init);
    return typeof made === "number" ? made : this.filesystem.adopt(this, "", made, [], null);
  }

  override link(task: Task, name: string, target: Inode): number {
    return linkName(task, this, name, target as OverlayNode);
  }

  override unlink(task: Task, name: string, child: Inode): number {
    return removeName(task, this, name, child as OverlayNode);
  }

  override rmdir(task: Task, name: string, child: Inode): number {
    return removeDirectory(task, this, name, child as OverlayNode);
  }

  override rename(
    task: Task,
    name: string,
    child: Inode,
    into: Inode,
    newName: string,
    replaced: Inode | null,
    flags: number,
  ): number {
    const from = { directory: this, name, inode: child as OverlayNode };
    const to = {
      directory: into as OverlayNode,
      name: newName,
      inode: replaced as OverlayNode | null,
    };
    return renameName(task, from, to, flags);
  }

  // --- extended attributes --------------------------------------------------------------------

  override getxattr(name: string): Uint8Array | number {
    return name.startsWith(OVERLAY_PREFIX) ? -ENODATA : this.real.getxattr(name);
  }

  override listxattr(): string[] | number {
    const names = this.real.listxattr();
    return typeof names === "number"
      ? names
      : names.filter((name) => !name.startsWith(OVERLAY_PREFIX));
  }

  override setxattr(task: Task, name: string, value: Uint8Array, flags: number): number {
    if (name.startsWith(OVERLAY_PREFIX)) return -EOPNOTSUPP;
    const rc = copyUp(task, this);
    return rc < 0 ? rc : this.upper!.setxattr(task, name, value, flags);
  }

  override removexattr(task: Task, name: string): number {
    if (typeof this.getxattr(name) === "number") return -ENODATA;
    const rc = copyUp(task, this);
    return rc < 0 ? rc : this.upper!.removexattr(task, name);
  }
}

function isCovered(upper: Inode, name: string): boolean {
  const inode = upper.lookup(null, name);
  if (typeof inode === "number") return false;
  const is = isWhiteout(inode);
  inode.drop();
  return is;
}

/** The lower directories at an absolute path of the layers. */
function lowersAt(fs: OverlayTree, task: Task | null, path: string): Inode[] {
  let at = fs.layers.lowers.map((lower) => lower.hold());
  for (const name of path.split("/")) {
    if (name === "") continue;
    const next = gather(task, at, name, true);
    for (const inode of at) inode.drop();
    at = next;
  }
  return at;
}
