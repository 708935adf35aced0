/**
 * splice, tee, vmsplice: move bytes between a pipe and something else (splice(2), tee(2),
 * vmsplice(2)). At least one descriptor is a pipe; offsets are for the other one.
 */
import { EBADF, EFAULT, EINVAL, ESPIPE } from "../../abi/errno.ts";
import { O_APPEND } from "../../abi/fcntl.ts";
import { SPLICE_F_NONBLOCK, spliceFlags } from "../../abi/uio.ts";
import { refuse } from "../../base/refuse.ts";
import { getFile } from "../../kernel/fd/get.ts";
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
  const address = off_in !== 0 ? off_in : off_out;
  const position = address === 0 ? -1 : task.mm.readI64(address);
  if (Number.isNaN(position)) return -EFAULT;
  const n = move(task, input, output, position, address !== 0, Math.min(len, MAX_RW_COUNT), flags);
  if (n > 0 && address !== 0 && task.mm.writeU64(address, position + n) < 0) return -EFAULT;
  return n;
}

/** Move up to `length` bytes; with `isPlaced` the one that is no pipe is used at `position`. */
function move(
  task: Task,
  input: File,
  output: File,
  position: number,
  isPlaced: boolean,
  length: number,
  flags: number,
): number {
  const from = pipeOf(input);
  const to = pipeOf(output);
  const isNonblocking = (flags & SPLICE_F_NONBLOCK) !== 0;
  if (from !== null && to !== null) {
    if (from === to) return refuse(EINVAL, "splice: a pipe into itself");
    const either = isNonblocking || input.nonblocking || output.nonblocking;
    return pipeToPipe(task, from, to, length, either, false);
  }
  const other = from === null ? input : output;
  if (isPlaced && !other.seekable) return refuse(EINVAL, "splice: an offset without positions");
  if (isPlaced && position < 0) return refuse(EINVAL, "splice: a negative offset");
  if (from !== null) {
    if ((output.flags & O_APPEND) !== 0) return refuse(EINVAL, "splice: the output is O_APPEND");
    return pipeToFile(task, from, output, position, length, isNonblocking);
  }
  if (to === null) return refuse(EINVAL, "splice: neither is a pipe");
  if (input.inode.isDirectory) return refuse(EINVAL, "splice: from a directory");
  return fileToPipe(task, input, position, to, length, isNonblocking || output.nonblocking);
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
