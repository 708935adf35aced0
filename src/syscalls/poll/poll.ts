/**
 * poll, ppoll: wait until one of some descriptors is ready (poll(2)).
 * A negative descriptor is skipped, a closed one answers POLLNVAL at once. POLLERR and POLLHUP are
 * always looked for.
 */
import {
  EFAULT,
  EINVAL,
  ERESTART_RESTARTBLOCK,
  ERESTARTNOHAND,
  ERESTARTSYS,
  ETIMEDOUT,
} from "../../abi/errno.ts";
import { POLLERR, POLLHUP, POLLNVAL, pollfd } from "../../abi/poll.ts";
import { RLIMIT_NOFILE } from "../../abi/resource.ts";
import { refuse } from "../../base/refuse.ts";
import { getFile } from "../../kernel/fd/get.ts";
import { applyTemporaryMask } from "../../kernel/signal/temporary-mask.ts";
import { PARKED } from "../../kernel/task/park.ts";
import type { Task } from "../../kernel/task/task.ts";
import { finishTimeout, milliseconds, readTimespec } from "./timeout.ts";

const ALWAYS = POLLERR | POLLHUP;
/** More changed entries than this are stored with one copy of all. */
const FEW = 4;

export function poll(task: Task, fds: number, nfds: number, timeout: number): number {
  const rc = pollDescriptors(task, fds, nfds, milliseconds(timeout));
  return rc === -ERESTARTSYS ? -ERESTART_RESTARTBLOCK : rc;
}

export function ppoll(
  task: Task,
  fds: number,
  nfds: number,
  tmo_p: number,
  sigmask: number,
  sigsetsize: number,
): number {
  const timeoutNs = readTimespec(task, tmo_p);
  if (timeoutNs < 0) return timeoutNs;
  const masked = applyTemporaryMask(task, sigmask, sigsetsize);
  if (masked < 0) return masked;
  const rc = pollDescriptors(task, fds, nfds, timeoutNs);
  const result = rc === -ERESTARTSYS ? -ERESTARTNOHAND : rc;
  return finishTimeout(task, result, timeoutNs, tmo_p, "timespec");
}

function pollDescriptors(task: Task, address: number, nfds: number, timeoutNs: number): number {
  if (nfds > task.group.limits.soft(RLIMIT_NOFILE))
    return refuse(EINVAL, "poll: more descriptors than RLIMIT_NOFILE");
  const bytes = task.mm.read(address, nfds * pollfd.size);
  if (bytes === null) return -EFAULT;
  const entries = new DataView(bytes.buffer);
  const ready = new Uint16Array(nfds);
  let result = look(task, entries, ready);
  if (result === 0 && timeoutNs > 0) {
    result = sleep(task, entries, nfds, timeoutNs);
    if (result === PARKED) return PARKED;
  }
  const stored = store(task, address, bytes, entries, ready);
  return stored < 0 ? stored : result;
}

/** Fill `ready` with the revents of every entry; how many are not zero. */
function look(task: Task, entries: DataView, ready: Uint16Array): number {
  let count = 0;
  for (let i = 0; i < ready.length; i++) {
    const at = i * pollfd.size;
    const events = entries.getUint16(at + 4, true);
    ready[i] = readyEvents(task, entries.getInt32(at, true), events);
    if (ready[i] !== 0) count++;
  }
  return count;
}

function readyEvents(task: Task, fd: number, events: number): number {
  if (fd < 0) return 0;
  const file = getFile(task, fd);
  return file === null ? POLLNVAL : file.poll(task) & (events | ALWAYS);
}

function sleep(task: Task, entries: DataView, nfds: number, timeoutNs: number): number {
  for (let i = 0; i < nfds; i++) {
    const at = i * pollfd.size;
    const file = getFile(task, entries.getInt32(at, true));
    if (file !== null) task.waitOn(file.queue, entries.getUint16(at + 4, true) | ALWAYS);
  }
  const rc = task.park(task.deadlineIn(timeoutNs));
  return rc === -ETIMEDOUT ? 0 : rc;
}

/** Store revents: only those that differ, when they are few. */
function store(
  task: Task,
  address: number,
  bytes: Uint8Array,
  entries: DataView,
  ready: Uint16Array,
): number {
  const changed: number[] = [];
  for (let i = 0; i < ready.length; i++) {
    const at = i * pollfd.size + 6;
    if (i === 0 || entries.getUint16(at, true) !== ready[i]) changed.push(at);
    entries.setUint16(at, ready[i]!, true);
  }
  if (changed.length > FEW) return task.mm.write(address, bytes);
  for (const at of changed) {
    if (task.mm.write(address + at, bytes.subarray(at, at + 2)) < 0) return -EFAULT;
  }
  return 0;
}
