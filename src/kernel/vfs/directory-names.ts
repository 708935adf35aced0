/** directory-names: the names in a directory that the kernel itself looks at, without "." and "..". */
import { O_DIRECTORY, O_RDONLY } from "../../abi/fcntl.ts";
import type { Task } from "../task/task.ts";
import { DirectoryEmitter } from "./directory-emitter.ts";
import type { Inode } from "./inode.ts";

class NameCollector extends DirectoryEmitter {
  readonly names: string[] = [];

  override emit(name: string): boolean {
    if (name !== "." && name !== "..") this.names.push(name);
    return true;
  }
}

/** Those of one layer, where `directory` is one; or -errno. */
export function namesIn(task: Task, directory: Inode): readonly string[] | number {
  const file = directory.open(task, directory, null, O_RDONLY | O_DIRECTORY);
  if (typeof file === "number") return file;
  const collector = new NameCollector();
  const rc = file.readdir(task, collector);
  file.unref();
  return rc < 0 ? rc : collector.names;
}
