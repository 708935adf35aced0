/**
 * Linux AIO. Source: io_setup(2), io_submit(2), io_getevents(2), io_cancel(2), io_destroy(2). Reads
 * and writes are done at submission: for regular files that is what Linux does too, unless they are
 * open with O_DIRECT.
 */
import {
  EAGAIN,
  EBADF,
  EFAULT,
  EINPROGRESS,
  EINTR,
  EINVAL,
  EOPNOTSUPP,
  ERESTARTSYS,
  ETIMEDOUT,
} from "../../abi/errno.ts";
import { MAP_ANONYMOUS, MAP_PRIVATE, PROT_READ, PROT_WRITE } from "../../abi/mman.ts";
import type { ValueOf } from "../../abi/struct.ts";
import {
  IOCB_CMD_FDSYNC,
  IOCB_CMD_FSYNC,
  IOCB_CMD_POLL,
  IOCB_CMD_PREAD,
  IOCB_CMD_PREADV,
  IOCB_CMD_PWRITE,
  IOCB_CMD_PWRITEV,
  IOCB_FLAG_RESFD,
  io_event,
  iocb,
  rwfFlags,
} from "../../abi/uio.ts";
import { refuse } from "../../base/refuse.ts";
import { AioContext, AioContexts, AioPoll, type AioRequest } from "../../kernel/aio/context.ts";
import { getFile } from "../../kernel/fd/get.ts";
import { EventFd } from "../../kernel/files/eventfd.ts";
import { readIovec } from "../../kernel/mm/iovec.ts";
import { pageUp } from "../../kernel/mm/mm.ts";
import { map, unmap } from "../../kernel/mm/mmap.ts";
import { UserBuffer } from "../../kernel/mm/user-buffer.ts";
import { applyTemporaryMask } from "../../kernel/signal/temporary-mask.ts";
import { PARKED } from "../../kernel/task/park.ts";
import type { Task } from "../../kernel/task/task.ts";
import { readTimespecNs } from "../../kernel/time/read-time.ts";
import type { File } from "../../kernel/vfs/file.ts";

type Iocb = ValueOf<typeof iocb.fields>;

/** fs.aio-max-nr. */
const MOST_EVENTS = 65536;
const RING_HEADER = 32;
const SSIZE_LIMIT = 2 ** 63;

export function io_setup(task: Task, count: number, idAt: number): number {
  const old = task.mm.readU64(idAt);
  if (Number.isNaN(old)) return -EFAULT;
  if (old !== 0 || count === 0) return refuse(EINVAL, "io_setup: no events, or an old context");
  if (count > MOST_EVENTS) return refuse(EAGAIN, "io_setup: more than fs.aio-max-nr events");
  // Twice what was asked for, as Linux gives to have some for every processor.
  const wanted = Math.max(count, task.kernel.cpus * 4) * 2;
  const mappedBytes = pageUp(RING_HEADER + (wanted + 2) * io_event.size);
  const id = map(task.mm, task.thread, {
    address: 0,
    length: mappedBytes,
    prot: PROT_READ | PROT_WRITE,
    flags: MAP_PRIVATE | MAP_ANONYMOUS,
    file: null,
    offset: 0,
    name: "/[aio] (deleted)",
  });
  if (id < 0) return id;
  task.mm.aio ??= new AioContexts();
  task.mm.aio.add(new AioContext(id, mappedBytes, wanted));
  return task.mm.writeU64(idAt, id);
}

function find(task: Task, id: number): AioContext | null {
  return task.mm.aio?.get(id) ?? null;
}

export function io_destroy(task: Task, id: number): number {
  const context = find(task, id);
  if (context === null) return refuse(EINVAL, "io_destroy: no such context");
  task.mm.aio!.remove(context);
  unmap(task.mm, task.thread, id, context.mappedBytes);
  return 0;
}

// --- submission -------------------------------------------------------------------------------

