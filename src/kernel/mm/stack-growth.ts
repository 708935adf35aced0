/**
 * Stacks grow downwards (mmap(2) MAP_GROWSDOWN, setrlimit(2) RLIMIT_STACK): an access below such an
 * area, by the guest or by a copy of the kernel, extends it, up to the limit and not into the guard
 * gap that stays free above the next mapping.
 */
import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_GROWSDOWN,
  MAP_NORESERVE,
  MAP_PRIVATE,
} from "../../abi/mman.ts";
import type { GuestThread } from "../../platform/contract.ts";
import { type Mm, pageDown } from "./mm.ts";

/** Linux's stack_guard_gap. */
const GUARD_GAP = 1 << 20;
/** Grown at once: a fault costs more than the page tables of pages that are never touched. */
const STEP = 1 << 19;

/** True when `address` is mapped now. */
export function growStack(mm: Mm, thread: GuestThread, address: number, limit: number): boolean {
  const index = mm.areas.indexAbove(address);
  const area = mm.areas.areas[index];
  if (area === undefined || area.start <= address || (area.flags & MAP_GROWSDOWN) === 0)
    return false;
  const lowest = Math.max(area.end - limit, mm.platform.guestStart);
  if (address < lowest) return false;
  const below = mm.areas.areas[index - 1];
  const floor = below === undefined || below.flags & MAP_GROWSDOWN ? 0 : below.end + GUARD_GAP;
  const wish = Math.max(pageDown(address - STEP), Math.ceil(lowest / 4096) * 4096);
  const start = wish >= floor ? wish : pageDown(address);
  if (start < floor || start >= area.start || start > address) return false;
  const size = area.start - start;
  const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
  if (thread.mmap(start, size, area.prot, flags, -1, 0) < 0) return false;
  const grown = area.slice(area.start, area.end);
  grown.start = start;
  grown.end = area.start;
  mm.areas.insert(grown);
  mm.changed();
  return true;
}
