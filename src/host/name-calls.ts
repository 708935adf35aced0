/**
 * NameCalls: host calls that make, remove and move names or change attributes; and extended attributes.
 * All but the reading of attributes are made for writable volumes only.
 */

import { EINVAL, ENAMETOOLONG } from "../abi/errno.ts";
import { writeI64 } from "./bytes.ts";
import { calls } from "./calls.ts";
import { FileCalls } from "./file-calls.ts";

const AT_EMPTY_PATH = 0x1000;
const AT_SYMLINK_NOFOLLOW = 0x100;

/** XATTR_SIZE_MAX */
const MOST_VALUE = 65536;
const XATTR_ARGS_SIZE = 16;

export class NameCalls extends FileCalls {
  /** Linux 6.13 has it. Others are asked through /proc, which costs several times as much. */
  readonly #hasGetxattrat: boolean;

  constructor(addonPath: string) {
    super(addonPath);
    // Whoever knows the call refuses a struct of no bytes before anything else.
    this.#hasGetxattrat = this.gateway.sys(calls.getxattrat.nr, -1, 0, 0, 0, 0, 0) === -EINVAL;
  }

  mkdirat(dirfd: number, name: string, mode: number): number {
    const path = this.path(0, name);
    return path < 0 ? path : this.gateway.sys(calls.mkdirat.nr, dirfd, path, mode);
  }

  mknodat(dirfd: number, name: string, mode: number): number {
    const path = this.path(0, name);
    return path < 0 ? path : this.gateway.sys(calls.mknodat.nr, dirfd, path, mode, 0);
  }

  unlinkat(dirfd: number, name: string, flags: number): number {
    const path = this.path(0, name);
    return path < 0 ? path : this.gateway.sys(calls.unlinkat.nr, dirfd, path, flags);
  }

  symlinkat(target: string, dirfd: number, name: string): number {
    const to = this.path(0, target);
    const path = this.path(1, name);
    if (to < 0 || path < 0) return -ENAMETOOLONG;
    return this.gateway.sys(calls.symlinkat.nr, to, dirfd, path);
  }

  linkat(fromDir: number, from: string, toDir: number, to: string, flags: number): number {
    const a = this.path(0, from);
    const b = this.path(1, to);
    if (a < 0 || b < 0) return -ENAMETOOLONG;
    return this.gateway.sys(calls.linkat.nr, fromDir, a, toDir, b, flags);
  }

  renameat2(fromDir: number, from: string, toDir: number, to: string, flags: number): number {
    const a = this.path(0, from);
    const b = this.path(1, to);
    if (a < 0 || b < 0) return -ENAMETOOLONG;
    return this.gateway.sys(calls.renameat2.nr, fromDir, a, toDir, b, flags);
  }

  fchmodat(dirfd: number, name: string, mode: number): number {
    const path = this.path(0, name);
    return path < 0 ? path : this.gateway.sys(calls.fchmodat.nr, dirfd, path, mode);
  }

  fchownat(dirfd: number, name: string, uid: number, gid: number): number {
    const path = this.path(0, name);
    if (path < 0) return path;
    const flags = name === "" ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
    return this.gateway.sys(calls.fchownat.nr, dirfd, path, uid, gid, flags);
  }

  /** Times as four numbers; an nsec of UTIME_NOW or UTIME_OMIT keeps its meaning. */
  utimensat(dirfd: number, name: string, a: number, an: number, m: number, mn: number): number {
    const path = this.path(0, name);
    if (path < 0) return path;
    const at = this.structAt;
    writeI64(this.arena.view, at, a);
    writeI64(this.arena.view, at + 8, an);
    writeI64(this.arena.view, at + 16, m);
    writeI64(this.arena.view, at + 24, mn);
    return this.gateway.sys(calls.utimensat.nr, dirfd, path, this.address(at), AT_SYMLINK_NOFOLLOW);
  }

  /** Value of an attribute of `name` below `dirfd`, never following a link, into `io`; its length. */
  getxattrat(dirfd: number, name: string, attribute: string): number {
    const path = this.#hasGetxattrat ? name : `/proc/self/fd/${dirfd}/${name}`;
    const a = this.path(0, path);
    const b = this.path(1, attribute);
    if (a < 0 || b < 0) return -ENAMETOOLONG;
    const value = this.address(this.ioAt);
    if (!this.#hasGetxattrat) return this.gateway.sys(calls.lgetxattr.nr, a, b, value, MOST_VALUE);
    // struct xattr_args: where the value goes, how much of it, no flags
    const at = this.structAt;
    writeI64(this.arena.view, at, value);
    writeI64(this.arena.view, at + 8, MOST_VALUE);
    const { nr } = calls.getxattrat;
    const args = this.address(at);
    return this.gateway.sys(nr, dirfd, a, AT_SYMLINK_NOFOLLOW, b, args, XATTR_ARGS_SIZE);
  }

  /** Set an attribute of a file named by a host path such as /proc/self/fd/N. */
  lsetxattr(path: string, name: string, value: Uint8Array, flags: number): number {
    const a = this.path(0, path);
    const b = this.path(1, name);
    if (a < 0 || b < 0) return -ENAMETOOLONG;
    const n = this.stage(value);
    return this.gateway.sys(calls.lsetxattr.nr, a, b, this.address(this.ioAt), n, flags);
  }

  lremovexattr(path: string, name: string): number {
    const a = this.path(0, path);
    const b = this.path(1, name);
    if (a < 0 || b < 0) return -ENAMETOOLONG;
    return this.gateway.sys(calls.lremovexattr.nr, a, b);
  }

  llistxattr(path: string): number {
    const a = this.path(0, path);
    return a < 0 ? a : this.gateway.sys(calls.llistxattr.nr, a, this.address(this.ioAt), 65536);
  }

  /** chmod of exactly the file behind a descriptor, O_PATH ones included. */
  chmodDescriptor(fd: number, mode: number): number {
    return this.fchmodat(this.ownDescriptors, String(fd), mode);
  }
}
