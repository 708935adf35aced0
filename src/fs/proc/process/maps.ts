/**
 * /proc/PID/maps, smaps and smaps_rollup: what is mapped, from the kernel's own list
 * (proc_pid_maps(5)). How much of each area is in memory nobody counts: the resident bytes of the
 * whole space are spread over the areas, writable private ones first.
 */

import { MAP_GROWSDOWN, MAP_NORESERVE } from "../../../abi/mman.ts";
import { major, minor } from "../../../abi/stat.ts";
import type { Mm } from "../../../kernel/mm/mm.ts";
import type { Vma } from "../../../kernel/mm/vma.ts";
import type { Task } from "../../../kernel/task/task.ts";
import { Kstat } from "../../../kernel/vfs/kstat.ts";
import type { Path } from "../../../kernel/vfs/path.ts";
import { pathname } from "../../../kernel/vfs/pathname.ts";
import type { ProcProcess } from "../subject.ts";

const NAME_COLUMN = 73;

export function maps(process: ProcProcess, reader: Task): string {
  const { mm } = process;
  if (mm === null) return "";
  const lines = areasOf(mm).map((area) => line(mm, area, reader.fs.root));
  return lines.map((text) => `${text}\n`).join("");
}

/** All areas, with the platform's vDSO where the list does not have it. */
function areasOf(mm: Mm): readonly AreaView[] {
  const areas: AreaView[] = mm.areas.areas.map(viewOf);
  const { start, end } = mm.platform.vdso;
  if (end <= start || mm.areas.find(start) !== null) return areas;
  const at = areas.findIndex((area) => area.start > start);
  const vdso = { start, end, prot: 5, isShared: false, offset: 0, name: "[vdso]", vma: null };
  areas.splice(at < 0 ? areas.length : at, 0, vdso);
  return areas;
}

interface AreaView {
  readonly start: number;
  readonly end: number;
  readonly prot: number;
  readonly isShared: boolean;
  readonly offset: number;
  readonly name: string;
  readonly vma: Vma | null;
}

function viewOf(vma: Vma): AreaView {
  const { start, end, prot, isShared, offset, name } = vma;
  return { start, end, prot, isShared, offset, name, vma };
}

function line(mm: Mm, area: AreaView, root: Path): string {
  const { prot } = area;
  const rights =
    ((prot & 1) !== 0 ? "r" : "-") +
    ((prot & 2) !== 0 ? "w" : "-") +
    ((prot & 4) !== 0 ? "x" : "-") +
    (area.isShared ? "s" : "p");
  const file = area.vma?.file ?? null;
  let device = "00:00";
  let ino = 0;
  let offset = 0;
  if (file !== null) {
    const info = new Kstat();
    file.inode.getattr(info);
    device = `${hex(major(info.dev), 2)}:${hex(minor(info.dev), 2)}`;
    ino = info.ino;
    offset = area.offset;
  }
  const head = `${hex(area.start, 8)}-${hex(area.end, 8)} ${rights} ${hex(offset, 8)} ${device} ${ino}`;
  const name = nameOf(mm, area, root);
  return name === "" ? `${head} ` : `${head} `.padEnd(NAME_COLUMN) + name;
}

function nameOf(mm: Mm, area: AreaView, root: Path): string {
  const file = area.vma?.file ?? null;
  if (file !== null && file.path !== null)
    return pathname(file.path, root).replaceAll("\n", "\\012");
  if (area.name !== "") return area.name;
  if (area.vma?.shared != null) return "/dev/zero (deleted)";
  return area.start < mm.brkEnd && area.end > mm.brkStart ? "[heap]" : "";
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}

// --- smaps --------------------------------------------------------------------------------------

interface Usage {
  resident: number;
  anonymous: number;
}

