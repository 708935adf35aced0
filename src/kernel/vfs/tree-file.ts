/**
 * TreeFile: a tree of mounts that is attached nowhere (open_tree(2) with OPEN_TREE_CLONE, fsmount(2)),
 * held by a descriptor. move_mount(2) attaches it; when it never was, it goes with the last reference.
 */
import type { Credentials } from "../cred/credentials.ts";
import { abandon, type Mount, unplug } from "./mount.ts";
import type { Path } from "./path.ts";
import { PathFile } from "./path-file.ts";

export class TreeFile extends PathFile {
  readonly #tree: Mount;

  constructor(path: Path, flags: number, credentials: Credentials) {
    super(path, flags, credentials);
    this.#tree = path.mount;
  }

  override release(): void {
    if (this.#tree.namespace === null && this.#tree.parent === null) dissolve(this.#tree);
  }
}

/** Take apart what is below a detached mount; the mount itself goes with its last user. */
function dissolve(top: Mount): void {
  for (const mount of [...top.tree()].reverse()) {
    if (mount === top) continue;
    unplug(mount);
    abandon(mount);
  }
}
