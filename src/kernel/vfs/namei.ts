/**
 * Walker: the path walk, as path_resolution(7) says (Linux's fs/namei.c).
 *  - start() sets where a path begins; walk() follows it. Afterwards `mount` and `dentry` are the
 *    place found, or with LOOKUP_PARENT the directory, and `last` the component left over.
 *  - Symbolic links are spliced into the text that is left; more than 40 of them are ELOOP.
 *  - RESOLVE_* bits of openat2(2) confine the walk.
 * One walker per Vfs, reused by every system call: results are valid until the next start().
 */
import { EBADF, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, EXDEV } from "../../abi/errno.ts";
import {
  AT_FDCWD,
  RESOLVE_BENEATH,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV,
} from "../../abi/fcntl.ts";
import { MAXSYMLINKS, NAME_MAX } from "../../abi/limits.ts";
import { MS_NOSYMFOLLOW } from "../../abi/mount.ts";
import { refuse } from "../../base/refuse.ts";
import type { Credentials } from "../cred/credentials.ts";
import type { Task } from "../task/task.ts";
import type { Dentry } from "./dentry.ts";
import type { Mount } from "./mount.ts";
import { Path } from "./path.ts";
import { MAY_EXEC } from "./permission.ts";
import type { Vfs } from "./vfs.ts";

/** Follow a symbolic link that is the last component. */
export const LOOKUP_FOLLOW = 1;
/** The result must be a directory. */
export const LOOKUP_DIRECTORY = 2;
/** Stop before the last component. */
export const LOOKUP_PARENT = 4;
/** "" means the directory descriptor itself (AT_EMPTY_PATH). */
export const LOOKUP_EMPTY = 8;

/** What the last component of a LOOKUP_PARENT walk is. */
export type LastType = "name" | "dot" | "dotdot" | "root";

const SLASH = 47;

export class Walker {
  readonly #vfs: Vfs;
  #task: Task | null = null;
  #credentials: Credentials | null = null;
  #resolve = 0;
  #follows = 0;
  #rootMount: Mount | null = null;
  #rootDentry: Dentry | null = null;
  #startDentry: Dentry | null = null;
  // results
  mount!: Mount;
  dentry!: Dentry;
  last = "";
  lastType: LastType = "name";
  /** Did slashes follow the last component? */
  trailing = false;

  constructor(vfs: Vfs) {
    this.#vfs = vfs;
  }

  /** Begin at the root, the working directory or `dirfd`. */
  start(
    task: Task,
    dirfd: number,
    pathname: string,
    flags: number,
    resolve: number,
    credentials: Credentials = task.credentials,
  ): number {
    this.#task = task;
    this.#credentials = credentials;
    this.#resolve = resolve;
    this.#follows = 0;
    this.#vfs.walkNs = this.#vfs.clock.monotonicNs();
    if (pathname === "" && (flags & LOOKUP_EMPTY) === 0) return -ENOENT;
    this.#setRoot(task.fs.root);
    if (pathname.charCodeAt(0) === SLASH) {
      if ((resolve & RESOLVE_BENEATH) !== 0) return refuse(EXDEV, "absolute path, RESOLVE_BENEATH");
      if ((resolve & RESOLVE_IN_ROOT) === 0) return this.#toRoot();
    }
    const rc = this.#toDirectory(task, dirfd, pathname === "");
    if (rc < 0) return rc;
    this.#startDentry = this.dentry;
    if ((resolve & (RESOLVE_IN_ROOT | RESOLVE_BENEATH)) !== 0) {
      this.#rootMount = this.mount;
      this.#rootDentry = this.dentry;
    }
    return 0;
  }

  /** Follow `pathname` from where the walk is; 0 or -errno. */
  walk(pathname: string, flags: number): number {
    let text = pathname;
    let at = skipSlashes(text, 0);
    if (at === text.length) return this.#nothingLeft(flags);
    for (;;) {
      let end = text.indexOf("/", at);
      if (end < 0) end = text.length;
      const name = text.slice(at, end);
      const next = skipSlashes(text, end);
      const isLast = next === text.length;
      const rc = this.enter(name);
      if (rc < 0) return rc;
      if (isLast && (flags & LOOKUP_PARENT) !== 0) return this.#stop(name, next > end);
      const wantsDirectory = !isLast || next > end || (flags & LOOKUP_DIRECTORY) !== 0;
      const step = this.step(name, !isLast || next > end || (flags & LOOKUP_FOLLOW) !== 0);
      if (typeof step === "number") {
        if (step < 0) return step;
        if (isLast) return wantsDirectory ? this.#requireDirectory() : 0;
        at = next;
      } else {
        text = step + text.slice(end);
        at = skipSlashes(text, 0);
        if (at === text.length) return this.#nothingLeft(flags);
      }
    }
  }

