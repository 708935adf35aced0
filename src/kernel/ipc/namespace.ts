/**
 * IpcNamespace: all System V objects and POSIX message queues that a task can see, and their limits
 * (ipc_namespaces(7)). Hangs from task.namespaces.
 */
import { MSGMAX, MSGMNB, MSGMNI, SEMMNI, SHMMNI } from "../../abi/ipc.ts";
import { CLONE_NEWIPC } from "../../abi/sched.ts";
import { Namespace } from "../ns/namespace.ts";
import type { ThreadGroup } from "../task/thread-group.ts";
import { IpcIds } from "./ids.ts";
import type { MessageQueue } from "./message.ts";
import type { MqueueFilesystem } from "./mqueue-filesystem.ts";
import { type SemaphoreSet, undoOf } from "./semaphore.ts";
import type { ShmSegment } from "./shm.ts";

export class IpcNamespace extends Namespace {
  readonly segments = new IpcIds<ShmSegment>(SHMMNI, this.owner);
  readonly semaphores = new IpcIds<SemaphoreSet>(SEMMNI, this.owner);
  readonly queues = new IpcIds<MessageQueue>(MSGMNI, this.owner);
  /** fs.msgmax: the longest message; kernel.msgmnb: the room of a new queue. */
  messageMost = MSGMAX;
  queueRoom = MSGMNB;
  /** The directory of POSIX queues, made at first use. */
  mqueues: MqueueFilesystem | null = null;

  override get kind(): string {
    return "ipc";
  }

  override get flag(): number {
    return CLONE_NEWIPC;
  }

  /** Pages in segments. */
  get segmentPages(): number {
    let pages = 0;
    for (const segment of this.segments.all()) pages += segment.pages;
    return pages;
  }

  /** Semaphores in sets. */
  get semaphoreCount(): number {
    let count = 0;
    for (const set of this.semaphores.all()) count += set.length;
    return count;
  }

  processExits(group: ThreadGroup): void {
    if (this.semaphores.count > 0) undoOf(this.semaphores, group);
  }
}
