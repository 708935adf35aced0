/**
 * DevptsDirectory: the root of devpts: ptmx and the slaves that exist now. Names come and go with
 * masters, behind the dentry cache: revalidate() says whether a cached answer still holds.
 */
import { DT_CHR } from "../../abi/dirent.ts";
import { ENOENT } from "../../abi/errno.ts";
import { S_IFDIR } from "../../abi/stat.ts";
import type { Credentials } from "../../kernel/cred/credentials.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { DirectoryEmitter } from "../../kernel/vfs/directory-emitter.ts";
import { DirectoryFile } from "../../kernel/vfs/directory-file.ts";
import type { File } from "../../kernel/vfs/file.ts";
import type { Filesystem } from "../../kernel/vfs/filesystem.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import { FIRST_ENTRY } from "../../kernel/vfs/packed-entries.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import { DevptsInode, type Names } from "./inode.ts";

const ROOT_INO = 1;

export class DevptsDirectory extends DevptsInode {
  readonly names: Names;

  constructor(devpts: Filesystem & Names) {
    super(devpts, ROOT_INO, S_IFDIR | 0o755, 0, 0);
    this.names = devpts;
  }

  override get nlink(): number {
    return 2;
  }

  #find(name: string): Inode | undefined {
    if (name === "ptmx") return this.names.ptmx;
    return /^(0|[1-9]\d*)$/.test(name) ? this.names.slave(Number(name)) : undefined;
  }

  override lookup(_task: Task | null, name: string): Inode | number {
    return this.#find(name)?.hold() ?? -ENOENT;
  }

  override revalidate(name: string, child: Inode | null): boolean {
    return (this.#find(name) ?? null) === child;
  }

  override open(task: Task, face: Inode, path: Path | null, flags: number): File {
    return new DevptsDirectoryFile(this, face, path, flags, task.credentials);
  }
}

/** Positions: ptmx is the first entry, slave N comes at N + 1 behind it. */
class DevptsDirectoryFile extends DirectoryFile {
  readonly #node: DevptsDirectory;

  constructor(
    node: DevptsDirectory,
    face: Inode,
    path: Path | null,
    flags: number,
    credentials: Credentials,
  ) {
    super(face, path, flags, credentials);
    this.#node = node;
  }

  protected override entries(_task: Task, into: DirectoryEmitter): number {
    const { names } = this.#node;
    if (this.position === FIRST_ENTRY) {
      if (!into.emit("ptmx", names.ptmx.ino, DT_CHR, FIRST_ENTRY + 1)) return 0;
      this.position = FIRST_ENTRY + 1;
    }
    for (const inode of names.slaves()) {
      const at = FIRST_ENTRY + 1 + inode.pty.index;
      if (at < this.position) continue;
      if (!into.emit(String(inode.pty.index), inode.ino, DT_CHR, at + 1)) return 0;
      this.position = at + 1;
    }
    return 0;
  }
}
