/**
 * /sys/devices/system/node: one memory node with all processors and all memory (numa(7)).
 */

import { kilobytes } from "../proc/format.ts";
import type { ProcSystem } from "../proc/subject.ts";
import { constant, directory, type Entry, file, link } from "../pseudo/entry.ts";
import { allMask, cpuRange } from "./cpu.ts";

const POLLED = { pollable: true };

function meminfo({ facts }: ProcSystem): string {
  const { total, free, cached } = facts.memory();
  const row = (name: string, bytes: number) =>
    `Node 0 ${`${name}:`.padEnd(15)}${kilobytes(bytes)}\n`;
  return (
    row("MemTotal", total) +
    row("MemFree", free) +
    row("MemUsed", total - free) +
    row("FilePages", cached) +
    row("AnonPages", Math.max(0, total - free - cached)) +
    "Node 0 HugePages_Total:     0\nNode 0 HugePages_Free:      0\nNode 0 HugePages_Surp:      0\n"
  );
}

const NODE0: readonly Entry<ProcSystem>[] = [
  file("cpulist", 0o444, (system) => `${cpuRange(system)}\n`, undefined, POLLED),
  file("cpumap", 0o444, (system) => `${allMask(system)}\n`, undefined, POLLED),
  link("cpu0", () => "../../cpu/cpu0"),
  constant("distance", "10\n"),
  directory("hugepages", [], 0o755),
  file("meminfo", 0o444, meminfo, undefined, POLLED),
  constant(
    "numastat",
    "numa_hit 0\nnuma_miss 0\nnuma_foreign 0\ninterleave_hit 0\nlocal_node 0\nother_node 0\n",
  ),
];

export const NODE: Entry<ProcSystem> = directory(
  "node",
  [
    constant("has_cpu", "0\n"),
    constant("has_memory", "0\n"),
    constant("has_normal_memory", "0\n"),
    directory("node0", NODE0, 0o755),
    constant("online", "0\n"),
    constant("possible", "0\n"),
  ],
  0o755,
);
