/**
 * CpuTime: processor time of tasks, as the host counts it for their threads. The host does not tell
 * user and system time apart for us in one cheap call: all of it is user time of the guest.
 */
import type { Task } from "../task/task.ts";
import type { ThreadGroup } from "../task/thread-group.ts";

export class CpuTime {
  /** Nanoseconds of one thread. */
  ofTask(task: Task): number {
    return task.state === "dead" ? 0 : task.thread.cpuNs();
  }

  /** Nanoseconds of a process: its space's threads, living or not, and the programs it was before. */
  ofGroup(group: ThreadGroup): number {
    const task = group.tasks[0];
    if (task === undefined) return group.deadUserNs;
    const { mm } = task;
    if (mm.users === group.tasks.length) return group.deadUserNs + mm.space.cpuNs();
    let sum = group.deadUserNs;
    for (const each of group.tasks) sum += this.ofTask(each);
    return sum;
  }

  /** The task leaves its space, which may end with it: keep what it used there. */
  leavesSpace(task: Task): void {
    const { mm, group } = task;
    if (mm.users === 1) group.deadUserNs += mm.space.cpuNs();
    else if (group.tasks.length === 1) group.deadUserNs += task.thread.cpuNs();
  }
}
