/**
 * install: give a new file a descriptor, within RLIMIT_NOFILE.
 * Takes over the caller's reference: when there is no room the file is closed again (-EMFILE).
 */
import { RLIMIT_NOFILE } from "../../abi/resource.ts";
import type { Task } from "../task/task.ts";
import type { File } from "../vfs/file.ts";

export function installFile(task: Task, file: File, closeOnExec: boolean): number {
  const limit = task.group.limits.soft(RLIMIT_NOFILE);
  const fd = task.files.install(file, closeOnExec, limit);
  if (fd < 0) file.unref();
  return fd;
}

/** Two descriptors at once, as pipe(2) and socketpair(2) give them, stored at guest `address`. */
export function installPair(
  task: Task,
  address: number,
  first: File,
  second: File,
  closeOnExec: boolean,
): number {
  const a = installFile(task, first, closeOnExec);
  if (a < 0) {
    second.unref();
    return a;
  }
  const b = installFile(task, second, closeOnExec);
  if (b < 0) {
    task.files.close(task, a);
    return b;
  }
  const numbers = new Uint8Array(new Int32Array([a, b]).buffer);
  const rc = task.mm.write(address, numbers);
  if (rc === 0) return 0;
  task.files.close(task, a);
  task.files.close(task, b);
  return rc;
}
