/**
 * Message queues (msgsnd(2), msgrcv(2)).
 *  - A message that somebody waits for goes straight to that receiver, in the order in which they
 *    came to wait; it is never in the queue.
 *  - A sender that finds no room tries again when there may be some.
 */
import { E2BIG, EAGAIN, EIDRM } from "../../abi/errno.ts";
import { WaitQueue } from "../../base/wait-queue.ts";
import type { Task } from "../task/task.ts";
import { IpcObject } from "./ids.ts";

export interface Message {
  readonly type: number;
  readonly text: Uint8Array;
}

/** How msgrcv chooses. */
export type Selection = "any" | "equal" | "notEqual" | "lowest";

/** A task that waits for a message. */
export class Receiver {
  readonly task: Task;
  readonly selection: Selection;
  readonly type: number;
  /** The longest text it takes; Infinity with MSG_NOERROR. */
  readonly most: number;
  readonly events = new WaitQueue();
  message: Message | null = null;
  /** -errno that ends the wait. */
  error = 0;

  constructor(task: Task, selection: Selection, type: number, most: number) {
    this.task = task;
    this.selection = selection;
    this.type = type;
    this.most = most;
  }

  takes(type: number): boolean {
    if (this.selection === "any") return true;
    if (this.selection === "equal") return type === this.type;
    return this.selection === "notEqual" ? type !== this.type : type <= this.type;
  }

  fail(error: number): void {
    this.error = error;
    this.events.wake(-1);
  }
}

export class MessageQueue extends IpcObject {
  readonly messages: Message[] = [];
  bytes = 0;
  /** msg_qbytes: the most bytes, and the most messages, in it. */
  room: number;
  sentSec = 0;
  receivedSec = 0;
  lastSender = 0;
  lastReceiver = 0;
  /** Senders that found no room. */
  readonly roomEvents = new WaitQueue();
  #receivers: Receiver[] = [];

  constructor(task: Task, key: number, mode: number, room: number) {
    super(key, mode, task.credentials, task.kernel.vfs.nowSec());
    this.room = room;
  }

  fits(length: number): boolean {
    return this.bytes + length <= this.room && this.messages.length + 1 <= this.room;
  }

  send(task: Task, message: Message): void {
    this.lastSender = task.pid;
    this.sentSec = task.kernel.vfs.nowSec();
    if (this.#handOver(message)) return;
    this.messages.push(message);
    this.bytes += message.text.length;
  }

  /** Give the message to a waiting receiver. Those for whom it is too long fail on the way. */
  #handOver(message: Message): boolean {
    for (const receiver of this.#receivers.slice()) {
      if (receiver.task.state === "dead" || !receiver.takes(message.type)) continue;
      this.leave(receiver);
      if (message.text.length > receiver.most) {
        receiver.fail(-E2BIG);
        continue;
      }
      receiver.message = message;
      this.lastReceiver = receiver.task.pid;
      this.receivedSec = this.sentSec;
      receiver.events.wake(-1);
      return true;
    }
    return false;
  }

  /** The message that a receiver would get: its index, or -1. */
  select(receiver: Receiver): number {
    let found = -1;
    for (const [index, { type }] of this.messages.entries()) {
      if (!receiver.takes(type)) continue;
      if (receiver.selection !== "lowest") return index;
      if (found < 0 || type < this.messages[found]!.type) found = index;
    }
    return found;
  }

  take(task: Task, index: number): Message {
    const message = this.messages.splice(index, 1)[0]!;
    this.bytes -= message.text.length;
    this.lastReceiver = task.pid;
    this.receivedSec = task.kernel.vfs.nowSec();
    this.roomEvents.wake(-1);
    return message;
  }

  wait(receiver: Receiver): void {
    this.#receivers.push(receiver);
  }

  leave(receiver: Receiver): void {
    this.#receivers = this.#receivers.filter((other) => other !== receiver);
  }

  /** IPC_SET: permissions and room may be others now; whoever waits looks again. */
  changed(): void {
    for (const receiver of this.#receivers) receiver.fail(-EAGAIN);
    this.#receivers = [];
    this.roomEvents.wake(-1);
  }

  /** IPC_RMID. */
  destroy(): void {
    for (const receiver of this.#receivers) receiver.fail(-EIDRM);
    this.#receivers = [];
    this.messages.length = 0;
    this.bytes = 0;
    this.roomEvents.wake(-1);
  }
}
