/**
 * TreeFile: a tree of mounts that is attached nowhere (open_tree(2) with OPEN_TREE_CLONE, fsmount(2)),
 * held by a descriptor. move_mount(2) attaches it; when it never was, it goes with the last reference.
 */
import type { Credentials } from "../cred/credentials.ts";
import { dissolve, type Mount } from "./mount.ts";
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
