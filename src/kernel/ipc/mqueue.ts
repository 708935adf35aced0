/**
 * Mqueue: a POSIX message queue (mq_overview(7)) as the inode that the mqueue filesystem names.
 *  - Messages leave by priority, and by age within one. A message that somebody waits for goes
 *    straight to that receiver; a place that a waiting sender needs is filled by its message at once.
 *  - mq_notify tells one process that a message came into the empty queue, once.
 */

import { POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from "../../abi/poll.ts";
import { SI_MESGQ } from "../../abi/signal.ts";
import { WaitQueue } from "../../base/wait-queue.ts";
import { sendToGroup } from "../signal/send.ts";
import { SigInfo } from "../signal/siginfo.ts";
import type { Task } from "../task/task.ts";
import type { ThreadGroup } from "../task/thread-group.ts";
import { ATTR_GID, ATTR_MODE, ATTR_UID, type Attributes } from "../vfs/attributes.ts";
import type { File } from "../vfs/file.ts";
import { Inode } from "../vfs/inode.ts";
import type { Kstat } from "../vfs/kstat.ts";
import type { Path } from "../vfs/path.ts";
import { MqueueFile } from "./mqueue-file.ts";
import type { MqueueFilesystem } from "./mqueue-filesystem.ts";
import type { MqueueMessage, MqueueWaiter } from "./mqueue-waiter.ts";

/** st_size of every queue. */
const STATUS_SIZE = 80;
/** What Linux counts for the bookkeeping of one message: its header and its node of the tree. */
const MESSAGE_OVERHEAD = 96;

/** Whom mq_notify registered. */
export interface Notification {
  readonly owner: ThreadGroup;
  /** 0: SIGEV_NONE. */
  readonly signo: number;
  readonly valueLow: number;
  readonly valueHigh: number;
}

export class Mqueue extends Inode {
  declare readonly filesystem: MqueueFilesystem;
  readonly mostMessages: number;
  readonly mostBytes: number;
  readonly messages: MqueueMessage[] = [];
  /** Who polls. */
  readonly events = new WaitQueue();
  notification: Notification | null = null;
  nlink = 1;
  #senders: MqueueWaiter[] = [];
  #receivers: MqueueWaiter[] = [];
  readonly #creator: number;
  readonly #sec: number;
  readonly #nsec: number;

  constructor(
    filesystem: MqueueFilesystem,
    mode: number,
    uid: number,
    gid: number,
    mostMessages: number,
    mostBytes: number,
  ) {
    super(filesystem, filesystem.newIno(), mode, uid, gid);
    this.mostMessages = mostMessages;
    this.mostBytes = mostBytes;
    this.#creator = uid;
    this.#sec = filesystem.vfs.nowSec();
    this.#nsec = filesystem.vfs.now[1]!;
  }

  /** Bytes that a queue of this size counts against RLIMIT_MSGQUEUE. */
  static cost(mostMessages: number, mostBytes: number): number {
    return mostMessages * (mostBytes + MESSAGE_OVERHEAD);
  }

  get isFull(): boolean {
    return this.messages.length >= this.mostMessages;
  }

  /** Bytes of text in it. */
  get bytes(): number {
    let bytes = 0;
    for (const { text } of this.messages) bytes += text.length;
    return bytes;
  }

  poll(): number {
    const readable = this.messages.length > 0 ? POLLIN | POLLRDNORM : 0;
    return this.isFull ? readable : readable | POLLOUT | POLLWRNORM;
  }

  // --- messages -------------------------------------------------------------------------------

  /** The queue is not full. */
  send(task: Task, message: MqueueMessage): void {
    const receiver = next(this.#receivers);
    if (receiver !== undefined) {
      this.leave(receiver);
      receiver.message = message;
      return receiver.finish();
    }
    this.#insert(message);
    this.events.wake(POLLIN | POLLRDNORM);
    if (this.messages.length === 1) this.#notify(task);
  }

  /** The queue is not empty. */
  receive(): MqueueMessage {
    const message = this.messages.shift()!;
    const sender = next(this.#senders);
    if (sender === undefined) this.events.wake(POLLOUT | POLLWRNORM);
    else {
      this.leave(sender);
      this.#insert(sender.message!);
      sender.finish();
    }
    return message;
  }

  #insert(message: MqueueMessage): void {
    let at = this.messages.length;
    while (at > 0 && this.messages[at - 1]!.priority < message.priority) at--;
    this.messages.splice(at, 0, message);
  }

  wait(waiter: MqueueWaiter): void {
    if (waiter.message === null) this.#receivers.push(waiter);
    else this.#senders.push(waiter);
  }

  leave(waiter: MqueueWaiter): void {
    this.#receivers = this.#receivers.filter((other) => other !== waiter);
    this.#senders = this.#senders.filter((other) => other !== waiter);
  }

  #notify(sender: Task): void {
    const { notification } = this;
    if (notification === null) return;
    this.notification = null;
    if (notification.signo === 0) return;
    const { pid, credentials } = sender;
    const info = SigInfo.fromUser(notification.signo, SI_MESGQ, pid, credentials.uid);
    info.valueLow = notification.valueLow;
    info.valueHigh = notification.valueHigh;
    sendToGroup(notification.owner, info);
  }

  // --- the inode ------------------------------------------------------------------------------

  override getattr(out: Kstat): number {
    this.filesystem.fillStat(out, this, this.#sec, this.#nsec);
    out.nlink = this.nlink;
    out.size = STATUS_SIZE;
    return 0;
  }

  override setattr(_task: Task, changes: Attributes): number {
    if ((changes.valid & ATTR_MODE) !== 0) this.mode = (this.mode & ~0o7777) | changes.mode;
    if ((changes.valid & ATTR_UID) !== 0) this.uid = changes.uid;
    if ((changes.valid & ATTR_GID) !== 0) this.gid = changes.gid;
    return 0;
  }

  override open(task: Task, _face: Inode, path: Path | null, flags: number): File {
    return new MqueueFile(this, path, flags, task.credentials);
  }

  protected override evict(): void {
    this.filesystem.forget(this.#creator, Mqueue.cost(this.mostMessages, this.mostBytes));
  }
}

/** The first living waiter of the highest real-time priority. */
function next(waiters: readonly MqueueWaiter[]): MqueueWaiter | undefined {
  let best: MqueueWaiter | undefined;
  for (const waiter of waiters) {
    if (waiter.task.state === "dead") continue;
    if (best === undefined || waiter.task.schedPriority > best.task.schedPriority) best = waiter;
  }
  return best;
}
