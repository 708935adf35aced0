/**
 * get: the file behind a descriptor, for calls that need more than its name: an O_PATH descriptor
 * counts as closed to them (open(2), O_PATH).
 */
import { O_PATH } from "../../abi/fcntl.ts";
import type { Task } from "../task/task.ts";
import type { File } from "../vfs/file.ts";

/** The file, or null: the caller answers EBADF. */
export function getFile(task: Task, fd: number): File | null {
  const file = task.files.get(fd);
  return file === null || (file.flags & O_PATH) !== 0 ? null : file;
}
