/**
 * read, write and their kin: bytes between an open file and guest memory, and lseek.
 * Source: read(2), write(2), readv(2), pread(2), lseek(2). Waiting is the File's matter: what it
 * returns (a count, -errno, PARKED) is passed on.
 */
import { EBADF, EFAULT, EINVAL, EOPNOTSUPP, ESPIPE } from "../../abi/errno.ts";
import { O_APPEND, O_PATH } from "../../abi/fcntl.ts";
import { IN_ACCESS, IN_MODIFY } from "../../abi/inotify.ts";
import { TASK_SIZE } from "../../abi/limits.ts";
import { RWF_APPEND, RWF_NOAPPEND, rwfFlags } from "../../abi/uio.ts";
import { refuse } from "../../base/refuse.ts";
import { readIovec } from "../../kernel/mm/iovec.ts";
import { UserBuffer } from "../../kernel/mm/user-buffer.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { File } from "../../kernel/vfs/file.ts";
import { notifyFile } from "../../kernel/vfs/inotify.ts";

export function read(task: Task, fd: number, buf: number, count: number): number {
  const file = task.files.get(fd);
  if (file === null || !file.readable) return -EBADF;
  if (buf + count > TASK_SIZE) return -EFAULT;
  return hasRead(task, file, file.read(task, UserBuffer.of(task.mm, buf, count)));
}

export function write(task: Task, fd: number, buf: number, count: number): number {
  const file = task.files.get(fd);
  if (file === null || !file.writable) return -EBADF;
  if (buf + count > TASK_SIZE) return -EFAULT;
  return hasWritten(task, file, file.write(task, UserBuffer.of(task.mm, buf, count)));
}

export function pread64(
  task: Task,
  fd: number,
  buf: number,
  count: number,
  offset: number,
): number {
  const file = task.files.get(fd);
  if (file === null || !file.readable) return -EBADF;
  if (offset < 0) return refuse(EINVAL, "pread: negative offset");
  if (buf + count > TASK_SIZE) return -EFAULT;
  return hasRead(task, file, file.pread(task, UserBuffer.of(task.mm, buf, count), offset));
}

export function pwrite64(
  task: Task,
  fd: number,
  buf: number,
  count: number,
  offset: number,
): number {
  const file = task.files.get(fd);
  if (file === null || !file.writable) return -EBADF;
  if (offset < 0) return refuse(EINVAL, "pwrite: negative offset");
  if (buf + count > TASK_SIZE) return -EFAULT;
  return hasWritten(task, file, file.pwrite(task, UserBuffer.of(task.mm, buf, count), offset));
}

export function readv(task: Task, fd: number, iov: number, iovcnt: number): number {
  return readVector(task, fd, iov, iovcnt, -1, 0);
}

export function writev(task: Task, fd: number, iov: number, iovcnt: number): number {
  return writeVector(task, fd, iov, iovcnt, -1, 0);
}

export function preadv(
  task: Task,
  fd: number,
  iov: number,
  iovcnt: number,
  offset: number,
): number {
  if (offset < 0) return refuse(EINVAL, "preadv: negative offset");
  return readVector(task, fd, iov, iovcnt, offset, 0);
}

export function pwritev(
  task: Task,
  fd: number,
  iov: number,
  iovcnt: number,
  offset: number,
): number {
  if (offset < 0) return refuse(EINVAL, "pwritev: negative offset");
  return writeVector(task, fd, iov, iovcnt, offset, 0);
}

/** An offset of -1 means the file's own position. */
export function preadv2(
  task: Task,
  fd: number,
  iov: number,
  iovcnt: number,
  offset: number,
  _high: number,
  flags: number,
): number {
  if (offset < -1) return refuse(EINVAL, "preadv2: negative offset");
  return readVector(task, fd, iov, iovcnt, offset, flags);
}

export function pwritev2(
  task: Task,
  fd: number,
  iov: number,
  iovcnt: number,
  offset: number,
  _high: number,
  flags: number,
): number {
  if (offset < -1) return refuse(EINVAL, "pwritev2: negative offset");
  return writeVector(task, fd, iov, iovcnt, offset, flags);
}

function readVector(
  task: Task,
  fd: number,
  iov: number,
  iovcnt: number,
  offset: number,
  flags: number,
): number {
  const file = task.files.get(fd);
  if (file === null || !file.readable) return -EBADF;
  if (rwfFlags.unknown(flags) !== 0 || (flags & RWF_APPEND) !== 0) return -EOPNOTSUPP;
  if (iovcnt < 0) return refuse(EINVAL, "readv: negative count");
  const into = readIovec(task.mm, iov, iovcnt);
  if (typeof into === "number") return into;
  if (offset >= 0 && !file.seekable) return -ESPIPE;
  const n = offset < 0 ? file.read(task, into) : file.pread(task, into, offset);
  return hasRead(task, file, n);
}

function writeVector(
  task: Task,
  fd: number,
  iov: number,
  iovcnt: number,
  offset: number,
  flags: number,
): number {
  const file = task.files.get(fd);
  if (file === null || !file.writable) return -EBADF;
  if (rwfFlags.unknown(flags) !== 0) return -EOPNOTSUPP;
  if (iovcnt < 0) return refuse(EINVAL, "writev: negative count");
  const from = readIovec(task.mm, iov, iovcnt);
  if (typeof from === "number") return from;
  if (offset >= 0 && !file.seekable) return -ESPIPE;
  const before = file.flags;
  if ((flags & RWF_APPEND) !== 0) file.flags |= O_APPEND;
  if ((flags & RWF_NOAPPEND) !== 0) file.flags &= ~O_APPEND;
  const n = offset < 0 ? file.write(task, from) : file.pwrite(task, from, offset);
  file.flags = before;
  return hasWritten(task, file, n);
}

function hasRead(task: Task, file: File, n: number): number {
  if (n > 0 && task.kernel.vfs.markCount > 0) notifyFile(file, IN_ACCESS);
  return n;
}

function hasWritten(task: Task, file: File, n: number): number {
  if (n > 0 && task.kernel.vfs.markCount > 0) notifyFile(file, IN_MODIFY);
  return n;
}

export function lseek(task: Task, fd: number, offset: number, whence: number): number {
  const file = task.files.get(fd);
  if (file === null || (file.flags & O_PATH) !== 0) return -EBADF;
  return file.seek(offset, whence);
}
