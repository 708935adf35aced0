/**
 * DirectoryFile: an open directory. Subclasses list their entries; "." and ".." are made here, at
 * positions 0 and 1. Positions are cookies: what readdir() handed out as nextOffset may be sought.
 */
import { DT_DIR } from "../../abi/dirent.ts";
import { EINVAL, EISDIR, ENOENT } from "../../abi/errno.ts";
import { SEEK_CUR, SEEK_SET } from "../../abi/fcntl.ts";
import type { Task } from "../task/task.ts";
import type { DirectoryEmitter } from "./directory-emitter.ts";
import { File } from "./file.ts";
import { FIRST_ENTRY } from "./packed-entries.ts";

export abstract class DirectoryFile extends File {
  /** Emit entries from `position` (>= FIRST_ENTRY) on, advancing it. 0 or -errno. */
  protected abstract entries(task: Task, into: DirectoryEmitter): number;

  override get seekable(): boolean {
    return true;
  }

  override get pollable(): boolean {
    return false;
  }

  override read(): number {
    return -EISDIR;
  }

  override pread(): number {
    return -EISDIR;
  }

  override readdir(task: Task, into: DirectoryEmitter): number {
    const dentry = this.path?.dentry;
    if (dentry?.parent != null && !dentry.hashed) return -ENOENT;
    if (this.position === 0) {
      if (!into.emit(".", this.inode.ino, DT_DIR, 1)) return 0;
      this.position = 1;
    }
    if (this.position === 1) {
      if (!into.emit("..", this.#parentIno(), DT_DIR, 2)) return 0;
      this.position = FIRST_ENTRY;
    }
    return this.entries(task, into);
  }

  override seek(offset: number, whence: number): number {
    const at = whence === SEEK_CUR ? this.position + offset : offset;
    if ((whence !== SEEK_SET && whence !== SEEK_CUR) || at < 0) return -EINVAL;
    this.position = at;
    return at;
  }

  override fsync(): number {
    return 0;
  }

  #parentIno(): number {
    if (this.path === null) return this.inode.ino;
    let { mount, dentry } = this.path;
    while (dentry === mount.root && mount.parent !== null) {
      dentry = mount.mountpoint!;
      mount = mount.parent;
    }
    return dentry.parent?.inode?.ino ?? this.inode.ino;
  }
}
