/**
 * MqueueWaiter: a task that sleeps in mq_timedsend or mq_timedreceive, and the message it sleeps with.
 * Whoever makes its wish come true says finish(); the task then finds it done.
 */
import { WaitQueue } from "../../base/wait-queue.ts";
import type { Task } from "../task/task.ts";

export interface MqueueMessage {
  readonly priority: number;
  readonly text: Uint8Array;
}

/** A task that waits: a sender has its message from the start, a receiver when it is woken. */
export class MqueueWaiter {
  readonly task: Task;
  message: MqueueMessage | null;
  isDone = false;
  readonly events = new WaitQueue();

  constructor(task: Task, message: MqueueMessage | null) {
    this.task = task;
    this.message = message;
  }

  finish(): void {
    this.isDone = true;
    this.events.wake(-1);
  }
}
