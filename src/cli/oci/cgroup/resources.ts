/**
 * resources: `linux.resources` as writes to control files: [file, value] for each version
 * (config-linux.md, "Control groups"; cgroup-v1/, cgroup-v2.rst of Linux's documentation).
 *  - Rules for devices are left out: a sandbox gives guests none of the host's. systemd is told them.
 */
import type { Resources } from "../../../oci/spec.ts";

export interface ControlWrite {
  readonly controller: string;
  readonly file: string;
  readonly value: string;
}

const PERIOD_US = 100_000;

export function writesOfVersion1({
  memory = {},
  cpu = {},
  pids,
  blockIO,
  hugepageLimits,
}: Resources): ControlWrite[] {
  const writes: ControlWrite[] = [];
  const add = (controller: string, file: string, value: number | string | null | undefined) => {
    if (value != null && value !== "") writes.push({ controller, file, value: whole(value) });
  };
  add("memory", "memory.limit_in_bytes", memory.limit);
  add("memory", "memory.memsw.limit_in_bytes", memory.swap === 0 ? null : memory.swap);
  add("memory", "memory.soft_limit_in_bytes", memory.reservation);
  add("memory", "memory.swappiness", memory.swappiness);
  if (memory.disableOOMKiller === true) add("memory", "memory.oom_control", 1);
  add("cpu", "cpu.shares", cpu.shares === 0 ? null : cpu.shares);
  add("cpu", "cpu.cfs_period_us", cpu.period === 0 ? null : cpu.period);
  add("cpu", "cpu.cfs_quota_us", cpu.quota === 0 ? null : cpu.quota);
  add("cpu", "cpu.cfs_burst_us", cpu.burst);
  add("cpu", "cpu.rt_period_us", cpu.realtimePeriod === 0 ? null : cpu.realtimePeriod);
  add("cpu", "cpu.rt_runtime_us", cpu.realtimeRuntime === 0 ? null : cpu.realtimeRuntime);
  add("cpuset", "cpuset.cpus", cpu.cpus);
  add("cpuset", "cpuset.mems", cpu.mems);
  if (pids !== undefined && pids.limit !== 0)
    add("pids", "pids.max", pids.limit < 0 ? "max" : pids.limit);
  add("blkio", "blkio.weight", blockIO?.weight === 0 ? null : blockIO?.weight);
  for (const { pageSize, limit } of hugepageLimits ?? [])
    add("hugetlb", `hugetlb.${pageSize}.limit_in_bytes`, limit);
  return writes;
}

export function writesOfVersion2({
  memory = {},
  cpu = {},
  pids,
  blockIO,
  unified,
}: Resources): ControlWrite[] {
  const writes: ControlWrite[] = [];
  const add = (file: string, value: number | string | null | undefined) => {
    if (value == null || value === "") return;
    writes.push({ controller: file.slice(0, file.indexOf(".")), file, value: whole(value) });
  };
  add("memory.max", limitOf(memory.limit));
  add("memory.low", limitOf(memory.reservation));
  if (memory.swap !== undefined && memory.swap !== 0)
    add(
      "memory.swap.max",
      memory.swap < 0 ? "max" : Math.max(0, memory.swap - (memory.limit ?? 0)),
    );
  if (cpu.shares !== undefined && cpu.shares !== 0) add("cpu.weight", weightOf(cpu.shares));
  if (
    (cpu.quota !== undefined && cpu.quota !== 0) ||
    (cpu.period !== undefined && cpu.period !== 0)
  )
    add("cpu.max", `${(cpu.quota ?? 0) > 0 ? cpu.quota : "max"} ${cpu.period || PERIOD_US}`);
  add("cpu.max.burst", cpu.burst);
  add("cpu.idle", cpu.idle);
  add("cpuset.cpus", cpu.cpus);
  add("cpuset.mems", cpu.mems);
  if (pids !== undefined && pids.limit !== 0) add("pids.max", pids.limit < 0 ? "max" : pids.limit);
  if (blockIO?.weight !== undefined && blockIO.weight !== 0)
    add("io.weight", ioWeightOf(blockIO.weight));
  for (const [file, value] of Object.entries(unified ?? {})) add(file, value);
  return writes;
}

function limitOf(bytes: number | undefined): number | string | undefined {
  if (bytes === undefined || bytes === 0) return undefined;
  return bytes < 0 ? "max" : bytes;
}

/** Shares from 2 to 262144 become weights from 1 to 10000. */
export function weightOf(shares: number): number {
  return Math.floor(1 + ((Math.min(Math.max(shares, 2), 262144) - 2) * 9999) / 262142);
}

/** Weights from 10 to 1000 become weights from 1 to 10000. */
export function ioWeightOf(weight: number): number {
  return Math.floor(1 + ((weight - 10) * 9999) / 990);
}

/** Sizes come as doubles, and none of them may be written as 1e+21. */
function whole(value: number | string): string {
  return typeof value === "string" ? value : BigInt(value).toString();
}
