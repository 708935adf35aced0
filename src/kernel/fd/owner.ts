/**
 * Who is told of a file's readiness (fcntl(2), F_SETOWN): a process, a thread or a process group. A File keeps
 * the kernel's number, negative for a group; tasks name it by those of their pid namespace.
 */
import { EINVAL, ESRCH } from "../../abi/errno.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../task/task.ts";
import type { File } from "../vfs/file.ts";

const LEAST = -2147483648;

export function setOwner(task: Task, file: File, id: number, isThread: boolean): number {
  if (id === LEAST) return refuse(EINVAL, "owner: no such process group");
  if (id > 0 && (isThread ? task.findTask(id) : task.findGroup(id)) === undefined) return -ESRCH;
  if (id < 0 && task.findProcessGroup(-id) === undefined) return -ESRCH;
  const { pidNamespace } = task.group;
  file.owner = id < 0 ? -pidNamespace.named(-id) : pidNamespace.named(id);
  file.ownerIsThread = isThread;
  return 0;
}

export function ownerOf(task: Task, { owner }: File): number {
  return owner < 0 ? -task.numberOf(-owner) : task.numberOf(owner);
}
