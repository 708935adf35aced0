/**
 * splice: moving bytes between pipes and files without a guest buffer (splice(2), tee(2)).
 *  - Between pipes whole buffers change hands; to and from other files bytes are copied once.
 *  - Each function moves what it can now and returns the count; it waits only when that is zero.
 * The caller has checked descriptors, offsets and access modes.
 */
import { EAGAIN, EPIPE } from "../../abi/errno.ts";
import { PAGE_SIZE } from "../../abi/limits.ts";
import { POLLERR, POLLHUP, POLLIN, POLLOUT } from "../../abi/poll.ts";
import { SIGPIPE } from "../../abi/signal.ts";
import { refuse } from "../../base/refuse.ts";
import type { UserBuffer } from "../mm/user-buffer.ts";
import type { Task } from "../task/task.ts";
import type { File } from "../vfs/file.ts";
import { kernelBuffer } from "./kernel-memory.ts";
import type { Pipe } from "./pipe.ts";

/** The answer of waitForBytes() and waitForRoom() when there is nothing to wait for. */
const READY = 1;

/** READY, 0 at the end of the data, or what the caller returns. */
function waitForBytes(task: Task, pipe: Pipe, isNonblocking: boolean): number {
  if (!pipe.isEmpty) return READY;
  if (pipe.writers === 0) return 0;
  if (isNonblocking) return refuse(EAGAIN, "splice: the pipe is empty");
  task.waitOn(pipe.queue, POLLIN | POLLHUP);
  return task.park();
}

function waitForRoom(task: Task, pipe: Pipe, isNonblocking: boolean): number {
  if (pipe.readers === 0) {
    task.kernel.sendSignalToTask(task, SIGPIPE);
    return refuse(EPIPE, "splice: the pipe has no readers");
  }
  if (!pipe.isFull) return READY;
  if (isNonblocking) return refuse(EAGAIN, "splice: the pipe is full");
  task.waitOn(pipe.queue, POLLOUT | POLLERR);
  return task.park();
}

/** Move up to `length` bytes; `keep` leaves them in the first pipe too (tee). */
export function pipeToPipe(
  task: Task,
  from: Pipe,
  to: Pipe,
  length: number,
  isNonblocking: boolean,
  keep: boolean,
): number {
  let ready = waitForBytes(task, from, isNonblocking);
  if (ready === READY) ready = waitForRoom(task, to, isNonblocking);
  if (ready !== READY) return ready;
  const wasFull = from.isFull;
  let moved = 0;
  for (const buffer of from.buffers.slice()) {
    if (moved === length || to.isFull) break;
    const shared = buffer.share(length - moved);
    to.pushBuffer(shared);
    moved += shared.length;
  }
  if (!keep) from.consume(moved);
  to.wakeReaders();
  if (wasFull && !from.isFull) from.wakeWriters();
  return moved;
}

/** Read from a file into a pipe; `position` -1 reads where the file stands. */
export function fileToPipe(
  task: Task,
  file: File,
  position: number,
  pipe: Pipe,
  length: number,
  isNonblocking: boolean,
): number {
  const ready = waitForRoom(task, pipe, isNonblocking);
  if (ready !== READY) return ready;
  const most = Math.min(length, pipe.free * PAGE_SIZE);
  const block = task.kernel.blocks.take(most);
  const buffer = kernelBuffer(block.bytes, most);
  const n = position < 0 ? file.read(task, buffer) : file.pread(task, buffer, position);
  if (n > 0) {
    pipe.push(block, n);
    pipe.wakeReaders();
  }
  block.unref();
  return n;
}

/** Write from a pipe to a file; `position` -1 writes where the file stands. */
export function pipeToFile(
  task: Task,
  pipe: Pipe,
  file: File,
  position: number,
  length: number,
  isNonblocking: boolean,
): number {
  const ready = waitForBytes(task, pipe, isNonblocking);
  if (ready !== READY) return ready;
  const buffer = kernelBuffer(pipe.peek(length));
  const n = position < 0 ? file.write(task, buffer) : file.pwrite(task, buffer, position);
  if (n > 0) {
    const wasFull = pipe.isFull;
    pipe.consume(n);
    if (wasFull && !pipe.isFull) pipe.wakeWriters();
  }
  return n;
}

/** vmsplice(2) into a pipe: the bytes as they are now. */
export function userToPipe(
  task: Task,
  from: UserBuffer,
  pipe: Pipe,
  isNonblocking: boolean,
): number {
  const ready = waitForRoom(task, pipe, isNonblocking);
  if (ready !== READY) return ready;
  const n = pipe.fill(from, false);
  if (n > 0) pipe.wakeReaders();
  return n;
}

/** vmsplice(2) out of a pipe. */
export function pipeToUser(
  task: Task,
  pipe: Pipe,
  into: UserBuffer,
  isNonblocking: boolean,
): number {
  const ready = waitForBytes(task, pipe, isNonblocking);
  if (ready !== READY) return ready;
  const wasFull = pipe.isFull;
  const n = pipe.drain(into);
  if (wasFull && !pipe.isFull) pipe.wakeWriters();
  return n;
}
