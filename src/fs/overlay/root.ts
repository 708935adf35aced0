/**
 * makeOverlayRoot: the usual root of a sandbox: read-only layers with an upper layer in memory.
 */
import { S_IFDIR } from "../../abi/stat.ts";
import { KernelBug } from "../../base/failure.ts";
import type { Host } from "../../host/host.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import type { Vfs } from "../../kernel/vfs/vfs.ts";
import { TMPFS_DEFAULTS, Tmpfs, type TmpfsOptions } from "../tmpfs/filesystem.ts";
import { OverlayFilesystem } from "./filesystem.ts";

/**
 * lowers: roots of the layers, topmost first. The root directory looks like the topmost one. `directory`: of
 * the host, where large files of the upper layer are; -1 for memory.
 */
export function makeOverlayRoot(
  vfs: Vfs,
  host: Host,
  lowers: readonly Inode[],
  options: TmpfsOptions = TMPFS_DEFAULTS,
  directory = -1,
): OverlayFilesystem {
  const tmpfs = new Tmpfs(vfs, host, options);
  tmpfs.directory = directory;
  const top = lowers[0];
  const upper = makeDirectory(tmpfs, "upper", top?.mode ?? 0o755, top?.uid ?? 0, top?.gid ?? 0);
  const work = makeDirectory(tmpfs, "work", 0o700, 0, 0);
  return new OverlayFilesystem(vfs, { lowers, upper, work });
}

function makeDirectory(tmpfs: Tmpfs, name: string, mode: number, uid: number, gid: number): Inode {
  const init = { mode: S_IFDIR | (mode & 0o7777), uid, gid, rdev: 0, target: "" };
  const made = tmpfs.root.create(null, name, init);
  if (typeof made === "number")
    throw new KernelBug(`the overlay has no room for its ${name} directory`);
  return made;
}
