/**
 * MqueueFile: an open POSIX message queue. mq_timedsend and mq_timedreceive go through send() and
 * receive(); read(2) tells the state of the queue as text, as the mqueue filesystem of Linux does.
 */
import { EAGAIN, ERESTARTSYS } from "../../abi/errno.ts";
import { O_NONBLOCK } from "../../abi/fcntl.ts";
import { refuse } from "../../base/refuse.ts";
import type { Waiter, WaitQueue } from "../../base/wait-queue.ts";
import type { Credentials } from "../cred/credentials.ts";
import type { UserBuffer } from "../mm/user-buffer.ts";
import { PARKED } from "../task/park.ts";
import type { Task } from "../task/task.ts";
import { File } from "../vfs/file.ts";
import type { Path } from "../vfs/path.ts";
import type { Mqueue } from "./mqueue.ts";
import { type MqueueMessage, MqueueWaiter } from "./mqueue-waiter.ts";

export class MqueueFile extends File implements Waiter {
  readonly mqueue: Mqueue;

  constructor(mqueue: Mqueue, path: Path | null, flags: number, credentials: Credentials) {
    super(mqueue, path, flags, credentials);
    this.mqueue = mqueue;
    mqueue.events.add(this, -1);
  }

  /** 0, -errno or PARKED. */
  send(task: Task, message: MqueueMessage, deadline: number): number {
    const { mqueue } = this;
    const sleeping = waiterOf(task);
    if (sleeping === null) {
      if (!mqueue.isFull) {
        mqueue.send(task, message);
        return 0;
      }
      if (this.nonblocking) return refuse(EAGAIN, "mq_send: the queue is full");
    }
    return this.#sleep(task, sleeping ?? new MqueueWaiter(task, message), deadline);
  }

  /** The message, -errno or PARKED. */
  receive(task: Task, deadline: number): MqueueMessage | number {
    const { mqueue } = this;
    const sleeping = waiterOf(task);
    if (sleeping === null) {
      if (mqueue.messages.length > 0) return mqueue.receive();
      if (this.nonblocking) return refuse(EAGAIN, "mq_receive: the queue is empty");
    }
    const waiter = sleeping ?? new MqueueWaiter(task, null);
    const rc = this.#sleep(task, waiter, deadline);
    return rc === 0 ? waiter.message! : rc;
  }

  #sleep(task: Task, waiter: MqueueWaiter, deadline: number): number {
    if (waiter.isDone) return 0;
    const { record } = task;
    if (record.note === null) {
      record.note = waiter;
      record.deadline = deadline;
      this.mqueue.wait(waiter);
    }
    task.waitOn(waiter.events, -1);
    const rc = task.park(record.deadline);
    if (rc !== PARKED) this.mqueue.leave(waiter);
    return rc === -ERESTARTSYS ? -ERESTARTSYS : rc;
  }

  override read(task: Task, into: UserBuffer): number {
    const { notification, bytes } = this.mqueue;
    const owner = task.numberOf(notification?.owner.pid ?? 0);
    const kind = notification !== null && notification.signo === 0 ? 1 : 0;
    const signo = notification?.signo ?? 0;
    const text = `QSIZE:${pad(bytes, 10)} NOTIFY:${pad(kind, 5)} SIGNO:${pad(signo, 5)} NOTIFY_PID:${pad(owner, 6)}\n`;
    const rest = Uint8Array.from(text.slice(this.position), (c) => c.charCodeAt(0));
    const n = into.put(rest, 0, Math.min(rest.length, into.remaining));
    if (n > 0) this.position += n;
    return n;
  }

  override poll(): number {
    return this.mqueue.poll();
  }

  onWake(_queue: WaitQueue, mask: number): boolean {
    this.queue.wake(mask);
    return false;
  }

  /** mq_setattr changes nothing else. */
  setNonblocking(on: boolean): void {
    this.flags = on ? this.flags | O_NONBLOCK : this.flags & ~O_NONBLOCK;
  }

  /** Closing any descriptor of the queue ends the process's notification. */
  override onClose(task: Task): void {
    if (this.mqueue.notification?.owner === task.group) this.mqueue.notification = null;
  }

  override release(): void {
    this.mqueue.events.remove(this);
  }
}

function waiterOf(task: Task): MqueueWaiter | null {
  return task.restart === null ? null : (task.restart.note as MqueueWaiter | null);
}

function pad(value: number, width: number): string {
  return String(value).padEnd(width);
}