  /** May the walk look `name` up here? The place must be a searchable directory. */
  enter(name: string): number {
    const inode = this.dentry.inode;
    if (inode === null) return -ENOENT;
    if (!inode.isDirectory) return -ENOTDIR;
    if (name.length > NAME_MAX) return -ENAMETOOLONG;
    return inode.permission(this.#credentials!, MAY_EXEC, this.mount.ids);
  }

  /** Move to component `name`: 0, -errno, or the target of a link that has to be followed. */
  step(name: string, follow: boolean): number | string {
    if (name === ".") return 0;
    if (name === "..") return this.#up();
    const child = this.#vfs.lookup(this.#task, this.dentry, name);
    if (typeof child === "number") return child;
    if (child.inode === null) return -ENOENT;
    if (child.inode.isLink && follow) return this.followLink(child);
    this.dentry = child;
    return child.mounts > 0 ? this.#down() : 0;
  }

  /** The target text of a link found here; 0 when a magic link has moved the walk already. */
  followLink(link: Dentry): number | string {
    const inode = link.inode!;
    if ((this.#resolve & RESOLVE_NO_SYMLINKS) !== 0) return refuse(ELOOP, "RESOLVE_NO_SYMLINKS");
    if ((this.mount.flags & MS_NOSYMFOLLOW) !== 0) return refuse(ELOOP, "the mount is nosymfollow");
    if (++this.#follows > MAXSYMLINKS) return refuse(ELOOP, "more than 40 symbolic links");
    const jump = inode.followLink(this.#task!);
    if (jump !== null) return this.#jump(jump);
    const target = inode.readlink(this.#task);
    if (typeof target === "number") return target;
    if (target === "") return -ENOENT;
    if (target.charCodeAt(0) !== SLASH) return target;
    if ((this.#resolve & RESOLVE_BENEATH) !== 0)
      return refuse(EXDEV, "absolute link, RESOLVE_BENEATH");
    const rc = this.#toRoot();
    return rc < 0 ? rc : target;
  }

  /** The last component of a LOOKUP_PARENT walk as a dentry, negative when there is no such file. */
  lookupLast(): Dentry | number {
    return this.#vfs.lookup(this.#task, this.dentry, this.last);
  }

  /** Go to a child that lookupLast() gave, through what is mounted there. */
  descend(child: Dentry): number {
    this.dentry = child;
    return child.mounts > 0 ? this.#down() : 0;
  }

  path(): Path {
    return new Path(this.mount, this.dentry);
  }

  // --- moves ----------------------------------------------------------------------------------

  #setRoot(root: Path): void {
    this.#rootMount = root.mount;
    this.#rootDentry = root.dentry;
    this.#startDentry = null;
  }

  #toRoot(): number {
    if (
      (this.#resolve & RESOLVE_NO_XDEV) !== 0 &&
      this.#startDentry !== null &&
      this.mount !== this.#rootMount
    )
      return refuse(EXDEV, "RESOLVE_NO_XDEV");
    this.mount = this.#rootMount!;
    this.dentry = this.#rootDentry!;
    return 0;
  }

  #toDirectory(task: Task, dirfd: number, isEmpty: boolean): number {
    let path = task.fs.cwd;
    if (dirfd !== AT_FDCWD) {
      const file = task.files.get(dirfd);
      if (file === null) return -EBADF;
      if (file.path === null) {
        if (!isEmpty) return refuse(ENOTDIR, "the directory descriptor is not a directory");
        path = this.#vfs.anonymous.path(file.inode, "anon_inode:[file]");
      } else path = file.path;
      if (!isEmpty && !path.inode.isDirectory) return -ENOTDIR;
    }
    this.mount = path.mount;
    this.dentry = path.dentry;
    return 0;
  }

  /** "..": the root and the top of the tree have none. */
  #up(): number {
    for (;;) {
      if (this.mount === this.#rootMount && this.dentry === this.#rootDentry) {
        if ((this.#resolve & RESOLVE_BENEATH) !== 0) return refuse(EXDEV, "RESOLVE_BENEATH");
        break;
      }
      if (this.dentry !== this.mount.root) {
        if (this.dentry.parent !== null) this.dentry = this.dentry.parent;
        break;
      }
      if (this.mount.parent === null) break;
      if ((this.#resolve & RESOLVE_NO_XDEV) !== 0) return refuse(EXDEV, "RESOLVE_NO_XDEV");
      this.dentry = this.mount.mountpoint!;
      this.mount = this.mount.parent;
    }
    return this.dentry.mounts > 0 ? this.#down() : 0;
  }

  /** Onto whatever is mounted here. */
  #down(): number {
    for (;;) {
      const over = this.mount.children.get(this.dentry);
      if (over === undefined) return 0;
      if ((this.#resolve & RESOLVE_NO_XDEV) !== 0) return refuse(EXDEV, "RESOLVE_NO_XDEV");
      this.mount = over;
      this.dentry = over.root;
    }
  }

  #jump(target: Path | number): number {
    if ((this.#resolve & RESOLVE_NO_MAGICLINKS) !== 0)
      return refuse(ELOOP, "RESOLVE_NO_MAGICLINKS");
    if (typeof target === "number") return target;
    if ((this.#resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) !== 0)
      return refuse(EXDEV, "magic link");
    if ((this.#resolve & RESOLVE_NO_XDEV) !== 0 && target.mount !== this.mount)
      return refuse(EXDEV, "RESOLVE_NO_XDEV");
    this.mount = target.mount;
    this.dentry = target.dentry;
    return 0;
  }

  // --- ends -----------------------------------------------------------------------------------

  /** The text was only slashes: the walk ends where it is. */
  #nothingLeft(flags: number): number {
    if ((flags & LOOKUP_PARENT) === 0)
      return (flags & LOOKUP_DIRECTORY) !== 0 ? this.#requireDirectory() : 0;
    this.last = "";
    this.lastType = "root";
    this.trailing = false;
    return 0;
  }

  #stop(name: string, trailing: boolean): number {
    this.last = name;
    this.lastType = name === "." ? "dot" : name === ".." ? "dotdot" : "name";
    this.trailing = trailing;
    return 0;
  }

  #requireDirectory(): number {
    return this.dentry.inode!.isDirectory ? 0 : -ENOTDIR;
  }
}

function skipSlashes(text: string, at: number): number {
  while (text.charCodeAt(at) === SLASH) at++;
  return at;
}
