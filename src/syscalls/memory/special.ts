/**
 * Memory calls beyond the common ones: seals, protection keys, advice to other processes, page
 * reordering. Source: mseal(2), pkey_alloc(2), process_madvise(2), process_mrelease(2),
 * remap_file_pages(2), userfaultfd(2).
 */
import { CAP_SYS_NICE } from "../../abi/capability.ts";
import { EBADF, EFAULT, EINVAL, ENOSPC, EOPNOTSUPP, EPERM, ESRCH } from "../../abi/errno.ts";
import {
  MADV_COLD,
  MADV_COLLAPSE,
  MADV_PAGEOUT,
  MADV_WILLNEED,
  MAP_FIXED,
  MAP_NONBLOCK,
  MAP_SHARED,
  pkeyRights,
} from "../../abi/mman.ts";
import { iovec } from "../../abi/uio.ts";
import { refuse } from "../../base/refuse.ts";
import { PidFile } from "../../kernel/files/pidfd.ts";
import { PAGE_SIZE, pageUp } from "../../kernel/mm/mm.ts";
import { map } from "../../kernel/mm/mmap.ts";
import { advise } from "../../kernel/mm/protect.ts";
import { seal } from "../../kernel/mm/seal.ts";
import { mayAccess } from "../../kernel/task/access.ts";
import type { Task } from "../../kernel/task/task.ts";

const MOST_VECTORS = 1024;
const KEYS = 16;

export function mseal(task: Task, start: number, length: number, flags: number): number {
  if (flags !== 0) return refuse(EINVAL, "mseal: no flags");
  if (start % PAGE_SIZE !== 0) return refuse(EINVAL, "mseal: address is not page aligned");
  const end = start + pageUp(length);
  if (end === start) return 0;
  return end > task.mm.platform.guestEnd ? -EINVAL : seal(task.mm, start, end);
}

/** Guests see a processor without protection keys. */
export function pkey_alloc(_task: Task, flags: number, rights: number): number {
  if (flags !== 0 || pkeyRights.unknown(rights) !== 0)
    return refuse(EINVAL, "pkey_alloc: flags or rights");
  return refuse(ENOSPC, "pkey_alloc: the processor has no keys");
}

export function pkey_free(_task: Task, key: number): number {
  return refuse(EINVAL, key < 0 || key >= KEYS ? "pkey_free: no such key" : "pkey_free: not given");
}

export function map_shadow_stack(): number {
  return refuse(EOPNOTSUPP, "map_shadow_stack: the processor has none");
}

export function userfaultfd(): number {
  return refuse(EPERM, "userfaultfd: not for guests");
}

// --- other processes --------------------------------------------------------------------------

/** Advice that one process may give about another one's memory: it changes no content. */
const REMOTE_ADVICE: readonly number[] = [MADV_COLD, MADV_PAGEOUT, MADV_WILLNEED, MADV_COLLAPSE];

export function process_madvise(
  task: Task,
  pidfd: number,
  vectorsAt: number,
  count: number,
  advice: number,
  flags: number,
): number {
  if (flags !== 0) return refuse(EINVAL, "process_madvise: no flags");
  if (count > MOST_VECTORS) return refuse(EINVAL, "process_madvise: more than IOV_MAX vectors");
  const vectors = task.mm.read(vectorsAt, count * iovec.size);
  if (vectors === null) return -EFAULT;
  const file = task.files.get(pidfd);
  if (!(file instanceof PidFile)) return -EBADF;
  const target = file.group.anyTask;
  if (target === null) return -ESRCH;
  const isOwn = target.mm === task.mm;
  if (!isOwn && !mayAccess(task, target)) return refuse(EPERM, "process_madvise: no ptrace access");
  if (!isOwn && !REMOTE_ADVICE.includes(advice))
    return refuse(EINVAL, "process_madvise: not about another process");
  if (!isOwn && !task.credentials.has(CAP_SYS_NICE)) return -EPERM;
  const view = new DataView(vectors.buffer);
  let done = 0;
  for (let i = 0; i < count; i++) {
    const { iov_base, iov_len } = iovec.read(view, i * iovec.size);
    // What may be said about another process's memory moves pages at most: the host's concern.
    const rc = isOwn ? advise(task.mm, task.thread, iov_base, iov_len, advice) : 0;
    if (rc < 0) return done > 0 ? done : rc;
    done += iov_len;
  }
  return done;
}

/** The memory of a process that dies goes at once here: nothing is left to release. */
export function process_mrelease(task: Task, pidfd: number, flags: number): number {
  if (flags !== 0) return refuse(EINVAL, "process_mrelease: no flags");
  const file = task.files.get(pidfd);
  if (!(file instanceof PidFile)) return -EBADF;
  if (file.group.isZombie) return -ESRCH;
  return file.group.exiting === null ? refuse(EINVAL, "process_mrelease: it does not die") : 0;
}

// --- remap_file_pages -------------------------------------------------------------------------

/** As Linux emulates it since 3.16: a new mapping of another part of the same file. */
export function remap_file_pages(
  task: Task,
  start: number,
  size: number,
  prot: number,
  pageOffset: number,
  flags: number,
): number {
  if (prot !== 0) return refuse(EINVAL, "remap_file_pages: prot must be 0");
  const address = start - (start % PAGE_SIZE);
  const length = size - (size % PAGE_SIZE);
  const area = task.mm.areas.find(address);
  if (length === 0 || area === null || !area.isShared)
    return refuse(EINVAL, "remap_file_pages: not a shared mapping");
  if (address + length > area.end)
    return refuse(EINVAL, "remap_file_pages: range spans several mappings");
  if (area.file === null)
    return refuse(EINVAL, "remap_file_pages: shared anonymous memory is not a file here");
  const rc = map(task.mm, task.thread, {
    address,
    length,
    prot: area.prot,
    flags: MAP_SHARED | MAP_FIXED | (flags & MAP_NONBLOCK),
    file: area.file,
    offset: pageOffset * PAGE_SIZE,
  });
  return rc < 0 ? rc : 0;
}
