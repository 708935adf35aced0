/**
 * ioctl: what every descriptor answers (close-on-exec, non-blocking, bytes to read); the rest is the
 * file's own. Source: ioctl(2), ioctl_fat(2) not: no filesystem here has private ones.
 */
import { EBADF, EFAULT, ENOTTY, EOPNOTSUPP } from "../../abi/errno.ts";
import { FASYNC, O_NONBLOCK, O_PATH } from "../../abi/fcntl.ts";
import {
  FICLONE,
  FICLONERANGE,
  FIGETBSZ,
  FIOASYNC,
  FIOCLEX,
  FIONBIO,
  FIONCLEX,
  FIONREAD,
  FIOQSIZE,
} from "../../abi/ioctl.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { File } from "../../kernel/vfs/file.ts";

export function ioctl(task: Task, fd: number, request: number, argument: number): number {
  const file = task.files.get(fd);
  if (file === null || (file.flags & O_PATH) !== 0) return -EBADF;
  switch (request) {
    case FIOCLEX:
    case FIONCLEX:
      task.files.setCloseOnExec(fd, request === FIOCLEX);
      return 0;
    case FIONBIO:
      return setFlag(task, file, O_NONBLOCK, argument);
    case FIOASYNC:
      return setFlag(task, file, FASYNC, argument);
    case FIONREAD:
      return bytesToRead(task, file, argument);
    default:
      return file.inode.isRegular || file.inode.isDirectory
        ? onRegular(task, file, request, argument)
        : file.ioctl(task, request, argument);
  }
}

function setFlag(task: Task, file: File, flag: number, at: number): number {
  const on = task.mm.readI32(at);
  if (Number.isNaN(on)) return -EFAULT;
  return file.setFlags(on !== 0 ? file.flags | flag : file.flags & ~flag);
}

function bytesToRead(task: Task, file: File, at: number): number {
  const rc = file.ioctl(task, FIONREAD, at);
  if (rc !== -ENOTTY) return rc;
  const available = file.available();
  return available < 0 ? available : task.mm.writeI32(at, available);
}

function onRegular(task: Task, file: File, request: number, at: number): number {
  const { stat } = task.kernel.vfs;
  switch (request) {
    case FIGETBSZ:
      file.inode.getattr(stat);
      return task.mm.writeI32(at, stat.blksize);
    case FIOQSIZE:
      file.inode.getattr(stat);
      return task.mm.writeU64(at, stat.size);
    case FICLONE:
    case FICLONERANGE:
      return -EOPNOTSUPP;
    default:
      return file.ioctl(task, request, at);
  }
}
