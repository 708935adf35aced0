/**
 * Inode: the identity and the operations of one file (Linux's struct inode). Concrete filesystems
 * extend it; the defaults answer as Linux does where a filesystem lacks an operation.
 *  - Operations return a value or -errno and never throw. Permission was checked by the caller.
 *  - lookup(), create() and tmpfile() give an inode with one hold that the caller owns. hold() and
 *    drop() count; at zero evict() runs and the inode may disappear.
 *  - mode, uid, gid and rdev are always current: filesystems update them in setattr().
 * Names are byte strings: one char (0-255) per byte.
 */
import {
  EACCES,
  ECONNREFUSED,
  EINVAL,
  ENOTDIR,
  ENOTTY,
  ENXIO,
  EOPNOTSUPP,
  EPERM,
} from "../../abi/errno.ts";
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import type { Credentials } from "../cred/credentials.ts";
import type { Task } from "../task/task.ts";
import type { Attributes } from "./attributes.ts";
import type { Dentry } from "./dentry.ts";
import type { File } from "./file.ts";
import type { Filesystem } from "./filesystem.ts";
import type { Mark } from "./inotify.ts";
import type { Kstat } from "./kstat.ts";
import type { FileLocks } from "./locks.ts";
import { hasOwner, type MountIds } from "./mount-ids.ts";
import type { PackedEntries } from "./packed-entries.ts";
import type { Path } from "./path.ts";
import { checkDac, MAY_WRITE } from "./permission.ts";

/** What a new file is: everything that create() needs beside its name. */
export interface InodeInit {
  /** Type and permission bits, umask applied. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** makedev() number of a device, 0 otherwise. */
  readonly rdev: number;
  /** Target of a symbolic link, "" otherwise. */
  readonly target: string;
}

export abstract class Inode {
  // never change
  readonly filesystem: Filesystem;
  readonly ino: number;

  // change by setattr only
  mode: number;
  uid: number;
  gid: number;
  rdev = 0;

  // made at first use
  locks: FileLocks | null = null;
  marks: Mark[] | null = null;
  /** The pipe of a FIFO that is open; owned by the FIFO opener. */
  fifo: object | null = null;
  /** The socket bound to a socket file. The unix socket family sets it, and holds the inode while it does. */
  endpoint: object | null = null;

  /** Of a directory whose names change behind the dentry cache: counts the changes that were seen. */
  namesVersion = 0;

  // counts
  /** Files open for writing; negative while programs execute it (ETXTBSY). */
  writers = 0;
  #holds = 1;

  constructor(filesystem: Filesystem, ino: number, mode: number, uid: number, gid: number) {
    this.filesystem = filesystem;
    this.ino = ino;
    this.mode = mode;
    this.uid = uid;
    this.gid = gid;
  }

  // --- identity -------------------------------------------------------------------------------

  get isDirectory(): boolean {
    return (this.mode & S_IFMT) === S_IFDIR;
  }

  get isLink(): boolean {
    return (this.mode & S_IFMT) === S_IFLNK;
  }

  get isRegular(): boolean {
    return (this.mode & S_IFMT) === S_IFREG;
  }

  hold(): this {
    this.#holds++;
    return this;
  }

  drop(): void {
    if (--this.#holds === 0) this.evict();
  }

  get holds(): number {
    return this.#holds;
  }

  /** Nobody refers to it any more: give up what it keeps. */
  protected evict(): void {}

  /** A directory of the kernel's that never has entries: what is mounted on it hides nothing. */
  get isEmptyForever(): boolean {
    return false;
  }

  // --- attributes -----------------------------------------------------------------------------

  abstract getattr(out: Kstat): number;

  setattr(_task: Task, _changes: Attributes): number {
    return -EPERM;
  }

  /** May these credentials do `mask` (MAY_READ, MAY_WRITE, MAY_EXEC) through a mount of `ids`? 0 or -EACCES. */
  permission(credentials: Credentials, mask: number, ids: MountIds | null): number {
    if (ids === null) return checkDac(credentials, this, mask) ? 0 : -EACCES;
    const seen = ids.seen(this);
    if ((mask & MAY_WRITE) !== 0 && !hasOwner(seen))
      return refuse(EACCES, "nobody writes to a file whose owner has no id in this mount");
    return checkDac(credentials, seen, mask) ? 0 : -EACCES;
  }

  // --- directories ----------------------------------------------------------------------------

  lookup(_task: Task | null, _name: string): Inode | number {
    return -ENOTDIR;
  }

  /** Does the cached answer for `name` (null: there is none) still hold? `dentry` is that answer. */
  revalidate(_name: string, _child: Inode | null, _dentry: Dentry): boolean {
    return true;
  }

  /** Look, unless that was done shortly before `nowNs`, whether names changed behind our back: see namesVersion. */
  checkNames(_nowNs: number): void {}

  /** Make a file, directory, link or special file; `name` does not exist. No task: the boot code. */
  create(_task: Task | null, _name: string, _init: InodeInit): Inode | number {
    return -EPERM;
  }

  /** A regular file without a name (O_TMPFILE). */
  tmpfile(_task: Task, _init: InodeInit): Inode | number {
    return -EOPNOTSUPP;
  }

  link(_task: Task, _name: string, _target: Inode): number {
    return -EPERM;
  }

  unlink(_task: Task, _name: string, _child: Inode): number {
    return -EPERM;
  }

  rmdir(_task: Task, _name: string, _child: Inode): number {
    return -EPERM;
  }

  /** Move `child` to `into`; `replaced` is what has the new name now. RENAME_* flags. */
  rename(
    _task: Task,
    _name: string,
    _child: Inode,
    _into: Inode,
    _newName: string,
    _replaced: Inode | null,
    _flags: number,
  ): number {
    return -EPERM;
  }

  /** All entries at once, or -errno; null: open the directory and read it. */
  listing(): PackedEntries | number | null {
    return null;
  }

  // --- links ----------------------------------------------------------------------------------

  readlink(_task: Task | null): string | number {
    return -EINVAL;
  }

  /** Magic links jump to a path (the caller gets no reference); null: follow readlink(). */
  followLink(_task: Task): Path | number | null {
    return null;
  }

  // --- content --------------------------------------------------------------------------------

  /** Is open() what opens it, whatever its type is: not a FIFO's or a device's driver? */
  get opensItself(): boolean {
    return false;
  }

  /**
   * Open a regular file or directory, or what opens itself. `face` is the inode the guest sees (an overlay's, when this is
   * one of its layers); `path` is where, null for a nameless file.
   */
  open(_task: Task, _face: Inode, _path: Path | null, _flags: number): File | number {
    return -ENXIO;
  }

  ioctl(_task: Task, _command: number, _argument: number): number {
    return -ENOTTY;
  }

  // --- extended attributes --------------------------------------------------------------------

  /** A connection to whoever listens at this socket file outside the sandbox: an Endpoint, or -errno. */
  connectOutside(_type: number): object | number {
    return refuse(ECONNREFUSED, "nobody listens at this file");
  }

  getxattr(_name: string): Uint8Array | number {
    return -EOPNOTSUPP;
  }

  /** flags: XATTR_CREATE, XATTR_REPLACE. */
  setxattr(_task: Task, _name: string, _value: Uint8Array, _flags: number): number {
    return -EOPNOTSUPP;
  }

  listxattr(): string[] | number {
    return [];
  }

  removexattr(_task: Task, _name: string): number {
    return -EOPNOTSUPP;
  }
}
