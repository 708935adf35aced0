/**
 * Marks and events of inotify(7): who wants to hear what happens to an inode.
 *  - Filesystem operations call notify…(); with no mark in the whole kernel that costs one test.
 *  - A mark on a directory also hears of its entries, by name.
 *  - A Mark's sink is the inotify file (kernel/vfs/inotify-file.ts).
 */
import {
  IN_DELETE_SELF,
  IN_EXCL_UNLINK,
  IN_IGNORED,
  IN_ISDIR,
  IN_MOVE_SELF,
  IN_MOVED_FROM,
  IN_MOVED_TO,
  IN_ONESHOT,
} from "../../abi/inotify.ts";
import type { Dentry } from "./dentry.ts";
import type { File } from "./file.ts";
import type { Inode } from "./inode.ts";

/** Takes events in order. */
export interface EventSink {
  event(wd: number, mask: number, cookie: number, name: string): void;
  /** A mark is gone: its inode was deleted, or IN_ONESHOT fired. */
  forget(mark: Mark): void;
}

export class Mark {
  readonly sink: EventSink;
  readonly inode: Inode;
  readonly wd: number;
  /** Events and flags of inotify_add_watch. */
  mask: number;

  constructor(sink: EventSink, inode: Inode, wd: number, mask: number) {
    this.sink = sink;
    this.inode = inode;
    this.wd = wd;
    this.mask = mask;
  }
}

/** Something happened to an inode itself. */
export function notifyInode(inode: Inode, mask: number): void {
  if (inode.marks === null) return;
  deliver(inode, inode.isDirectory ? mask | IN_ISDIR : mask, 0, "");
}

/** Something happened to the entry `name` of a directory. */
export function notifyEntry(
  directory: Inode,
  name: string,
  mask: number,
  isDir: boolean,
  cookie = 0,
): void {
  if (directory.marks === null) return;
  deliver(directory, isDir ? mask | IN_ISDIR : mask, cookie, name);
}

/** Something happened to a named file: its directory hears of it, and so does it. */
export function notifyDentry(dentry: Dentry, mask: number): void {
  const inode = dentry.inode;
  if (inode === null) return;
  const parent = dentry.parent?.inode;
  if (parent != null && parent.marks !== null) {
    const full = inode.isDirectory ? mask | IN_ISDIR : mask;
    deliver(parent, full, 0, dentry.name, !dentry.hashed);
  }
  notifyInode(inode, mask);
}

export function notifyFile(file: File, mask: number): void {
  if (file.path !== null) notifyDentry(file.path.dentry, mask);
  else notifyInode(file.inode, mask);
}

/** A rename moved `inode`; both directories hear of it, tied by a cookie. */
export function notifyMove(
  from: Inode,
  name: string,
  to: Inode,
  newName: string,
  inode: Inode,
  cookie: number,
): void {
  notifyEntry(from, name, IN_MOVED_FROM, inode.isDirectory, cookie);
  notifyEntry(to, newName, IN_MOVED_TO, inode.isDirectory, cookie);
  if (inode.marks !== null) deliver(inode, IN_MOVE_SELF, 0, "");
}

/** The last name and the last user of an inode are gone. */
export function notifyDeleted(inode: Inode): void {
  if (inode.marks === null) return;
  deliver(inode, IN_DELETE_SELF, 0, "");
  const marks = inode.marks as Mark[] | null;
  if (marks !== null) for (const mark of marks.slice()) removeMark(mark);
}

/** Take a mark off its inode and tell its owner (IN_IGNORED). */
export function removeMark(mark: Mark): void {
  const marks = mark.inode.marks;
  const index = marks === null ? -1 : marks.indexOf(mark);
  if (marks === null || index < 0) return;
  marks.splice(index, 1);
  if (marks.length === 0) mark.inode.marks = null;
  mark.inode.filesystem.vfs.markCount--;
  mark.sink.event(mark.wd, IN_IGNORED, 0, "");
  mark.sink.forget(mark);
  mark.inode.drop();
}

function deliver(inode: Inode, mask: number, cookie: number, name: string, unlinked = false): void {
  for (const mark of inode.marks!.slice()) {
    if ((mark.mask & mask & 0xfff) === 0) continue;
    if (unlinked && (mark.mask & IN_EXCL_UNLINK) !== 0) continue;
    mark.sink.event(mark.wd, mask, cookie, name);
    if ((mark.mask & IN_ONESHOT) !== 0) removeMark(mark);
  }
}
