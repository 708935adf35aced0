/**
 * masks: what the config hides and what it makes read-only (config-linux.md, "Masked Paths" and
 * "Readonly Paths"), and how the root propagates. A path that is not there needs neither.
 *  - A masked file is /dev/null, a masked directory an empty one that cannot be written to.
 */
import { ENOENT } from "../../abi/errno.ts";
import { errnoText } from "../../abi/errno-text.ts";
import { MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY } from "../../abi/mount.ts";
import { Tmpfs } from "../../fs/tmpfs/filesystem.ts";
import type { Host } from "../../host/host.ts";
import type { Task } from "../../kernel/task/task.ts";
import { copyTree, plug } from "../../kernel/vfs/mount.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import { setPropagation } from "../../syscalls/file/mount-attributes.ts";
import { PROPAGATIONS } from "./mount-options.ts";
import { findPlace, runtimeFailure } from "./places.ts";

/** mount(2) with MS_BIND and MS_REC of `source` on `target`; `flags` are for the mount itself alone. */
export function bindOn(task: Task, source: Path, target: Path, flags: number): void {
  const { vfs } = task.kernel;
  const copy = copyTree(vfs, source.mount, source.dentry, "peer", { unbindable: false });
  copy.flags |= flags;
  plug(copy, target.mount, target.dentry);
}

export function maskPath(host: Host, task: Task, name: string): void {
  const place = existing(task, name);
  if (place === null) return;
  if (place.inode.isDirectory) {
    const { fsuid: uid, fsgid: gid, userNamespace } = task.credentials;
    const options = { size: 0, inodes: 1, mode: 0o755, uid, gid };
    const empty = new Tmpfs(task.kernel.vfs, host, options);
    empty.userNamespace = userNamespace;
    task.kernel.vfs.mountAt(empty, place, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);
    return;
  }
  const nothing = existing(task, "/dev/null");
  if (nothing !== null) bindOn(task, nothing, place, 0);
}

export function protectPath(task: Task, name: string): void {
  const place = existing(task, name);
  if (place !== null) bindOn(task, place, place, MS_RDONLY);
}

/** `word` as `linux.rootfsPropagation` has it. */
export function propagateRoot(root: Path, word: string | undefined): void {
  if (word === undefined) return;
  const all = word.startsWith("r") ? [...root.mount.tree()] : [root.mount];
  for (const mount of all) setPropagation(mount, PROPAGATIONS[word]!);
}

function existing(task: Task, name: string): Path | null {
  const place = findPlace(task, name);
  if (typeof place !== "number") return place;
  if (place === -ENOENT) return null;
  throw runtimeFailure(`cannot reach ${name} to protect it: ${errnoText(-place)}`);
}
