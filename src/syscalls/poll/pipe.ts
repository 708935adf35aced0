/**
 * pipe, pipe2: a pipe and descriptors for its two ends (pipe(2)).
 */
import { EINVAL } from "../../abi/errno.ts";
import { O_CLOEXEC, O_DIRECT, O_NONBLOCK } from "../../abi/fcntl.ts";
import { refuse } from "../../base/refuse.ts";
import { installPair } from "../../kernel/fd/install.ts";
import { makePipe } from "../../kernel/files/pipe-file.ts";
import type { Task } from "../../kernel/task/task.ts";

export function pipe(task: Task, pipefd: number): number {
  return pipe2(task, pipefd, 0);
}

export function pipe2(task: Task, pipefd: number, flags: number): number {
  if ((flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT)) !== 0)
    return refuse(EINVAL, "pipe2: unknown flags");
  const [reader, writer] = makePipe(task, flags);
  return installPair(task, pipefd, reader, writer, (flags & O_CLOEXEC) !== 0);
}
