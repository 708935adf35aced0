/**
 * msgget, msgsnd, msgrcv, msgctl. Source: msgget(2), msgop(2), msgctl(2).
 */
import { CAP_SYS_RESOURCE } from "../../abi/capability.ts";
import {
  E2BIG,
  EACCES,
  EAGAIN,
  EFAULT,
  EIDRM,
  EINVAL,
  ENOMSG,
  EPERM,
  ERESTARTNOHAND,
} from "../../abi/errno.ts";
import {
  IPC_INFO,
  IPC_NOWAIT,
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  MSG_COPY,
  MSG_EXCEPT,
  MSG_INFO,
  MSG_NOERROR,
  MSG_STAT,
  MSG_STAT_ANY,
  MSGMNB,
  MSGMNI,
  msginfo,
  msqid_ds,
} from "../../abi/ipc.ts";
import { refuse } from "../../base/refuse.ts";
import { type Message, MessageQueue, Receiver } from "../../kernel/ipc/message.ts";
import { PARKED } from "../../kernel/task/park.ts";
import type { Task } from "../../kernel/task/task.ts";
import { copyOut } from "./shm.ts";

/** A message's type, before its text. */
const TYPE_SIZE = 8;
/** What IPC_INFO says of structures that Linux no longer has. */
const MSGSSZ = 16;
const MSGSEG = 0xffff;
const MSGPOOL = (MSGMNI * MSGMNB) / 1024;

export function msgget(task: Task, key: number, flags: number): number {
  const { ipc } = task.namespaces;
  const found = ipc.queues.find(key, flags);
  if (typeof found === "number") return found;
  if (found !== null) return ipc.queues.open(found, task.credentials, flags);
  return ipc.queues.add(new MessageQueue(task, key, flags, ipc.queueRoom));
}

// --- msgsnd -----------------------------------------------------------------------------------

/** What a waiting msgsnd keeps: the message as it was when the call was made. */
interface Sending {
  readonly queue: MessageQueue;
  readonly message: Message;
}

export function msgsnd(task: Task, id: number, at: number, size: number, flags: number): number {
  const sleeping = task.restart === null ? null : (task.restart.note as Sending | null);
  if (sleeping !== null) return send(task, sleeping.queue, sleeping.message, flags);
  const type = task.mm.readI64(at);
  if (Number.isNaN(type)) return -EFAULT;
  if (size > task.namespaces.ipc.messageMost || id < 0 || type < 1)
    return refuse(EINVAL, "msgsnd: bad size, id or type");
  const text = task.mm.read(at + TYPE_SIZE, size);
  if (text === null) return -EFAULT;
  const queue = task.namespaces.ipc.queues.get(id);
  if (typeof queue === "number") return queue;
  return send(task, queue, { type, text }, flags);
}

function send(task: Task, queue: MessageQueue, message: Message, flags: number): number {
  if (queue.isRemoved) return -EIDRM;
  if (!queue.permits(task.credentials, 0o222)) return refuse(EACCES, "msgsnd: permissions");
  if (queue.fits(message.text.length)) {
    queue.send(task, message);
    return 0;
  }
  if ((flags & IPC_NOWAIT) !== 0) return refuse(EAGAIN, "msgsnd: the queue is full");
  const note: Sending = { queue, message };
  task.record.note = note;
  task.waitOn(queue.roomEvents, -1);
  // No handler restarts it (signal(7)), but a stop does.
  return task.park() === PARKED ? PARKED : -ERESTARTNOHAND;
}

// --- msgrcv -----------------------------------------------------------------------------------

interface Receiving {
  readonly queue: MessageQueue;
  readonly receiver: Receiver;
}

export function msgrcv(
  task: Task,
  id: number,
  at: number,
  size: number,
  type: number,
  flags: number,
): number {
  const sleeping = task.restart === null ? null : (task.restart.note as Receiving | null);
  if (sleeping !== null) {
    const { queue, receiver } = sleeping;
    // Waiters are told to look again with EAGAIN (IPC_SET).
    if (receiver.error !== -EAGAIN) return awaitMessage(task, queue, receiver, at, size);
    task.record.note = null;
  }
  if (id < 0 || size >= 2 ** 63) return refuse(EINVAL, "msgrcv: bad id or size");
  if ((flags & MSG_COPY) !== 0 && ((flags & MSG_EXCEPT) !== 0 || (flags & IPC_NOWAIT) === 0))
    return refuse(EINVAL, "msgrcv: MSG_COPY goes with IPC_NOWAIT alone");
  const queue = task.namespaces.ipc.queues.get(id);
  if (typeof queue === "number") return queue;
  if (!queue.permits(task.credentials, 0o444)) return refuse(EACCES, "msgrcv: permissions");
  if ((flags & MSG_COPY) !== 0) return copyMessage(task, queue, at, size, type, flags);
  const receiver = makeReceiver(task, size, type, flags);
  const index = queue.select(receiver);
  if (index >= 0) {
    if (queue.messages[index]!.text.length > receiver.most)
      return refuse(E2BIG, "msgrcv: the message is longer");
    return give(task, queue.take(task, index), at, size);
  }
  if ((flags & IPC_NOWAIT) !== 0) return refuse(ENOMSG, "msgrcv: no such message");
  queue.wait(receiver);
  const note: Receiving = { queue, receiver };
  task.record.note = note;
  return awaitMessage(task, queue, receiver, at, size);
}