export function io_submit(task: Task, id: number, count: number, listAt: number): number {
  if (count < 0) return refuse(EINVAL, "io_submit: negative count");
  const context = find(task, id);
  if (context === null) return refuse(EINVAL, "io_submit: no such context");
  const most = Math.min(count, context.capacity);
  // A request may wait (a pipe without data): those before it are done.
  for (let i = task.restart?.progress ?? 0; i < most; i++) {
    const at = task.mm.readU64(listAt + i * 8);
    const rc = Number.isNaN(at) ? -EFAULT : submit(task, context, at);
    if (rc === PARKED) {
      task.record.progress = i;
      return PARKED;
    }
    if (rc < 0) return i > 0 ? i : rc;
  }
  return most;
}

/** 0, PARKED, or -errno of a request that could not be made. */
function submit(task: Task, context: AioContext, at: number): number {
  const bytes = task.mm.read(at, iocb.size);
  if (bytes === null) return -EFAULT;
  const given = iocb.read(new DataView(bytes.buffer), 0);
  if (given.aio_reserved2 !== 0) return refuse(EINVAL, "io_submit: reserved field is not 0");
  if (given.aio_nbytes >= SSIZE_LIMIT) return refuse(EINVAL, "io_submit: length above SSIZE_MAX");
  if (context.isFull) return refuse(EAGAIN, "io_submit: no room for events");
  const file = getFile(task, given.aio_fildes | 0);
  if (file === null) return -EBADF;
  const eventFd = eventFdOf(task, given);
  if (typeof eventFd === "number") return eventFd;
  const { lo, hi } = given.aio_data;
  const request = { iocb: at, dataLow: lo, dataHigh: hi, eventFd };
  if (given.aio_lio_opcode === IOCB_CMD_POLL) return poll(context, given, request, file);
  const result = perform(task, given, file);
  if (result === PARKED) return PARKED;
  if (result instanceof Refused) return result.error;
  eventFd?.ref();
  // There is no restarting what others have seen done.
  context.complete(request, result === -ERESTARTSYS ? -EINTR : result);
  return 0;
}

function eventFdOf(task: Task, given: Iocb): EventFd | null | number {
  if ((given.aio_flags & IOCB_FLAG_RESFD) === 0) return null;
  const file = getFile(task, given.aio_resfd | 0);
  if (file === null) return -EBADF;
  return file instanceof EventFd ? file : refuse(EINVAL, "io_submit: aio_resfd is no eventfd");
}

/** A request that is not made, as against one that fails. */
class Refused {
  readonly error: number;

  constructor(error: number) {
    this.error = error;
  }
}

function perform(task: Task, given: Iocb, file: File): number | Refused {
  switch (given.aio_lio_opcode) {
    case IOCB_CMD_PREAD:
    case IOCB_CMD_PREADV:
      return transfer(task, given, file, true);
    case IOCB_CMD_PWRITE:
    case IOCB_CMD_PWRITEV:
      return transfer(task, given, file, false);
    case IOCB_CMD_FSYNC:
    case IOCB_CMD_FDSYNC: {
      const isPlain = given.aio_buf === 0 && given.aio_offset === 0 && given.aio_nbytes === 0;
      if (!isPlain || given.aio_rw_flags !== 0) return new Refused(-EINVAL);
      const rc = file.fsync();
      return rc === -EINVAL ? new Refused(-EINVAL) : rc;
    }
    default:
      return new Refused(refuse(EINVAL, "io_submit: no such operation"));
  }
}

function transfer(task: Task, given: Iocb, file: File, isRead: boolean): number | Refused {
  if (rwfFlags.unknown(given.aio_rw_flags) !== 0) return new Refused(-EOPNOTSUPP);
  if (isRead ? !file.readable : !file.writable) return new Refused(-EBADF);
  const isVector =
    given.aio_lio_opcode === IOCB_CMD_PREADV || given.aio_lio_opcode === IOCB_CMD_PWRITEV;
  const buffer = isVector
    ? readIovec(task.mm, given.aio_buf, given.aio_nbytes)
    : UserBuffer.of(task.mm, given.aio_buf, given.aio_nbytes);
  if (typeof buffer === "number") return new Refused(buffer);
  if (file.seekable && given.aio_offset < 0) return new Refused(-EINVAL);
  if (!file.seekable) return isRead ? file.read(task, buffer) : file.write(task, buffer);
  return isRead
    ? file.pread(task, buffer, given.aio_offset)
    : file.pwrite(task, buffer, given.aio_offset);
}

