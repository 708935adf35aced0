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

  /** Nanoseconds of a process: living threads and those that are gone. */
  ofGroup(group: ThreadGroup): number {
    let sum = group.deadUserNs;
    for (const task of group.tasks) sum += this.ofTask(task);
    return sum;
  }

  /** The thread is about to end on the host: keep what it used. */
  threadGone(task: Task): void {
    task.group.deadUserNs += task.thread.cpuNs();
  }
}
