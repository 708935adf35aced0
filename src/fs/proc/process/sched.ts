/**
 * /proc/PID/sched, schedstat, syscall, timerslack_ns: what a thread does and how it is scheduled.
 */
import { CAP_SYS_NICE } from "../../../abi/capability.ts";
import { EINVAL, EPERM } from "../../../abi/errno.ts";
import { refuse } from "../../../base/refuse.ts";
import type { Task } from "../../../kernel/task/task.ts";
import { parseInteger } from "../format.ts";
import type { ProcProcess } from "../subject.ts";

/** Places in a register file, which has sigcontext's order. */
const RSP = 15;
const RIP = 16;
const DEFAULT_PRIORITY = 120;
const DEFAULT_SLACK_NS = 50_000;

function runtimeNs({ living, system }: ProcProcess): number {
  return living === null ? 0 : system.kernel.cpuTime.ofTask(living);
}

export function sched(process: ProcProcess): string {
  const { group, task, tid } = process;
  const row = (name: string, value: string | number) =>
    `${name.padEnd(45)}:${String(value).padStart(21)}\n`;
  return (
    `${process.comm} (${tid}, #threads: ${Math.max(1, group.tasks.length)})\n${"-".repeat(67)}\n` +
    row("se.sum_exec_runtime", (runtimeNs(process) / 1e6).toFixed(6)) +
    row("nr_switches", 0) +
    row("nr_voluntary_switches", 0) +
    row("nr_involuntary_switches", 0) +
    row("policy", (task?.schedPolicy ?? 0) & 0xff) +
    row("prio", DEFAULT_PRIORITY + group.nice)
  );
}

/** Nanoseconds on a processor, nanoseconds waiting for one, time slices. */
export function schedstat(process: ProcProcess): string {
  return `${runtimeNs(process)} 0 0\n`;
}

/** The call that a thread waits in: number, arguments, stack and instruction pointer. */
export function syscall({ living }: ProcProcess, reader: Task): string {
  if (living === null) return "0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0\n";
  if (living.state === "running" && living !== reader) return "running\n";
  const hex = (value: number) => `0x${(value < 0 ? value + 2 ** 64 : value).toString(16)}`;
  const words = [...living.args].map(hex);
  words.push(hex(living.thread.register(RSP)), hex(living.thread.register(RIP)));
  return `${living.syscallNr} ${words.join(" ")}\n`;
}

export function timerSlack({ task }: ProcProcess): string {
  return `${task?.timerSlackNs ?? DEFAULT_SLACK_NS}\n`;
}

export function setTimerSlack({ living, group }: ProcProcess, task: Task, text: string): number {
  if (group !== task.group && !task.credentials.has(CAP_SYS_NICE))
    return refuse(EPERM, "timerslack_ns: another process's needs CAP_SYS_NICE");
  const value = parseInteger(text);
  if (Number.isNaN(value) || value < 0) return -EINVAL;
  if (living !== null) living.timerSlackNs = value === 0 ? DEFAULT_SLACK_NS : value;
  return 0;
}
