/**
 * POSIX message queues. Source: mq_overview(7), mq_open(3), mq_send(3), mq_receive(3), mq_notify(3),
 * mq_getsetattr(2). Names come without the slash that mq_open(3) asks for.
 */
import {
  EACCES,
  EBADF,
  EBUSY,
  EEXIST,
  EFAULT,
  EINVAL,
  EMSGSIZE,
  ENAMETOOLONG,
  ENOENT,
  EOPNOTSUPP,
  EPERM,
} from "../../abi/errno.ts";
import {
  O_ACCMODE,
  O_CREAT,
  O_EXCL,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
} from "../../abi/fcntl.ts";
import { MQ_PRIO_MAX, mq_attr } from "../../abi/ipc.ts";
import { NAME_MAX } from "../../abi/limits.ts";
import { NSIG, SIGEV_NONE, SIGEV_SIGNAL, SIGEV_THREAD, sigevent } from "../../abi/signal.ts";
import { CLOCK_REALTIME } from "../../abi/time.ts";
import { refuse } from "../../base/refuse.ts";
import { getFile } from "../../kernel/fd/get.ts";
import { installFile } from "../../kernel/fd/install.ts";
import type { Mqueue } from "../../kernel/ipc/mqueue.ts";
import { MqueueFile } from "../../kernel/ipc/mqueue-file.ts";
import {
  DEFAULT_BYTES,
  DEFAULT_MESSAGES,
  type MqueueFilesystem,
  mqueuesOf,
} from "../../kernel/ipc/mqueue-filesystem.ts";
import type { MqueueMessage } from "../../kernel/ipc/mqueue-waiter.ts";
import type { Task } from "../../kernel/task/task.ts";
import { deadlineOf } from "../../kernel/time/read-time.ts";
import { MAY_READ, MAY_WRITE, stickyAllows } from "../../kernel/vfs/permission.ts";
import { copyOut } from "./shm.ts";

export function mq_open(
  task: Task,
  nameAt: number,
  flags: number,
  mode: number,
  attributesAt: number,
): number {
  const name = readName(task, nameAt);
  if (typeof name === "number") return name;
  const filesystem = mqueuesOf(task.kernel.vfs, task.namespaces.ipc);
  const queue = findOrMake(task, filesystem, name, flags, mode, attributesAt);
  if (typeof queue === "number") return queue;
  const path = filesystem.path(queue, name);
  const kept = flags & (O_ACCMODE | O_NONBLOCK);
  const file = new MqueueFile(queue, path, kept, task.credentials);
  queue.drop();
  return installFile(task, file, true);
}

/** The queue with a hold of the caller's, or -errno. */
function findOrMake(
  task: Task,
  filesystem: MqueueFilesystem,
  name: string,
  flags: number,
  mode: number,
  attributesAt: number,
): Mqueue | number {
  const found = filesystem.root.queues.get(name);
  if (found !== undefined) {
    const rc = mayOpen(task, found, flags);
    return rc < 0 ? rc : found.hold();
  }
  if ((flags & O_CREAT) === 0) return refuse(ENOENT, "mq_open: no such queue");
  let messages = DEFAULT_MESSAGES;
  let bytes = DEFAULT_BYTES;
  if (attributesAt !== 0) {
    const view = task.mm.view(attributesAt, mq_attr.size);
    if (view === null) return -EFAULT;
    const given = mq_attr.read(view, 0);
    messages = given.mq_maxmsg;
    bytes = given.mq_msgsize;
  }
  if ((flags & O_ACCMODE) === O_ACCMODE) return refuse(EINVAL, "mq_open: no such access mode");
  const made = filesystem.make(task, mode & ~task.fs.umask, messages, bytes);
  return typeof made === "number" ? made : filesystem.root.add(name, made);
}

function mayOpen(task: Task, queue: Mqueue, flags: number): number {
  if ((flags & O_CREAT) !== 0 && (flags & O_EXCL) !== 0)
    return refuse(EEXIST, "mq_open: the queue exists");
  const access = flags & O_ACCMODE;
  if (access === O_ACCMODE) return refuse(EINVAL, "mq_open: no such access mode");
  const read = access === O_RDONLY || access === O_RDWR ? MAY_READ : 0;
  const write = access === O_WRONLY || access === O_RDWR ? MAY_WRITE : 0;
  return queue.permission(task.credentials, read | write, null);
}

function readName(task: Task, at: number): string | number {
  const name = task.mm.readPath(at);
  if (typeof name === "number") return name;
  if (name === "") return refuse(ENOENT, "mq_open: no name");
  if (name.includes("/") || name === "." || name === "..")
    return refuse(EACCES, "mq_open: not a plain name");
  return name.length > NAME_MAX ? refuse(ENAMETOOLONG, "mq_open: the name is too long") : name;
}

