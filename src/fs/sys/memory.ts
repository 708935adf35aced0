/**
 * /sys/kernel: huge pages as programs ask for them, and a few words about the machine.
 */
import type { ProcSystem } from "../proc/subject.ts";
import { constant, directory, type Entry } from "../pseudo/entry.ts";

/** Guests get huge pages when they ask with madvise(2), and where the kernel asks for them. */
const TRANSPARENT: readonly Entry<ProcSystem>[] = [
  constant("defrag", "always defer defer+madvise [madvise] never\n"),
  constant("enabled", "always [madvise] never\n"),
  constant("hpage_pmd_size", "2097152\n"),
  constant("shmem_enabled", "always within_size advise [never] deny force\n"),
  constant("use_zero_page", "1\n"),
];

const HUGE: readonly Entry<ProcSystem>[] = [
  constant("free_hugepages", "0\n"),
  constant("nr_hugepages", "0\n"),
  constant("nr_overcommit_hugepages", "0\n"),
  constant("resv_hugepages", "0\n"),
  constant("surplus_hugepages", "0\n"),
];

const MM: readonly Entry<ProcSystem>[] = [
  directory("hugepages", [directory("hugepages-2048kB", HUGE, 0o755)], 0o755),
  directory("transparent_hugepage", TRANSPARENT, 0o755),
];

export const KERNEL: Entry<ProcSystem> = directory(
  "kernel",
  [
    constant("address_bits", "64\n"),
    constant("cpu_byteorder", "little\n"),
    directory("debug", [], 0o700),
    directory("mm", MM, 0o755),
    directory("security", [], 0o755),
    directory("tracing", [], 0o700),
  ],
  0o755,
);
