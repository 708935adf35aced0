/**
 * stats: what control groups tell of use, in the shape of runc's events: of either version.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findHierarchies } from "./hierarchies.ts";

/** `processes`: how many the container has inside; the host's count has our own beside them. */
export function readStats(directories: readonly string[], processes: number) {
  const read = reader(directories);
  return {
    cpu: cpuStats(read),
    memory: memoryStats(read),
    pids: { current: processes, ...limitOf(read("pids.max")) },
    blkio: {},
    hugetlb: {},
    intel_rdt: {},
    network_interfaces: null,
  };
}

type Reader = (file: string) => string;

/** A control file of whichever hierarchy has it; "" for none. */
function reader(directories: readonly string[]): Reader {
  const tops = findHierarchies().map(({ mountPoint }) => mountPoint);
  const known = directories.filter((directory) => tops.some((top) => directory.startsWith(top)));
  return (file) => {
    for (const directory of known) {
      try {
        return readFileSync(join(directory, file), "utf8");
      } catch {
        // Another hierarchy may have it.
      }
    }
    return "";
  };
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
}

function cpuStats(read: Reader) {
  const unified = read("cpu.stat");
  const perCpu = read("cpuacct.usage_percpu").trim().split(/\s+/).filter(Boolean).map(Number);
  const isVersion2 = unified.includes("usage_usec");
  const usage = isVersion2
    ? {
        total: field(unified, "usage_usec") * 1000,
        kernel: field(unified, "system_usec") * 1000,
        user: field(unified, "user_usec") * 1000,
      }
    : {
        total: Number(read("cpuacct.usage")),
        percpu: perCpu,
        kernel: Number(read("cpuacct.usage_sys")),
        user: Number(read("cpuacct.usage_user")),
      };
  const throttling = {
    periods: field(unified, "nr_periods"),
    throttledPeriods: field(unified, "nr_throttled"),
    throttledTime: isVersion2
      ? field(unified, "throttled_usec") * 1000
      : field(unified, "throttled_time"),
  };
  return { usage, throttling };
}

function memoryStats(read: Reader) {
  const isVersion2 = read("memory.current") !== "";
  const raw = Object.fromEntries(
    read("memory.stat")
      .split("\n")
      .filter(Boolean)
      .map((line) => [line.split(" ")[0]!, Number(line.split(" ")[1])]),
  );
  const counter = (base: string) => ({
    limit: Number(read(`${base}.limit_in_bytes`) || 0),
    usage: Number(read(`${base}.usage_in_bytes`) || 0),
    max: Number(read(`${base}.max_usage_in_bytes`) || 0),
    failcnt: Number(read(`${base}.failcnt`) || 0),
  });
  if (!isVersion2)
    return {
      cache: raw["cache"] ?? 0,
      usage: counter("memory"),
      swap: counter("memory.memsw"),
      raw,
    };
  const limit = read("memory.max").trim();
  return {
    cache: raw["file"] ?? 0,
    usage: {
      limit: limit === "max" ? 2 ** 64 : Number(limit),
      usage: Number(read("memory.current")),
      max: Number(read("memory.peak") || 0),
      failcnt: field(read("memory.events"), "max"),
    },
    raw,
  };
}

function limitOf(text: string): { limit?: number } {
  const value = Number(text.trim());
  return text === "" || Number.isNaN(value) ? {} : { limit: value };
}
