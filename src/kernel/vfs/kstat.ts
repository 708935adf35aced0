/**
 * Kstat: the attributes of one file, filled by Inode.getattr (Linux's struct kstat). Callers lend an
 * object and read it before they lend it again; nothing is allocated per stat.
 * Times are seconds and nanoseconds apart; `dev` and `rdev` are makedev() numbers.
 */
export class Kstat {
  dev = 0;
  ino = 0;
  mode = 0;
  nlink = 0;
  uid = 0;
  gid = 0;
  rdev = 0;
  size = 0;
  blksize = 4096;
  /** Units of 512 bytes. */
  blocks = 0;
  atimeSec = 0;
  atimeNsec = 0;
  mtimeSec = 0;
  mtimeNsec = 0;
  ctimeSec = 0;
  ctimeNsec = 0;
  btimeSec = 0;
  btimeNsec = 0;
  /** Is the birth time known? */
  hasBtime = false;
}

/** What statfs(2) tells of a filesystem. */
export class StatFs {
  type = 0;
  bsize = 4096;
  blocks = 0;
  bfree = 0;
  bavail = 0;
  files = 0;
  ffree = 0;
  namelen = 255;
  frsize = 4096;
}
