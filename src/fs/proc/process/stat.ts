/**
 * /proc/PID/stat and statm: one line of numbers that ps(1) and top(1) read. The order of the fields
 * is proc_pid_stat(5)'s; the number in front of each line below is the first field's.
 */
import { ticksOf } from "../format.ts";
import type { ProcProcess } from "../subject.ts";
import { signalSets } from "./signal-sets.ts";

const PAGE = 4096;
const PF_FORKNOEXEC = 0x40;
const PF_RANDOMIZE = 0x400000;

/** R, S, D, T, Z as ps(1) shows them. */
export function stateLetter(process: ProcProcess): string {
  const { task, group } = process;
  if (task === null) return group.isZombie ? "Z" : "S";
  switch (task.state) {
    case "dead":
      return "Z";
    case "sleeping":
      return "S";
    case "stopped":
      return group.signals.stopSignal !== 0 ? "T" : "D";
    default:
      return "R";
  }
}

export function stat(process: ProcProcess): string {
  const { group, task, mm, system, tid } = process;
  const { session, processGroup } = group;
  const { terminal } = session;
  const sets = signalSets(process);
  const isThread = tid !== group.pid;
  const { cpuTime } = system.kernel;
  const userNs = task !== null && isThread ? cpuTime.ofTask(task) : cpuTime.ofGroup(group);
  const policy = (task?.schedPolicy ?? 0) & 0xff;
  const priority = task?.schedPriority ?? 0;
  const rss = mm === null ? 0 : Math.floor(system.facts.residentBytes(mm) / PAGE);
  const startNs = (task?.startNs ?? group.startNs) - system.kernel.startNs;
  const fields = [
    /* 4 */ system.numberOf(group.parentPid),
    system.numberOf(processGroup.id),
    system.numberOf(session.id),
    /* 7 */ terminal?.deviceNumber ?? 0,
    terminal?.foreground == null ? -1 : system.numberOf(terminal.foreground.id),
    /* 9 */ group.hasExeced ? PF_RANDOMIZE : PF_RANDOMIZE | PF_FORKNOEXEC,
    0,
    0,
    0,
    0,
    /* 14 */ ticksOf(userNs),
    ticksOf(group.deadSystemNs),
    /* 16 */ ticksOf(group.childUserNs),
    ticksOf(group.childSystemNs),
    /* 18 */ priority > 0 ? -1 - priority : 20 + group.nice,
    group.nice,
    /* 20 */ Math.max(group.tasks.length, 1),
    0,
    Math.max(0, ticksOf(startNs)),
    /* 23 */ mm?.areas.bytes ?? 0,
    rss,
    "18446744073709551615",
    /* 26 */ mm?.startCode ?? 0,
    mm?.endCode ?? 0,
    mm?.startStack ?? 0,
    0,
    0,
    /* 31 */ sets.pending.lo,
    sets.blocked.lo & 0x7fffffff,
    sets.ignored.lo,
    sets.caught.lo & 0x7fffffff,
    /* 35 */ 0,
    0,
    0,
    isThread ? -1 : group.exitSignal,
    /* 39 */ 0,
    priority,
    policy,
    0,
    0,
    0,
    /* 45 */ mm?.endCode ?? 0,
    mm?.brkStart ?? 0,
    mm?.brkStart ?? 0,
    /* 48 */ mm?.argStart ?? 0,
    mm?.argEnd ?? 0,
    mm?.envStart ?? 0,
    mm?.envEnd ?? 0,
    /* 52 */ group.isZombie ? group.exitStatus : 0,
  ];
  return `${process.number} (${process.comm}) ${stateLetter(process)} ${fields.join(" ")}\n`;
}

export function statm(process: ProcProcess): string {
  const { mm, system } = process;
  if (mm === null) return "0 0 0 0 0 0 0\n";
  const size = Math.floor(mm.areas.bytes / PAGE);
  const resident = Math.min(size, Math.floor(system.facts.residentBytes(mm) / PAGE));
  let shared = 0;
  let text = 0;
  let data = 0;
  for (const area of mm.areas.areas) {
    const pages = (area.end - area.start) / PAGE;
    if (area.file !== null) shared += pages;
    if ((area.prot & 4) !== 0) text += pages;
    else if ((area.prot & 2) !== 0) data += pages;
  }
  return `${size} ${resident} ${Math.min(shared, resident)} ${text} 0 ${data} 0\n`;
}
