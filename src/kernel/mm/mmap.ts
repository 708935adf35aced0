/**
 * mmap and munmap on an address space: choose the place, have the stopped thread map it on the host,
 * then record it. Follows mmap(2). The host may refuse what we granted (its own limits): nothing is
 * recorded before it agreed.
 */
import { EACCES, EEXIST, EINVAL, ENOMEM, EOPNOTSUPP, EOVERFLOW, EPERM } from "../../abi/errno.ts";
import {
  MAP_32BIT,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_GROWSDOWN,
  MAP_HUGETLB,
  MAP_NONBLOCK,
  MAP_NORESERVE,
  MAP_POPULATE,
  MAP_PRIVATE,
  MAP_SHARED,
  MAP_SHARED_VALIDATE,
  MAP_STACK,
  MAP_SYNC,
  MAP_TYPE,
  mapFlags,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
} from "../../abi/mman.ts";
import { refuse } from "../../base/refuse.ts";
import type { GuestThread } from "../../platform/contract.ts";
import type { File } from "../vfs/file.ts";
import { type Mm, PAGE_SIZE, pageUp } from "./mm.ts";
import { isSealed } from "./seal.ts";
import { SharedMemory, Vma } from "./vma.ts";

export interface MapRequest {
  address: number;
  length: number;
  prot: number;
  flags: number;
  /** Null for anonymous memory. */
  file: File | null;
  offset: number;
  name?: string;
  /** RLIMIT_AS and RLIMIT_DATA in bytes. */
  addressLimit?: number;
  dataLimit?: number;
}

/** What of the guest's flags the host gets to see. */
const HOST_FLAGS =
  MAP_SHARED |
  MAP_PRIVATE |
  MAP_ANONYMOUS |
  MAP_NORESERVE |
  MAP_POPULATE |
  MAP_NONBLOCK |
  MAP_STACK;
const KNOWN_FLAGS = mapFlags.all;
const PROT_ALL = PROT_READ | PROT_WRITE | PROT_EXEC;
const LOW_2G = 0x80000000;

/** The address of the new mapping, or -errno. */
export function map(mm: Mm, thread: GuestThread, request: MapRequest): number {
  const length = pageUp(request.length);
  const refusal = checkRequest(mm, request, length);
  if (refusal < 0) return refusal;
  const address = chooseAddress(mm, request, length);
  if (address < 0) return address;
  let hostFd = -1;
  const file = request.file;
  if (file !== null) {
    const mapping = file.mapping(request.prot, request.flags);
    if (typeof mapping === "number") return mapping;
    hostFd = mapping.hostFd;
  }
  const prot = request.prot & PROT_ALL;
  const type = request.flags & MAP_TYPE;
  const isShared = type === MAP_SHARED || type === MAP_SHARED_VALIDATE;
  const flags = (request.flags & HOST_FLAGS & ~MAP_TYPE) | (isShared ? MAP_SHARED : MAP_PRIVATE);
  // Growth is ours: the host gets a plain mapping, and faults below it come to growStack().
  const kept = flags | (request.flags & MAP_GROWSDOWN);
  // A file that stands for anonymous memory (/dev/zero) maps as such.
  const hostFlags = (hostFd < 0 ? flags | MAP_ANONYMOUS : flags) | MAP_FIXED;
  const rc = thread.mmap(address, length, prot, hostFlags, hostFd, request.offset);
  if (rc < 0) return rc;
  mm.areas.remove(address, address + length);
  const shared = isShared && hostFd < 0 ? new SharedMemory(nextSharedId(mm), length) : null;
  const owner = hostFd < 0 ? null : file!.ref();
  const offset = shared !== null ? 0 : request.offset;
  mm.areas.insert(
    new Vma(address, address + length, prot, kept, owner, shared, offset, request.name ?? ""),
  );
  mm.changed();
  return address;
}

/** Identity of shared anonymous memory: no two spaces have the same id, ever. */
function nextSharedId(mm: Mm): number {
  return mm.space.id * 0x100000000 + mm.sharedSequence++;
}

