/**
 * Host: the host's system calls as typed methods. Every method returns a value >= 0 or -errno; none
 * throws. Strings are byte strings (one char per byte, 0-255). Bulk bytes go through memory of the
 * arena: a Uint8Array that views the arena is used in place, any other is copied through `io`.
 * One call at a time, to completion: scratch areas are reused by the next call.
 */
import { Arena } from "./arena.ts";
import { latin1, readI64, writeI64 } from "./bytes.ts";
import { calls } from "./calls.ts";
import type { Gateway } from "./gateway.ts";
import { loadGateway } from "./gateway.ts";
import { type HostStat, readStatx } from "./stat.ts";

const PATH_AREA = 4352;
const IO_SIZE = 1 << 20;
const AT_EMPTY_PATH = 0x1000;
const AT_SYMLINK_NOFOLLOW = 0x100;
const STATX_BASIC_AND_BTIME = 0xfff;
const ENAMETOOLONG = 36;
const O_CLOEXEC = 0o2000000;
const O_PATH_DIRECTORY_CLOEXEC = 0o12200000;

export class Host {
  readonly gateway: Gateway;
  readonly arena: Arena;
  /** The shared I/O buffer (1 MiB of the arena), for data on its way between host and guest. */
  readonly io: Uint8Array;
  readonly #ioAt: number;
  readonly #pathAt: [number, number];
  readonly #structAt: number;
  /** /proc/self/fd, opened before any lock-down takes the path away. */
  readonly #ownDescriptors: number;
  /** /proc, or a view of it that has processes only. */
  #processes: number;

