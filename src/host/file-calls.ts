/**
 * FileCalls: host calls on files that change no name: open, read, write, list, attributes, memory files.
 * Bulk bytes go through memory of the arena: a Uint8Array that views the arena is used in place, any
 * other is copied through `io`.
 */
import { latin1 } from "./bytes.ts";
import { CallMemory } from "./call-memory.ts";
import { calls } from "./calls.ts";
import { type HostStat, readStatx } from "./stat.ts";

const AT_EMPTY_PATH = 0x1000;
const AT_SYMLINK_NOFOLLOW = 0x100;
const STATX_BASIC_AND_BTIME = 0xfff;
const O_PATH_DIRECTORY_CLOEXEC = 0o12200000;

export class FileCalls extends CallMemory {
  /** /proc/self/fd, opened before any lock-down takes the path away. */
  protected readonly ownDescriptors: number;

  constructor(addonPath: string) {
    super(addonPath);
    this.ownDescriptors = this.openat(-100, "/proc/self/fd", O_PATH_DIRECTORY_CLOEXEC);
  }

  openat(dirfd: number, name: string, flags: number, mode = 0): number {
    const path = this.path(0, name);
    if (path < 0) return path;
    return this.gateway.sys(calls.openat.nr, dirfd, path, flags, mode);
  }

  close(fd: number): number {
    return this.gateway.sys(calls.close.nr, fd);
  }

  /** Attributes of `name` below `dirfd`, never following a link; of `dirfd` itself when name is "". */
  statx(dirfd: number, name: string, out: HostStat): number {
    const path = this.path(0, name);
    if (path < 0) return path;
    const at = this.structAt;
    const flags = name === "" ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
    const rc = this.gateway.sys(
      calls.statx.nr,
      dirfd,
      path,
      flags,
      STATX_BASIC_AND_BTIME,
      this.address(at),
    );
    if (rc === 0) readStatx(this.arena.view, at, out);
    return rc;
  }

  /** The target as a byte string, or -errno. */
  readlinkat(dirfd: number, name: string): string | number {
    const path = this.path(0, name);
    if (path < 0) return path;
    const at = this.structAt;
    const n = this.gateway.sys(calls.readlinkat.nr, dirfd, path, this.address(at), 4096);
    return n < 0 ? n : latin1(this.arena.u8, at, n);
  }

  /** Raw linux_dirent64 records into `io`, as many as there are room for; the number of bytes. */
  getdents64(fd: number): number {
    return this.gateway.sys(calls.getdents64.nr, fd, this.address(this.ioAt), this.io.length);
  }

  pread(fd: number, into: Uint8Array, position: number): number {
    const at = this.arenaAddress(into);
    if (at >= 0) return this.gateway.sys(calls.pread64.nr, fd, at, into.length, position);
    const n = Math.min(into.length, this.io.length);
    const rc = this.gateway.sys(calls.pread64.nr, fd, this.address(this.ioAt), n, position);
    if (rc > 0) into.set(this.io.subarray(0, rc));
    return rc;
  }

  pwrite(fd: number, from: Uint8Array, position: number): number {
    const at = this.arenaAddress(from);
    if (at >= 0) return this.gateway.sys(calls.pwrite64.nr, fd, at, from.length, position);
    const n = this.stage(from);
    return this.gateway.sys(calls.pwrite64.nr, fd, this.address(this.ioAt), n, position);
  }

  read(fd: number, into: Uint8Array): number {
    const at = this.arenaAddress(into);
    if (at >= 0) return this.gateway.sys(calls.read.nr, fd, at, into.length);
    const n = Math.min(into.length, this.io.length);
    const rc = this.gateway.sys(calls.read.nr, fd, this.address(this.ioAt), n);
    if (rc > 0) into.set(this.io.subarray(0, rc));
    return rc;
  }

  write(fd: number, from: Uint8Array): number {
    const at = this.arenaAddress(from);
    if (at >= 0) return this.gateway.sys(calls.write.nr, fd, at, from.length);
    const n = this.stage(from);
    return this.gateway.sys(calls.write.nr, fd, this.address(this.ioAt), n);
  }

  /** Read into `io` at `at`; the number of bytes. No copy, no allocation. */
  preadIo(fd: number, length: number, position: number, at = 0): number {
    return this.gateway.sys(calls.pread64.nr, fd, this.address(this.ioAt + at), length, position);
  }

  /** Write the first bytes of `io`. */
  pwriteIo(fd: number, length: number, position: number): number {
    return this.gateway.sys(calls.pwrite64.nr, fd, this.address(this.ioAt), length, position);
  }

  /** As preadIo, of a stream. */
  readIo(fd: number, length: number): number {
    return this.gateway.sys(calls.read.nr, fd, this.address(this.ioAt), length);
  }

  writeIo(fd: number, length: number): number {
    return this.gateway.sys(calls.write.nr, fd, this.address(this.ioAt), length);
  }

  /** An ioctl whose argument is a struct at `structAt`. */
  ioctlStruct(fd: number, command: number): number {
    return this.gateway.sys(calls.ioctl.nr, fd, command, this.address(this.structAt));
  }

  ioctl(fd: number, command: number, argument: number): number {
    return this.gateway.sys(calls.ioctl.nr, fd, command, argument);
  }

  lseek(fd: number, offset: number, whence: number): number {
    return this.gateway.sys(calls.lseek.nr, fd, offset, whence);
  }

  ftruncate(fd: number, size: number): number {
    return this.gateway.sys(calls.ftruncate.nr, fd, size);
  }

  fallocate(fd: number, mode: number, offset: number, length: number): number {
    return this.gateway.sys(calls.fallocate.nr, fd, mode, offset, length);
  }

  fsync(fd: number): number {
    return this.gateway.sys(calls.fsync.nr, fd);
  }

  /** Raw struct statfs (120 bytes) of an open descriptor at `structAt`. */
  fstatfs(fd: number): number {
    return this.gateway.sys(calls.fstatfs.nr, fd, this.address(this.structAt));
  }

  syncfs(fd: number): number {
    return this.gateway.sys(calls.syncfs.nr, fd);
  }

  dup(fd: number): number {
    return this.gateway.sys(calls.dup.nr, fd);
  }

  // --- memory files ---------------------------------------------------------------------------

  memfdCreate(name: string, flags: number): number {
    return this.gateway.sys(calls.memfdCreate.nr, this.path(0, name), flags);
  }

  fcntl(fd: number, command: number, argument: number): number {
    return this.gateway.sys(calls.fcntl.nr, fd, command, argument);
  }

  /** The same file behind a new descriptor with another access mode. */
  reopen(fd: number, flags: number): number {
    return this.openat(this.ownDescriptors, String(fd), flags);
  }
}
