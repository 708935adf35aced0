/**
 * What the kernel is doing, as text for a report of a bug of ours: each task with its state and the
 * system call it is in. It reads plain fields only, so that it works on a kernel that is broken.
 */
import type { Kernel } from "./kernel.ts";
import type { Task } from "./task/task.ts";

const MOST_TASKS = 200;

export function describeKernel(kernel: Kernel): string {
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
      lines.push(`  ${describeTask(task)}`);
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
