/**
 * kcmp: do two processes share something? Source: kcmp(2). Objects have no order here: two that
 * differ answer 3, which the man page allows.
 */
import { EBADF, EFAULT, EINVAL, EPERM, ESRCH } from "../../abi/errno.ts";
import {
  KCMP_EPOLL_TFD,
  KCMP_FILE,
  KCMP_FILES,
  KCMP_FS,
  KCMP_IO,
  KCMP_SIGHAND,
  KCMP_SYSVSEM,
  KCMP_VM,
} from "../../abi/process.ts";
import { refuse } from "../../base/refuse.ts";
import { mayAccess } from "../../kernel/task/access.ts";
import type { Task } from "../../kernel/task/task.ts";

const EQUAL = 0;
const DIFFERENT = 3;

export function kcmp(
  task: Task,
  pid1: number,
  pid2: number,
  type: number,
  index1: number,
  index2: number,
): number {
  const first = task.findTask(pid1);
  const second = task.findTask(pid2);
  if (first === undefined || second === undefined) return -ESRCH;
  if (!mayAccess(task, first) || !mayAccess(task, second))
    return refuse(EPERM, "kcmp: no ptrace access");
  if (type === KCMP_EPOLL_TFD) return index2 === 0 ? -EFAULT : refuse(EINVAL, "kcmp: no targets");
  if (type === KCMP_FILE) {
    const a = first.files.get(index1);
    const b = second.files.get(index2);
    return a === null || b === null ? -EBADF : answer(a === b);
  }
  const part = PARTS.get(type);
  if (part === undefined) return refuse(EINVAL, "kcmp: no such type");
  return answer(part(first) === part(second));
}

function answer(same: boolean): number {
  return same ? EQUAL : DIFFERENT;
}

/** What each type compares. Threads of a process share their undo lists; others have none to share. */
const PARTS: ReadonlyMap<number, (task: Task) => unknown> = new Map([
  [KCMP_VM, (task: Task): unknown => task.mm],
  [KCMP_FILES, (task: Task): unknown => task.files],
  [KCMP_FS, (task: Task): unknown => task.fs],
  [KCMP_SIGHAND, (task: Task): unknown => task.handlers],
  [KCMP_IO, (task: Task): unknown => task.group],
  [KCMP_SYSVSEM, (task: Task): unknown => task.group],
]);
