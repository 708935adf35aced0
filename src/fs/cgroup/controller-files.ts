/**
 * The files of controllers: pids.* is obeyed; cpu.*, memory.*, cpuset.* and io.* say what is used and keep what is
 * written (Documentation/admin-guide/cgroup-v2.rst, "Controllers").
 */
import { EINVAL, ERANGE } from "../../abi/errno.ts";
import { refuse } from "../../base/refuse.ts";
import type { Cgroup } from "../../kernel/cgroup/cgroup.ts";
import { processesIn } from "../../kernel/cgroup/membership.ts";
import type { Task } from "../../kernel/task/task.ts";
import { type Entry, file } from "../pseudo/entry.ts";
import { limitText, readLimit } from "./core-files.ts";
import type { CgroupSubject } from "./subject.ts";

type Row = Entry<CgroupSubject>;

const PAGE = 4096;

/** A file that keeps what is written, if it is of its kind. */
function kept(name: string, initial: string, normal: (text: string) => string | null): Row {
  return file(
    name,
    0o644,
    ({ cgroup }) => `${cgroup.values.get(name) ?? initial}\n`,
    ({ cgroup }, _task, text) => {
      const value = normal(text.trim());
      if (value === null) return refuse(EINVAL, "cgroup: not a value of this kind");
      cgroup.values.set(name, value);
      return 0;
    },
  );
}

/** "max", or bytes with a suffix, as whole pages. */
function bytes(text: string): string | null {
  if (text === "max") return text;
  const match = /^(\d{1,15})([kmgt]?)$/i.exec(text);
  if (match === null) return null;
  const size = Number(match[1]) * 1024 ** " kmgt".indexOf(match[2]!.toLowerCase() || " ");
  return String(Math.floor(size / PAGE) * PAGE);
}

function between(least: number, most: number): (text: string) => string | null {
  return (text) =>
    /^-?\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most
      ? String(Number(text))
      : null;
}

/** "QUOTA PERIOD" in microseconds; the period may be left out. */
function cpuMax(text: string): string | null {
  const match = /^(max|\d{1,12})(?:\s+(\d{1,9}))?$/.exec(text);
  if (match === null) return null;
  const period = Number(match[2] ?? 100_000);
  if (period < 1000 || period > 1_000_000) return null;
  if (match[1] !== "max" && Number(match[1]) < 1000) return null;
  return `${match[1]} ${period}`;
}

const LIST = /^(\d+(-\d+)?(,\d+(-\d+)?)*)?$/;
const list = (text: string) => (LIST.test(text) ? text : null);
const anything = (text: string) => text;

// --- cpu ------------------------------------------------------------------------------------------

function usageNs({ kernel, cgroup }: CgroupSubject): number {
  let ns = cgroup.deadNs;
  for (const group of processesIn(kernel, cgroup, true)) ns += kernel.cpuTime.ofGroup(group);
  return ns;
}

export function cpuStat(subject: CgroupSubject): string {
  const usec = Math.floor(usageNs(subject) / 1000);
  return `usage_usec ${usec}\nuser_usec ${usec}\nsystem_usec 0\n`;
}

const CPU: readonly Row[] = [
  kept("cpu.idle", "0", between(0, 1)),
  kept("cpu.max", "max 100000", cpuMax),
  kept("cpu.max.burst", "0", between(0, 999_999_999)),
  kept("cpu.weight", "100", between(1, 10_000)),
  kept("cpu.weight.nice", "0", between(-20, 19)),
];

// --- memory ---------------------------------------------------------------------------------------

function memoryCurrent({ cgroup, memoryOf }: CgroupSubject): string {
  return `${memoryOf(cgroup)}\n`;
}

function memoryStat({ cgroup, memoryOf }: CgroupSubject): string {
  return `anon ${memoryOf(cgroup)}\nfile 0\nkernel 0\nshmem 0\n`;
}

const NO_MEMORY_EVENTS = "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n";

const MEMORY: readonly Row[] = [
  file("memory.current", 0o444, memoryCurrent),
  file("memory.events", 0o444, () => NO_MEMORY_EVENTS),
  kept("memory.high", "max", bytes),
  kept("memory.low", "0", bytes),
  kept("memory.max", "max", bytes),
  kept("memory.min", "0", bytes),
  kept("memory.oom.group", "0", between(0, 1)),
  file("memory.peak", 0o444, memoryCurrent),
  file("memory.stat", 0o444, memoryStat),
  file("memory.swap.current", 0o444, () => "0\n"),
  kept("memory.swap.max", "max", bytes),
];

// --- pids -----------------------------------------------------------------------------------------

function setPidsMax({ cgroup }: CgroupSubject, _task: Task, text: string): number {
  const value = readLimit(text);
  if (Number.isNaN(value)) return refuse(EINVAL, "pids.max: neither max nor a number");
  if (value !== Infinity && value > 4_194_304) return refuse(ERANGE, "pids.max: too many");
  cgroup.pidsMax = value;
  return 0;
}

const PIDS: readonly Row[] = [
  file("pids.current", 0o444, ({ cgroup }) => `${cgroup.tasks}\n`),
  file("pids.events", 0o444, ({ cgroup }) => `max ${cgroup.pidsRefused}\n`),
  file("pids.max", 0o644, ({ cgroup }) => limitText(cgroup.pidsMax), setPidsMax),
  file("pids.peak", 0o444, ({ cgroup }) => `${cgroup.mostTasks}\n`),
];

// --- cpuset, io -----------------------------------------------------------------------------------

function allCpus({ kernel }: CgroupSubject): string {
  return kernel.cpus === 1 ? "0\n" : `0-${kernel.cpus - 1}\n`;
}

const CPUSET: readonly Row[] = [
  kept("cpuset.cpus", "", list),
  file("cpuset.cpus.effective", 0o444, allCpus),
  kept("cpuset.mems", "", list),
  file("cpuset.mems.effective", 0o444, () => "0\n"),
];

const IO: readonly Row[] = [
  kept("io.max", "", anything),
  file("io.stat", 0o444, () => ""),
  kept("io.weight", "default 100", anything),
];

const TABLES: ReadonlyMap<string, readonly Row[]> = new Map([
  ["cpu", CPU],
  ["cpuset", CPUSET],
  ["io", IO],
  ["memory", MEMORY],
  ["pids", PIDS],
]);

/** The files that the controllers of a cgroup give it. */
export function controllerFiles(cgroup: Cgroup): Row[] {
  return cgroup.controllers.flatMap((name) => TABLES.get(name) ?? []);
}
