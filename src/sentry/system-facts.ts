/**
 * HostFacts: what /proc and /sys of the guest tell of the machine, read from the host: its processors
 * (those that we may run on), its memory (capped by our control group), and how much of a stub's
 * memory is resident. Descriptors are opened once, before the kernel process locks itself down.
 */
import { readFileSync } from "node:fs";
import type { MemoryUse, SystemFacts } from "../fs/proc/facts.ts";
import { latin1 } from "../host/bytes.ts";
import type { Host } from "../host/host.ts";
import type { MemoryFacts } from "../kernel/kernel.ts";
import type { Mm } from "../kernel/mm/mm.ts";
import { StubSpace } from "../platform/stub/space.ts";

const AT_FDCWD = -100;
const O_RDONLY_CLOEXEC = 0o2000000;
const PAGE = 4096;
const CGROUP = "/sys/fs/cgroup";
/** A sandbox without a host that tells: the first page of a megabyte is in memory. */
const UNKNOWN_RESIDENT = 1 << 20;

export class HostFacts implements SystemFacts {
  readonly #host: Host;
  readonly #cpus: number;
  /** Asked by few, and slow to read: /proc/cpuinfo asks every processor how fast it runs. */
  readonly #cpuinfo: number;
  readonly #meminfo: number;
  /** Bytes that our control groups allow; Infinity for no limit. */
  readonly #limit: number;

  constructor(host: Host, cpus: number) {
    this.#host = host;
    this.#cpus = cpus;
    this.#cpuinfo = host.openat(AT_FDCWD, "/proc/cpuinfo", O_RDONLY_CLOEXEC);
    this.#meminfo = host.openat(AT_FDCWD, "/proc/meminfo", O_RDONLY_CLOEXEC);
    this.#limit = cgroupLimit();
  }

  get cpuinfo(): string {
    let text = "";
    for (let n = 1; n > 0; text += n > 0 ? latin1(this.#host.io, 0, n) : "")
      n = this.#cpuinfo < 0 ? 0 : this.#host.preadIo(this.#cpuinfo, 65536, text.length);
    return guestCpuinfo(text, this.#cpus);
  }

  /** For the kernel's own answers (sysinfo(2)), as of now. */
  get memoryFacts(): MemoryFacts {
    const { total, free } = this.memory();
    return { totalBytes: total, freeBytes: free };
  }

  memory(): MemoryUse {
    const text = this.#read(this.#meminfo);
    const field = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0) * 1024;
    const total = Math.min(field("MemTotal"), this.#limit);
    const available = Math.min(field("MemAvailable"), total);
    const free = Math.min(field("MemFree"), available);
    return { total, free, available, cached: Math.min(field("Cached"), total - free) };
  }

  residentBytes(mm: Mm): number {
    const { space } = mm;
    if (!(space instanceof StubSpace) || space.pid === 0)
      return Math.min(mm.areas.bytes, UNKNOWN_RESIDENT);
    const fd = this.#host.openProcess(space.pid, "statm", O_RDONLY_CLOEXEC);
    if (fd < 0) return Math.min(mm.areas.bytes, UNKNOWN_RESIDENT);
    const pages = Number(this.#read(fd).split(" ")[1] ?? 0);
    this.#host.close(fd);
    return Math.min(mm.areas.bytes, pages * PAGE);
  }

  /** The beginning of a file of the host's /proc. */
  #read(fd: number): string {
    const n = fd < 0 ? 0 : this.#host.preadIo(fd, 8192, 0);
    return n <= 0 ? "" : latin1(this.#host.io, 0, n);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

/** The first `cpus` blocks, numbered from 0, as processors of one package. */
function guestCpuinfo(text: string, cpus: number): string {
  const blocks = text.split("\n\n").filter((block) => block.startsWith("processor"));
  let result = "";
  for (let cpu = 0; cpu < cpus; cpu++) {
    const block = blocks[cpu % Math.max(blocks.length, 1)] ?? "processor\t: 0";
    result += `${renumber(block, cpu, cpus)}\n\n`;
  }
  return result;
}

function renumber(block: string, cpu: number, cpus: number): string {
  const values = new Map<string, number>([
    ["processor", cpu],
    ["physical id", 0],
    ["siblings", cpus],
    ["core id", cpu],
    ["cpu cores", cpus],
    ["apicid", cpu],
    ["initial apicid", cpu],
  ]);
  return block.trimEnd().replace(/^([\w ]+?)(\t+: )\d+$/gm, (line, name: string, gap: string) => {
    const value = values.get(name);
    return value === undefined ? line : `${name}${gap}${value}`;
  });
}

/** The tightest memory limit of the control groups above us, version 2 or 1. */
function cgroupLimit(): number {
  let limit = Infinity;
  for (const line of readText("/proc/self/cgroup").split("\n")) {
    const [id, controllers, path] = line.split(":", 3);
    if (path === undefined) continue;
    const isUnified = id === "0" && controllers === "";
    if (!isUnified && !controllers!.split(",").includes("memory")) continue;
    const base = isUnified ? CGROUP : `${CGROUP}/memory`;
    const name = isUnified ? "memory.max" : "memory.limit_in_bytes";
    for (let at = path; ; at = at.slice(0, at.lastIndexOf("/"))) {
      const value = Number.parseInt(readText(`${base}${at}/${name}`), 10);
      if (value > 0) limit = Math.min(limit, value);
      if (at === "" || at === "/") break;
    }
  }
  return limit;
}
