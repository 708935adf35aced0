/**
 * /sys/devices/system/cpu: the processors that guests see, each a core of its own in one package
 * (Documentation/ABI/testing/sysfs-devices-system-cpu).
 */
import { S_IFDIR } from "../../abi/stat.ts";
import type { ProcSystem } from "../proc/subject.ts";
import { constant, directory, type Entry, file } from "../pseudo/entry.ts";
import { family, type Member } from "./family.ts";

const POLLED = { pollable: true };

/** "0-3", or "0" for one. */
export function cpuRange({ kernel }: ProcSystem): string {
  return kernel.cpus > 1 ? `0-${kernel.cpus - 1}` : "0";
}

/** Hexadecimal words of 32 processors for those that `has` names. */
function mask(count: number, has: (cpu: number) => boolean): string {
  const words: string[] = [];
  for (let at = 0; at < count; at += 32) {
    let word = 0;
    for (let cpu = at; cpu < Math.min(count, at + 32); cpu++) if (has(cpu)) word += 2 ** (cpu - at);
    const digits = Math.ceil(Math.min(count - at, 32) / 4);
    words.unshift(word.toString(16).padStart(digits, "0"));
  }
  return words.join(",");
}

export function allMask({ kernel }: ProcSystem): string {
  return mask(kernel.cpus, () => true);
}

function of<S extends ProcSystem | Member>(name: string, read: (subject: S) => string): Entry<S> {
  return file<S>(name, 0o444, (subject) => `${read(subject)}\n`, undefined, POLLED);
}

function own({ system, index }: Member): string {
  return mask(system.kernel.cpus, (cpu) => cpu === index);
}

/** Whom a processor shares its core, its die and its package with. */
const TOPOLOGY: Entry<Member> = directory(
  "topology",
  [
    of("core_cpus", own),
    of("core_cpus_list", ({ index }: Member) => String(index)),
    of("core_id", ({ index }: Member) => String(index)),
    of("core_siblings", ({ system }: Member) => allMask(system)),
    of("core_siblings_list", ({ system }: Member) => cpuRange(system)),
    of("die_cpus", ({ system }: Member) => allMask(system)),
    of("die_cpus_list", ({ system }: Member) => cpuRange(system)),
    constant("die_id", "0\n"),
    of("package_cpus", ({ system }: Member) => allMask(system)),
    of("package_cpus_list", ({ system }: Member) => cpuRange(system)),
    constant("physical_package_id", "0\n"),
    of("thread_siblings", own),
    of("thread_siblings_list", ({ index }: Member) => String(index)),
  ],
  0o755,
);

export const CPU: Entry<ProcSystem> = family(
  "cpu",
  S_IFDIR | 0o755,
  [
    constant("isolated", "\n"),
    of("kernel_max", ({ kernel }: ProcSystem) => String(kernel.cpus - 1)),
    constant("offline", "\n"),
    of("online", cpuRange),
    of("possible", cpuRange),
    of("present", cpuRange),
    directory("smt", [constant("active", "0\n"), constant("control", "notsupported\n")], 0o755),
    directory("vulnerabilities", [], 0o755),
  ],
  {
    names: ({ kernel }) => Array.from({ length: kernel.cpus }, (_, cpu) => `cpu${cpu}`),
    member: directory("cpu", [TOPOLOGY], 0o755),
  },
);
