/**
 * FdTable: a process's descriptors (Linux's files_struct). Shared by tasks with CLONE_FILES, copied
 * by fork. The lowest free number is always taken first.
 *  - `install` takes over the caller's reference; `get` lends one for the length of a system call.
 *  - RLIMIT_NOFILE is the caller's to pass, as it belongs to the thread group.
 */
import { EBADF, EMFILE } from "../../abi/errno.ts";
import type { Task } from "../task/task.ts";
import type { File } from "../vfs/file.ts";

export class FdTable {
  #files: (File | null)[] = [];
  #closeOnExec: boolean[] = [];
  /** No free number lies below this one. */
  #lowest = 0;
  /** How many tasks share the table. */
  users = 1;

  /** The file behind `fd`, or null. */
  get(fd: number): File | null {
    return this.#files[fd] ?? null;
  }

  isCloseOnExec(fd: number): boolean {
    return this.#closeOnExec[fd] === true;
  }

  setCloseOnExec(fd: number, on: boolean): void {
    this.#closeOnExec[fd] = on;
  }

  /** One past the highest descriptor in use. */
  get size(): number {
    return this.#files.length;
  }

  /** Give `file` the lowest free number >= from; the number, or -EMFILE (reference not taken). */
  install(file: File, closeOnExec: boolean, limit: number, from = 0): number {
    let fd = Math.max(from, this.#lowest);
    while (this.#files[fd] != null) fd++;
    if (fd >= limit) return -EMFILE;
    if (from <= this.#lowest) this.#lowest = fd + 1;
    this.#put(fd, file, closeOnExec);
    return fd;
  }

  /** Would install() with this limit find a number? */
  hasRoom(limit: number): boolean {
    let fd = this.#lowest;
    while (this.#files[fd] != null) fd++;
    return fd < limit;
  }

  /** Put `file` at exactly `fd` (dup2), closing what was there. */
  replace(task: Task, fd: number, file: File, closeOnExec: boolean): void {
    const old = this.#files[fd] ?? null;
    this.#put(fd, file, closeOnExec);
    if (old !== null) this.#drop(task, old);
  }

  close(task: Task, fd: number): number {
    const file = this.#files[fd] ?? null;
    if (file === null) return -EBADF;
    this.#clear(fd);
    this.#drop(task, file);
    return 0;
  }

  /** A copy with its own references, for fork and unshare. */
  copy(): FdTable {
    const table = new FdTable();
    table.#files = this.#files.slice();
    table.#closeOnExec = this.#closeOnExec.slice();
    table.#lowest = this.#lowest;
    for (const file of table.#files) file?.ref();
    return table;
  }

  closeOnExecAll(task: Task): void {
    for (let fd = 0; fd < this.#files.length; fd++)
      if (this.#closeOnExec[fd] === true && this.#files[fd] != null) this.close(task, fd);
  }

  closeAll(task: Task): void {
    for (let fd = 0; fd < this.#files.length; fd++)
      if (this.#files[fd] != null) this.close(task, fd);
  }

  /** Open descriptors in ascending order. */
  *numbers(): Generator<number> {
    for (let fd = 0; fd < this.#files.length; fd++) if (this.#files[fd] != null) yield fd;
  }

  #put(fd: number, file: File, closeOnExec: boolean): void {
    while (this.#files.length < fd) {
      this.#files.push(null);
      this.#closeOnExec.push(false);
    }
    this.#files[fd] = file;
    this.#closeOnExec[fd] = closeOnExec;
  }

  #clear(fd: number): void {
    this.#files[fd] = null;
    this.#closeOnExec[fd] = false;
    if (fd < this.#lowest) this.#lowest = fd;
    let length = this.#files.length;
    while (length > 0 && this.#files[length - 1] == null) length--;
    this.#files.length = length;
    this.#closeOnExec.length = length;
  }

  #drop(task: Task, file: File): void {
    // POSIX: closing any descriptor of a file gives up all record locks that the process has on it.
    file.inode.locks?.dropOwner(this);
    file.onClose(task);
    file.unref();
  }
}
