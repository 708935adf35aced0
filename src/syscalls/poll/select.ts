/**
 * select, pselect6: wait until one of some descriptors is ready, given as three bit sets (select(2)).
 * What was left of the timeout is stored, as Linux does; pselect6's libc wrapper hides that.
 */
import { EBADF, EFAULT, EINVAL, ERESTARTNOHAND, ERESTARTSYS, ETIMEDOUT } from "../../abi/errno.ts";
import {
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLPRI,
  POLLRDBAND,
  POLLRDNORM,
  POLLWRBAND,
  POLLWRNORM,
  pselect6_sigmask,
} from "../../abi/poll.ts";
import { refuse } from "../../base/refuse.ts";
import { getFile } from "../../kernel/fd/get.ts";
import { applyTemporaryMask } from "../../kernel/signal/temporary-mask.ts";
import { PARKED } from "../../kernel/task/park.ts";
import type { Task } from "../../kernel/task/task.ts";
import { finishTimeout, readTimespec, readTimeval } from "./timeout.ts";

/** What readiness means for the three sets. */
const READABLE = POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR;
const WRITABLE = POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR;
const EXCEPTIONAL = POLLPRI;
const EVENTS = [READABLE, WRITABLE, EXCEPTIONAL] as const;

/** Descriptors that a table has room for at least: a shell leaves its children that much. */
const LEAST_TABLE = 256;

export function select(
  task: Task,
  nfds: number,
  readfds: number,
  writefds: number,
  exceptfds: number,
  timeout: number,
): number {
  const timeoutNs = readTimeval(task, timeout);
  if (timeoutNs < 0) return timeoutNs;
  const rc = selectDescriptors(task, nfds, [readfds, writefds, exceptfds], timeoutNs);
  return finishTimeout(task, rc, timeoutNs, timeout, "timeval");
}

export function pselect6(
  task: Task,
  nfds: number,
  readfds: number,
  writefds: number,
  exceptfds: number,
  timeout: number,
  sigmask: number,
): number {
  let set = 0;
  let size = 0;
  if (sigmask !== 0) {
    const view = task.mm.view(sigmask, pselect6_sigmask.size);
    if (view === null) return -EFAULT;
    ({ ss: set, ss_len: size } = pselect6_sigmask.read(view, 0));
  }
  const timeoutNs = readTimespec(task, timeout);
  if (timeoutNs < 0) return timeoutNs;
  const masked = applyTemporaryMask(task, set, size);
  if (masked < 0) return masked;
  const rc = selectDescriptors(task, nfds, [readfds, writefds, exceptfds], timeoutNs);
  return finishTimeout(task, rc, timeoutNs, timeout, "timespec");
}

function selectDescriptors(
  task: Task,
  nfds: number,
  addresses: readonly number[],
  timeoutNs: number,
): number {
  if (nfds < 0) return refuse(EINVAL, "select: a negative count");
  const count = Math.min(nfds, tableSize(task.files.size));
  const sets: Uint8Array[] = [];
  for (const address of addresses) {
    const length = Math.ceil(count / 64) * 8;
    const set = address === 0 ? new Uint8Array(length) : task.mm.read(address, length);
    if (set === null) return -EFAULT;
    sets.push(set);
  }
  const results = sets.map((set) => new Uint8Array(set.length));
  let result = look(task, count, sets, results);
  if (result === 0 && timeoutNs > 0) result = sleep(task, count, sets, timeoutNs);
  if (result === PARKED) return PARKED;
  if (result === -ERESTARTSYS) return -ERESTARTNOHAND;
  if (result < 0) return result;
  for (let i = 0; i < addresses.length; i++) {
    if (addresses[i] === 0) continue;
    if (task.mm.write(addresses[i]!, results[i]!) < 0) return -EFAULT;
  }
  return result;
}

/** Bits set in `results`, or -EBADF when a set names a closed descriptor. */
function look(
  task: Task,
  count: number,
  sets: readonly Uint8Array[],
  results: readonly Uint8Array[],
): number {
  let found = 0;
  for (let fd = 0; fd < count; fd++) {
    const wanted = wantedSets(sets, fd);
    if (wanted === 0) continue;
    const file = getFile(task, fd);
    if (file === null) return refuse(EBADF, "select: a closed descriptor");
    const mask = file.poll(task);
    for (let i = 0; i < EVENTS.length; i++) {
      if ((wanted & (1 << i)) === 0 || (mask & EVENTS[i]!) === 0) continue;
      results[i]![fd >> 3]! |= 1 << (fd & 7);
      found++;
    }
  }
  return found;
}

/** Which of the three sets have this descriptor, as bits. */
function wantedSets(sets: readonly Uint8Array[], fd: number): number {
  const byte = fd >> 3;
  const bit = fd & 7;
  return (
    ((sets[0]![byte]! >> bit) & 1) |
    (((sets[1]![byte]! >> bit) & 1) << 1) |
    (((sets[2]![byte]! >> bit) & 1) << 2)
  );
}

function sleep(task: Task, count: number, sets: readonly Uint8Array[], timeoutNs: number): number {
  for (let fd = 0; fd < count; fd++) {
    const wanted = wantedSets(sets, fd);
    const file = wanted === 0 ? null : getFile(task, fd);
    if (file === null) continue;
    let mask = 0;
    for (let i = 0; i < EVENTS.length; i++) if ((wanted & (1 << i)) !== 0) mask |= EVENTS[i]!;
    task.waitOn(file.queue, mask);
  }
  const rc = task.park(task.deadlineIn(timeoutNs));
  return rc === -ETIMEDOUT ? 0 : rc;
}

/** How many descriptors Linux's table would have room for: bits beyond are not looked at. */
function tableSize(used: number): number {
  let size = LEAST_TABLE;
  while (size < used) size *= 2;
  return size;
}