function checkRequest(mm: Mm, request: MapRequest, length: number): number {
  const { flags, offset } = request;
  const type = flags & MAP_TYPE;
  if (request.length === 0) return refuse(EINVAL, "mmap: length is zero");
  if (type !== MAP_SHARED && type !== MAP_PRIVATE && type !== MAP_SHARED_VALIDATE)
    return refuse(EINVAL, "mmap: neither MAP_SHARED nor MAP_PRIVATE");
  if (offset % PAGE_SIZE !== 0) return refuse(EINVAL, "mmap: offset is not page aligned");
  if (length > mm.platform.guestEnd) return refuse(ENOMEM, "mmap: longer than the address space");
  if (offset + length > 2 ** 63) return refuse(EOVERFLOW, "mmap: offset too large");
  if (flags & MAP_HUGETLB) return refuse(ENOMEM, "mmap: no huge pages are reserved");
  if (type === MAP_SHARED_VALIDATE && flags & MAP_SYNC)
    return refuse(EOPNOTSUPP, "mmap: MAP_SYNC needs persistent memory");
  if (mm.areas.bytes + length > (request.addressLimit ?? Infinity))
    return refuse(ENOMEM, "mmap: RLIMIT_AS");
  if (type === MAP_SHARED_VALIDATE && (flags & ~KNOWN_FLAGS) !== 0)
    return refuse(EOPNOTSUPP, "mmap: unknown flags");
  const isData =
    type === MAP_PRIVATE && (request.prot & PROT_WRITE) !== 0 && (flags & MAP_GROWSDOWN) === 0;
  if (
    isData &&
    request.dataLimit !== undefined &&
    mm.areas.dataBytes() + length > request.dataLimit
  )
    return refuse(ENOMEM, "mmap: RLIMIT_DATA");
  return request.file === null ? 0 : checkFile(request.file, request.prot, type);
}

function checkFile(file: File, prot: number, type: number): number {
  if (!file.readable) return refuse(EACCES, "mmap: file is not open for reading");
  if (type !== MAP_PRIVATE && prot & PROT_WRITE && !file.writable)
    return refuse(EACCES, "mmap: shared writable mapping of a file not open for writing");
  if (prot & PROT_EXEC && file.path?.mount.noexec === true)
    return refuse(EPERM, "mmap: PROT_EXEC on a noexec mount");
  return 0;
}

function chooseAddress(mm: Mm, request: MapRequest, length: number): number {
  const { address, flags } = request;
  const low = mm.platform.guestStart;
  if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
    if (address % PAGE_SIZE !== 0) return refuse(EINVAL, "mmap: address is not page aligned");
    if (address + length > mm.platform.guestEnd)
      return refuse(ENOMEM, "mmap: beyond the end of the address space");
    if (address < low) return refuse(EPERM, "mmap: below vm.mmap_min_addr");
    if (overlapsVdso(mm, address, address + length)) return refuse(EINVAL, "mmap: over the vDSO");
    if (flags & MAP_FIXED_NOREPLACE && !mm.areas.isFree(address, address + length))
      return refuse(EEXIST, "mmap: MAP_FIXED_NOREPLACE range is in use");
    if (isSealed(mm, address, address + length))
      return refuse(EPERM, "mmap: over a sealed mapping");
    return address;
  }
  return findFree(mm, address, length, (flags & MAP_32BIT) !== 0);
}

/** A free place: the hint if it is free, else the highest gap below mmapBase. Or -ENOMEM. */
export function findFree(mm: Mm, hint: number, length: number, below2G = false): number {
  const low = mm.platform.guestStart;
  const wish = hint - (hint % PAGE_SIZE);
  if (wish >= low && wish + length <= mm.platform.guestEnd && mm.areas.isFree(wish, wish + length))
    return wish;
  if (below2G) {
    const at = mm.areas.findGapBelow(length, 0x40000000, LOW_2G);
    return at < 0 ? -ENOMEM : at;
  }
  let at = mm.areas.findGapBelow(length, low, mm.mmapBase);
  if (at < 0) at = mm.areas.findGapBelow(length, mm.mmapBase, mm.platform.guestEnd);
  return at < 0 ? refuse(ENOMEM, "mmap: no gap is large enough") : at;
}

function overlapsVdso(mm: Mm, start: number, end: number): boolean {
  const { vdso } = mm.platform;
  return start < vdso.end && end > vdso.start;
}

/** 0 or -errno. Unmapped pages in the range are no error. */
export function unmap(mm: Mm, thread: GuestThread, address: number, length: number): number {
  if (address % PAGE_SIZE !== 0) return refuse(EINVAL, "munmap: address is not page aligned");
  const size = pageUp(length);
  if (size === 0 || address + size > mm.platform.guestEnd)
    return refuse(EINVAL, "munmap: bad length");
  if (mm.areas.isFree(address, address + size)) return 0;
  if (overlapsVdso(mm, address, address + size)) return refuse(EINVAL, "munmap: the vDSO stays");
  if (isSealed(mm, address, address + size)) return refuse(EPERM, "munmap: a sealed mapping");
  const rc = thread.munmap(address, size);
  if (rc < 0) return rc;
  mm.areas.remove(address, address + size);
  mm.changed();
  return 0;
}
