/**
 * /proc/PID/status: what stat says, for people, and more (proc_pid_status(5)).
 */
import { RLIMIT_SIGPENDING } from "../../../abi/resource.ts";
import type { Mm } from "../../../kernel/mm/mm.ts";
import type { Task } from "../../../kernel/task/task.ts";
import { kilobytes } from "../format.ts";
import type { ProcProcess } from "../subject.ts";
import { hex16, signalSets } from "./signal-sets.ts";
import { stateLetter } from "./stat.ts";

const STATE_NAMES: Readonly<Record<string, string>> = {
  R: "running",
  S: "sleeping",
  D: "disk sleep",
  T: "stopped",
  Z: "zombie",
};

export function status(process: ProcProcess, reader: Task): string {
  const { mm, task } = process;
  const lines = [
    ...identity(process, reader),
    ...(mm === null ? [] : memory(process, mm)),
    ...signals(process),
    ...(task === null ? [] : rights(task)),
    ...placement(process),
  ];
  return `${lines.join("\n")}\n`;
}

function identity(process: ProcProcess, reader: Task): string[] {
  const { group, task, tid, system } = process;
  const letter = stateLetter(process);
  const creds = task?.credentials;
  const { userNamespace } = reader.credentials;
  const users = (...ids: number[]) => ids.map((id) => userNamespace.shownUid(id)).join("\t");
  const gids = (ids: readonly number[]) => ids.map((id) => userNamespace.shownGid(id));
  const groups = gids(creds?.groups ?? [])
    .map((gid) => `${gid} `)
    .join("");
  const lines = [`Name:\t${escapeName(process.comm)}`];
  if (process.living !== null)
    lines.push(`Umask:\t${process.living.fs.umask.toString(8).padStart(4, "0")}`);
  lines.push(
    `State:\t${letter} (${STATE_NAMES[letter]})`,
    `Tgid:\t${system.numberOf(group.pid)}`,
    "Ngid:\t0",
    `Pid:\t${process.number}`,
    `PPid:\t${system.numberOf(group.parentPid)}`,
    "TracerPid:\t0",
    `Uid:\t${creds === undefined ? "0\t0\t0\t0" : users(creds.uid, creds.euid, creds.suid, creds.fsuid)}`,
    `Gid:\t${creds === undefined ? "0\t0\t0\t0" : gids([creds.gid, creds.egid, creds.sgid, creds.fsgid]).join("\t")}`,
    `FDSize:\t${tableSize(process.living?.files.size ?? 0)}`,
    `Groups:\t${groups === "" ? " " : groups}`,
    `NStgid:\t${numbers(process, group.pid)}`,
    `NSpid:\t${numbers(process, tid)}`,
    `NSpgid:\t${numbers(process, group.processGroup.id)}`,
    `NSsid:\t${numbers(process, group.session.id)}`,
    "Kthread:\t0",
  );
  return lines;
}

/** What `pid` is called in each namespace from this instance's down to the process's own. */
function numbers({ system, group }: ProcProcess, pid: number): string {
  const found: number[] = [];
  const { level } = system.pidNamespace;
  for (let at = group.pidNamespace; ; at = at.parent!) {
    found.unshift(at.numberOf(pid));
    if (at.level <= level) return found.join("\t");
  }
}

/** Descriptor tables grow by doubling, from 64. */
function tableSize(size: number): number {
  if (size === 0) return 0;
  let slots = 64;
  while (slots < size) slots *= 2;
  return slots;
}

