/**
 * DevptsInode: what the files of devpts have in common: owner, mode, times that change by chmod and
 * utimensat only. PtmxInode is the character device 5:2, SlaveInode 136:N.
 */
import { makedev, S_IFCHR, S_IFMT } from "../../abi/stat.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { Pty } from "../../kernel/tty/pty.ts";
import { UNIX98_PTY_SLAVE_MAJOR } from "../../kernel/tty/tty.ts";
import {
  ATTR_ATIME,
  ATTR_GID,
  ATTR_MODE,
  ATTR_MTIME,
  ATTR_UID,
  type Attributes,
} from "../../kernel/vfs/attributes.ts";
import type { Filesystem } from "../../kernel/vfs/filesystem.ts";
import { Inode } from "../../kernel/vfs/inode.ts";
import type { Kstat } from "../../kernel/vfs/kstat.ts";

const TTYAUX_MAJOR = 5;
const PTMX_MINOR = 2;
const PTMX_INO = 2;
const FIRST_SLAVE_INO = 3;
const BLOCK_SIZE = 1024;

export class DevptsInode extends Inode {
  atimeSec = 0;
  atimeNsec = 0;
  mtimeSec = 0;
  mtimeNsec = 0;
  ctimeSec = 0;
  ctimeNsec = 0;

  constructor(devpts: Filesystem, ino: number, mode: number, uid: number, gid: number) {
    super(devpts, ino, mode, uid, gid);
    this.atimeSec = this.mtimeSec = this.ctimeSec = devpts.vfs.nowSec();
    this.atimeNsec = this.mtimeNsec = this.ctimeNsec = devpts.vfs.now[1]!;
  }

  get nlink(): number {
    return 1;
  }

  override getattr(out: Kstat): number {
    out.dev = this.filesystem.dev;
    out.ino = this.ino;
    out.mode = this.mode;
    out.nlink = this.nlink;
    out.uid = this.uid;
    out.gid = this.gid;
    out.rdev = this.rdev;
    out.size = out.blocks = 0;
    out.blksize = BLOCK_SIZE;
    out.atimeSec = this.atimeSec;
    out.atimeNsec = this.atimeNsec;
    out.mtimeSec = this.mtimeSec;
    out.mtimeNsec = this.mtimeNsec;
    out.ctimeSec = this.ctimeSec;
    out.ctimeNsec = this.ctimeNsec;
    out.hasBtime = false;
    return 0;
  }

  override setattr(_task: Task, changes: Attributes): number {
    const { valid } = changes;
    if ((valid & ATTR_MODE) !== 0) this.mode = (this.mode & S_IFMT) | changes.mode;
    if ((valid & ATTR_UID) !== 0) this.uid = changes.uid;
    if ((valid & ATTR_GID) !== 0) this.gid = changes.gid;
    if ((valid & ATTR_ATIME) !== 0) {
      this.atimeSec = changes.atimeSec;
      this.atimeNsec = changes.atimeNsec;
    }
    if ((valid & ATTR_MTIME) !== 0) {
      this.mtimeSec = changes.mtimeSec;
      this.mtimeNsec = changes.mtimeNsec;
    }
    this.ctimeSec = this.filesystem.vfs.nowSec();
    this.ctimeNsec = this.filesystem.vfs.now[1]!;
    return 0;
  }
}

/** The names that exist now. */
export interface Names {
  readonly ptmx: PtmxInode;
  slave(index: number): SlaveInode | undefined;
  slaves(): readonly SlaveInode[];
}

export class PtmxInode extends DevptsInode {
  constructor(devpts: Filesystem, mode: number) {
    super(devpts, PTMX_INO, S_IFCHR | mode, 0, 0);
    this.rdev = makedev(TTYAUX_MAJOR, PTMX_MINOR);
  }
}

export class SlaveInode extends DevptsInode {
  readonly pty: Pty;

  constructor(devpts: Filesystem, pty: Pty, mode: number, uid: number, gid: number) {
    super(devpts, FIRST_SLAVE_INO + pty.index, S_IFCHR | mode, uid, gid);
    this.pty = pty;
    this.rdev = makedev(UNIX98_PTY_SLAVE_MAJOR, pty.index);
  }
}
