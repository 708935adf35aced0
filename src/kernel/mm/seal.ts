/**
 * Seals (mseal(2)): a sealed area can be neither unmapped, moved, replaced nor protected otherwise.
 * Bookkeeping of the kernel: it binds the guest's system calls.
 */
import { ENOMEM } from "../../abi/errno.ts";
import {
  MADV_DONTFORK,
  MADV_DONTNEED,
  MADV_FREE,
  MADV_REMOVE,
  MADV_WIPEONFORK,
  PROT_WRITE,
} from "../../abi/mman.ts";
import { refuse } from "../../base/refuse.ts";
import type { Mm } from "./mm.ts";

export function seal(mm: Mm, start: number, end: number): number {
  if (!mm.areas.covers(start, end)) return refuse(ENOMEM, "mseal: range is not wholly mapped");
  mm.hasSeals = true;
  mm.areas.update(start, end, (area) => {
    area.sealed = true;
  });
  mm.changed();
  return 0;
}

/** Is a part of the range sealed? */
export function isSealed(mm: Mm, start: number, end: number): boolean {
  if (!mm.hasSeals) return false;
  for (const area of mm.areas.within(start, end)) if (area.sealed) return true;
  return false;
}

/** Advice that would empty memory that cannot be written: a way around the seal. */
export function discardsSealed(mm: Mm, start: number, end: number, advice: number): boolean {
  if (!mm.hasSeals) return false;
  const discards =
    advice === MADV_DONTNEED ||
    advice === MADV_FREE ||
    advice === MADV_REMOVE ||
    advice === MADV_DONTFORK ||
    advice === MADV_WIPEONFORK;
  if (!discards) return false;
  for (const area of mm.areas.within(start, end))
    if (area.sealed && area.file === null && (area.prot & PROT_WRITE) === 0) return true;
  return false;
}
