/**
 * PidFile: a process as a descriptor (pidfd_open(2)): readable once the process is a zombie.
 */
import { O_CLOEXEC, O_NONBLOCK, O_RDWR } from "../../abi/fcntl.ts";
import { POLLHUP, POLLIN, POLLRDNORM } from "../../abi/poll.ts";
import type { Waiter } from "../../base/wait-queue.ts";
import type { Task } from "../task/task.ts";
import type { ThreadGroup } from "../task/thread-group.ts";
import { File } from "../vfs/file.ts";
import { anonymous } from "./nameless.ts";

export class PidFile extends File implements Waiter {
  readonly group: ThreadGroup;

  constructor(task: Task, group: ThreadGroup, flags: number) {
    const { inode, path } = anonymous(task.kernel.vfs, "[pidfd]");
    super(inode, path, O_RDWR | O_CLOEXEC | (flags & O_NONBLOCK), task.credentials);
    this.group = group;
    group.pidfdEvents.add(this, -1);
  }

  override poll(): number {
    if (!this.group.isZombie) return 0;
    return this.group.parent?.children.has(this.group) === false
      ? POLLIN | POLLRDNORM | POLLHUP
      : POLLIN | POLLRDNORM;
  }

  onWake(): boolean {
    this.queue.wake(POLLIN | POLLHUP);
    return false;
  }

  override release(): void {
    this.group.pidfdEvents.remove(this);
  }
}
