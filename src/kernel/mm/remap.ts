/**
 * mremap and brk on an address space. Follows mremap(2) and brk(2); the kernel picks every address,
 * so the host is only ever told to grow in place or to move to a fixed one.
 */
import { EFAULT, EINVAL, ENOMEM, EPERM } from "../../abi/errno.ts";
import {
  MAP_ANONYMOUS,
  MAP_FIXED_NOREPLACE,
  MAP_PRIVATE,
  MREMAP_DONTUNMAP,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  PROT_READ,
  PROT_WRITE,
} from "../../abi/mman.ts";
import { refuse } from "../../base/refuse.ts";
import type { GuestThread } from "../../platform/contract.ts";
import { type Mm, PAGE_SIZE, pageUp } from "./mm.ts";
import { findFree, map, unmap } from "./mmap.ts";
import { isSealed } from "./seal.ts";
import type { Vma } from "./vma.ts";

export interface RemapRequest {
  from: number;
  oldLength: number;
  newLength: number;
  flags: number;
  to: number;
  addressLimit: number;
}

/** The new address, or -errno. */
export function remap(mm: Mm, thread: GuestThread, request: RemapRequest): number {
  const refusal = checkRemap(mm, request);
  if (refusal < 0) return refusal;
  const { from, flags } = request;
  const oldLength = pageUp(request.oldLength);
  const newLength = pageUp(request.newLength);
  const area = mm.areas.find(from);
  if (area === null) return refuse(EFAULT, "mremap: nothing is mapped there");
  if (oldLength === 0 && !area.isShared)
    return refuse(EINVAL, "mremap: only a shared mapping can be duplicated");
  if (isSealed(mm, from, from + Math.max(oldLength, PAGE_SIZE)))
    return refuse(EPERM, "mremap: a sealed mapping");
  if (flags & MREMAP_FIXED && isSealed(mm, request.to, request.to + newLength))
    return refuse(EPERM, "mremap: over a sealed mapping");
  if (from + oldLength > area.end) return refuse(EFAULT, "mremap: range spans several mappings");
  if (newLength > oldLength && mm.areas.bytes + newLength - oldLength > request.addressLimit)
    return refuse(ENOMEM, "mremap: RLIMIT_AS");

  if (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) return move(mm, thread, area, request);
  if (newLength === oldLength) return from;
  if (newLength < oldLength) {
    const rc = unmap(mm, thread, from + newLength, oldLength - newLength);
    return rc < 0 ? rc : from;
  }
  const end = from + oldLength;
  const grownEnd = from + newLength;
  const growsInPlace =
    oldLength > 0 &&
    area.end === end &&
    grownEnd <= mm.platform.guestEnd &&
    mm.areas.isFree(end, grownEnd);
  if (growsInPlace && thread.mremap(from, oldLength, newLength, 0, 0) >= 0) {
    const grown = area.slice(area.start, area.end);
    grown.start = end;
    grown.end = grownEnd;
    grown.offset = area.offset + (end - area.start);
    mm.areas.insert(grown);
    mm.changed();
    return from;
  }
  if ((flags & MREMAP_MAYMOVE) === 0) return refuse(ENOMEM, "mremap: cannot grow in place");
  return move(mm, thread, area, request);
}

function checkRemap(mm: Mm, request: RemapRequest): number {
  const { from, flags, to } = request;
  const newLength = pageUp(request.newLength);
  if (flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP))
    return refuse(EINVAL, "mremap: bad flags");
  if (flags & MREMAP_FIXED && !(flags & MREMAP_MAYMOVE))
    return refuse(EINVAL, "mremap: MREMAP_FIXED needs MREMAP_MAYMOVE");
  if (
    flags & MREMAP_DONTUNMAP &&
    (!(flags & MREMAP_MAYMOVE) || pageUp(request.oldLength) !== newLength)
  )
    return refuse(EINVAL, "mremap: MREMAP_DONTUNMAP keeps the length and may move");
  if (from % PAGE_SIZE !== 0) return refuse(EINVAL, "mremap: address is not page aligned");
  if (newLength === 0) return refuse(EINVAL, "mremap: new length is zero");
  if (flags & MREMAP_FIXED) {
    const oldEnd = from + pageUp(request.oldLength);
    if (
      to % PAGE_SIZE !== 0 ||
      to + newLength > mm.platform.guestEnd ||
      to < mm.platform.guestStart
    )
      return refuse(EINVAL, "mremap: bad new address");
    if (to < oldEnd && from < to + newLength) return refuse(EINVAL, "mremap: ranges overlap");
  }
  return 0;
}

function move(mm: Mm, thread: GuestThread, area: Vma, request: RemapRequest): number {
  const { from, flags } = request;
  const oldLength = pageUp(request.oldLength);
  const newLength = pageUp(request.newLength);
  const target = flags & MREMAP_FIXED ? request.to : findFree(mm, request.to, newLength);
  if (target < 0) return target;
  // A shrinking move leaves its tail behind: Linux unmaps it first.
  if (newLength < oldLength) {
    const rc = unmap(mm, thread, from + newLength, oldLength - newLength);
    if (rc < 0) return rc;
  }
  const hostFlags = MREMAP_MAYMOVE | MREMAP_FIXED | (flags & MREMAP_DONTUNMAP);
  const rc = thread.mremap(from, Math.min(oldLength, newLength), newLength, hostFlags, target);
  if (rc < 0) return rc;
  const moved = area.slice(from, from + Math.min(oldLength, newLength));
  moved.start = target;
  moved.end = target + newLength;
  mm.areas.remove(target, target + newLength);
  if (oldLength > 0 && (flags & MREMAP_DONTUNMAP) === 0)
    mm.areas.remove(from, from + Math.min(oldLength, newLength));
  mm.areas.insert(moved);
  mm.changed();
  return target;
}

/** Set the program break: the new one, or the old one when that is not possible (never -errno). */
export function setBreak(
  mm: Mm,
  thread: GuestThread,
  wish: number,
  dataLimit: number,
  addressLimit: number,
): number {
  if (wish < mm.brkStart) return mm.brkEnd;
  const oldEnd = pageUp(mm.brkEnd);
  const newEnd = pageUp(wish);
  if (wish - mm.brkStart > dataLimit) return mm.brkEnd;
  if (newEnd < oldEnd && unmap(mm, thread, newEnd, oldEnd - newEnd) < 0) return mm.brkEnd;
  if (newEnd > oldEnd) {
    const rc = map(mm, thread, {
      address: oldEnd,
      length: newEnd - oldEnd,
      prot: PROT_READ | PROT_WRITE,
      flags: MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
      file: null,
      offset: 0,
      name: "[heap]",
      addressLimit,
    });
    if (rc < 0) return mm.brkEnd;
  }
  mm.brkEnd = wish;
  return wish;
}
