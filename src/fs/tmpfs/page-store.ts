/**
 * PageStore: the bytes of one in-memory file.
 *  - Small content lives in a Uint8Array. What grows above INLINE_MAX, or is mapped, moves to a memfd
 *    of its own; from then on read, write and mmap see the same pages.
 *  - mapFd() gives a host descriptor with exactly the rights asked for: a reader never gets the
 *    writable one.
 *  - Seals of memfd_create are put on the host's memfd too: only the host knows about live mappings.
 * Host descriptors are held here and nowhere else.
 */
import { EFAULT, EINVAL, ENOSPC } from "../../abi/errno.ts";
import {
  F_ADD_SEALS,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  O_CLOEXEC,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
  SEEK_DATA,
} from "../../abi/fcntl.ts";
import { MFD_ALLOW_SEALING, MFD_CLOEXEC, MFD_NOEXEC_SEAL } from "../../abi/mman.ts";
import type { Host } from "../../host/host.ts";
import { HostStat } from "../../host/stat.ts";
import type { UserBuffer } from "../../kernel/mm/user-buffer.ts";

/** Above this a file gets a memfd. */
export const INLINE_MAX = 65536;
const SMALLEST = 256;
const PAGE = 4096;

export class PageStore {
  readonly #host: Host;
  readonly #directory: number;
  size = 0;
  /** Estimate of the bytes that its pages take. */
  allocated = 0;
  #bytes: Uint8Array | null = null;
  #fd = -1;
  #readFd = -1;

  /** `directory`: of the host, for a file without a name instead of a memfd; -1 for none. */
  constructor(host: Host, directory = -1) {
    this.#host = host;
    this.#directory = directory;
  }

  // --- transfer -------------------------------------------------------------------------------

