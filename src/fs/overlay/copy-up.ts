/**
 * Copy-up: give an overlay file an upper inode before its first change: attributes, extended
 * attributes and content as they are below. Its directory is copied up first, without its entries.
 *  - `keep` limits how much content is copied: a truncate needs no more.
 *  - The directory's times do not change: nothing happened that a guest could have asked for.
 *  - An unlinked file that is still open is copied to a nameless upper file.
 */
import { O_RDONLY, O_RDWR } from "../../abi/fcntl.ts";
import { KernelBug } from "../../base/failure.ts";
import type { Task } from "../../kernel/task/task.ts";
import { ATTR_SIZE, Attributes } from "../../kernel/vfs/attributes.ts";
import type { Inode, InodeInit } from "../../kernel/vfs/inode.ts";
import { Kstat } from "../../kernel/vfs/kstat.ts";
import { copyXattrs, setTimes } from "./copy-looks.ts";
import { OVERLAY_PREFIX, setImpure, setOrigin } from "./marks.ts";
import type { OverlayNode } from "./node.ts";

const CHUNK = 262144;

export function copyUp(task: Task, inode: OverlayNode, keep = Infinity): number {
  if (inode.upper !== null) return 0;
  const { parent } = inode;
  if (parent === null) throw new KernelBug("the overlay's root has no upper directory");
  const rc = copyUp(task, parent);
  if (rc < 0) return rc;
  const lower = inode.lowers[0]!;
  const from = new Kstat();
  lower.getattr(from);
  const gone = !inode.isDirectory && inode.lostLinks >= from.nlink;
  const upper = makeCopy(task, inode, lower, gone);
  if (typeof upper === "number") return upper;
  const filled = fill(task, inode, lower, upper, from, keep);
  if (filled < 0) {
    if (!gone) removeCopy(task, parent.upper!, inode.name, upper);
    upper.drop();
    return filled;
  }
  inode.upper = upper;
  if (!inode.isDirectory) {
    remember(task, inode, upper, from.nlink);
    lower.drop();
    inode.lowers = [];
  }
  inode.mirror();
  return 0;
}

function makeCopy(task: Task, inode: OverlayNode, lower: Inode, gone: boolean): Inode | number {
  const directory = inode.parent!.upper!;
  const target = inode.isLink ? lower.readlink(task) : "";
  if (typeof target === "number") return target;
  const init: InodeInit = {
    mode: lower.mode,
    uid: lower.uid,
    gid: lower.gid,
    rdev: lower.rdev,
    target,
  };
  if (gone && inode.isRegular) return directory.tmpfile(task, init);
  if (gone) return makeNameless(task, inode, init);
  const before = new Kstat();
  directory.getattr(before);
  const made = directory.create(task, inode.name, init);
  if (typeof made === "number") return made;
  setImpure(task, directory);
  setTimes(task, directory, before);
  return made;
}

/** A special file without a name: made in the work directory and unlinked. */
function makeNameless(task: Task, inode: OverlayNode, init: InodeInit): Inode | number {
  const { work } = inode.filesystem.layers;
  const name = `orphan-${inode.ino}`;
  const made = work.create(task, name, init);
  if (typeof made !== "number") work.unlink(task, name, made);
  return made;
}

function removeCopy(task: Task, directory: Inode, name: string, upper: Inode): void {
  if (upper.isDirectory) directory.rmdir(task, name, upper);
  else directory.unlink(task, name, upper);
}

/** Content, extended attributes, origin and times; times last. */
function fill(
  task: Task,
  inode: OverlayNode,
  lower: Inode,
  upper: Inode,
  from: Kstat,
  keep: number,
): number {
  if (inode.isRegular) {
    const rc = copyContent(task, lower, upper, from.size, keep);
    if (rc < 0) return rc;
  }
  copyXattrs(task, lower, upper, OVERLAY_PREFIX);
  if (!inode.isDirectory) setOrigin(task, upper, inode.ino);
  setTimes(task, upper, from);
  return 0;
}

/** The first `keep` bytes of a file of `size` bytes; 0 or -errno. */
export function copyContent(
  task: Task,
  lower: Inode,
  upper: Inode,
  size: number,
  keep: number,
): number {
  const length = Math.min(size, keep);
  if (length === 0) return 0;
  const source = lower.open(task, lower, null, O_RDONLY);
  if (typeof source === "number") return source;
  const target = upper.open(task, upper, null, O_RDWR);
  if (typeof target === "number") {
    source.unref();
    return target;
  }
  const buffer = new Uint8Array(Math.min(length, CHUNK));
  let done = 0;
  let rc = 0;
  while (done < length && rc >= 0) {
    const part = buffer.subarray(0, Math.min(buffer.length, length - done));
    rc = source.readKernel(part, done);
    if (rc <= 0) break;
    rc = target.writeKernel(part.subarray(0, rc), done);
    if (rc > 0) done += rc;
  }
  source.unref();
  target.unref();
  if (rc < 0 || done === length) return Math.min(rc, 0);
  // The lower file became shorter meanwhile.
  const changes = new Attributes();
  changes.valid = ATTR_SIZE;
  changes.size = length;
  return upper.setattr(task, changes);
}

/** A lower file with more names: the others must find this copy too. */
function remember(task: Task, inode: OverlayNode, upper: Inode, nlink: number): void {
  if (nlink <= 1) return;
  const { index, layers } = inode.filesystem;
  layers.work.link(task, `index-${inode.ino}`, upper);
  index.set(inode.ino, { upper: upper.hold(), nlink: Math.max(0, nlink - inode.lostLinks) });
}

/** One name more or less of a file that has an index entry. */
export function countLinks(task: Task, inode: OverlayNode, by: number): void {
  const { index, layers } = inode.filesystem;
  const entry = index.get(inode.ino);
  if (entry === undefined) return;
  entry.nlink += by;
  if (entry.nlink > 0) return;
  index.delete(inode.ino);
  layers.work.unlink(task, `index-${inode.ino}`, entry.upper);
  entry.upper.drop();
}
