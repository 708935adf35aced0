/**
 * FsContext: where path names of a task begin (Linux's fs_struct): root, working directory, umask.
 *  - Shared with CLONE_FS (`users` counts tasks), copied by fork.
 *  - It holds references on its paths: change them with setRoot and setCwd, and give unref() when a
 *    task leaves it.
 */
import type { Path } from "../vfs/path.ts";

export class FsContext {
  root: Path;
  cwd: Path;
  umask: number;
  /** How many tasks share it. */
  users = 1;

  constructor(root: Path, cwd: Path, umask: number) {
    this.root = root.ref();
    this.cwd = cwd.ref();
    this.umask = umask;
  }

  setRoot(path: Path): void {
    path.ref();
    this.root.unref();
    this.root = path;
  }

  setCwd(path: Path): void {
    path.ref();
    this.cwd.unref();
    this.cwd = path;
  }

  copy(): FsContext {
    return new FsContext(this.root, this.cwd, this.umask);
  }

  ref(): this {
    this.users++;
    return this;
  }

  unref(): void {
    if (--this.users > 0) return;
    this.root.unref();
    this.cwd.unref();
  }
}
