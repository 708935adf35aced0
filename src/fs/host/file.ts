/**
 * HostFile: an open regular file of the host. Bytes go from the host descriptor to the guest through
 * the arena's I/O buffer. The descriptor belongs to the HostNode and has this opening's rights: a
 * mapping gets a read-only one unless the file was opened for writing.
 */
import { EFAULT } from "../../abi/errno.ts";
import { O_ACCMODE, O_RDONLY } from "../../abi/fcntl.ts";
import { MAP_PRIVATE, MAP_TYPE } from "../../abi/mman.ts";
import type { UserBuffer } from "../../kernel/mm/user-buffer.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { Mapping } from "../../kernel/vfs/file.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import { RegularFile } from "../../kernel/vfs/regular-file.ts";
import type { HostNode } from "./node.ts";

export class HostFile extends RegularFile {
  readonly #node: HostNode;
  readonly #writer: boolean;
  readonly #fd: number;

  constructor(
    node: HostNode,
    face: Inode,
    path: Path | null,
    flags: number,
    task: Task,
    fd: number,
  ) {
    super(face, path, flags, task.credentials);
    this.#node = node;
    this.#writer = (flags & O_ACCMODE) !== O_RDONLY;
    this.#fd = fd;
    node.hold();
  }

  override size(): number {
    this.#node.refresh();
    return this.#node.stat.size;
  }

  protected override readAt(into: UserBuffer, position: number): number {
    const { host } = this.#node.filesystem;
    let done = 0;
    while (into.remaining > 0) {
      const want = Math.min(into.remaining, host.io.length);
      const n = host.preadIo(this.#fd, want, position + done);
      if (n <= 0) return done > 0 ? done : n;
      const put = into.put(host.io, 0, n);
      if (put < 0) return done > 0 ? done : put;
      done += put;
      if (put < want) break;
    }
    return done;
  }

  protected override writeAt(from: UserBuffer, position: number, count: number): number {
    const { host } = this.#node.filesystem;
    let done = 0;
    while (done < count) {
      const want = Math.min(count - done, host.io.length);
      const taken = from.take(host.io, 0, want);
      if (taken < 0) return done > 0 ? done : -EFAULT;
      const n = host.pwriteIo(this.#fd, taken, position + done);
      if (n < 0) return done > 0 ? done : n;
      done += n;
      if (n < want) break;
    }
    this.#node.changed();
    return done;
  }

  protected override seekExtent(offset: number, whence: number): number {
    return this.#node.filesystem.host.lseek(this.#fd, offset, whence);
  }

  override readKernel(into: Uint8Array, position: number): number {
    let done = 0;
    while (done < into.length) {
      const n = this.#node.filesystem.host.pread(this.#fd, into.subarray(done), position + done);
      if (n <= 0) return done > 0 ? done : n;
      done += n;
    }
    return done;
  }

  override writeKernel(from: Uint8Array, position: number): number {
    this.#node.changed();
    return this.#node.filesystem.host.pwrite(this.#fd, from, position);
  }

  override mapping(_prot: number, flags: number): Mapping | number {
    const isPrivate = (flags & MAP_TYPE) === MAP_PRIVATE;
    if (!this.#writer) return { hostFd: this.#fd };
    if (!isPrivate) return { hostFd: this.#fd };
    const hostFd = this.#node.readerFd();
    return hostFd < 0 ? hostFd : { hostFd };
  }

  override truncate(size: number): number {
    this.#node.changed();
    return this.#node.filesystem.host.ftruncate(this.#fd, size);
  }

  override fallocate(mode: number, offset: number, length: number): number {
    this.#node.changed();
    return this.#node.filesystem.host.fallocate(this.#fd, mode, offset, length);
  }

  override fsync(): number {
    return this.#writer ? this.#node.filesystem.host.fsync(this.#fd) : 0;
  }

  override release(): void {
    this.#node.closed(this.#writer);
    this.#node.drop();
  }
}