function makeReceiver(task: Task, size: number, type: number, flags: number): Receiver {
  const most = (flags & MSG_NOERROR) !== 0 ? Infinity : size;
  if (type === 0) return new Receiver(task, "any", 0, most);
  if (type < 0) return new Receiver(task, "lowest", -type, most);
  return new Receiver(task, (flags & MSG_EXCEPT) !== 0 ? "notEqual" : "equal", type, most);
}

function awaitMessage(
  task: Task,
  queue: MessageQueue,
  receiver: Receiver,
  at: number,
  size: number,
): number {
  if (receiver.message !== null) return give(task, receiver.message, at, size);
  if (receiver.error !== 0) return receiver.error;
  task.waitOn(receiver.events, -1);
  const rc = task.park();
  if (rc === PARKED) return PARKED;
  queue.leave(receiver);
  return -ERESTARTNOHAND;
}

/** MSG_COPY: the message at a place in the queue, which keeps it. */
function copyMessage(
  task: Task,
  queue: MessageQueue,
  at: number,
  size: number,
  place: number,
  flags: number,
): number {
  const message = queue.messages[place];
  if (message === undefined) return refuse(ENOMSG, "msgrcv: no message at that place");
  // Linux cuts no copies: MSG_NOERROR only changes the error.
  if (message.text.length > size)
    return refuse((flags & MSG_NOERROR) === 0 ? E2BIG : EINVAL, "msgrcv: the message is longer");
  return give(task, message, at, size);
}

function give(task: Task, message: Message, at: number, size: number): number {
  const length = Math.min(size, message.text.length);
  const bytes = new Uint8Array(TYPE_SIZE + length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, message.type % 2 ** 32, true);
  view.setUint32(4, Math.floor(message.type / 2 ** 32), true);
  bytes.set(message.text.subarray(0, length), TYPE_SIZE);
  return task.mm.write(at, bytes) < 0 ? -EFAULT : length;
}

// --- msgctl -----------------------------------------------------------------------------------

export function msgctl(task: Task, id: number, command: number, at: number): number {
  if (id < 0 || command < 0) return refuse(EINVAL, "msgctl: negative id or command");
  switch (command) {
    case IPC_INFO:
    case MSG_INFO:
      return info(task, command === MSG_INFO, at);
    case IPC_STAT:
    case MSG_STAT:
    case MSG_STAT_ANY:
      return stat(task, id, command, at);
    case IPC_SET:
    case IPC_RMID:
      return control(task, id, command, at);
    default:
      return refuse(EINVAL, "msgctl: no such command");
  }
}

function info(task: Task, inUse: boolean, at: number): number {
  const { queues, messageMost, queueRoom } = task.namespaces.ipc;
  let messages = 0;
  let bytes = 0;
  for (const queue of queues.all()) {
    messages += queue.messages.length;
    bytes += queue.bytes;
  }
  const value = {
    msgpool: inUse ? queues.count : MSGPOOL,
    msgmap: inUse ? messages : MSGMNB,
    msgmax: messageMost,
    msgmnb: queueRoom,
    msgmni: queues.limit,
    msgssz: MSGSSZ,
    msgtql: inUse ? bytes : MSGMNB,
    msgseg: MSGSEG,
  };
  return copyOut(task, at, msginfo, value, queues.highestSlot);
}

function stat(task: Task, id: number, command: number, at: number): number {
  const { queues } = task.namespaces.ipc;
  const queue = command === IPC_STAT ? queues.get(id) : queues.inSlot(id);
  if (typeof queue === "number") return queue;
  if (command !== MSG_STAT_ANY && !queue.permits(task.credentials, 0o444))
    return refuse(EACCES, "msgctl: permissions");
  const value = {
    msg_perm: queue.permission(task),
    msg_stime: queue.sentSec,
    msg_rtime: queue.receivedSec,
    msg_ctime: queue.changedSec,
    msg_cbytes: queue.bytes,
    msg_qnum: queue.messages.length,
    msg_qbytes: queue.room,
    msg_lspid: task.numberOf(queue.lastSender),
    msg_lrpid: task.numberOf(queue.lastReceiver),
  };
  return copyOut(task, at, msqid_ds, value, command === IPC_STAT ? 0 : queue.id);
}

function control(task: Task, id: number, command: number, at: number): number {
  const { queues, queueRoom } = task.namespaces.ipc;
  const view = command === IPC_SET ? task.mm.view(at, msqid_ds.size) : null;
  if (command === IPC_SET && view === null) return -EFAULT;
  const queue = queues.get(id);
  if (typeof queue === "number") return queue;
  if (!queue.mayControl(task.credentials)) return refuse(EPERM, "msgctl: not the owner");
  if (view === null) {
    queues.remove(queue);
    queue.destroy();
    return 0;
  }
  const { msg_perm, msg_qbytes } = msqid_ds.read(view, 0);
  if (msg_qbytes > queueRoom && !task.credentials.has(CAP_SYS_RESOURCE))
    return refuse(EPERM, "msgctl: more room than kernel.msgmnb");
  const rc = queue.change(task, msg_perm);
  if (rc < 0) return rc;
  queue.room = msg_qbytes;
  queue.changed();
  return 0;
}
