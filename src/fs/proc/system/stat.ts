/**
 * /proc/stat, interrupts and softirqs (proc_stat(5)): the time of the processors since the sandbox
 * began. Nobody counts which processor a guest ran on: the work is shared out evenly.
 */
import { ticksOf } from "../format.ts";
import type { ProcSystem } from "../subject.ts";

const SOFTIRQS = [
  "HI",
  "TIMER",
  "NET_TX",
  "NET_RX",
  "BLOCK",
  "IRQ_POLL",
  "TASKLET",
  "SCHED",
  "HRTIMER",
  "RCU",
];

function line(name: string, userNs: number, idleNs: number): string {
  return `${name} ${ticksOf(userNs)} 0 0 ${ticksOf(Math.max(0, idleNs))} 0 0 0 0 0 0\n`;
}

export function systemStat(system: ProcSystem): string {
  const { kernel } = system;
  const upNs = system.uptimeNs();
  let userNs = 0;
  let running = 0;
  for (const group of kernel.pids.groups()) {
    userNs += kernel.cpuTime.ofGroup(group) + group.childUserNs;
    for (const task of group.tasks) if (task.state === "running") running++;
  }
  let text = line("cpu ", userNs, upNs * kernel.cpus - userNs);
  const share = userNs / kernel.cpus;
  for (let cpu = 0; cpu < kernel.cpus; cpu++) text += line(`cpu${cpu}`, share, upNs - share);
  const bornSec = Math.floor(kernel.vfs.nowSec() - upNs / 1e9);
  return (
    `${text}intr 0\nctxt 0\nbtime ${bornSec}\nprocesses ${kernel.pids.lastPid}\n` +
    `procs_running ${running}\nprocs_blocked 0\nsoftirq 0${" 0".repeat(SOFTIRQS.length)}\n`
  );
}

function cpuHeading({ kernel }: ProcSystem, indent: number): string {
  let text = " ".repeat(indent);
  for (let cpu = 0; cpu < kernel.cpus; cpu++) text += `CPU${cpu}`.padEnd(11);
  return `${text}\n`;
}

export function interrupts(system: ProcSystem): string {
  return cpuHeading(system, 11);
}

export function softirqs(system: ProcSystem): string {
  let text = cpuHeading(system, 20);
  for (const name of SOFTIRQS)
    text += `${`${name}:`.padStart(13)}${"0".padStart(11).repeat(system.kernel.cpus)}\n`;
  return text;
}