function escapeName(name: string): string {
  return name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function memory({ system }: ProcProcess, mm: Mm): string[] {
  const total = mm.areas.bytes;
  const resident = Math.min(total, system.facts.residentBytes(mm));
  let data = 0;
  let stack = 0;
  let text = 0;
  for (const area of mm.areas.areas) {
    const bytes = area.end - area.start;
    if (area.name === "[stack]") stack += bytes;
    else if ((area.prot & 4) !== 0) text += bytes;
    else if ((area.prot & 2) !== 0 && !area.isShared) data += bytes;
  }
  const program = Math.min(text, Math.max(0, mm.endCode - mm.startCode));
  const row = (name: string, bytes: number) => `${name}:\t${kilobytes(bytes)}`;
  return [
    row("VmPeak", total),
    row("VmSize", total),
    row("VmLck", 0),
    row("VmPin", 0),
    row("VmHWM", resident),
    row("VmRSS", resident),
    row("RssAnon", resident),
    row("RssFile", 0),
    row("RssShmem", 0),
    row("VmData", data),
    row("VmStk", stack),
    row("VmExe", program),
    row("VmLib", text - program),
    row("VmPTE", 4096 + Math.ceil(resident / 512)),
    row("VmSwap", 0),
    row("HugetlbPages", 0),
    "CoreDumping:\t0",
    "THP_enabled:\t1",
    "untag_mask:\t0xffffffffffffffff",
  ];
}

function signals(process: ProcProcess): string[] {
  const { group } = process;
  const sets = signalSets(process);
  const limit = group.limits.soft(RLIMIT_SIGPENDING);
  const queued = group.signals.pending.count + (process.task?.signals.pending.count ?? 0);
  return [
    `Threads:\t${Math.max(1, group.tasks.length)}`,
    `SigQ:\t${queued}/${limit >= 2 ** 63 ? "18446744073709551615" : limit}`,
    `SigPnd:\t${hex16(sets.pending)}`,
    `ShdPnd:\t${hex16(sets.shared)}`,
    `SigBlk:\t${hex16(sets.blocked)}`,
    `SigIgn:\t${hex16(sets.ignored)}`,
    `SigCgt:\t${hex16(sets.caught)}`,
  ];
}

function rights({ credentials, seccomp }: Task): string[] {
  const { inheritable, permitted, effective, bounding, ambient } = credentials;
  return [
    `CapInh:\t${hex16(inheritable)}`,
    `CapPrm:\t${hex16(permitted)}`,
    `CapEff:\t${hex16(effective)}`,
    `CapBnd:\t${hex16(bounding)}`,
    `CapAmb:\t${hex16(ambient)}`,
    `NoNewPrivs:\t${Number(credentials.noNewPrivs)}`,
    `Seccomp:\t${seccomp?.mode ?? 0}`,
    `Seccomp_filters:\t${seccomp?.filterCount ?? 0}`,
    "Speculation_Store_Bypass:\tvulnerable",
    "SpeculationIndirectBranch:\talways enabled",
  ];
}

function placement({ task, system }: ProcProcess): string[] {
  const allowed: boolean[] = [];
  for (let cpu = 0; cpu < system.kernel.cpus; cpu++)
    allowed.push(task?.affinity == null || task.affinity[cpu] === true);
  return [
    `Cpus_allowed:\t${cpuMask(allowed)}`,
    `Cpus_allowed_list:\t${cpuList(allowed)}`,
    "Mems_allowed:\t1",
    "Mems_allowed_list:\t0",
    "voluntary_ctxt_switches:\t0",
    "nonvoluntary_ctxt_switches:\t0",
  ];
}

/** Hexadecimal words of 32 processors, the last ones first. */
function cpuMask(allowed: readonly boolean[]): string {
  const words: string[] = [];
  for (let at = 0; at < allowed.length; at += 32) {
    let word = 0;
    for (let i = 0; i < 32; i++) if (allowed[at + i] === true) word += 2 ** i;
    const isTop = at + 32 >= allowed.length;
    words.unshift(
      word.toString(16).padStart(isTop ? Math.ceil((allowed.length - at) / 4) : 8, "0"),
    );
  }
  return words.join(",");
}

/** "0-3,5" */
export function cpuList(allowed: readonly boolean[]): string {
  const ranges: string[] = [];
  for (let cpu = 0; cpu < allowed.length; cpu++) {
    if (!allowed[cpu]) continue;
    const first = cpu;
    while (allowed[cpu + 1] === true) cpu++;
    ranges.push(first === cpu ? `${cpu}` : `${first}-${cpu}`);
  }
  return ranges.join(",");
}