/** Guess who is in memory: private writable areas first, then the rest, as far as it goes. */
function spread(process: ProcProcess, areas: readonly AreaView[]): Map<AreaView, Usage> {
  const usage = new Map<AreaView, Usage>();
  let left = process.mm === null ? 0 : process.system.facts.residentBytes(process.mm);
  for (const wantsPrivate of [true, false]) {
    for (const area of areas) {
      const isPrivate = !area.isShared && (area.prot & 2) !== 0;
      if (isPrivate !== wantsPrivate) continue;
      const resident = area.prot === 0 ? 0 : Math.min(left, area.end - area.start);
      usage.set(area, { resident, anonymous: isPrivate ? resident : 0 });
      left -= resident;
    }
  }
  return usage;
}

/** The rows of smaps that smaps_rollup sums up, in kB. */
function usageRows(resident: number, anonymous: number): [string, number][] {
  const file = resident - anonymous;
  return [
    ["Rss", resident],
    ["Pss", resident],
    ["Pss_Dirty", anonymous],
    ["Shared_Clean", 0],
    ["Shared_Dirty", 0],
    ["Private_Clean", file],
    ["Private_Dirty", anonymous],
    ["Referenced", resident],
    ["Anonymous", anonymous],
    ["KSM", 0],
    ["LazyFree", 0],
    ["AnonHugePages", 0],
    ["ShmemPmdMapped", 0],
    ["FilePmdMapped", 0],
    ["Shared_Hugetlb", 0],
    ["Private_Hugetlb", 0],
    ["Swap", 0],
    ["SwapPss", 0],
    ["Locked", 0],
  ];
}

function row([name, bytes]: [string, number]): string {
  return `${`${name}:`.padEnd(16)}${String(Math.floor(bytes / 1024)).padStart(8)} kB\n`;
}

export function smaps(process: ProcProcess, reader: Task): string {
  const { mm } = process;
  if (mm === null) return "";
  const areas = areasOf(mm);
  const usage = spread(process, areas);
  let text = "";
  for (const area of areas) {
    const { resident, anonymous } = usage.get(area)!;
    const rows: [string, number][] = [
      ["Size", area.end - area.start],
      ["KernelPageSize", 4096],
      ["MMUPageSize", 4096],
      ...usageRows(resident, anonymous),
    ];
    text += `${line(mm, area, reader.fs.root)}\n${rows.map(row).join("")}`;
    text += `THPeligible:           0\nVmFlags: ${flagWords(area)}\n`;
  }
  return text;
}

/** VmFlags: what is allowed, what mprotect may allow, and what mmap was told. */
function flagWords({ prot, isShared, vma }: AreaView): string {
  const flags = vma?.flags ?? 0;
  let words = "";
  if ((prot & 1) !== 0) words += "rd ";
  if ((prot & 2) !== 0) words += "wr ";
  if ((prot & 4) !== 0) words += "ex ";
  if (isShared) words += "sh ";
  words += "mr mw me ";
  if (isShared) words += "ms ";
  if ((flags & MAP_GROWSDOWN) !== 0) words += "gd ";
  if ((flags & MAP_NORESERVE) !== 0) words += "nr ";
  if (vma?.dontFork === true) words += "dc ";
  if (!isShared && (prot & 2) !== 0) words += "ac ";
  return words;
}

export function smapsRollup(process: ProcProcess): string {
  const { mm } = process;
  if (mm === null) return "";
  const areas = areasOf(mm);
  let resident = 0;
  let anonymous = 0;
  for (const each of spread(process, areas).values()) {
    resident += each.resident;
    anonymous += each.anonymous;
  }
  const first = areas[0]?.start ?? 0;
  const last = areas.at(-1)?.end ?? 0;
  const head = `${hex(first, 8)}-${hex(last, 8)} ---p 00000000 00:00 0 `.padEnd(NAME_COLUMN);
  const rows = usageRows(resident, anonymous);
  rows.splice(3, 0, ["Pss_Anon", anonymous], ["Pss_File", resident - anonymous], ["Pss_Shmem", 0]);
  return `${head}[rollup]\n${rows.map(row).join("")}`;
}
