/**
 * Memory calls: arguments checked against the task's limits, the work in kernel/mm.
 * Source: mmap(2), mprotect(2), mremap(2), munmap(2), brk(2), madvise(2), msync(2), mincore(2),
 * mlock(2), process_vm_readv(2).
 */
import { EBADF, EFAULT, EINVAL, ENOMEM, EPERM, ESRCH } from "../../abi/errno.ts";
import { CAP_IPC_LOCK } from "../../abi/capability.ts";
import { MAP_ANONYMOUS } from "../../abi/mman.ts";
import { RLIMIT_AS, RLIMIT_DATA, RLIMIT_MEMLOCK } from "../../abi/resource.ts";
import { refuse } from "../../base/refuse.ts";
import { readIovec } from "../../kernel/mm/iovec.ts";
import { map, unmap } from "../../kernel/mm/mmap.ts";
import { pageUp } from "../../kernel/mm/mm.ts";
import { advise, protect, resident, sync } from "../../kernel/mm/protect.ts";
import { remap, setBreak } from "../../kernel/mm/remap.ts";
import { mayAccess } from "../../kernel/task/access.ts";
import type { Task } from "../../kernel/task/task.ts";

export function mmap(task: Task, address: number, length: number, prot: number, flags: number, fd: number, offset: number): number {
  let file = null;
  if ((flags & MAP_ANONYMOUS) === 0) {
    file = task.files.get(fd);
    if (file === null) return -EBADF;
  }
  return map(task.mm, task.thread, {
    address, length, prot, flags, file, offset: file === null ? 0 : offset,
    addressLimit: task.group.limits.soft(RLIMIT_AS),
  });
}

export function munmap(task: Task, address: number, length: number): number {
  return unmap(task.mm, task.thread, address, length);
}

export function mprotect(task: Task, address: number, length: number, prot: number): number {
  return protect(task.mm, task.thread, address, length, prot);
}

export function pkey_mprotect(task: Task, address: number, length: number, prot: number, key: number): number {
  return key === -1 ? mprotect(task, address, length, prot) : refuse(EINVAL, "pkey_mprotect: no such key");
}

export function mremap(task: Task, from: number, oldLength: number, newLength: number, flags: number, to: number): number {
  return remap(task.mm, task.thread, { from, oldLength, newLength, flags, to, addressLimit: task.group.limits.soft(RLIMIT_AS) });
}

export function brk(task: Task, wish: number): number {
  return setBreak(task.mm, task.thread, wish, task.group.limits.soft(RLIMIT_DATA));
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

// --- locking: memory of a sandbox is the host's to page; limits and errors are kept -----------------

function lockable(task: Task, address: number, length: number): number {
  const start = address - (address % 4096);
  const end = pageUp(address + length);
  const limit = task.group.limits.soft(RLIMIT_MEMLOCK);
  if (!task.credentials.has(CAP_IPC_LOCK)) {
    if (limit === 0) return refuse(EPERM, "mlock: RLIMIT_MEMLOCK is zero");
    if (end - start > limit) return refuse(ENOMEM, "mlock: RLIMIT_MEMLOCK");
  }
  return end > start && !task.mm.areas.covers(start, end) ? refuse(ENOMEM, "mlock: range is not wholly mapped") : 0;
}

export function mlock(task: Task, address: number, length: number): number {
  return lockable(task, address, length);
}

export function mlock2(task: Task, address: number, length: number, flags: number): number {
  return flags & ~1 ? -EINVAL : lockable(task, address, length);
}

export function munlock(task: Task, address: number, length: number): number {
  const start = address - (address % 4096);
  const end = pageUp(address + length);
  return end > start && !task.mm.areas.covers(start, end) ? -ENOMEM : 0;
}

export function mlockall(task: Task, flags: number): number {
  if (flags === 0 || flags & ~7 || flags === 4) return -EINVAL;
  if (task.credentials.has(CAP_IPC_LOCK)) return 0;
  const limit = task.group.limits.soft(RLIMIT_MEMLOCK);
  if (limit === 0) return -EPERM;
  return flags & 1 && task.mm.areas.bytes > limit ? -ENOMEM : 0;
}

export function munlockall(): number {
  return 0;
}

// --- another process's memory ---------------------------------------------------------------------

function transfer(task: Task, pid: number, localAt: number, localCount: number, remoteAt: number, remoteCount: number, isRead: boolean): number {
  const local = readIovec(task.mm, localAt, localCount);
  if (typeof local === "number") return local;
  if (remoteCount > 1024) return -EINVAL;
  const target = task.kernel.pids.task(pid);
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

export function process_vm_readv(task: Task, pid: number, local: number, localCount: number, remote: number, remoteCount: number, flags: number): number {
  return flags !== 0 ? -EINVAL : transfer(task, pid, local, localCount, remote, remoteCount, true);
}

export function process_vm_writev(task: Task, pid: number, local: number, localCount: number, remote: number, remoteCount: number, flags: number): number {
  return flags !== 0 ? -EINVAL : transfer(task, pid, local, localCount, remote, remoteCount, false);
}
