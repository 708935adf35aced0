/**
 * PseudoFilesystem: what filesystems made of tables share: no space, no limits, one kernel that their
 * files tell of. Subclasses give the root directory.
 */
import { ENOENT, ESRCH } from "../../abi/errno.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { Filesystem } from "../../kernel/vfs/filesystem.ts";
import type { StatFs } from "../../kernel/vfs/kstat.ts";

export abstract class PseudoFilesystem extends Filesystem {
  readonly kernel: Kernel;
  /** Names appear and disappear with what they are about. */
  override readonly revalidates = true;
  /** st_size of its files, which nobody knows before they are read. */
  readonly fileSize: number = 0;
  readonly blockSize: number = 1024;
  /** What an attempt to make a name gets. */
  readonly createError: number = -ENOENT;
  /** What an open file gets whose subject is gone. */
  readonly goneError: number = -ESRCH;
  readonly #magic: number;

  constructor(kernel: Kernel, type: string, magic: number) {
    super(kernel.vfs, type);
    this.kernel = kernel;
    this.#magic = magic;
  }

  override statfs(out: StatFs): number {
    out.type = this.#magic;
    out.bsize = out.frsize = 4096;
    out.blocks = out.bfree = out.bavail = out.files = out.ffree = 0;
    return 0;
  }
}