  read(into: UserBuffer, position: number): number {
    const n = Math.min(into.remaining, this.size - position);
    if (n <= 0) return 0;
    if (this.#fd < 0) return this.#readInline(into, position, n);
    const host = this.#host;
    let done = 0;
    while (done < n) {
      const rc = host.preadIo(this.#fd, Math.min(n - done, host.io.length), position + done);
      if (rc <= 0) return done > 0 ? done : rc;
      const put = into.put(host.io, 0, rc);
      if (put < 0) return done > 0 ? done : put;
      done += put;
      if (put < rc) break;
    }
    return done;
  }

  #readInline(into: UserBuffer, position: number, n: number): number {
    const bytes = this.#bytes!;
    return into.put(bytes, position, n);
  }

  write(from: UserBuffer, position: number, count: number): number {
    const rc = this.#room(position + count);
    if (rc < 0) return rc;
    const n =
      this.#fd < 0
        ? from.take(this.#bytes!, position, count)
        : this.#writeMemfd(from, position, count);
    if (n > 0) this.#grown(position, position + n);
    return n;
  }

  #writeMemfd(from: UserBuffer, position: number, count: number): number {
    const host = this.#host;
    let done = 0;
    while (done < count) {
      const want = Math.min(count - done, host.io.length);
      const taken = from.take(host.io, 0, want);
      if (taken < 0) return done > 0 ? done : -EFAULT;
      const rc = host.pwriteIo(this.#fd, taken, position + done);
      if (rc < 0) return done > 0 ? done : hostRefusal(rc);
      done += rc;
      if (taken < want) break;
    }
    return done;
  }

  readBytes(into: Uint8Array, position: number): number {
    const n = Math.min(into.length, this.size - position);
    if (n <= 0) return 0;
    if (this.#fd >= 0) return this.#readMemfd(into, position, n);
    into.set(this.#bytes!.subarray(position, position + n));
    return n;
  }

  /** The host gives one arena buffer at a time. */
  #readMemfd(into: Uint8Array, position: number, n: number): number {
    let done = 0;
    while (done < n) {
      const rc = this.#host.pread(this.#fd, into.subarray(done, n), position + done);
      if (rc <= 0) return done > 0 ? done : rc;
      done += rc;
    }
    return done;
  }

  writeBytes(from: Uint8Array, position: number): number {
    const rc = this.#room(position + from.length);
    if (rc < 0) return rc;
    let n = from.length;
    if (this.#fd >= 0) n = this.#host.pwrite(this.#fd, from, position);
    else this.#bytes!.set(from, position);
    if (n > 0) this.#grown(position, position + n);
    return n < 0 ? hostRefusal(n) : n;
  }

  // --- size and extents -----------------------------------------------------------------------

  truncate(size: number): number {
    if (this.#fd < 0 && size <= INLINE_MAX) {
      if (size < this.size) this.#bytes?.fill(0, size, this.size);
      const rc = this.#room(size);
      if (rc < 0) return rc;
    } else {
      const fd = this.#memfd();
      if (fd < 0) return fd;
      const rc = this.#host.ftruncate(fd, size);
      if (rc < 0) return hostRefusal(rc);
    }
    this.size = size;
    this.#recount();
    return 0;
  }

  /** mode: FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE; the others were refused. */
  fallocate(mode: number, offset: number, length: number): number {
    const end = offset + length;
    if (this.#fd < 0 && (mode & FALLOC_FL_PUNCH_HOLE) !== 0) {
      this.#bytes?.fill(0, offset, Math.min(end, this.size));
      return 0;
    }
    if (this.#fd < 0 && end <= INLINE_MAX && (mode & FALLOC_FL_KEEP_SIZE) === 0)
      return end > this.size ? this.truncate(end) : 0;
    const fd = this.#memfd();
    if (fd < 0) return fd;
    const rc = this.#host.fallocate(fd, mode, offset, length);
    if (rc < 0) return hostRefusal(rc);
    if ((mode & FALLOC_FL_KEEP_SIZE) === 0 && end > this.size) this.size = end;
    this.#recount();
    return 0;
  }

  /** SEEK_DATA or SEEK_HOLE from an offset inside the file. */
  seek(offset: number, whence: number): number {
    if (this.#fd >= 0) return this.#host.lseek(this.#fd, offset, whence);
    return whence === SEEK_DATA ? offset : this.size;
  }

  /** Units of 512 bytes in use. */
  blocks(): number {
    this.#recount();
    return this.allocated / 512;
  }

  // --- mapping --------------------------------------------------------------------------------

  /** A descriptor to map: read-only unless `writable`. */
  mapFd(writable: boolean): number {
    const fd = this.#memfd();
    if (fd < 0 || writable) return fd;
    if (this.#readFd < 0) {
      const again = this.#host.reopen(fd, O_RDONLY | O_CLOEXEC);
      if (again < 0) return again;
      this.#readFd = again;
    }
    return this.#readFd;
  }

  /** Let the host enforce seals; -EBUSY while somebody may write through a mapping. */
  seal(seals: number): number {
    if (this.#fd < 0) return 0;
    return this.#host.fcntl(this.#fd, F_ADD_SEALS, seals);
  }

  release(): void {
    if (this.#readFd >= 0) this.#host.close(this.#readFd);
    if (this.#fd >= 0) this.#host.close(this.#fd);
    this.#readFd = this.#fd = -1;
    this.#bytes = null;
    this.size = this.allocated = 0;
  }

  // --- growing --------------------------------------------------------------------------------

  /** Make the bytes up to `end` writable, inline or in a memfd. */
  #room(end: number): number {
    if (this.#fd >= 0) return 0;
    if (end > INLINE_MAX) {
      return Math.min(0, this.#memfd());
    }
    const have = this.#bytes === null ? 0 : this.#bytes.length;
    if (end <= have) return 0;
    let capacity = Math.max(have * 2, SMALLEST);
    while (capacity < end) capacity *= 2;
    const bytes = new Uint8Array(capacity);
    if (this.#bytes !== null) bytes.set(this.#bytes);
    this.#bytes = bytes;
    return 0;
  }

  #memfd(): number {
    if (this.#fd >= 0) return this.#fd;
    const host = this.#host;
    const fd = this.#directory < 0 ? makeMemfd(host) : makeUnnamed(host, this.#directory);
    if (fd < 0) return -ENOSPC;
    if (this.size > 0) {
      const rc = host.ftruncate(fd, this.size);
      if (rc === 0 && this.#bytes !== null) host.pwrite(fd, this.#bytes.subarray(0, this.size), 0);
    }
    this.#bytes = null;
    this.#fd = fd;
    return fd;
  }

  #grown(from: number, end: number): void {
    if (end <= this.size) return;
    const first = Math.max(Math.ceil(this.size / PAGE), Math.floor(from / PAGE));
    this.allocated += (Math.ceil(end / PAGE) - first) * PAGE;
    this.size = end;
  }

  #recount(): void {
    if (this.#fd < 0) {
      this.allocated = Math.ceil(this.size / PAGE) * PAGE;
      return;
    }
    const stat = new HostStat();
    if (this.#host.statx(this.#fd, "", stat) === 0) this.allocated = stat.blocks * 512;
  }
}

function makeMemfd(host: Host): number {
  const fd = host.memfdCreate("tvisor-file", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
  // Linux before 6.3 knows no MFD_NOEXEC_SEAL.
  return fd === -EINVAL ? host.memfdCreate("tvisor-file", MFD_CLOEXEC | MFD_ALLOW_SEALING) : fd;
}

/** It goes with its descriptor. */
function makeUnnamed(host: Host, directory: number): number {
  return host.openat(directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0o600);
}

function hostRefusal(rc: number): number {
  return rc === -12 || rc === -28 ? -ENOSPC : rc;
}
