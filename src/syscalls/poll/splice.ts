/**
 * splice, tee, vmsplice: move bytes between a pipe and something else (splice(2), tee(2),
 * vmsplice(2)). At least one descriptor is a pipe; offsets are for the other one.
 */
import { EBADF, EFAULT, EINVAL, ESPIPE } from "../../abi/errno.ts";
import { O_APPEND } from "../../abi/fcntl.ts";
import { SPLICE_F_NONBLOCK, spliceFlags } from "../../abi/uio.ts";
import { refuse } from "../../base/refuse.ts";
import { getFile } from "../../kernel/fd/get.ts";
import type { Pipe } from "../../kernel/files/pipe.ts";
import { pipeOf } from "../../kernel/files/pipe-file.ts";
import {
  fileToPipe,
  pipeToFile,
  pipeToPipe,
  pipeToUser,
  userToPipe,
} from "../../kernel/files/splice.ts";
import { readIovec } from "../../kernel/mm/iovec.ts";
import { MAX_RW_COUNT } from "../../kernel/mm/user-buffer.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { File } from "../../kernel/vfs/file.ts";

export function splice(
  task: Task,
  fd_in: number,
  off_in: number,
  fd_out: number,
  off_out: number,
  len: number,
  flags: number,
): number {
  if (spliceFlags.unknown(flags) !== 0) return refuse(EINVAL, "splice: unknown flags");
  if (len === 0) return 0;
  const input = getFile(task, fd_in);
  const output = getFile(task, fd_out);
  if (input === null || output === null || !input.readable || !output.writable) return -EBADF;
  const from = pipeOf(input);
  const to = pipeOf(output);
  if ((from !== null && off_in !== 0) || (to !== null && off_out !== 0))
    return refuse(ESPIPE, "splice: an offset for a pipe");
  const length = Math.min(len, MAX_RW_COUNT);
  const isNonblocking = (flags & SPLICE_F_NONBLOCK) !== 0;
  if (from !== null && to !== null) {
    if (from === to) return refuse(EINVAL, "splice: a pipe into itself");
    const either = isNonblocking || input.nonblocking || output.nonblocking;
    return pipeToPipe(task, from, to, length, either, false);
  }
  if (from !== null) return spliceOut(task, from, output, off_out, length, isNonblocking);
  if (to === null) return refuse(EINVAL, "splice: neither is a pipe");
  return spliceIn(task, input, off_in, to, length, isNonblocking || output.nonblocking);
}

function spliceOut(
  task: Task,
  pipe: Pipe,
  file: File,
  offset: number,
  length: number,
  isNonblocking: boolean,
): number {
  if (offset !== 0 && !file.seekable) return refuse(EINVAL, "splice: the output cannot seek");
  if ((file.flags & O_APPEND) !== 0) return refuse(EINVAL, "splice: the output is O_APPEND");
  return withOffset(task, offset, (position) =>
    pipeToFile(task, pipe, file, position, length, isNonblocking),
  );
}

function spliceIn(
  task: Task,
  file: File,
  offset: number,
  pipe: Pipe,
  length: number,
  isNonblocking: boolean,
): number {
  if (file.inode.isDirectory) return refuse(EINVAL, "splice: from a directory");
  if (offset !== 0 && !file.seekable) return refuse(EINVAL, "splice: the input cannot seek");
  return withOffset(task, offset, (position) =>
    fileToPipe(task, file, position, pipe, length, isNonblocking),
  );
}

/** Read the offset at guest `address`, move, store it advanced; -1 stands for no offset. */
function withOffset(task: Task, address: number, move: (position: number) => number): number {
  if (address === 0) return move(-1);
  const position = task.mm.readI64(address);
  if (Number.isNaN(position)) return -EFAULT;
  if (position < 0) return refuse(EINVAL, "splice: a negative offset");
  const n = move(position);
  if (n > 0 && task.mm.writeU64(address, position + n) < 0) return -EFAULT;
  return n;
}

export function tee(task: Task, fd_in: number, fd_out: number, len: number, flags: number): number {
  if (spliceFlags.unknown(flags) !== 0) return refuse(EINVAL, "tee: unknown flags");
  if (len === 0) return 0;
  const input = getFile(task, fd_in);
  const output = getFile(task, fd_out);
  if (input === null || output === null || !input.readable || !output.writable) return -EBADF;
  const from = pipeOf(input);
  const to = pipeOf(output);
  if (from === null || to === null || from === to) return refuse(EINVAL, "tee: wants two pipes");
  const isNonblocking =
    (flags & SPLICE_F_NONBLOCK) !== 0 || input.nonblocking || output.nonblocking;
  return pipeToPipe(task, from, to, Math.min(len, MAX_RW_COUNT), isNonblocking, true);
}

export function vmsplice(
  task: Task,
  fd: number,
  iov: number,
  nr_segs: number,
  flags: number,
): number {
  if (spliceFlags.unknown(flags) !== 0) return refuse(EINVAL, "vmsplice: unknown flags");
  const file = getFile(task, fd);
  const pipe = file === null ? null : pipeOf(file);
  if (file === null || pipe === null) return -EBADF;
  const buffer = readIovec(task.mm, iov, nr_segs);
  if (typeof buffer === "number") return buffer;
  if (buffer.total === 0) return 0;
  const isNonblocking = (flags & SPLICE_F_NONBLOCK) !== 0;
  return file.writable
    ? userToPipe(task, buffer, pipe, isNonblocking)
    : pipeToUser(task, pipe, buffer, isNonblocking);
}
