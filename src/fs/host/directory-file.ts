/**
 * HostDirectoryFile: an open host directory. The host's own positions do not fit a number, so ours
 * are ordinals: reading on is cheap, seeking elsewhere starts over and skips.
 */
import { LINUX_DIRENT64_NAME } from "../../abi/dirent.ts";
import { O_DIRECTORY, O_RDONLY, SEEK_SET } from "../../abi/fcntl.ts";
import { latin1, readI64 } from "../../host/bytes.ts";
import type { Task } from "../../kernel/task/task.ts";
import { DirectoryFile, FIRST_ENTRY } from "../../kernel/vfs/directory-file.ts";
import type { DirectoryEmitter } from "../../kernel/vfs/file.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import type { HostNode } from "./node.ts";

export class HostDirectoryFile extends DirectoryFile {
  readonly #node: HostNode;
  #fd = -1;
  /** Our position of the next entry in the buffer below. */
  #at = FIRST_ENTRY;
  // what the host gave and the guest has not taken
  #names: string[] = [];
  #inos: number[] = [];
  #types: number[] = [];
  #next = 0;

  constructor(node: HostNode, face: Inode, path: Path | null, flags: number, task: Task) {
    super(face, path, flags, task.credentials);
    this.#node = node;
    node.hold();
  }

  protected override entries(_task: Task, into: DirectoryEmitter): number {
    const rc = this.#goTo(this.position);
    if (rc < 0) return rc;
    for (;;) {
      if (this.#next === this.#names.length) {
        const n = this.#fill();
        if (n <= 0) return n;
      }
      const i = this.#next;
      const next = this.#at + 1;
      if (!into.emit(this.#names[i]!, this.#inos[i]!, this.#types[i]!, next)) return 0;
      this.#next++;
      this.#at = next;
      this.position = next;
    }
  }

  /** Stand before the entry at `position`. */
  #goTo(position: number): number {
    if (this.#fd < 0) {
      const fd = this.#node.openHere(O_RDONLY | O_DIRECTORY);
      if (fd < 0) return fd;
      this.#fd = fd;
    } else if (position < this.#at) {
      this.#node.filesystem.host.lseek(this.#fd, 0, SEEK_SET);
      this.#names.length = this.#next = 0;
      this.#at = FIRST_ENTRY;
    }
    while (this.#at < position) {
      if (this.#next === this.#names.length) {
        const n = this.#fill();
        if (n <= 0) return n;
      }
      this.#next++;
      this.#at++;
    }
    return 0;
  }

  /** Read the host's next records; how many entries there are now. */
  #fill(): number {
    const { host } = this.#node.filesystem;
    this.#names.length = this.#inos.length = this.#types.length = this.#next = 0;
    while (this.#names.length === 0) {
      const n = host.getdents64(this.#fd);
      if (n <= 0) return n;
      this.#parse(n);
    }
    return this.#names.length;
  }

  #parse(length: number): void {
    const { host } = this.#node.filesystem;
    const { io } = host;
    const { view } = host.arena;
    const offset = this.#node.filesystem.inoOffset(this.#node.device);
    for (let at = 0; at < length; ) {
      const record = io.byteOffset + at;
      const size = view.getUint16(record + 16, true);
      const start = at + LINUX_DIRENT64_NAME;
      const end = io.indexOf(0, start);
      const name = latin1(io, start, end - start);
      if (name !== "." && name !== "..") {
        this.#names.push(name);
        this.#inos.push(offset + readI64(view, record));
        this.#types.push(io[at + 18]!);
      }
      at += size;
    }
  }

  override release(): void {
    if (this.#fd >= 0) this.#node.filesystem.host.close(this.#fd);
    this.#node.drop();
  }
}
