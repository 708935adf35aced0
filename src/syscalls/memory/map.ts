/**
 * Memory calls: arguments checked against the task's limits, the work in kernel/mm.
 * Source: mmap(2), mprotect(2), mremap(2), munmap(2), brk(2), madvise(2), msync(2), mincore(2),
 * mlock(2), process_vm_readv(2).
 */

import { CAP_IPC_LOCK } from "../../abi/capability.ts";
import { EBADF, EFAULT, EINVAL, ENOMEM, EPERM, ESRCH } from "../../abi/errno.ts";
import { O_PATH } from "../../abi/fcntl.ts";
import {
  MADV_POPULATE_READ,
  MADV_POPULATE_WRITE,
  MAP_ANONYMOUS,
  PROT_WRITE,
} from "../../abi/mman.ts";
import { RLIMIT_AS, RLIMIT_DATA, RLIMIT_MEMLOCK } from "../../abi/resource.ts";
import { refuse } from "../../base/refuse.ts";
import { readIovec } from "../../kernel/mm/iovec.ts";
import { PAGE_SIZE, pageUp } from "../../kernel/mm/mm.ts";
import { map, unmap } from "../../kernel/mm/mmap.ts";
import { advise, protect, resident, sync } from "../../kernel/mm/protect.ts";
import { remap, setBreak } from "../../kernel/mm/remap.ts";
import { mayAccess } from "../../kernel/task/access.ts";
import type { Task } from "../../kernel/task/task.ts";

export function mmap(
  task: Task,
  address: number,
  length: number,
  prot: number,
  flags: number,
  fd: number,
  offset: number,
): number {
  let file = null;
  if ((flags & MAP_ANONYMOUS) === 0) {
    file = task.files.get(fd);
    if (file === null || file.flags & O_PATH) return -EBADF;
  }
  return map(task.mm, task.thread, {
    address,
    length,
    prot,
    flags,
    file,
    offset: file === null ? 0 : offset,
    addressLimit: task.group.limits.soft(RLIMIT_AS),
    dataLimit: task.group.limits.soft(RLIMIT_DATA),
  });
}

export function munmap(task: Task, address: number, length: number): number {
  return unmap(task.mm, task.thread, address, length);
}

export function mprotect(task: Task, address: number, length: number, prot: number): number {
  return protect(task.mm, task.thread, address, length, prot);
}

export function pkey_mprotect(
  task: Task,
  address: number,
  length: number,
  prot: number,
  key: number,
): number {
  return key === -1
    ? mprotect(task, address, length, prot)
    : refuse(EINVAL, "pkey_mprotect: no such key");
}

export function mremap(
  task: Task,
  from: number,
  oldLength: number,
  newLength: number,
  flags: number,
  to: number,
): number {
  return remap(task.mm, task.thread, {
    from,
    oldLength,
    newLength,
    flags,
    to,
    addressLimit: task.group.limits.soft(RLIMIT_AS),
  });
}

export function brk(task: Task, wish: number): number {
  const { limits } = task.group;
  return setBreak(task.mm, task.thread, wish, limits.soft(RLIMIT_DATA), limits.soft(RLIMIT_AS));
}

export function madvise(task: Task, address: number, length: number, advice: number): number {
  return advise(task.mm, task.thread, address, length, advice);
}

export function msync(task: Task, address: number, length: number, flags: number): number {
  return sync(task.mm, task.thread, address, length, flags);
}

export function mincore(task: Task, address: number, length: number, vector: number): number {
  return resident(task.mm, task.thread, address, length, vector);
}

// --- locking: the host decides what stays in memory; limits, errors and population are kept ---------

function setLocked(task: Task, address: number, length: number, on: boolean): number {
  const { mm } = task;
  const start = address - (address % PAGE_SIZE);
  const end = pageUp(address + length);
  if (end <= start) return end < start ? -EINVAL : 0;
  if (end > mm.platform.guestEnd) return refuse(ENOMEM, "mlock: beyond the address space");
  if (on) {
    let more = end - start;
    for (const area of mm.areas.within(start, end))
      if (area.locked) more -= Math.min(area.end, end) - Math.max(area.start, start);
    const refusal = checkLockLimit(task, mm.areas.lockedBytes() + more);
    if (refusal < 0) return refusal;
  }
  const whole = mm.areas.covers(start, end);
  mm.areas.update(start, end, (area) => {
    area.locked = on;
  });
  mm.changed();
  if (!whole) return refuse(ENOMEM, "mlock: range is not wholly mapped");
  if (on) populate(task, start, end);
  return 0;
}

