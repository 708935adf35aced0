/**
 * /proc/meminfo, vmstat and zoneinfo (proc_meminfo(5)): the sandbox's memory as programs look for it.
 */
import { kilobytes } from "../format.ts";
import type { ProcSystem } from "../subject.ts";

const PAGE = 4096;
const HUGE_PAGE_KB = 2048;
/** What 47 bits of kernel addresses leave for vmalloc; shown, never used. */
const VMALLOC_KB = 34359738367;

/** Rows of meminfo in Linux's order; null: never anything there. */
function rows(system: ProcSystem): [string, number | null][] {
  const { total, free, available, cached } = system.facts.memory();
  const used = Math.max(0, total - free - cached);
  const half = Math.floor(cached / 2);
  return [
    ["MemTotal", total],
    ["MemFree", free],
    ["MemAvailable", available],
    ["Buffers", null],
    ["Cached", cached],
    ["SwapCached", null],
    ["Active", used + half],
    ["Inactive", cached - half],
    ["Active(anon)", used],
    ["Inactive(anon)", null],
    ["Active(file)", half],
    ["Inactive(file)", cached - half],
    ["Unevictable", null],
    ["Mlocked", null],
    ["SwapTotal", null],
    ["SwapFree", null],
    ["Dirty", null],
    ["Writeback", null],
    ["AnonPages", used],
    ["Mapped", null],
    ["Shmem", null],
    ["KReclaimable", null],
    ["Slab", null],
    ["SReclaimable", null],
    ["SUnreclaim", null],
    ["KernelStack", null],
    ["PageTables", null],
    ["NFS_Unstable", null],
    ["Bounce", null],
    ["WritebackTmp", null],
    ["CommitLimit", Math.floor(total / 2)],
    ["Committed_AS", used],
    ["VmallocTotal", VMALLOC_KB * 1024],
    ["VmallocUsed", null],
    ["VmallocChunk", null],
    ["Percpu", null],
    ["AnonHugePages", null],
    ["ShmemHugePages", null],
    ["ShmemPmdMapped", null],
  ];
}

export function meminfo(system: ProcSystem): string {
  const row = (name: string, bytes: number) => `${`${name}:`.padEnd(16)}${kilobytes(bytes)}\n`;
  const counts = ["Total", "Free", "Rsvd", "Surp"].map(
    (name) => `${`HugePages_${name}:`.padEnd(16)}${"0".padStart(8)}\n`,
  );
  return (
    rows(system)
      .map(([name, bytes]) => row(name, bytes ?? 0))
      .join("") +
    counts.join("") +
    row("Hugepagesize", HUGE_PAGE_KB * 1024) +
    row("Hugetlb", 0)
  );
}

export function vmstat(system: ProcSystem): string {
  const { total, free, cached } = system.facts.memory();
  const pages = (bytes: number) => Math.floor(bytes / PAGE);
  const counters: [string, number][] = [
    ["nr_free_pages", pages(free)],
    ["nr_inactive_file", pages(cached)],
    ["nr_anon_pages", pages(Math.max(0, total - free - cached))],
    ["nr_mapped", 0],
    ["nr_file_pages", pages(cached)],
    ["nr_dirty", 0],
    ["nr_writeback", 0],
    ["pgpgin", 0],
    ["pgpgout", 0],
    ["pswpin", 0],
    ["pswpout", 0],
    ["pgfault", 0],
    ["pgmajfault", 0],
    ["oom_kill", 0],
  ];
  return counters.map(([name, value]) => `${name} ${value}\n`).join("");
}

export function zoneinfo(system: ProcSystem): string {
  const { total, free } = system.facts.memory();
  const pages = (bytes: number) => Math.floor(bytes / PAGE);
  return (
    `Node 0, zone   Normal\n  pages free     ${pages(free)}\n        min      0\n        low      0\n` +
    `        high     0\n        spanned  ${pages(total)}\n        present  ${pages(total)}\n` +
    `        managed  ${pages(total)}\n`
  );
}
