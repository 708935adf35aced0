/**
 * properties: `linux.resources` as properties of a unit (systemd.resource-control(5),
 * org.freedesktop.systemd1(5)), for either version of control groups, as runc's driver asks for them.
 * What systemd has no property for is not here: it is written to the group's files.
 */
import type { CpuResources, MemoryResources, Resources } from "../../../oci/spec.ts";
import { CommandError } from "../context.ts";
import { deviceProperties } from "./devices.ts";
import { ioWeightOf, weightOf } from "./resources.ts";
import type { Property } from "./systemd.ts";

const INFINITY = (1n << 64n) - 1n;
const PERIOD_US = 100_000;
const SECOND_US = 1_000_000;
/** systemd counts in hundredths of a processor. */
const HUNDREDTH_US = 10_000;
const MOST_NUMBER = 8191;

/** The versions of systemd that brought a property. */
const HAS_QUOTA_PERIOD = 242;
const HAS_CPUSETS = 244;
const HAS_IDLE = 252;

export interface Kind {
  /** Of control groups. */
  readonly version: 1 | 2;
  readonly systemd: number;
}

export function propertiesOf(resources: Resources, kind: Kind): Property[] {
  const { cpu = {}, memory = {}, pids, devices } = resources;
  const properties: Property[] = [];
  if (devices !== undefined && devices !== null) properties.push(...deviceProperties(devices));
  properties.push(...(kind.version === 2 ? memoryOfVersion2(memory) : memoryOfVersion1(memory)));
  properties.push(...weights(resources, kind), ...quota(cpu.quota, cpu.period, kind));
  if (pids !== undefined && pids.limit !== 0) properties.push(amount("TasksMax", pids.limit));
  properties.push(...cpusets(cpu, kind));
  if (kind.version === 2) properties.push(...unified(resources.unified ?? {}, kind));
  return lastOfEach(properties);
}

function amount(name: string, value: number | bigint): Property {
  return [name, "t", value < 0 ? INFINITY : BigInt(value)];
}

function memoryOfVersion1({ limit = 0 }: MemoryResources): Property[] {
  return limit === 0 ? [] : [amount("MemoryLimit", limit)];
}

/** The config counts swap with the memory, version 2 without. */
function memoryOfVersion2({ limit = 0, reservation = 0, swap = 0 }: MemoryResources): Property[] {
  const properties: Property[] = [];
  if (limit !== 0) properties.push(amount("MemoryMax", limit));
  if (reservation !== 0) properties.push(amount("MemoryLow", reservation));
  if (swap !== 0)
    properties.push(
      amount("MemorySwapMax", swap < 0 ? -1 : Math.max(0, swap - Math.max(0, limit))),
    );
  else if (limit < 0) properties.push(amount("MemorySwapMax", -1));
  return properties;
}

function weights({ cpu = {}, blockIO }: Resources, { version, systemd }: Kind): Property[] {
  const properties: Property[] = [];
  const { shares = 0, idle = 0 } = cpu;
  const weight = blockIO?.weight ?? 0;
  if (version === 1) {
    if (shares !== 0) properties.push(amount("CPUShares", shares));
    if (weight !== 0) properties.push(amount("BlockIOWeight", weight));
    return properties;
  }
  if (shares !== 0) properties.push(amount("CPUWeight", weightOf(shares)));
  if (idle === 1 && systemd >= HAS_IDLE) properties.push(amount("CPUWeight", 0));
  if (weight !== 0) properties.push(amount("IOWeight", ioWeightOf(weight)));
  return properties;
}

/** A fraction of a hundredth is rounded up, so that groups inside may have what was asked for. */
function quota(quotaUs = 0, periodUs = 0, { systemd }: Kind): Property[] {
  if (quotaUs === 0 && periodUs === 0) return [];
  const properties: Property[] = [];
  if (periodUs !== 0 && systemd >= HAS_QUOTA_PERIOD)
    properties.push(amount("CPUQuotaPeriodUSec", periodUs));
  const exact = Math.floor((quotaUs * SECOND_US) / (periodUs || PERIOD_US));
  const rounded = Math.ceil(exact / HUNDREDTH_US) * HUNDREDTH_US;
  properties.push(amount("CPUQuotaPerSecUSec", quotaUs > 0 ? rounded : -1));
  return properties;
}

function cpusets({ cpus = "", mems = "" }: CpuResources, { systemd }: Kind): Property[] {
  if (systemd < HAS_CPUSETS) return [];
  const properties: Property[] = [];
  if (cpus !== "") properties.push(["AllowedCPUs", "ay", bitsOf(cpus)]);
  if (mems !== "") properties.push(["AllowedMemoryNodes", "ay", bitsOf(mems)]);
  return properties;
}

/** "0-2,8" as a set of bits, the first of them the lowest of the first byte. */
function bitsOf(text: string): Uint8Array {
  const numbers = text.split(",").flatMap((range) => {
    const match = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(range);
    const from = Number(match?.[1] ?? -1);
    const to = Number(match?.[2] ?? from);
    if (from < 0 || to < from || to > MOST_NUMBER)
      throw new CommandError(`"${text}" is no list of numbers like 0-2,5 up to ${MOST_NUMBER}`);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  const bits = new Uint8Array((Math.max(...numbers) >> 3) + 1);
  for (const number of numbers) bits[number >> 3]! |= 1 << (number & 7);
  return bits;
}

// --- files of version 2 -------------------------------------------------------------------------

const AMOUNTS: Readonly<Record<string, string>> = {
  "cpu.weight": "CPUWeight",
  "io.weight": "IOWeight",
  "memory.high": "MemoryHigh",
  "memory.low": "MemoryLow",
  "memory.max": "MemoryMax",
  "memory.min": "MemoryMin",
  "memory.swap.max": "MemorySwapMax",
  "pids.max": "TasksMax",
};

/** `unified` names files; those that systemd has a property for. */
function unified(files: Readonly<Record<string, string>>, kind: Kind): Property[] {
  return Object.entries(files).flatMap(([file, text]): Property[] => {
    const property = AMOUNTS[file];
    const value = file === "io.weight" ? text.replace(/^default\s+/, "") : text;
    if (property !== undefined) return [amount(property, amountOf(file, value))];
    switch (file) {
      case "cpu.max": {
        const [most = "", period = String(PERIOD_US)] = text.trim().split(/\s+/);
        return quota(Number(amountOf(file, most)), Number(amountOf(file, period)), kind);
      }
      case "cpu.idle":
        return text.trim() === "1" && kind.systemd >= HAS_IDLE ? [amount("CPUWeight", 0)] : [];
      case "cpuset.cpus":
        return cpusets({ cpus: text }, kind);
      case "cpuset.mems":
        return cpusets({ mems: text }, kind);
      default:
        return [];
    }
  });
}

function amountOf(file: string, text: string): bigint {
  const word = text.trim();
  if (word === "max") return -1n;
  if (!/^\d+$/.test(word))
    throw new CommandError(`unified resource ${file}: "${text}" is neither a number nor "max"`);
  return BigInt(word);
}

/** What is said twice counts as it is said last; DeviceAllow alone adds up. */
function lastOfEach(properties: readonly Property[]): Property[] {
  return properties.filter(
    ([name], at) =>
      name === "DeviceAllow" || !properties.slice(at + 1).some(([other]) => other === name),
  );
}
