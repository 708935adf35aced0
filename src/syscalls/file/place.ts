/**
 * place: how handlers of the *at() calls find the file they are about: by path, or by the descriptor
 * itself with an empty path. Also what a change needs to know of the mount.
 */
import { EBADF, EROFS } from "../../abi/errno.ts";
import { AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW, O_PATH } from "../../abi/fcntl.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { Dentry } from "../../kernel/vfs/dentry.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import type { Mount } from "../../kernel/vfs/mount.ts";
import type { MountIds } from "../../kernel/vfs/mount-ids.ts";
import { LOOKUP_EMPTY, LOOKUP_FOLLOW } from "../../kernel/vfs/namei.ts";

/** A file that a handler is about; mount and dentry are null for nameless files. */
export interface Place {
  readonly inode: Inode;
  readonly mount: Mount | null;
  readonly dentry: Dentry | null;
}

/** LOOKUP_* of AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH. */
export function lookupFlags(flags: number): number {
  const follow = (flags & AT_SYMLINK_NOFOLLOW) !== 0 ? 0 : LOOKUP_FOLLOW;
  return (flags & AT_EMPTY_PATH) !== 0 ? follow | LOOKUP_EMPTY : follow;
}

export function placeAt(
  task: Task,
  dirfd: number,
  pathname: number,
  lookup: number,
): Place | number {
  const name = task.mm.readPath(pathname);
  if (typeof name === "number") return name;
  if (name === "" && (lookup & LOOKUP_EMPTY) !== 0 && dirfd >= 0) return placeOf(task, dirfd, true);
  const { vfs } = task.kernel;
  const rc = vfs.find(task, dirfd, name, lookup);
  if (rc < 0) return rc;
  const { mount, dentry } = vfs.walker;
  return { inode: dentry.inode!, mount, dentry };
}

/** The file of a descriptor; one opened with O_PATH only where that is allowed. */
export function placeOf(task: Task, fd: number, allowPathOnly = false): Place | number {
  const file = task.files.get(fd);
  if (file === null || (!allowPathOnly && (file.flags & O_PATH) !== 0)) return -EBADF;
  return { inode: file.inode, mount: file.path?.mount ?? null, dentry: file.path?.dentry ?? null };
}

/** Through which ids its mount shows it. */
export function idsOf({ mount }: Place): MountIds | null {
  return mount === null ? null : mount.ids;
}

export function mayChange(place: Place): number {
  return place.mount?.readOnly === true ? refuse(EROFS, "the mount is read-only") : 0;
}
