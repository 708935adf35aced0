/**
 * mprotect, madvise, msync and mincore on an address space. Follows their man pages; the host does
 * the work, after the range was checked against what is mapped.
 */
import { EACCES, EINVAL, ENOMEM, EPERM } from "../../abi/errno.ts";
import {
  MADV_COLD,
  MADV_DODUMP,
  MADV_DOFORK,
  MADV_DONTDUMP,
  MADV_DONTFORK,
  MADV_DONTNEED,
  MADV_FREE,
  MADV_KEEPONFORK,
  MADV_POPULATE_READ,
  MADV_POPULATE_WRITE,
  MADV_REMOVE,
  MADV_WIPEONFORK,
  MAP_GROWSDOWN,
  MS_ASYNC,
  MS_INVALIDATE,
  MS_SYNC,
  PROT_EXEC,
  PROT_GROWSDOWN,
  PROT_GROWSUP,
  PROT_READ,
  PROT_SEM,
  PROT_WRITE,
} from "../../abi/mman.ts";
import { refuse } from "../../base/refuse.ts";
import type { GuestThread } from "../../platform/contract.ts";
import { type Mm, PAGE_SIZE, pageUp } from "./mm.ts";
import { discardsSealed, isSealed } from "./seal.ts";

const PROT_ALL = PROT_READ | PROT_WRITE | PROT_EXEC;

export function protect(
  mm: Mm,
  thread: GuestThread,
  address: number,
  length: number,
  prot: number,
): number {
  if (prot & ~(PROT_ALL | PROT_SEM | PROT_GROWSDOWN | PROT_GROWSUP))
    return refuse(EINVAL, "mprotect: unknown protection bits");
  if ((prot & PROT_GROWSDOWN) !== 0 && (prot & PROT_GROWSUP) !== 0)
    return refuse(EINVAL, "mprotect: grows both up and down");
  if (address % PAGE_SIZE !== 0) return refuse(EINVAL, "mprotect: address is not page aligned");
  const end = address + pageUp(length);
  if (end === address) return 0;
  if (end > mm.platform.guestEnd) return refuse(ENOMEM, "mprotect: beyond the address space");
  if (prot & PROT_GROWSDOWN && ((mm.areas.find(address)?.flags ?? 0) & MAP_GROWSDOWN) === 0)
    return refuse(EINVAL, "mprotect: PROT_GROWSDOWN of a mapping that does not grow");
  if (isSealed(mm, address, end)) return refuse(EPERM, "mprotect: a sealed mapping");
  // What is mapped before the first hole is changed, as Linux does it.
  let reach = address;
  for (const area of mm.areas.within(address, end)) {
    if (area.start > reach) break;
    if (area.isShared && prot & PROT_WRITE && area.file !== null && !area.file.writable)
      return refuse(EACCES, "mprotect: file is not open for writing");
    if (prot & PROT_EXEC && area.file?.path?.mount.noexec === true)
      return refuse(EACCES, "mprotect: PROT_EXEC on a noexec mount");
    reach = Math.min(area.end, end);
  }
  if (reach > address) {
    const rc = thread.mprotect(address, reach - address, prot & PROT_ALL);
    if (rc < 0) return rc;
    mm.areas.update(address, reach, (area) => {
      area.prot = prot & PROT_ALL;
    });
    mm.changed();
  }
  return reach < end ? refuse(ENOMEM, "mprotect: range is not wholly mapped") : 0;
}

/** Advice that the host takes; the rest of the valid ones changes nothing that we could see. */
function isHostAdvice(advice: number): boolean {
  return (
    advice === MADV_DONTNEED ||
    advice === MADV_FREE ||
    advice === MADV_REMOVE ||
    (advice >= MADV_DONTFORK && advice <= MADV_DOFORK) ||
    (advice >= 14 && advice <= 25)
  );
}

export function advise(
  mm: Mm,
  thread: GuestThread,
  address: number,
  length: number,
  advice: number,
): number {
  if (address % PAGE_SIZE !== 0) return refuse(EINVAL, "madvise: address is not page aligned");
  const known = (advice >= 0 && advice <= 4) || (advice >= 8 && advice <= 25);
  if (!known) return refuse(EINVAL, "madvise: unknown advice");
  const end = address + pageUp(length);
  if (end === address) return 0;
  if (end > mm.platform.guestEnd) return refuse(EINVAL, "madvise: beyond the address space");
  const whole = mm.areas.covers(address, end);
  if (discardsSealed(mm, address, end, advice))
    return refuse(EPERM, "madvise: a sealed mapping that is not writable");
  if (isHostAdvice(advice)) {
    const rc = thread.madvise(address, end - address, advice);
    if (rc < 0) return rc;
    remember(mm, address, end, advice);
  }
  return whole ? 0 : refuse(ENOMEM, "madvise: range is not wholly mapped");
}

/** What the child of a fork will not have, or will have empty. */
function remember(mm: Mm, start: number, end: number, advice: number): void {
  switch (advice) {
    case MADV_DONTFORK:
    case MADV_DOFORK:
      mm.areas.update(start, end, (area) => {
        area.dontFork = advice === MADV_DONTFORK;
      });
      break;
    case MADV_WIPEONFORK:
    case MADV_KEEPONFORK:
      mm.areas.update(start, end, (area) => {
        area.wipeOnFork = advice === MADV_WIPEONFORK;
      });
      break;
    case MADV_DONTDUMP:
    case MADV_DODUMP:
    case MADV_COLD:
    case MADV_POPULATE_READ:
    case MADV_POPULATE_WRITE:
      break;
  }
  mm.changed();
}

export function sync(
  mm: Mm,
  thread: GuestThread,
  address: number,
  length: number,
  flags: number,
): number {
  if (flags & ~(MS_ASYNC | MS_SYNC | MS_INVALIDATE) || (flags & MS_ASYNC && flags & MS_SYNC))
    return refuse(EINVAL, "msync: bad flags");
  if (address % PAGE_SIZE !== 0) return refuse(EINVAL, "msync: address is not page aligned");
  const end = address + pageUp(length);
  if (end === address) return 0;
  if (end > mm.platform.guestEnd || !mm.areas.covers(address, end))
    return refuse(ENOMEM, "msync: range is not wholly mapped");
  return thread.msync(address, end - address, flags);
}

/** mincore writes its vector on the host itself: the guest's own memory, so only the range is checked. */
export function resident(
  mm: Mm,
  thread: GuestThread,
  address: number,
  length: number,
  vector: number,
): number {
  if (address % PAGE_SIZE !== 0) return refuse(EINVAL, "mincore: address is not page aligned");
  const end = address + pageUp(length);
  if (end > mm.platform.guestEnd || !mm.areas.covers(address, end))
    return refuse(ENOMEM, "mincore: range is not wholly mapped");
  return thread.mincore(address, end - address, vector);
}
