/**
 * pathname: the name of a Path as seen from a root (Linux's d_path): what getcwd(2), readlink of
 * /proc/self/fd/N and /proc/self/maps show.
 *  - A removed file ends in " (deleted)"; a path that the root does not contain begins with
 *    "(unreachable)"; a nameless file is its own name: "pipe:[7]".
 */
import type { Dentry } from "./dentry.ts";
import type { Path } from "./path.ts";

export function pathname(path: Path, root: Path): string {
  const { dentry } = path;
  if (dentry.parent === null && dentry.name !== "/") return dentry.name;
  const reached = reach(path, root);
  const name = reached.startsWith("/") ? reached : `(unreachable)${reached.slice(1)}`;
  return isDeleted(dentry) ? `${name} (deleted)` : name;
}

/** Is this name gone (it, not a directory above it)? */
export function isDeleted(dentry: Dentry): boolean {
  return dentry.parent !== null && !dentry.hashed;
}

/** Does `root` contain `path`? */
export function isReachable(path: Path, root: Path): boolean {
  return reach(path, root).startsWith("/");
}

/** "/a/b" when found below root, "-/a/b" when the walk up ended elsewhere. */
function reach(path: Path, root: Path): string {
  let { mount, dentry } = path;
  let name = "";
  for (;;) {
    if (mount === root.mount && dentry === root.dentry) return name === "" ? "/" : name;
    if (dentry === mount.root || dentry.parent === null) {
      if (mount.parent === null || dentry !== mount.root) return `-${name === "" ? "/" : name}`;
      dentry = mount.mountpoint!;
      mount = mount.parent;
      continue;
    }
    name = `/${dentry.name}${name}`;
    dentry = dentry.parent;
  }
}
