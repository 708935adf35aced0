/**
 * places: paths inside a container that may not be there yet. Each component is walked as the
 * container's root would, links included, so that no name leads out of its root; what is missing is
 * made, as container runtimes make the places that they mount on: by the container's root, who must be let to.
 */
import { ELOOP, ENOENT, ENOTDIR } from "../../abi/errno.ts";
import { errnoText } from "../../abi/errno-text.ts";
import { AT_FDCWD } from "../../abi/fcntl.ts";
import { S_IFREG } from "../../abi/stat.ts";
import type { Task } from "../../kernel/task/task.ts";
import { mayMake } from "../../kernel/vfs/directory.ts";
import { Path } from "../../kernel/vfs/path.ts";
import { StartFailure } from "../failure.ts";

const FILE_MODE = S_IFREG | 0o755;
const DIRECTORY_MODE = 0o755;
const EXIT_RUNTIME = 1;
const MOST_LINKS = 40;

/** A failure of the runtime rather than of the program that it was to start. */
export function runtimeFailure(message: string): StartFailure {
  return new StartFailure(message, EXIT_RUNTIME);
}

/** The place, or -ENOENT and other refusals. */
export function findPlace(task: Task, name: string): Path | number {
  return task.kernel.vfs.resolve(task, AT_FDCWD, name);
}

/**
 * The place; made as a directory or an empty file when it is missing, its parents too. A link that
 * leads to nothing has its target made, inside the container like any other.
 */
export function makePlace(task: Task, name: string, kind: "directory" | "file"): Path {
  const left = split(name);
  let walked: string[] = [];
  let at: Path = task.fs.root;
  for (let links = 0; left.length > 0; ) {
    const component = left.shift()!;
    if (component === "..") {
      walked.pop();
      at = mustBe(findPlace(task, `/${walked.join("/")}`), walked);
      continue;
    }
    const here = [...walked, component];
    let next = task.kernel.vfs.resolve(task, AT_FDCWD, `/${here.join("/")}`, 0);
    if (typeof next !== "number" && next.inode.isLink) {
      const target = next.inode.readlink(task);
      if (typeof target === "number" || ++links > MOST_LINKS) mustBe(-ELOOP, here);
      else {
        left.unshift(...split(target));
        if (target.startsWith("/")) walked = [];
        at = mustBe(findPlace(task, `/${walked.join("/")}`), walked);
      }
      continue;
    }
    if (next === -ENOENT) {
      const isFile = left.length === 0 && kind === "file";
      next = isFile ? makeFile(task, at, component) : makeDirectory(task, at, component);
    }
    at = mustBe(next, here);
    walked = here;
  }
  return at;
}

function split(name: string): string[] {
  return name.split("/").filter((part) => part !== "" && part !== ".");
}

function mustBe(place: Path | number, components: readonly string[]): Path {
  if (typeof place !== "number") return place;
  const name = `/${components.join("/")}`;
  throw runtimeFailure(`cannot make ${name} in the container: ${errnoText(-place)}`);
}

function makeDirectory(task: Task, parent: Path, name: string): Path | number {
  const { fsuid: uid, fsgid: gid } = task.credentials;
  const may = parent.inode.isDirectory ? mayMake(task, parent.mount, parent.inode) : -ENOTDIR;
  return may < 0 ? may : task.kernel.vfs.makeDirectory(parent, name, DIRECTORY_MODE, { uid, gid });
}

function makeFile(task: Task, parent: Path, name: string): Path | number {
  const { vfs } = task.kernel;
  if (!parent.inode.isDirectory) return -ENOTDIR;
  const child = vfs.lookup(task, parent.dentry, name);
  if (typeof child === "number") return child;
  const may = mayMake(task, parent.mount, parent.inode);
  if (may < 0) return may;
  const { fsuid: uid, fsgid: gid } = task.credentials;
  const init = { mode: FILE_MODE, uid, gid, rdev: 0, target: "" };
  const made = parent.inode.create(task, name, init);
  if (typeof made === "number") return made;
  vfs.created(parent.dentry, child, made);
  return new Path(parent.mount, child);
}
