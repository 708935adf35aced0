/**
 * What the kernel is doing, as text: each task with its state and the system call it is in. For a report
 * of a bug of ours it reads plain fields only, so that it works on a kernel that is broken.
 */
import { PROT_EXEC } from "../abi/mman.ts";
import { getU64 } from "../abi/struct.ts";
import { Reg } from "../platform/contract.ts";
import type { Kernel } from "./kernel.ts";
import type { Task } from "./task/task.ts";

const MOST_TASKS = 200;
const MOST_FRAMES = 24;
const FRAME_SIZE = 16;

export function describeKernel(kernel: Kernel): string {
  return describe(kernel, () => []);
}

/** As describeKernel(), of a kernel that works: with where each task is in its program (`tvisor debug`). */
export function describeStacks(kernel: Kernel): string {
  return describe(kernel, stackOf);
}

function describe(kernel: Kernel, more: (task: Task) => readonly string[]): string {
  const lines = [
    `kernel: ${kernel.pids.taskCount} tasks, last pid ${kernel.pids.lastPid}, ${kernel.dying.length} processes ending`,
  ];
  for (const group of kernel.pids.groups()) {
    const state = group.isZombie ? "zombie" : group.exiting !== null ? "exiting" : "alive";
    lines.push(
      `process ${group.pid}: ${state}, parent ${group.parentPid}, group ${group.processGroup.id}, ` +
        `${group.tasks.length} threads, status ${group.exitStatus}`,
    );
    for (const task of group.tasks) {
      if (lines.length > MOST_TASKS) return [...lines, "…"].join("\n");
      lines.push(`  ${describeTask(task)}`, ...more(task));
    }
  }
  return lines.join("\n");
}

function describeTask(task: Task): string {
  const args = Array.from(task.args, (value) => value.toString(16)).join(", ");
  const space = task.mm.space.alive ? `space ${task.mm.space.id}` : "dead space";
  return (
    `task ${task.tid} (${task.comm}): ${task.state}, thread ${task.thread.stopped ? "stopped" : "in the guest"}, ` +
    `${space}, system call ${task.syscallNr}(${args})`
  );
}

/** From the program counter outwards, as far as frame pointers lead; nothing of a thread that runs. */
function stackOf(task: Task): string[] {
  const { mm, thread } = task;
  if (!thread.stopped) return [];
  const lines: string[] = [];
  let ip = thread.register(Reg.rip);
  let frame = thread.register(Reg.rbp);
  while (lines.length < MOST_FRAMES) {
    const place = placeOf(task, ip);
    if (place === null) break;
    lines.push(`    at ${place}`);
    const words = frame === 0 ? null : mm.read(frame, FRAME_SIZE);
    if (words === null) break;
    const view = new DataView(words.buffer);
    const next = getU64(view, 0);
    ip = getU64(view, 8);
    if (next <= frame) break;
    frame = next;
  }
  return lines;
}

/** "/usr/lib/libc.so.6+0x1c2f0", or null for what is no code. */
function placeOf({ mm, kernel, fs }: Task, ip: number): string | null {
  const area = mm.areas.find(ip);
  if (area === null || (area.prot & PROT_EXEC) === 0) return null;
  const path = area.file?.path ?? null;
  const name = path === null ? area.name || "[anonymous]" : kernel.vfs.pathname(path, fs.root);
  return `${name}+0x${(area.offset + (ip - area.start)).toString(16)}`;
}
