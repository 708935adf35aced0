/**
 * Rename in an overlay. Files are copied up and renamed above; a directory with lower content is
 * copied up without its entries and gets a redirect to where they are. What was below the old name
 * is whited out; what is below the new one is hidden.
 */
import { RENAME_EXCHANGE } from "../../abi/fcntl.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import { copyUp, countLinks } from "./copy-up.ts";
import { makeWhiteout, removeWhiteout, setImpure, setOpaque, setRedirect } from "./marks.ts";
import { emptyOut } from "./names.ts";
import type { OverlayNode } from "./node.ts";

export interface RenameEnd {
  readonly directory: OverlayNode;
  readonly name: string;
  readonly inode: OverlayNode | null;
}

export function renameName(task: Task, from: RenameEnd, to: RenameEnd, flags: number): number {
  const rc = prepare(task, from, to, flags);
  if (rc < 0) return rc;
  return (flags & RENAME_EXCHANGE) !== 0 ? exchange(task, from, to) : move(task, from, to);
}

/** Copy up all that takes part. */
function prepare(task: Task, from: RenameEnd, to: RenameEnd, flags: number): number {
  if (to.inode?.isDirectory === true && (flags & RENAME_EXCHANGE) === 0) {
    const rc = emptyOut(task, to.inode);
    if (rc < 0) return rc;
  }
  for (const inode of [from.directory, to.directory, from.inode!]) {
    const rc = copyUp(task, inode);
    if (rc < 0) return rc;
  }
  if ((flags & RENAME_EXCHANGE) !== 0) return copyUp(task, to.inode!);
  return 0;
}

function move(task: Task, from: RenameEnd, to: RenameEnd): number {
  const moved = from.inode!;
  const source = from.directory.upper!;
  const target = to.directory.upper!;
  const coveredBelow = from.directory.lowerHas(task, from.name);
  const hidesBelow = to.directory.lowerHas(task, to.name);
  const marked = markDirectory(task, moved, hidesBelow);
  if (marked < 0) return marked;
  const covered = removeWhiteout(task, target, to.name);
  const above = target.lookup(task, to.name);
  const replaced = typeof above === "number" ? null : above;
  const rc = moveAbove(task, from, to, replaced);
  replaced?.drop();
  if (rc < 0) {
    if (covered) makeWhiteout(task, target, to.name);
    return rc;
  }
  setImpure(task, target);
  if (to.inode !== null && !to.inode.isDirectory) {
    if (to.inode.upper === null) to.inode.loseLink();
    else countLinks(task, to.inode, -1);
  }
  moved.foundAt(to.directory, to.name);
  return coveredBelow ? makeWhiteout(task, source, from.name) : 0;
}

function moveAbove(task: Task, from: RenameEnd, to: RenameEnd, replaced: Inode | null): number {
  const source = from.directory.upper!;
  const target = to.directory.upper!;
  const upper = from.inode!.upper!;
  const there = source.lookup(task, from.name);
  if (typeof there !== "number") {
    there.drop();
    return source.rename(task, from.name, upper, target, to.name, replaced, 0);
  }
  // Another name of this file was copied up: this name exists below only.
  if (replaced !== null) {
    const rc = target.unlink(task, to.name, replaced);
    if (rc < 0) return rc;
  }
  return target.link(task, to.name, upper);
}

function exchange(task: Task, from: RenameEnd, to: RenameEnd): number {
  const a = from.inode!;
  const b = to.inode!;
  for (const inode of [a, b]) {
    const rc = markDirectory(task, inode, true);
    if (rc < 0) return rc;
  }
  const source = from.directory.upper!;
  const target = to.directory.upper!;
  const rc = source.rename(task, from.name, a.upper!, target, to.name, b.upper!, RENAME_EXCHANGE);
  if (rc < 0) return rc;
  setImpure(task, source);
  setImpure(task, target);
  a.foundAt(to.directory, to.name);
  b.foundAt(from.directory, from.name);
  return 0;
}

/** A directory on the move: remember its lower content, or hide what will be below it. */
function markDirectory(task: Task, inode: OverlayNode, hidesBelow: boolean): number {
  if (!inode.isDirectory) return 0;
  if (inode.lowers.length === 0) return hidesBelow ? setOpaque(task, inode.upper!) : 0;
  if (inode.redirect !== null) return 0;
  const path = inode.lowerPath();
  const rc = setRedirect(task, inode.upper!, path);
  if (rc === 0) inode.redirect = path;
  return rc;
}
