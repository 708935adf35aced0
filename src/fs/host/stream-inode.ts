/**
 * StreamInode: the identity of a HostStream: what the host says of the descriptor. Its numbers are
 * the host's, so that a pipe between two of the user's descriptors is seen to be one.
 *  - A socket is shown as a pipe: it answers no socket call here, and libuv, for one, silently drops
 *    the output of a program whose stdout is a socket without a name.
 *  - Opened once more, as /dev/stdout is, it is the same stream of the host: none of a FIFO's or device's.
 */
import { ENXIO } from "../../abi/errno.ts";
import { makedev, S_IFIFO, S_IFMT, S_IFREG, S_IFSOCK } from "../../abi/stat.ts";
import type { Host } from "../../host/host.ts";
import { HostStat } from "../../host/stat.ts";
import type { Task } from "../../kernel/task/task.ts";
import { ATTR_SIZE, type Attributes } from "../../kernel/vfs/attributes.ts";
import type { File } from "../../kernel/vfs/file.ts";
import type { Filesystem } from "../../kernel/vfs/filesystem.ts";
import { Inode } from "../../kernel/vfs/inode.ts";
import type { Kstat } from "../../kernel/vfs/kstat.ts";
import type { Path } from "../../kernel/vfs/path.ts";

/** The open stream that an inode is of. */
export interface OpenStream {
  /** The same of the host behind an open file of its own, with no right more. */
  reopen(task: Task, flags: number): File | number;
}

export class StreamInode extends Inode {
  readonly #host: Host;
  readonly #stat = new HostStat();
  /** The stream's descriptor; -1 once it is closed. */
  fd: number;
  /** Set with `fd`. */
  stream: OpenStream | null = null;
  /** S_IF*: what the descriptor is to the host. */
  readonly hostType: number;

  constructor(filesystem: Filesystem, host: Host, fd: number) {
    const stat = new HostStat();
    host.statx(fd, "", stat);
    const hostType = stat.mode & S_IFMT;
    const shownType = hostType === S_IFSOCK ? S_IFIFO : hostType;
    super(filesystem, stat.ino, shownType | (stat.mode & ~S_IFMT), stat.uid, stat.gid);
    this.hostType = hostType;
    this.#host = host;
    this.fd = fd;
    this.rdev = makedev(stat.rdevMajor, stat.rdevMinor);
    Object.assign(this.#stat, stat);
  }

  override get opensItself(): boolean {
    return true;
  }

  override open(task: Task, _face: Inode, _path: Path | null, flags: number): File | number {
    return this.stream === null ? -ENXIO : this.stream.reopen(task, flags);
  }

  /** What the program was given of a file is what it may cut off, as by ftruncate(2). */
  override setattr(task: Task, changes: Attributes): number {
    const isCut = this.hostType === S_IFREG && (changes.valid & ATTR_SIZE) !== 0;
    return isCut ? this.#host.ftruncate(this.fd, changes.size) : super.setattr(task, changes);
  }

  override getattr(out: Kstat): number {
    const stat = this.#stat;
    this.#host.statx(this.fd, "", stat);
    out.dev = this.filesystem.dev;
    out.ino = this.ino;
    out.mode = this.mode;
    out.nlink = stat.nlink;
    out.uid = this.uid;
    out.gid = this.gid;
    out.rdev = this.rdev;
    out.size = stat.size;
    out.blksize = stat.blksize;
    out.blocks = stat.blocks;
    out.atimeSec = stat.atimeSec;
    out.atimeNsec = stat.atimeNsec;
    out.mtimeSec = stat.mtimeSec;
    out.mtimeNsec = stat.mtimeNsec;
    out.ctimeSec = stat.ctimeSec;
    out.ctimeNsec = stat.ctimeNsec;
    out.hasBtime = false;
    return 0;
  }
}
