/**
 * places: paths inside a container that may not be there yet. Each component is walked as the
 * container's root would, links included, so that no name leads out of its root; what is missing is
 * made, as container runtimes make the places that they mount on.
 */
import { ENOENT, ENOTDIR } from "../../abi/errno.ts";
import { errnoText } from "../../abi/errno-text.ts";
import { AT_FDCWD } from "../../abi/fcntl.ts";
import { S_IFREG } from "../../abi/stat.ts";
import type { Task } from "../../kernel/task/task.ts";
import { Path } from "../../kernel/vfs/path.ts";
import { StartFailure } from "../failure.ts";

const FILE_MODE = S_IFREG | 0o755;
const EXIT_RUNTIME = 1;

/** A failure of the runtime rather than of the program that it was to start. */
export function runtimeFailure(message: string): StartFailure {
  return new StartFailure(message, EXIT_RUNTIME);
}

/** The place, or -ENOENT and other refusals. */
export function findPlace(task: Task, name: string): Path | number {
  return task.kernel.vfs.resolve(task, AT_FDCWD, name);
}

/** The place; made as a directory or an empty file when it is missing, its parents too. */
export function makePlace(task: Task, name: string, kind: "directory" | "file"): Path {
  const components = name.split("/").filter((part) => part !== "" && part !== ".");
  let at: Path = task.fs.root;
  let walked = "";
  for (const [i, component] of components.entries()) {
    const parent = at;
    walked += `/${component}`;
    let next = findPlace(task, walked);
    if (next === -ENOENT) {
      const isLast = i === components.length - 1;
      next =
        isLast && kind === "file"
          ? makeFile(task, parent, component)
          : makeDirectory(task, parent, component);
    }
    if (typeof next === "number")
      throw runtimeFailure(`cannot make ${walked} in the container: ${errnoText(-next)}`);
    at = next;
  }
  return at;
}

function makeDirectory(task: Task, parent: Path, name: string): Path | number {
  return task.kernel.vfs.makeDirectory(parent, name);
}

function makeFile(task: Task, parent: Path, name: string): Path | number {
  const { vfs } = task.kernel;
  if (!parent.inode.isDirectory) return -ENOTDIR;
  const child = vfs.lookup(task, parent.dentry, name);
  if (typeof child === "number") return child;
  const init = { mode: FILE_MODE, uid: 0, gid: 0, rdev: 0, target: "" };
  const made = parent.inode.create(task, name, init);
  if (typeof made === "number") return made;
  vfs.created(parent.dentry, child, made);
  return new Path(parent.mount, child);
}
