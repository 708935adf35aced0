/**
 * copy-tree: what a directory has, once more in another, in-memory one: entries with their modes, owners,
 * times, extended attributes and content. Mounts below the directory are not followed, links are copied as
 * they are. It stops at the first thing that cannot be copied, as a full filesystem.
 */
import { copyXattrs, setTimes } from "../../fs/overlay/copy-looks.ts";
import { copyContent } from "../../fs/overlay/copy-up.ts";
import type { Task } from "../../kernel/task/task.ts";
import { namesIn } from "../../kernel/vfs/directory-names.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import { Kstat } from "../../kernel/vfs/kstat.ts";

/** 0 or -errno. */
export function copyTree(task: Task, from: Inode, to: Inode): number {
  const names = namesIn(task, from);
  if (typeof names === "number") return names;
  for (const name of names) {
    const child = from.lookup(task, name);
    // Gone since it was listed.
    if (typeof child === "number") continue;
    const rc = copyOne(task, child, to, name);
    child.drop();
    if (rc < 0) return rc;
  }
  return copyLooks(task, from, to);
}

function copyOne(task: Task, from: Inode, into: Inode, name: string): number {
  const target = from.isLink ? from.readlink(task) : "";
  if (typeof target === "number") return target;
  const { mode, uid, gid, rdev } = from;
  const made = into.create(task, name, { mode, uid, gid, rdev, target });
  if (typeof made === "number") return made;
  const rc = from.isDirectory ? copyTree(task, from, made) : copyFile(task, from, made);
  made.drop();
  return rc;
}

function copyFile(task: Task, from: Inode, to: Inode): number {
  const stat = new Kstat();
  from.getattr(stat);
  const rc = from.isRegular ? copyContent(task, from, to, stat.size, stat.size) : 0;
  return rc < 0 ? rc : copyLooks(task, from, to);
}

function copyLooks(task: Task, from: Inode, to: Inode): number {
  copyXattrs(task, from, to, null);
  const stat = new Kstat();
  from.getattr(stat);
  return setTimes(task, to, stat);
}
