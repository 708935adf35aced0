/**
 * Making and removing names in an overlay directory: the upper directory is changed, and whiteouts
 * come and go so that the lower ones show through where they should and nowhere else.
 */
import { ENOTEMPTY } from "../../abi/errno.ts";
import type { Task } from "../../kernel/task/task.ts";
import { namesIn } from "../../kernel/vfs/directory-names.ts";
import type { Inode, InodeInit } from "../../kernel/vfs/inode.ts";
import { copyUp, countLinks } from "./copy-up.ts";
import { mergedEntries } from "./directory-file.ts";
import { makeWhiteout, removeWhiteout, setImpure, setOpaque } from "./marks.ts";
import type { OverlayNode } from "./node.ts";

export function createName(
  task: Task,
  directory: OverlayNode,
  name: string,
  init: InodeInit,
): Inode | number {
  const rc = copyUp(task, directory);
  if (rc < 0) return rc;
  const upper = directory.upper!;
  const covered = removeWhiteout(task, upper, name);
  const made = upper.create(task, name, init);
  if (typeof made === "number") {
    if (covered) makeWhiteout(task, upper, name);
    return made;
  }
  // What was removed below must not show through a new directory.
  if (covered && made.isDirectory) setOpaque(task, made);
  return directory.filesystem.adopt(directory, name, made, [], null);
}

export function linkName(
  task: Task,
  directory: OverlayNode,
  name: string,
  target: OverlayNode,
): number {
  const rc = copyUp(task, target) || copyUp(task, directory);
  if (rc < 0) return rc;
  const upper = directory.upper!;
  const covered = removeWhiteout(task, upper, name);
  const linked = upper.link(task, name, target.upper!);
  if (linked < 0) {
    if (covered) makeWhiteout(task, upper, name);
    return linked;
  }
  setImpure(task, upper);
  countLinks(task, target, 1);
  if (target.name === "") target.foundAt(directory, name);
  return 0;
}

export function removeName(
  task: Task,
  directory: OverlayNode,
  name: string,
  child: OverlayNode,
): number {
  const rc = copyUp(task, directory);
  if (rc < 0) return rc;
  const upper = directory.upper!;
  const there = upper.lookup(task, name);
  if (typeof there !== "number") {
    const removed = upper.unlink(task, name, there);
    there.drop();
    if (removed < 0) return removed;
  }
  if (child.upper === null) child.loseLink();
  else countLinks(task, child, -1);
  return directory.lowerHas(task, name) ? makeWhiteout(task, upper, name) : 0;
}

export function removeDirectory(
  task: Task,
  directory: OverlayNode,
  name: string,
  child: OverlayNode,
): number {
  const empty = emptyOut(task, child);
  if (empty < 0) return empty;
  const rc = copyUp(task, directory);
  if (rc < 0) return rc;
  const upper = directory.upper!;
  if (child.upper !== null) {
    const removed = upper.rmdir(task, name, child.upper);
    if (removed < 0) return removed;
  }
  return directory.lowerHas(task, name) ? makeWhiteout(task, upper, name) : 0;
}

/** Check that a directory shows no entries, and take the whiteouts out of its upper part. */
export function emptyOut(task: Task, directory: OverlayNode): number {
  const entries = mergedEntries(task, directory);
  if (typeof entries === "number") return entries;
  if (entries.length > 0) return -ENOTEMPTY;
  if (directory.upper === null) return 0;
  const names = namesIn(task, directory.upper);
  if (typeof names === "number") return names;
  for (const name of names) removeWhiteout(task, directory.upper, name);
  return 0;
}
