/**
 * \`tvisor update\`: other limits for a container that exists, from flags or from a file.
 */
import { readFileSync } from "node:fs";
import { Findings } from "../../oci/check.ts";
import { resourcesShape } from "../../oci/schema.ts";
import type { Resources } from "../../oci/spec.ts";
import { updateCgroups } from "./cgroup/plan.ts";
import type { Command } from "./commands.ts";
import { CommandError } from "./context.ts";
import type { Flags } from "./flags.ts";

const STDIN = 0;

export const command: Command = {
  flags: {
    resources: "text",
    memory: "text",
    "memory-reservation": "text",
    "memory-swap": "text",
    "kernel-memory": "text",
    "kernel-memory-tcp": "text",
    "cpu-period": "text",
    "cpu-quota": "text",
    "cpu-burst": "text",
    "cpu-idle": "text",
    "cpu-share": "text",
    "cpu-rt-period": "text",
    "cpu-rt-runtime": "text",
    "cpuset-cpus": "text",
    "cpuset-mems": "text",
    "blkio-weight": "text",
    "pids-limit": "text",
    "l3-cache-schema": "text",
    "mem-bw-schema": "text",
  },
  short: { r: "resources" },
  words: [1, 1],
  usage: `update [OPTIONS] ID

Changes the limits of a container. Memory takes bytes, or a number with k, m or g.

Options:
  -r, --resources FILE|-    limits as JSON, as linux.resources of config.json; no other option counts
  --memory N                memory; -1 for no limit
  --memory-reservation N    what it is held to when memory is short
  --memory-swap N           memory and swap together; -1 for no limit
  --cpu-period US           the time in which it may use its quota, in microseconds
  --cpu-quota US            processor time in each period; -1 for no limit
  --cpu-burst US            unused time that it may save up
  --cpu-share N             its weight among others: 2 to 262144
  --cpu-idle 0|1            1: only what nobody else wants
  --cpu-rt-period US        as --cpu-period, for realtime threads (cgroup version 1)
  --cpu-rt-runtime US       as --cpu-quota, for realtime threads (cgroup version 1)
  --cpuset-cpus LIST        processors: 0-3,5
  --cpuset-mems LIST        nodes of memory
  --pids-limit N            threads; -1 for no limit
  --blkio-weight N          its weight at block devices: 10 to 1000
  --l3-cache-schema TEXT    refused, as the next: resctrl is not used
  --mem-bw-schema TEXT      refused
  --kernel-memory N         accepted, as the next: Linux has dropped these
  --kernel-memory-tcp N     accepted

Examples:
  tvisor update --memory 512m --pids-limit 200 web
  echo '{"cpu": {"quota": 50000}}' | tvisor update --resources - web
`,
  run(context, flags) {
    const id = flags.words[0]!;
    for (const name of ["l3-cache-schema", "mem-bw-schema"])
      if (flags.text(name) !== "")
        throw new CommandError(`--${name} is not supported: tvisor does not use resctrl`);
    const resources = flags.has("resources") ? fromFile(flags.text("resources")) : fromFlags(flags);
    context.locked(id, () => {
      const record = context.store.load(id);
      updateCgroups(context, record, withPartners(resources, record.resources));
      record.resources = merge(record.resources, resources);
      context.store.save(record);
    });
    return 0;
  },
};

function fromFile(path: string): Resources {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path === "-" ? STDIN : path, "utf8"));
  } catch (error) {
    throw new CommandError(`cannot read the resources: ${(error as Error).message}`);
  }
  const found = new Findings();
  resourcesShape(value, "", found);
  if (found.errors.length > 0) throw new CommandError(found.errors.join("; "));
  return value as Resources;
}

function fromFlags(flags: Flags): Resources {
  const number = (name: string) => (flags.has(name) ? { value: flags.number(name, 0) } : null);
  const size = (name: string) => (flags.has(name) ? { value: bytesOf(flags.text(name)) } : null);
  const text = (name: string) => (flags.has(name) ? { value: flags.text(name) } : null);
  const fields = <T>(all: Record<string, { value: T } | null>) =>
    Object.fromEntries(
      Object.entries(all).flatMap(([name, each]) => (each === null ? [] : [[name, each.value]])),
    );
  return {
    memory: fields({
      limit: size("memory"),
      reservation: size("memory-reservation"),
      swap: size("memory-swap"),
    }),
    cpu: fields<number | string>({
      shares: number("cpu-share"),
      period: number("cpu-period"),
      quota: number("cpu-quota"),
      burst: number("cpu-burst"),
      idle: number("cpu-idle"),
      realtimePeriod: number("cpu-rt-period"),
      realtimeRuntime: number("cpu-rt-runtime"),
      cpus: text("cpuset-cpus"),
      mems: text("cpuset-mems"),
    }),
    ...(flags.has("pids-limit") ? { pids: { limit: flags.number("pids-limit", 0) } } : {}),
    ...(flags.has("blkio-weight") ? { blockIO: { weight: flags.number("blkio-weight", 0) } } : {}),
  };
}

function bytesOf(text: string): number {
  const match = /^(-?\d+)([kmgt]?)b?$/i.exec(text);
  if (match === null) throw new CommandError(`"${text}" is no amount of memory`);
  return Number(match[1]) * 1024 ** " kmgt".indexOf(match[2]!.toLowerCase() || " ");
}

/** What is set together with something that does not change: a quota with its period, swap with memory. */
function withPartners(change: Resources, old: Resources): Resources {
  const { cpu, memory } = change;
  const { quota, period } = cpu ?? {};
  const isQuota = quota !== undefined || period !== undefined;
  const isSwap = memory?.swap !== undefined && memory.limit === undefined;
  return {
    ...change,
    ...(isQuota ? { cpu: { ...pick(old.cpu, ["quota", "period"]), ...cpu } } : {}),
    ...(isSwap ? { memory: { ...pick(old.memory, ["limit"]), ...memory } } : {}),
  };
}

function pick<T extends object>(from: T | undefined, names: readonly (keyof T)[]): Partial<T> {
  const found: Partial<T> = {};
  for (const name of names) if (from?.[name] !== undefined) found[name] = from[name];
  return found;
}

function merge(old: Resources, change: Resources): Resources {
  return {
    ...old,
    ...change,
    memory: { ...old.memory, ...change.memory },
    cpu: { ...old.cpu, ...change.cpu },
  };
}