  constructor(addonPath: string) {
    this.gateway = loadGateway(addonPath);
    this.arena = new Arena(this.gateway);
    this.#pathAt = [this.arena.scratch(PATH_AREA), this.arena.scratch(PATH_AREA)];
    this.#structAt = this.arena.scratch(4096);
    this.#ioAt = this.arena.scratch(IO_SIZE);
    this.io = this.arena.u8.subarray(this.#ioAt, this.#ioAt + IO_SIZE);
    this.#ownDescriptors = this.openat(-100, "/proc/self/fd", O_PATH_DIRECTORY_CLOEXEC);
    this.#processes = this.openat(-100, "/proc", O_PATH_DIRECTORY_CLOEXEC);
  }

  /** Arena offset of a 4 KiB area for small structs; valid until the next call of this class. */
  get structAt(): number {
    return this.#structAt;
  }

  /** Host address of an arena offset. */
  address(offset: number): number {
    return this.arena.base + offset;
  }

  // --- files ----------------------------------------------------------------------------------

  openat(dirfd: number, name: string, flags: number, mode = 0): number {
    const path = this.#path(0, name);
    if (path < 0) return path;
    return this.gateway.sys(calls.openat.nr, dirfd, path, flags, mode);
  }

  close(fd: number): number {
    return this.gateway.sys(calls.close.nr, fd);
  }

  /** Attributes of `name` below `dirfd`, never following a link; of `dirfd` itself when name is "". */
  statx(dirfd: number, name: string, out: HostStat): number {
    const path = this.#path(0, name);
    if (path < 0) return path;
    const at = this.#structAt;
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
    const path = this.#path(0, name);
    if (path < 0) return path;
    const at = this.#structAt;
    const n = this.gateway.sys(calls.readlinkat.nr, dirfd, path, this.address(at), 4096);
    return n < 0 ? n : latin1(this.arena.u8, at, n);
  }

  /** Raw linux_dirent64 records into `io`; the number of bytes. */
  getdents64(fd: number): number {
    return this.gateway.sys(calls.getdents64.nr, fd, this.address(this.#ioAt), 65536);
  }

  pread(fd: number, into: Uint8Array, position: number): number {
    const at = this.#arenaAddress(into);
    if (at >= 0) return this.gateway.sys(calls.pread64.nr, fd, at, into.length, position);
    const n = Math.min(into.length, IO_SIZE);
    const rc = this.gateway.sys(calls.pread64.nr, fd, this.address(this.#ioAt), n, position);
    if (rc > 0) into.set(this.io.subarray(0, rc));
    return rc;
  }

  pwrite(fd: number, from: Uint8Array, position: number): number {
    const at = this.#arenaAddress(from);
    if (at >= 0) return this.gateway.sys(calls.pwrite64.nr, fd, at, from.length, position);
    const n = this.#stage(from);
    return this.gateway.sys(calls.pwrite64.nr, fd, this.address(this.#ioAt), n, position);
  }

  read(fd: number, into: Uint8Array): number {
    const at = this.#arenaAddress(into);
    if (at >= 0) return this.gateway.sys(calls.read.nr, fd, at, into.length);
    const n = Math.min(into.length, IO_SIZE);
    const rc = this.gateway.sys(calls.read.nr, fd, this.address(this.#ioAt), n);
    if (rc > 0) into.set(this.io.subarray(0, rc));
    return rc;
  }

  write(fd: number, from: Uint8Array): number {
    const at = this.#arenaAddress(from);
    if (at >= 0) return this.gateway.sys(calls.write.nr, fd, at, from.length);
    const n = this.#stage(from);
    return this.gateway.sys(calls.write.nr, fd, this.address(this.#ioAt), n);
  }

  /** Read into `io` at `at`; the number of bytes. No copy, no allocation. */
  preadIo(fd: number, length: number, position: number, at = 0): number {
    return this.gateway.sys(calls.pread64.nr, fd, this.address(this.#ioAt + at), length, position);
  }

  /** Write the first bytes of `io`. */
  pwriteIo(fd: number, length: number, position: number): number {
    return this.gateway.sys(calls.pwrite64.nr, fd, this.address(this.#ioAt), length, position);
  }

  /** As preadIo, of a stream. */
  readIo(fd: number, length: number): number {
    return this.gateway.sys(calls.read.nr, fd, this.address(this.#ioAt), length);
  }

  writeIo(fd: number, length: number): number {
    return this.gateway.sys(calls.write.nr, fd, this.address(this.#ioAt), length);
  }

  /** An ioctl whose argument is a struct at `structAt`. */
  ioctlStruct(fd: number, command: number): number {
    return this.gateway.sys(calls.ioctl.nr, fd, command, this.address(this.#structAt));
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

  mkdirat(dirfd: number, name: string, mode: number): number {
    const path = this.#path(0, name);
    return path < 0 ? path : this.gateway.sys(calls.mkdirat.nr, dirfd, path, mode);
  }

  mknodat(dirfd: number, name: string, mode: number): number {
    const path = this.#path(0, name);
    return path < 0 ? path : this.gateway.sys(calls.mknodat.nr, dirfd, path, mode, 0);
  }

  unlinkat(dirfd: number, name: string, flags: number): number {
    const path = this.#path(0, name);
    return path < 0 ? path : this.gateway.sys(calls.unlinkat.nr, dirfd, path, flags);
  }

  symlinkat(target: string, dirfd: number, name: string): number {
    const to = this.#path(0, target);
    const path = this.#path(1, name);
    if (to < 0 || path < 0) return -ENAMETOOLONG;
    return this.gateway.sys(calls.symlinkat.nr, to, dirfd, path);
  }

  linkat(fromDir: number, from: string, toDir: number, to: string, flags: number): number {
    const a = this.#path(0, from);
    const b = this.#path(1, to);
    if (a < 0 || b < 0) return -ENAMETOOLONG;
    return this.gateway.sys(calls.linkat.nr, fromDir, a, toDir, b, flags);
  }

  renameat2(fromDir: number, from: string, toDir: number, to: string, flags: number): number {
    const a = this.#path(0, from);
    const b = this.#path(1, to);
    if (a < 0 || b < 0) return -ENAMETOOLONG;
    return this.gateway.sys(calls.renameat2.nr, fromDir, a, toDir, b, flags);
  }

  fchmodat(dirfd: number, name: string, mode: number): number {
    const path = this.#path(0, name);
    return path < 0 ? path : this.gateway.sys(calls.fchmodat.nr, dirfd, path, mode);
  }

  fchownat(dirfd: number, name: string, uid: number, gid: number): number {
    const path = this.#path(0, name);
    if (path < 0) return path;
    const flags = name === "" ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
    return this.gateway.sys(calls.fchownat.nr, dirfd, path, uid, gid, flags);
  }

  /** Times as four numbers; an nsec of UTIME_NOW or UTIME_OMIT keeps its meaning. */
  utimensat(dirfd: number, name: string, a: number, an: number, m: number, mn: number): number {
    const path = this.#path(0, name);
    if (path < 0) return path;
    const at = this.#structAt;
    writeI64(this.arena.view, at, a);
    writeI64(this.arena.view, at + 8, an);
    writeI64(this.arena.view, at + 16, m);
    writeI64(this.arena.view, at + 24, mn);
    return this.gateway.sys(calls.utimensat.nr, dirfd, path, this.address(at), AT_SYMLINK_NOFOLLOW);
  }

  /** Raw struct statfs (120 bytes) of an open descriptor at `structAt`. */
  fstatfs(fd: number): number {
    return this.gateway.sys(calls.fstatfs.nr, fd, this.address(this.#structAt));
  }

  /** Value into `io`; its length. `path` is a host path such as /proc/self/fd/N. */
  lgetxattr(path: string, name: string): number {
    const a = this.#path(0, path);
    const b = this.#path(1, name);
    if (a < 0 || b < 0) return -ENAMETOOLONG;
    return this.gateway.sys(calls.lgetxattr.nr, a, b, this.address(this.#ioAt), 65536);
  }

  /** Set an attribute of a file named by a host path such as /proc/self/fd/N. */
  lsetxattr(path: string, name: string, value: Uint8Array, flags: number): number {
    const a = this.#path(0, path);
    const b = this.#path(1, name);
    if (a < 0 || b < 0) return -ENAMETOOLONG;
    const n = this.#stage(value);
    return this.gateway.sys(calls.lsetxattr.nr, a, b, this.address(this.#ioAt), n, flags);
  }

  lremovexattr(path: string, name: string): number {
    const a = this.#path(0, path);
    const b = this.#path(1, name);
    if (a < 0 || b < 0) return -ENAMETOOLONG;
    return this.gateway.sys(calls.lremovexattr.nr, a, b);
  }

  syncfs(fd: number): number {
    return this.gateway.sys(calls.syncfs.nr, fd);
  }

  dup(fd: number): number {
    return this.gateway.sys(calls.dup.nr, fd);
  }

  llistxattr(path: string): number {
    const a = this.#path(0, path);
    return a < 0 ? a : this.gateway.sys(calls.llistxattr.nr, a, this.address(this.#ioAt), 65536);
  }

  // --- memory files ---------------------------------------------------------------------------

  memfdCreate(name: string, flags: number): number {
    return this.gateway.sys(calls.memfdCreate.nr, this.#path(0, name), flags);
  }

  fcntl(fd: number, command: number, argument: number): number {
    return this.gateway.sys(calls.fcntl.nr, fd, command, argument);
  }

  /** The same file behind a new descriptor with another access mode. */
  reopen(fd: number, flags: number): number {
    return this.openat(this.#ownDescriptors, String(fd), flags);
  }

  /** chmod of exactly the file behind a descriptor, O_PATH ones included. */
  chmodDescriptor(fd: number, mode: number): number {
    return this.fchmodat(this.#ownDescriptors, String(fd), mode);
  }

  // --- events ---------------------------------------------------------------------------------

  eventfd2(initial: number, flags: number): number {
    return this.gateway.sys(calls.eventfd2.nr, initial, flags);
  }

  epollCreate(): number {
    return this.gateway.sys(calls.epollCreate1.nr, 0x80000);
  }

  /** `op` 1 add, 2 delete, 3 modify. The event's data is the descriptor itself. */
  epollCtl(epfd: number, op: number, fd: number, events: number): number {
    const at = this.#structAt;
    this.arena.view.setUint32(at, events, true);
    this.arena.view.setInt32(at + 4, fd, true);
    this.arena.view.setInt32(at + 8, 0, true);
    return this.gateway.sys(calls.epollCtl.nr, epfd, op, fd, this.address(at));
  }

  /** The ready mask of one descriptor now. */
  poll(fd: number, events: number): number {
    const at = this.#structAt;
    this.arena.view.setInt32(at, fd, true);
    this.arena.view.setInt16(at + 4, events, true);
    this.arena.view.setInt16(at + 6, 0, true);
    const rc = this.gateway.sys(calls.poll.nr, this.address(at), 1, 0);
    return rc <= 0 ? rc : this.arena.view.getUint16(at + 6, true);
  }

  pipe2(flags: number): [number, number] | number {
    const at = this.#structAt;
    const rc = this.gateway.sys(calls.pipe2.nr, this.address(at), flags);
    return rc < 0
      ? rc
      : [this.arena.view.getInt32(at, true), this.arena.view.getInt32(at + 4, true)];
  }

  // --- sockets --------------------------------------------------------------------------------

  socketpair(domain: number, type: number): [number, number] | number {
    const at = this.#structAt;
    const rc = this.gateway.sys(calls.socketpair.nr, domain, type, 0, this.address(at));
    return rc < 0
      ? rc
      : [this.arena.view.getInt32(at, true), this.arena.view.getInt32(at + 4, true)];
  }

  setsockoptInt(fd: number, level: number, name: number, value: number): number {
    const at = this.#structAt;
    this.arena.view.setInt32(at, value, true);
    return this.gateway.sys(calls.setsockopt.nr, fd, level, name, this.address(at), 4);
  }

  /** Send one byte and a descriptor; -EAGAIN when the other side has too many that it did not take. */
  sendDescriptor(socket: number, fd: number): number {
    const view = this.arena.view;
    const at = this.#structAt;
    const iov = at + 64;
    const control = at + 96;
    writeI64(view, at, 0);
    writeI64(view, at + 8, 0);
    writeI64(view, at + 16, this.address(iov));
    writeI64(view, at + 24, 1);
    writeI64(view, at + 32, this.address(control));
    writeI64(view, at + 40, 24);
    writeI64(view, at + 48, 0);
    writeI64(view, iov, this.address(at + 128));
    writeI64(view, iov + 8, 1);
    writeI64(view, control, 20);
    view.setInt32(control + 8, 1, true); // SOL_SOCKET
    view.setInt32(control + 12, 1, true); // SCM_RIGHTS
    view.setInt32(control + 16, fd, true);
    return this.gateway.sys(calls.sendmsg.nr, socket, this.address(at), 0x4040); // NOSIGNAL, DONTWAIT
  }

  /**
   * Receive one message and return the sender's pid as the host states it, or -errno; 0 at EOF. Its
   * bytes, at most 64, lie 256 bytes behind structAt.
   */
  receiveSender(socket: number): number {
    const view = this.arena.view;
    const at = this.#structAt;
    const iov = at + 64;
    const control = at + 96;
    writeI64(view, at, 0);
    writeI64(view, at + 8, 0);
    writeI64(view, at + 16, this.address(iov));
    writeI64(view, at + 24, 1);
    writeI64(view, at + 32, this.address(control));
    writeI64(view, at + 40, 64);
    writeI64(view, iov, this.address(at + 256));
    writeI64(view, iov + 8, 64);
    const rc = this.gateway.sys(calls.recvmsg.nr, socket, this.address(at), 0x40000040); // CLOEXEC, DONTWAIT
    if (rc <= 0) return rc;
    const isCredentials =
      view.getInt32(control + 8, true) === 1 && view.getInt32(control + 12, true) === 2;
    return isCredentials ? view.getInt32(control + 16, true) : -71; // EPROTO
  }

  // --- processes ------------------------------------------------------------------------------

  pidfdOpen(pid: number): number {
    return this.gateway.sys(calls.pidfdOpen.nr, pid, 0);
  }

  pidfdSendSignal(pidfd: number, signal: number): number {
    return this.gateway.sys(calls.pidfdSendSignal.nr, pidfd, signal, 0, 0);
  }

  /** Open `name` of a process in /proc. */
  openProcess(pid: number, name: string, flags: number): number {
    return this.openat(this.#processes, `${pid}/${name}`, flags);
  }

  /** From now on processes are looked up in `directory`, the root of a mount of proc. */
  useProcessDirectory(directory: number): void {
    this.close(this.#processes);
    this.#processes = directory;
  }

  /** The session that a process is in, as our pid namespace numbers it. */
  getsid(pid: number): number {
    return this.gateway.sys(calls.getsid.nr, pid);
  }

  killGroup(group: number, signal: number): number {
    return this.gateway.sys(calls.kill.nr, -group, signal);
  }

  tgkill(tgid: number, tid: number, signal: number): number {
    return this.gateway.sys(calls.tgkill.nr, tgid, tid, signal);
  }

  getpid(): number {
    return this.gateway.sys(calls.getpid.nr);
  }

  // --- time and chance ------------------------------------------------------------------------

  /** Seconds and nanoseconds of a clock, into out[0] and out[1]. */
  clockGettime(clock: number, out: Float64Array): number {
    const at = this.#structAt;
    const rc = this.gateway.sys(calls.clockGettime.nr, clock, this.address(at));
    if (rc === 0) {
      out[0] = readI64(this.arena.view, at);
      out[1] = readI64(this.arena.view, at + 8);
    }
    return rc;
  }

  /** CPU time of a process, nanoseconds (clock_getcpuclockid(3)'s numbering). */
  processCpuNs(pid: number): number {
    const at = this.#structAt;
    const rc = this.gateway.sys(calls.clockGettime.nr, (~pid << 3) | 2, this.address(at));
    return rc === 0 ? readI64(this.arena.view, at) * 1e9 + readI64(this.arena.view, at + 8) : 0;
  }

  /** CPU time of one thread of another process: the host tells it in /proc only. */
  threadCpuNs(pid: number, tid: number): number {
    const fd = this.openProcess(pid, `task/${tid}/schedstat`, O_CLOEXEC);
    if (fd < 0) return 0;
    const n = this.read(fd, this.io.subarray(0, 128));
    this.close(fd);
    return n > 0 ? Number.parseInt(latin1(this.io, 0, n), 10) : 0;
  }

  getrandom(into: Uint8Array): void {
    let done = 0;
    while (done < into.length) {
      const n = Math.min(into.length - done, IO_SIZE);
      const rc = this.gateway.sys(calls.getrandom.nr, this.address(this.#ioAt), n, 0);
      if (rc <= 0) continue;
      into.set(this.io.subarray(0, rc), done);
      done += rc;
    }
  }

  // --- strings and bytes ----------------------------------------------------------------------

  /** Put a NUL-terminated byte string in path area `which`; its host address, or -ENAMETOOLONG. */
  #path(which: 0 | 1, text: string): number {
    const n = text.length;
    if (n >= 4352) return -ENAMETOOLONG;
    const at = this.#pathAt[which];
    const u8 = this.arena.u8;
    for (let i = 0; i < n; i++) u8[at + i] = text.charCodeAt(i);
    u8[at + n] = 0;
    return this.address(at);
  }

  #arenaAddress(bytes: Uint8Array): number {
    return bytes.buffer === this.arena.buffer ? this.arena.base + bytes.byteOffset : -1;
  }

  #stage(from: Uint8Array): number {
    const n = Math.min(from.length, IO_SIZE);
    this.io.set(n === from.length ? from : from.subarray(0, n));
    return n;
  }
}
