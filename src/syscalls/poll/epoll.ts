/**
 * epoll_create, epoll_ctl, epoll_wait and their variants (epoll(7)). A signal ends a wait with EINTR
 * always; it is never restarted.
 */
import { EBADF, EFAULT, EINTR, EINVAL, EPERM, ERESTARTSYS, ETIMEDOUT } from "../../abi/errno.ts";
import { TASK_SIZE } from "../../abi/limits.ts";
import {
  EPOLL_CLOEXEC,
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  epoll_event,
  epollCreateFlags,
  POLLIN,
} from "../../abi/poll.ts";
import { refuse } from "../../base/refuse.ts";
import { getFile } from "../../kernel/fd/get.ts";
import { installFile } from "../../kernel/fd/install.ts";
import { Epoll, makeEpoll } from "../../kernel/files/epoll.ts";
import { applyTemporaryMask } from "../../kernel/signal/temporary-mask.ts";
import type { Task } from "../../kernel/task/task.ts";
import { milliseconds, readTimespec } from "./timeout.ts";

const MAX_EVENTS = Math.floor(0x7fffffff / epoll_event.size);
/** Events handed over at once; more come with the next call. */
const BATCH = 1024;

export function epoll_create(task: Task, size: number): number {
  if (size <= 0) return refuse(EINVAL, "epoll_create: the size must be positive");
  return installFile(task, makeEpoll(task), false);
}

export function epoll_create1(task: Task, flags: number): number {
  if (epollCreateFlags.unknown(flags) !== 0) return refuse(EINVAL, "epoll_create1: unknown flags");
  return installFile(task, makeEpoll(task), (flags & EPOLL_CLOEXEC) !== 0);
}

export function epoll_ctl(task: Task, epfd: number, op: number, fd: number, event: number): number {
  let wanted = { events: 0, data: { lo: 0, hi: 0 } };
  if (op !== EPOLL_CTL_DEL) {
    const view = task.mm.view(event, epoll_event.size);
    if (view === null) return -EFAULT;
    wanted = epoll_event.read(view, 0);
  }
  const epoll = getFile(task, epfd);
  const file = getFile(task, fd);
  if (epoll === null || file === null) return -EBADF;
  if (!file.pollable) return refuse(EPERM, "epoll_ctl: the file cannot be polled");
  if (!(epoll instanceof Epoll)) return refuse(EINVAL, "epoll_ctl: not an epoll");
  if (epoll === file) return refuse(EINVAL, "epoll_ctl: an epoll cannot watch itself");
  const { events, data } = wanted;
  if (op === EPOLL_CTL_ADD) return epoll.add(task, file, fd, events, data.lo, data.hi);
  if (op === EPOLL_CTL_MOD) return epoll.modify(task, file, fd, events, data.lo, data.hi);
  if (op === EPOLL_CTL_DEL) return epoll.remove(file, fd);
  return refuse(EINVAL, "epoll_ctl: unknown operation");
}

export function epoll_wait(
  task: Task,
  epfd: number,
  events: number,
  maxevents: number,
  timeout: number,
): number {
  return wait(task, epfd, events, maxevents, milliseconds(timeout));
}

export function epoll_pwait(
  task: Task,
  epfd: number,
  events: number,
  maxevents: number,
  timeout: number,
  sigmask: number,
  sigsetsize: number,
): number {
  const masked = applyTemporaryMask(task, sigmask, sigsetsize);
  return masked < 0 ? masked : wait(task, epfd, events, maxevents, milliseconds(timeout));
}

export function epoll_pwait2(
  task: Task,
  epfd: number,
  events: number,
  maxevents: number,
  timeout: number,
  sigmask: number,
  sigsetsize: number,
): number {
  const timeoutNs = readTimespec(task, timeout);
  if (timeoutNs < 0) return timeoutNs;
  const masked = applyTemporaryMask(task, sigmask, sigsetsize);
  return masked < 0 ? masked : wait(task, epfd, events, maxevents, timeoutNs);
}

function wait(task: Task, epfd: number, address: number, max: number, timeoutNs: number): number {
  if (max <= 0 || max > MAX_EVENTS) return refuse(EINVAL, "epoll_wait: maxevents out of range");
  if (address + max * epoll_event.size > TASK_SIZE) return -EFAULT;
  const epoll = getFile(task, epfd);
  if (epoll === null) return -EBADF;
  if (!(epoll instanceof Epoll)) return refuse(EINVAL, "epoll_wait: not an epoll");
  if (epoll.hasReady) {
    const rc = collect(task, epoll, address, Math.min(max, BATCH));
    if (rc !== 0) return rc;
  }
  if (timeoutNs === 0) return 0;
  task.waitOn(epoll.waiters, POLLIN);
  const rc = task.park(task.deadlineIn(timeoutNs));
  if (rc === -ETIMEDOUT) return 0;
  return rc === -ERESTARTSYS ? -EINTR : rc;
}

function collect(task: Task, epoll: Epoll, address: number, max: number): number {
  const bytes = new Uint8Array(max * epoll_event.size);
  const count = epoll.collect(task, new DataView(bytes.buffer), max);
  if (count === 0) return 0;
  const stored = task.mm.write(address, bytes.subarray(0, count * epoll_event.size));
  return stored < 0 ? stored : count;
}
