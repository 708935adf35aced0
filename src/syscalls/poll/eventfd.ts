/**
 * eventfd, eventfd2: a counter to wait on (eventfd(2)).
 */
import { EINVAL } from "../../abi/errno.ts";
import { EFD_CLOEXEC, eventfdFlags } from "../../abi/poll.ts";
import { refuse } from "../../base/refuse.ts";
import { installFile } from "../../kernel/fd/install.ts";
import { makeEventFd } from "../../kernel/files/eventfd.ts";
import type { Task } from "../../kernel/task/task.ts";

export function eventfd(task: Task, initval: number): number {
  return eventfd2(task, initval, 0);
}

export function eventfd2(task: Task, initval: number, flags: number): number {
  if (eventfdFlags.unknown(flags) !== 0) return refuse(EINVAL, "eventfd2: unknown flags");
  return installFile(task, makeEventFd(task, initval, flags), (flags & EFD_CLOEXEC) !== 0);
}
