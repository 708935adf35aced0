/**
 * The rows of /proc itself: files about the whole system (proc(5)).
 */
import { BANNER } from "../../../kernel/version.ts";
import { constant, directory, type Entry, file } from "../../pseudo/entry.ts";
import { hundredths } from "../format.ts";
import type { ProcSystem } from "../subject.ts";
import { meminfo, vmstat, zoneinfo } from "./memory.ts";
import { interrupts, softirqs, systemStat } from "./stat.ts";

const POLLED = { pollable: true };

function generated(name: string, read: (system: ProcSystem) => string): Entry<ProcSystem> {
  return file(name, 0o444, read, undefined, POLLED);
}

function uptime(system: ProcSystem): string {
  const seconds = system.uptimeNs() / 1e9;
  const idle = seconds * system.kernel.cpus - busySeconds(system);
  return `${hundredths(seconds)} ${hundredths(Math.max(0, idle))}\n`;
}

function busySeconds({ kernel }: ProcSystem): number {
  let ns = 0;
  for (const group of kernel.pids.groups()) ns += kernel.cpuTime.ofGroup(group) + group.childUserNs;
  return ns / 1e9;
}

/** Averages are not kept; what runs now, how many threads there are and the newest pid are. */
function loadavg({ kernel }: ProcSystem): string {
  let running = 0;
  for (const group of kernel.pids.groups())
    for (const task of group.tasks) if (task.state === "running") running++;
  return `0.00 0.00 0.00 ${running}/${kernel.pids.taskCount} ${kernel.pids.lastPid}\n`;
}

function filesystems({ kernel }: ProcSystem): string {
  let text = "";
  for (const type of kernel.vfs.filesystemTypes.all())
    text += `${type.nodev ? "nodev" : ""}\t${type.name}\n`;
  return text;
}

const DEVICES = `Character devices:
  1 mem
  5 /dev/tty
  5 /dev/console
  5 /dev/ptmx
 10 misc
128 ptm
136 pts

Block devices:
`;

const TTY_DRIVERS = `/dev/tty             /dev/tty        5       0 system:/dev/tty
/dev/console         /dev/console    5       1 system:console
/dev/ptmx            /dev/ptmx       5       2 system
pty_slave            /dev/pts      136 0-1048575 pty:slave
pty_master           /dev/ptm      128 0-1048575 pty:master
`;

const CRYPTO = `name         : sha256
driver       : sha256-generic
module       : kernel
priority     : 100
refcnt       : 1
selftest     : passed
internal     : no
type         : shash
blocksize    : 64
digestsize   : 32

`;

export const SYSTEM_FILES: readonly Entry<ProcSystem>[] = [
  constant("cgroups", "#subsys_name\thierarchy\tnum_cgroups\tenabled\n"),
  constant("cmdline", "\n"),
  constant("consoles", ""),
  generated("cpuinfo", (system) => system.facts.cpuinfo),
  constant("crypto", CRYPTO),
  constant("devices", DEVICES),
  constant("diskstats", ""),
  generated("filesystems", filesystems),
  generated("interrupts", interrupts),
  constant("key-users", "    0:     1 1/1 1/1000000 9/25000000\n"),
  constant("keys", ""),
  generated("loadavg", loadavg),
  constant("locks", ""),
  generated("meminfo", meminfo),
  constant("misc", ""),
  constant("modules", ""),
  constant("partitions", ""),
  generated("softirqs", softirqs),
  generated("stat", systemStat),
  constant("swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"),
  directory("tty", [constant("drivers", TTY_DRIVERS), constant("ldiscs", "n_tty       0\n")]),
  generated("uptime", uptime),
  constant("version", `${BANNER}\n`),
  generated("vmstat", vmstat),
  generated("zoneinfo", zoneinfo),
];