function poll(context: AioContext, given: Iocb, request: AioRequest, file: File): number {
  const mask = given.aio_buf;
  const isPlain = given.aio_offset === 0 && given.aio_nbytes === 0 && given.aio_rw_flags === 0;
  if (mask > 0xffff || !isPlain) return refuse(EINVAL, "io_submit: a poll has only a mask");
  request.eventFd?.ref();
  context.startPoll(new AioPoll(context, request, file, mask));
  return 0;
}

/** Only a poll can be under way; its event says 0. */
export function io_cancel(task: Task, id: number, at: number): number {
  const key = task.mm.readU32(at + iocb.at.aio_key);
  if (Number.isNaN(key)) return -EFAULT;
  const context = find(task, id);
  if (context === null || key !== 0) return refuse(EINVAL, "io_cancel: no such context or request");
  for (const each of context.polls) {
    if (each.request.iocb !== at) continue;
    context.finishPoll(each, 0);
    return -EINPROGRESS;
  }
  return refuse(EINVAL, "io_cancel: the request is over");
}

// --- events -----------------------------------------------------------------------------------

export function io_getevents(
  task: Task,
  id: number,
  least: number,
  most: number,
  eventsAt: number,
  timeoutAt: number,
): number {
  const deadline = deadlineOf(task, timeoutAt);
  if (deadline < 0) return deadline;
  const context = find(task, id);
  if (context === null) return refuse(EINVAL, "io_getevents: no such context");
  if (least < 0 || least > most) return refuse(EINVAL, "io_getevents: bad counts");
  const { record } = task;
  while (record.progress < most && context.events.length > 0) {
    const at = eventsAt + record.progress * io_event.size;
    if (writeEvent(task, context, at) < 0) return record.progress > 0 ? record.progress : -EFAULT;
    record.progress++;
  }
  if (record.progress >= least) return record.progress;
  if (task.kernel.clock.monotonicNs() >= deadline) return record.progress;
  task.waitOn(context.readers, -1);
  const rc = task.park(deadline);
  if (rc === PARKED) return PARKED;
  if (record.progress > 0 || rc === -ETIMEDOUT) return record.progress;
  return -EINTR;
}

function deadlineOf(task: Task, at: number): number {
  if (at === 0) return Infinity;
  if (task.restart !== null) return task.restart.deadline;
  const ns = readTimespecNs(task, at);
  return ns < 0 ? ns : task.deadlineIn(ns);
}

function writeEvent(task: Task, context: AioContext, at: number): number {
  const { request, result } = context.events[0]!;
  const bytes = new Uint8Array(io_event.size);
  io_event.write(new DataView(bytes.buffer), 0, {
    data: { lo: request.dataLow, hi: request.dataHigh },
    obj: request.iocb,
    res: result,
  });
  if (task.mm.write(at, bytes) < 0) return -EFAULT;
  context.events.shift();
  return 0;
}

/** The sixth argument points to a signal mask and its size, as pselect6's. */
export function io_pgetevents(
  task: Task,
  id: number,
  least: number,
  most: number,
  eventsAt: number,
  timeoutAt: number,
  maskAt: number,
): number {
  if (maskAt !== 0) {
    const mask = task.mm.readU64(maskAt);
    const size = task.mm.readU64(maskAt + 8);
    if (Number.isNaN(mask) || Number.isNaN(size)) return -EFAULT;
    const rc = applyTemporaryMask(task, mask, size);
    if (rc < 0) return rc;
  }
  return io_getevents(task, id, least, most, eventsAt, timeoutAt);
}
