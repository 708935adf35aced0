/**
 * HostedProcess: a process of a container that somebody outside started and wants to hear the end of:
 * a container's first, or one of `exec`. It is told by the kernel while it ends; whoever asks later
 * finds the status.
 */
import { WEXITSTATUS, WIFEXITED, WTERMSIG } from "../../abi/wait.ts";
import type { Waiter } from "../../base/wait-queue.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { ThreadGroup } from "../../kernel/task/thread-group.ts";
import type { Console } from "../console.ts";

export class HostedProcess implements Waiter {
  readonly group: ThreadGroup;
  readonly task: Task;
  readonly console: Console | null;
  /** As a shell tells it, 128 + N for signal N; null while it lives. */
  exitStatus: number | null = null;

  constructor(task: Task, console: Console | null) {
    this.task = task;
    this.group = task.group;
    this.console = console;
    this.group.pidfdEvents.add(this, -1);
  }

  onWake(): boolean {
    if (!this.group.isZombie || this.exitStatus !== null) return false;
    const status = this.group.exitStatus;
    this.exitStatus = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    this.group.pidfdEvents.remove(this);
    return true;
  }
}