export function mq_unlink(task: Task, nameAt: number): number {
  const name = readName(task, nameAt);
  if (typeof name === "number") return name;
  const { root } = mqueuesOf(task.kernel.vfs, task.namespaces.ipc);
  const queue = root.queues.get(name);
  if (queue === undefined) return refuse(ENOENT, "mq_unlink: no such queue");
  const may = root.permission(task.credentials, MAY_WRITE, null);
  if (may < 0) return may;
  if (!stickyAllows(task.credentials, root, queue))
    return refuse(EPERM, "mq_unlink: not the owner");
  return root.unlink(task, name, queue);
}

// --- messages ---------------------------------------------------------------------------------

export function mq_timedsend(
  task: Task,
  fd: number,
  at: number,
  length: number,
  priority: number,
  timeoutAt: number,
): number {
  if (priority >= MQ_PRIO_MAX) return refuse(EINVAL, "mq_send: priority too high");
  const deadline = deadlineAt(task, timeoutAt);
  if (deadline < 0) return deadline;
  const file = queueOf(task, fd);
  if (file === null || !file.writable) return -EBADF;
  if (length > file.mqueue.mostBytes)
    return refuse(EMSGSIZE, "mq_send: longer than the queue's messages");
  const text = task.mm.read(at, length);
  if (text === null) return -EFAULT;
  return file.send(task, { priority, text }, deadline);
}

export function mq_timedreceive(
  task: Task,
  fd: number,
  at: number,
  length: number,
  priorityAt: number,
  timeoutAt: number,
): number {
  const deadline = deadlineAt(task, timeoutAt);
  if (deadline < 0) return deadline;
  const file = queueOf(task, fd);
  if (file === null || !file.readable) return -EBADF;
  if (length < file.mqueue.mostBytes)
    return refuse(EMSGSIZE, "mq_receive: no room for the queue's messages");
  const message = file.receive(task, deadline);
  return typeof message === "number" ? message : give(task, message, at, priorityAt);
}

function give(task: Task, message: MqueueMessage, at: number, priorityAt: number): number {
  const { text, priority } = message;
  if (priorityAt !== 0 && task.mm.writeU32(priorityAt, priority) < 0) return -EFAULT;
  return task.mm.write(at, text) < 0 ? -EFAULT : text.length;
}

/** The timeout is absolute, on the wall clock; one that is being waited for is kept. */
function deadlineAt(task: Task, at: number): number {
  if (at === 0) return Infinity;
  if (task.restart !== null && task.restart.note !== null) return task.restart.deadline;
  return deadlineOf(task, at, CLOCK_REALTIME);
}

function queueOf(task: Task, fd: number): MqueueFile | null {
  const file = getFile(task, fd);
  return file instanceof MqueueFile ? file : null;
}

// --- the rest ---------------------------------------------------------------------------------

export function mq_notify(task: Task, fd: number, eventAt: number): number {
  let event = null;
  if (eventAt !== 0) {
    const view = task.mm.view(eventAt, sigevent.size);
    if (view === null) return -EFAULT;
    event = sigevent.read(view, 0);
    const { sigev_notify: kind, sigev_signo: signo } = event;
    if (kind !== SIGEV_NONE && kind !== SIGEV_SIGNAL && kind !== SIGEV_THREAD)
      return refuse(EINVAL, "mq_notify: no such way to notify");
    if (kind === SIGEV_SIGNAL && (signo < 0 || signo > NSIG))
      return refuse(EINVAL, "mq_notify: no such signal");
    if (kind === SIGEV_THREAD)
      return refuse(EOPNOTSUPP, "mq_notify: SIGEV_THREAD is not supported");
  }
  const file = queueOf(task, fd);
  if (file === null) return -EBADF;
  const { mqueue } = file;
  const owner = task.group;
  if (event === null) {
    if (mqueue.notification?.owner === owner) mqueue.notification = null;
    return 0;
  }
  if (mqueue.notification !== null)
    return refuse(EBUSY, "mq_notify: another process is registered");
  mqueue.notification = {
    owner,
    signo: event.sigev_notify === SIGEV_SIGNAL ? event.sigev_signo : 0,
    valueLow: event.sigev_value.lo,
    valueHigh: event.sigev_value.hi,
  };
  return 0;
}

export function mq_getsetattr(task: Task, fd: number, newAt: number, oldAt: number): number {
  let wanted: number | null = null;
  if (newAt !== 0) {
    const view = task.mm.view(newAt, mq_attr.size);
    if (view === null) return -EFAULT;
    wanted = mq_attr.read(view, 0).mq_flags;
    if (wanted !== 0 && wanted !== O_NONBLOCK)
      return refuse(EINVAL, "mq_setattr: only O_NONBLOCK can change");
  }
  const file = queueOf(task, fd);
  if (file === null) return -EBADF;
  const { mqueue } = file;
  const old = {
    mq_flags: file.flags & O_NONBLOCK,
    mq_maxmsg: mqueue.mostMessages,
    mq_msgsize: mqueue.mostBytes,
    mq_curmsgs: mqueue.messages.length,
  };
  if (wanted !== null) file.setNonblocking(wanted !== 0);
  return oldAt === 0 ? 0 : copyOut(task, oldAt, mq_attr, old);
}
