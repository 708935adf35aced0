/**
 * AnonymousFilesystem: where files without a name live (pipefs, sockfs, anon_inodefs): pipes,
 * sockets, eventfds, epoll instances. It is mounted nowhere that a path walk could reach.
 *  - `inode(mode)` gives each such file an identity; `path(inode, name)` a Path for those who need
 *    one (/proc/self/fd/N), whose name shows as given: "pipe:[7]", "anon_inode:[eventfd]".
 */
import { ANON_INODE_FS_MAGIC } from "../../abi/stat.ts";
import type { Task } from "../task/task.ts";
import { ATTR_GID, ATTR_MODE, ATTR_UID, type Attributes } from "./attributes.ts";
import { DentryCache } from "./dentry.ts";
import { Filesystem } from "./filesystem.ts";
import { Inode } from "./inode.ts";
import type { Kstat, StatFs } from "./kstat.ts";
import { Mount } from "./mount.ts";
import { Path } from "./path.ts";
import type { Vfs } from "./vfs.ts";

export class AnonymousFilesystem extends Filesystem {
  readonly root: AnonymousInode;
  #mount: Mount | null = null;
  #lastIno = 1;
  readonly #magic: number;

  constructor(vfs: Vfs, type: string, magic = ANON_INODE_FS_MAGIC) {
    super(vfs, type);
    this.#magic = magic;
    this.root = new AnonymousInode(this, 1, 0o40500, 0, 0);
  }

  /** An inode of the given type and permission bits, owned by these ids. */
  inode(mode: number, uid = 0, gid = 0): AnonymousInode {
    return new AnonymousInode(this, ++this.#lastIno, mode, uid, gid);
  }

  /** A path to a nameless file. */
  path(inode: Inode, name: string): Path {
    if (this.#mount === null) {
      this.#mount = new Mount(0, this, DentryCache.detached(this.root, "/"), 0, this.type);
      // It stays, whatever comes and goes.
      this.#mount.users = 1;
    }
    return new Path(this.#mount, DentryCache.detached(inode.hold(), name));
  }

  override statfs(out: StatFs): number {
    out.type = this.#magic;
    out.blocks = out.bfree = out.bavail = out.files = out.ffree = 0;
    return 0;
  }
}

export class AnonymousInode extends Inode {
  #sec = 0;
  #nsec = 0;

  constructor(fs: AnonymousFilesystem, ino: number, mode: number, uid: number, gid: number) {
    super(fs, ino, mode, uid, gid);
    this.#sec = fs.vfs.nowSec();
    this.#nsec = fs.vfs.now[1]!;
  }

  override getattr(out: Kstat): number {
    out.dev = this.filesystem.dev;
    out.ino = this.ino;
    out.mode = this.mode;
    out.nlink = 1;
    out.uid = this.uid;
    out.gid = this.gid;
    out.rdev = out.size = out.blocks = 0;
    out.blksize = 4096;
    out.atimeSec = out.mtimeSec = out.ctimeSec = this.#sec;
    out.atimeNsec = out.mtimeNsec = out.ctimeNsec = this.#nsec;
    out.hasBtime = false;
    return 0;
  }

  override setattr(_task: Task, changes: Attributes): number {
    if ((changes.valid & ATTR_MODE) !== 0) this.mode = (this.mode & ~0o7777) | changes.mode;
    if ((changes.valid & ATTR_UID) !== 0) this.uid = changes.uid;
    if ((changes.valid & ATTR_GID) !== 0) this.gid = changes.gid;
    return 0;
  }
}