function checkLockLimit(task: Task, bytes: number): number {
  if (task.credentials.has(CAP_IPC_LOCK)) return 0;
  const limit = task.group.limits.soft(RLIMIT_MEMLOCK);
  if (limit === 0) return refuse(EPERM, "mlock: RLIMIT_MEMLOCK is zero");
  return bytes > limit ? refuse(ENOMEM, "mlock: RLIMIT_MEMLOCK") : 0;
}

function populate(task: Task, start: number, end: number): void {
  for (const area of task.mm.areas.within(start, end)) {
    const from = Math.max(start, area.start);
    const advice =
      (area.prot & PROT_WRITE) !== 0 && !area.isShared ? MADV_POPULATE_WRITE : MADV_POPULATE_READ;
    if (area.prot !== 0) task.thread.madvise(from, Math.min(end, area.end) - from, advice);
  }
}

export function mlock(task: Task, address: number, length: number): number {
  return setLocked(task, address, length, true);
}

export function mlock2(task: Task, address: number, length: number, flags: number): number {
  return flags & ~1 ? -EINVAL : setLocked(task, address, length, true);
}

export function munlock(task: Task, address: number, length: number): number {
  return setLocked(task, address, length, false);
}

export function mlockall(task: Task, flags: number): number {
  if (flags === 0 || flags & ~7 || flags === 4) return -EINVAL;
  const { areas } = task.mm;
  const refusal = checkLockLimit(task, flags & 1 ? areas.bytes : 0);
  if (refusal < 0 || !(flags & 1)) return refusal;
  areas.update(0, task.mm.platform.guestEnd, (area) => {
    area.locked = true;
  });
  task.mm.changed();
  return 0;
}

export function munlockall(task: Task): number {
  task.mm.areas.update(0, task.mm.platform.guestEnd, (area) => {
    area.locked = false;
  });
  task.mm.changed();
  return 0;
}

// --- another process's memory ---------------------------------------------------------------------

function transfer(
  task: Task,
  pid: number,
  localAt: number,
  localCount: number,
  remoteAt: number,
  remoteCount: number,
  isRead: boolean,
): number {
  const local = readIovec(task.mm, localAt, localCount);
  if (typeof local === "number") return local;
  if (remoteCount > 1024) return -EINVAL;
  const target = task.findTask(pid);
  const remote = readIovec(task.mm, remoteAt, remoteCount);
  if (typeof remote === "number") return remote;
  if (target === undefined || target.state === "dead") return -ESRCH;
  if (!mayAccess(task, target)) return refuse(EPERM, "process_vm: no ptrace access");
  const there = remote.inMemory(target.mm);
  const [from, to] = isRead ? [there, local] : [local, there];
  const chunk = new Uint8Array(65536);
  let done = 0;
  while (from.remaining > 0 && to.remaining > 0) {
    const n = from.take(chunk, 0, Math.min(chunk.length, from.remaining, to.remaining));
    if (n <= 0) return done > 0 ? done : -EFAULT;
    const m = to.put(chunk, 0, n);
    if (m < 0) return done > 0 ? done : -EFAULT;
    done += m;
    if (m < n) break;
  }
  return done;
}

export function process_vm_readv(
  task: Task,
  pid: number,
  local: number,
  localCount: number,
  remote: number,
  remoteCount: number,
  flags: number,
): number {
  return flags !== 0 ? -EINVAL : transfer(task, pid, local, localCount, remote, remoteCount, true);
}

export function process_vm_writev(
  task: Task,
  pid: number,
  local: number,
  localCount: number,
  remote: number,
  remoteCount: number,
  flags: number,
): number {
  return flags !== 0 ? -EINVAL : transfer(task, pid, local, localCount, remote, remoteCount, false);
}
