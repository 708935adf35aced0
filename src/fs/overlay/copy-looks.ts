/**
 * copy-looks: extended attributes and times of a file, for a copy of it. What the copy cannot have is left
 * out.
 */
import type { Task } from "../../kernel/task/task.ts";
import { ATTR_ATIME, ATTR_MTIME, Attributes } from "../../kernel/vfs/attributes.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import type { Kstat } from "../../kernel/vfs/kstat.ts";

/** Those whose names begin with `except` stay behind; null: all go. */
export function copyXattrs(task: Task, from: Inode, to: Inode, except: string | null): void {
  const names = from.listxattr();
  for (const name of typeof names === "number" ? [] : names) {
    if (except !== null && name.startsWith(except)) continue;
    const value = from.getxattr(name);
    if (typeof value !== "number") to.setxattr(task, name, value, 0);
  }
}

/** Access and modification time; 0 or -errno. */
export function setTimes(task: Task, inode: Inode, from: Kstat): number {
  const changes = new Attributes();
  changes.valid = ATTR_ATIME | ATTR_MTIME;
  changes.atimeSec = from.atimeSec;
  changes.atimeNsec = from.atimeNsec;
  changes.mtimeSec = from.mtimeSec;
  changes.mtimeNsec = from.mtimeNsec;
  return inode.setattr(task, changes);
}
