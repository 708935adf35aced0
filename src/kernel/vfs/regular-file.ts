/**
 * RegularFile: an open file with content at positions: what tmpfs, host and overlay files share.
 *  - Subclasses give size(), readAt() and writeAt(); here are positions, O_APPEND, RLIMIT_FSIZE with
 *    its SIGXFSZ, the loss of set-id bits at a write, and lseek(2).
 *  - Never waits: reads and writes complete at once.
 */
import { EFBIG, EINVAL, ENXIO } from "../../abi/errno.ts";
import { O_APPEND, SEEK_CUR, SEEK_DATA, SEEK_END, SEEK_HOLE, SEEK_SET } from "../../abi/fcntl.ts";
import { RLIMIT_FSIZE } from "../../abi/resource.ts";
import { SIGXFSZ } from "../../abi/signal.ts";
import { refuse } from "../../base/refuse.ts";
import type { UserBuffer } from "../mm/user-buffer.ts";
import type { Task } from "../task/task.ts";
import { MAX_FILE_SIZE, removePrivileges } from "./attributes.ts";
import { File } from "./file.ts";
import { privilegeBits } from "./permission.ts";

export abstract class RegularFile extends File {
  abstract size(): number;

  /** Bytes read at `position`: 0 at the end, or -errno. */
  protected abstract readAt(into: UserBuffer, position: number): number;

  /** Write at most `count` bytes at `position`, or -errno. */
  protected abstract writeAt(from: UserBuffer, position: number, count: number): number;

  override get seekable(): boolean {
    return true;
  }

  override get pollable(): boolean {
    return false;
  }

  override read(_task: Task, into: UserBuffer): number {
    const n = this.readAt(into, this.position);
    if (n > 0) this.position += n;
    return n;
  }

  override pread(_task: Task, into: UserBuffer, position: number): number {
    return this.readAt(into, position);
  }

  override write(task: Task, from: UserBuffer): number {
    if ((this.flags & O_APPEND) !== 0) this.position = this.size();
    const n = this.#checkedWrite(task, from, this.position);
    if (n > 0) this.position += n;
    return n;
  }

  override pwrite(task: Task, from: UserBuffer, position: number): number {
    return this.#checkedWrite(task, from, (this.flags & O_APPEND) !== 0 ? this.size() : position);
  }

  #checkedWrite(task: Task, from: UserBuffer, position: number): number {
    if (from.remaining === 0) return 0;
    const count = allowedLength(task, position, from.remaining);
    if (count < 0) return count;
    if ((this.inode.mode & 0o6000) !== 0) {
      const kill = privilegeBits(task.credentials, this.inode, this.mountIds);
      if (kill !== 0) removePrivileges(task, this.inode, kill);
    }
    return this.writeAt(from, position, count);
  }

  override available(): number {
    return Math.max(0, this.size() - this.position);
  }

  override seek(offset: number, whence: number): number {
    const at = this.#target(offset, whence);
    if (at < 0) return at;
    this.position = at;
    return at;
  }

  #target(offset: number, whence: number): number {
    if (whence === SEEK_DATA || whence === SEEK_HOLE) {
      if (offset < 0 || offset >= this.size()) return refuse(ENXIO, "lseek: beyond the end");
      return this.seekExtent(offset, whence);
    }
    let at = offset;
    if (whence === SEEK_CUR) at += this.position;
    else if (whence === SEEK_END) at += this.size();
    else if (whence !== SEEK_SET) return refuse(EINVAL, "lseek: unknown whence");
    if (at < 0 || at > MAX_FILE_SIZE) return refuse(EINVAL, "lseek: beyond what a file can have");
    return at;
  }

  /** SEEK_DATA and SEEK_HOLE within the file; by default it is one piece of data. */
  protected seekExtent(offset: number, whence: number): number {
    return whence === SEEK_DATA ? offset : this.size();
  }
}

/** How many of `count` bytes may be written at `position`; -EFBIG when none (and SIGXFSZ is sent). */
export function allowedLength(task: Task, position: number, count: number): number {
  const limit = task.group.limits.soft(RLIMIT_FSIZE);
  if (position + count > limit) {
    if (position >= limit) {
      task.kernel.sendSignalToTask(task, SIGXFSZ);
      return refuse(EFBIG, "RLIMIT_FSIZE");
    }
    return limit - position;
  }
  if (position >= MAX_FILE_SIZE) return refuse(EFBIG, "the largest offset");
  return Math.min(count, MAX_FILE_SIZE - position);
}
