/**
 * execve, execveat: read the strings, find the file, become it. Source: execve(2), execveat(2).
 */
import { EINVAL, ENOENT } from "../../abi/errno.ts";
import { AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW } from "../../abi/fcntl.ts";
import { refuse } from "../../base/refuse.ts";
import { exec } from "../../kernel/exec/exec.ts";
import { argumentBudget, readStrings } from "../../kernel/exec/strings.ts";
import type { Task } from "../../kernel/task/task.ts";

const COMM_LENGTH = 15;

export function execve(task: Task, path: number, argv: number, envp: number): number {
  return run(task, AT_FDCWD, path, argv, envp, 0);
}

export function execveat(
  task: Task,
  dirfd: number,
  path: number,
  argv: number,
  envp: number,
  flags: number,
): number {
  if (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
    return refuse(EINVAL, "execveat: unknown flags");
  return run(task, dirfd, path, argv, envp, flags);
}

function run(
  task: Task,
  dirfd: number,
  path: number,
  argvAt: number,
  envpAt: number,
  flags: number,
): number {
  // Prepared already: only the siblings' end was missing. The request is not needed again.
  if (task.restart !== null && task.restart.note !== null) return exec(task, null as never);
  const name = task.mm.readPath(path);
  if (typeof name === "number") return name;
  if (name === "" && !(flags & AT_EMPTY_PATH)) return -ENOENT;
  const budget = argumentBudget(task);
  const argv = readStrings(task, argvAt, budget);
  if (typeof argv === "number") return argv;
  const envp = readStrings(task, envpAt, budget);
  if (typeof envp === "number") return envp;
  const file = task.kernel.vfs.openExec(task, dirfd, name, flags);
  if (typeof file === "number") return file;
  // Since Linux 5.18 an empty argv becomes one empty string.
  if (argv.length === 0) argv.push("");
  const fileName =
    dirfd === AT_FDCWD || name.startsWith("/")
      ? name
      : `/dev/fd/${dirfd}${name === "" ? "" : `/${name}`}`;
  // A script's interpreter would look for a descriptor that exec has closed by then.
  const closes = fileName !== name && task.files.isCloseOnExec(dirfd);
  return exec(task, { file, fileName, argv, envp, comm: commOf(fileName), nameCloses: closes });
}

function commOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1, path.lastIndexOf("/") + 1 + COMM_LENGTH);
}
