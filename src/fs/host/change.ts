/**
 * Changes of host files: create, remove, link, rename, attributes. Only writable filesystems get
 * here past mayChange(). Owners are set as far as the host lets us; a plain user owns what it makes.
 */
import { EBADF, EIO, EPERM } from "../../abi/errno.ts";
import {
  O_CLOEXEC,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_RDWR,
  RENAME_EXCHANGE,
} from "../../abi/fcntl.ts";
import { S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from "../../abi/stat.ts";
import { UTIME_OMIT } from "../../abi/time.ts";
import { refuse } from "../../base/refuse.ts";
import {
  ATTR_ATIME,
  ATTR_GID,
  ATTR_MODE,
  ATTR_MTIME,
  ATTR_SIZE,
  ATTR_UID,
  type Attributes,
} from "../../kernel/vfs/attributes.ts";
import type { InodeInit } from "../../kernel/vfs/inode.ts";
import type { HostNode } from "./node.ts";

export function createOnHost(
  directory: HostNode,
  name: string,
  init: InodeInit,
): HostNode | number {
  const fs = directory.filesystem;
  const may = fs.mayChange();
  if (may < 0) return may;
  const dirfd = directory.directoryFd();
  if (dirfd < 0) return dirfd;
  const fd = make(directory, dirfd, name, init);
  if (fd < 0 && fd !== -EBADF) return fd;
  const rc = fd >= 0 ? fs.host.statx(fd, "", fs.stat) : fs.host.statx(dirfd, name, fs.stat);
  if (rc < 0) {
    if (fd >= 0) fs.host.close(fd);
    return rc;
  }
  const inode = fs.inodeFor(directory, name, fs.stat);
  if (fd >= 0) inode.adoptWriter(fd);
  directory.changed();
  settle(inode, init);
  return inode;
}

/** Make the file: a descriptor of a new regular file, -EBADF for the types without one, -errno. */
function make(directory: HostNode, dirfd: number, name: string, init: InodeInit): number {
  const { host } = directory.filesystem;
  const mode = init.mode & 0o7777;
  let rc: number;
  switch (init.mode & S_IFMT) {
    case S_IFREG:
      return host.openat(dirfd, name, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, mode);
    case S_IFDIR:
      rc = host.mkdirat(dirfd, name, mode);
      break;
    case S_IFLNK:
      rc = host.symlinkat(init.target, dirfd, name);
      break;
    case S_IFIFO:
    case S_IFSOCK:
      rc = host.mknodat(dirfd, name, init.mode);
      break;
    default:
      return refuse(EPERM, "mknod: no devices are made on the host");
  }
  return rc < 0 ? rc : -EBADF;
}

/** Give a new file the mode and owner it was meant to have. */
function settle(inode: HostNode, init: InodeInit): void {
  const isForeign = inode.uid !== init.uid || inode.gid !== init.gid;
  const mode = init.mode & 0o7777;
  const isOther = !inode.isLink && (inode.mode & 0o7777) !== mode;
  if (!isForeign && !isOther) return;
  if (isForeign) own(inode, init.uid, init.gid);
  // A change of owner takes set-id bits away.
  if (isOther || (isForeign && (mode & 0o6000) !== 0)) setMode(inode, mode);
  inode.refresh();
}

export function setattrOnHost(inode: HostNode, changes: Attributes): number {
  const may = inode.filesystem.mayChange();
  if (may < 0) return may;
  const { valid } = changes;
  let rc = 0;
  if ((valid & ATTR_SIZE) !== 0) rc = setSize(inode, changes.size);
  if (rc === 0 && (valid & (ATTR_UID | ATTR_GID)) !== 0)
    rc = own(
      inode,
      (valid & ATTR_UID) !== 0 ? changes.uid : -1,
      (valid & ATTR_GID) !== 0 ? changes.gid : -1,
    );
  if (rc === 0 && (valid & ATTR_MODE) !== 0) rc = setMode(inode, changes.mode);
  if (rc === 0 && (valid & (ATTR_ATIME | ATTR_MTIME)) !== 0) rc = setTimes(inode, changes);
  inode.refresh();
  return rc;
}

function setSize(inode: HostNode, size: number): number {
  const { host } = inode.filesystem;
  if (inode.writeFd >= 0) return host.ftruncate(inode.writeFd, size);
  const fd = inode.openHere(O_RDWR);
  if (fd < 0) return fd;
  const rc = host.ftruncate(fd, size);
  host.close(fd);
  return rc;
}

/** chmod knows no O_PATH descriptor and no "do not follow": the entry in /proc names exactly it. */
function setMode(inode: HostNode, mode: number): number {
  const { host } = inode.filesystem;
  const fd = inode.borrowFd();
  if (fd < 0) return fd;
  const rc = host.chmodDescriptor(fd, mode);
  inode.returnFd(fd);
  return rc;
}

function own(inode: HostNode, uid: number, gid: number): number {
  const { host } = inode.filesystem;
  const fd = inode.borrowFd();
  if (fd < 0) return fd;
  const rc = host.fchownat(fd, "", uid, gid);
  inode.returnFd(fd);
  return rc;
}

function setTimes(inode: HostNode, changes: Attributes): number {
  const { host, rootFd } = inode.filesystem;
  const dirfd = inode.parent === null ? rootFd : inode.parent.directoryFd();
  if (dirfd < 0) return dirfd;
  const name = inode.parent === null ? "." : inode.name;
  const a = (changes.valid & ATTR_ATIME) !== 0;
  const m = (changes.valid & ATTR_MTIME) !== 0;
  return host.utimensat(
    dirfd,
    name,
    a ? changes.atimeSec : 0,
    a ? changes.atimeNsec : UTIME_OMIT,
    m ? changes.mtimeSec : 0,
    m ? changes.mtimeNsec : UTIME_OMIT,
  );
}

export function linkOnHost(directory: HostNode, name: string, target: HostNode): number {
  const may = directory.filesystem.mayChange();
  if (may < 0) return may;
  const to = directory.directoryFd();
  const from = target.parent === null ? -EIO : target.parent.directoryFd();
  if (from < 0 || to < 0) return Math.min(from, to);
  const rc = directory.filesystem.host.linkat(from, target.name, to, name, 0);
  directory.changed();
  target.changed();
  return rc;
}

export function removeOnHost(
  directory: HostNode,
  name: string,
  child: HostNode,
  flags: number,
): number {
  const may = directory.filesystem.mayChange();
  if (may < 0) return may;
  const dirfd = directory.directoryFd();
  if (dirfd < 0) return dirfd;
  const rc = directory.filesystem.host.unlinkat(dirfd, name, flags);
  if (rc < 0) return rc;
  directory.changed();
  child.stat.nlink = flags === 0 ? Math.max(0, child.stat.nlink - 1) : 0;
  child.changed();
  return 0;
}

export function renameOnHost(
  directory: HostNode,
  name: string,
  child: HostNode,
  into: HostNode,
  newName: string,
  replaced: HostNode | null,
  flags: number,
): number {
  const may = directory.filesystem.mayChange();
  if (may < 0) return may;
  const from = directory.directoryFd();
  const to = into.directoryFd();
  if (from < 0 || to < 0) return Math.min(from, to);
  const rc = directory.filesystem.host.renameat2(from, name, to, newName, flags);
  if (rc < 0) return rc;
  child.movedTo(into, newName);
  if (replaced !== null) {
    if ((flags & RENAME_EXCHANGE) !== 0) replaced.movedTo(directory, name);
    else replaced.stat.nlink = Math.max(0, replaced.stat.nlink - 1);
    replaced.changed();
  }
  directory.changed();
  into.changed();
  child.changed();
  return 0;
}
