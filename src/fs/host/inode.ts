/**
 * HostInode: the operations of one file of a host directory. How it is reached is in node.ts, changes
 * are in change.ts, readdir and reads in directory-file.ts and file.ts.
 */
import { EINVAL, EIO, ENOENT, EOPNOTSUPP } from "../../abi/errno.ts";
import { O_ACCMODE, O_PATH, O_RDONLY } from "../../abi/fcntl.ts";
import { latin1 } from "../../host/bytes.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { Attributes } from "../../kernel/vfs/attributes.ts";
import type { Dentry } from "../../kernel/vfs/dentry.ts";
import type { File } from "../../kernel/vfs/file.ts";
import type { Inode, InodeInit } from "../../kernel/vfs/inode.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import { createOnHost, linkOnHost, removeOnHost, renameOnHost, setattrOnHost } from "./change.ts";
import { HostDirectoryFile } from "./directory-file.ts";
import { HostFile } from "./file.ts";
import { HostNode } from "./node.ts";

const AT_REMOVEDIR = 0x200;

export class HostInode extends HostNode {
  #target: string | null = null;

  override lookup(_task: Task | null, name: string): Inode | number {
    const fd = this.directoryFd();
    if (fd < 0) return fd;
    const { stat } = this.filesystem;
    const rc = this.filesystem.host.statx(fd, name, stat);
    return rc < 0 ? rc : this.filesystem.inodeFor(this, name, stat);
  }

  /** True while the directory has not changed; then it costs one look at it, for all its names. */
  override revalidate(name: string, child: Inode | null, dentry: Dentry): boolean {
    const { walkNs } = this.filesystem.vfs;
    this.checkNames(walkNs);
    const known = child as HostNode | null;
    if (dentry.version === this.namesVersion && known?.mayBeCovered(walkNs) !== true) {
      known?.isAt(this, name);
      return true;
    }
    const fd = this.directoryFd();
    if (fd < 0) return false;
    const { stat } = this.filesystem;
    const version = this.namesVersion;
    const rc = this.filesystem.host.statx(fd, name, stat);
    if (known === null ? rc !== -ENOENT : rc < 0 || !known.isSame(stat)) return false;
    known?.foundAt(this, name, stat);
    dentry.version = version;
    return true;
  }

  override setattr(_task: Task, changes: Attributes): number {
    return setattrOnHost(this, changes);
  }

  // --- content --------------------------------------------------------------------------------

  override readlink(): string | number {
    if (!this.isLink) return -EINVAL;
    if (this.#target !== null) return this.#target;
    const fd = this.parent === null ? -EIO : this.parent.directoryFd();
    if (fd < 0) return fd;
    const target = this.filesystem.host.readlinkat(fd, this.name);
    // A link never changes its target; a new target is a new inode.
    if (typeof target === "string") this.#target = target;
    return target;
  }

  override open(task: Task, face: Inode, path: Path | null, flags: number): File | number {
    if (this.isDirectory) return new HostDirectoryFile(this, face, path, flags, task);
    const access = flags & O_ACCMODE;
    const fd = access === O_RDONLY ? this.openReader() : this.openWriter(access);
    return fd < 0 ? fd : new HostFile(this, face, path, flags, task, fd);
  }

  /** It is this very file that is connected to, whatever has its name by then. */
  override connectOutside(type: number): object | number {
    const { host, sockets } = this.filesystem;
    if (sockets === null) return super.connectOutside(type);
    const fd = this.openHere(O_PATH);
    if (fd < 0) return fd;
    const made = sockets.connect(fd, type);
    host.close(fd);
    return made;
  }

  // --- names ----------------------------------------------------------------------------------

  override create(_task: Task, name: string, init: InodeInit): Inode | number {
    return createOnHost(this, name, init);
  }

  override link(_task: Task, name: string, target: Inode): number {
    return linkOnHost(this, name, target as HostNode);
  }

  override unlink(_task: Task, name: string, child: Inode): number {
    return removeOnHost(this, name, child as HostNode, 0);
  }

  override rmdir(_task: Task, name: string, child: Inode): number {
    return removeOnHost(this, name, child as HostNode, AT_REMOVEDIR);
  }

  override rename(
    _task: Task,
    name: string,
    child: Inode,
    into: Inode,
    newName: string,
    replaced: Inode | null,
    flags: number,
  ): number {
    return renameOnHost(
      this,
      name,
      child as HostNode,
      into as HostNode,
      newName,
      replaced as HostNode | null,
      flags,
    );
  }

  // --- extended attributes --------------------------------------------------------------------

  override getxattr(name: string): Uint8Array | number {
    const { host, rootFd } = this.filesystem;
    if (this.parent === null && !this.isDirectory) return -EOPNOTSUPP;
    const fd = this.parent === null ? rootFd : this.parent.directoryFd();
    if (fd < 0) return fd;
    const n = host.getxattrat(fd, this.parent === null ? "." : this.name, name);
    return n < 0 ? n : host.io.slice(0, n);
  }

  override listxattr(): string[] | number {
    const path = this.#attributePath();
    if (typeof path === "number") return [];
    const n = this.filesystem.host.llistxattr(path);
    if (n < 0) return n === -EOPNOTSUPP ? [] : n;
    return latin1(this.filesystem.host.io, 0, n).split("\0").slice(0, -1);
  }

  override setxattr(_task: Task, name: string, value: Uint8Array, flags: number): number {
    const path = this.#changePath();
    return typeof path === "number"
      ? path
      : this.filesystem.host.lsetxattr(path, name, value, flags);
  }

  override removexattr(_task: Task, name: string): number {
    const path = this.#changePath();
    return typeof path === "number" ? path : this.filesystem.host.lremovexattr(path, name);
  }

  #changePath(): string | number {
    const may = this.filesystem.mayChange();
    this.changed();
    return may < 0 ? may : this.#attributePath();
  }

  /** The host has no *at() calls for these: go by our own descriptor's entry in /proc. */
  #attributePath(): string | number {
    if (this.parent === null)
      return this.isDirectory ? `/proc/self/fd/${this.filesystem.rootFd}/.` : -EOPNOTSUPP;
    const fd = this.parent.directoryFd();
    return fd < 0 ? fd : `/proc/self/fd/${fd}/${this.name}`;
  }
}
