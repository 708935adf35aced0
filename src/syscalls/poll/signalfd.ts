/**
 * signalfd, signalfd4: pending signals to read; or another mask for an existing one (signalfd(2)).
 */
import { EBADF, EFAULT, EINVAL } from "../../abi/errno.ts";
import { SFD_CLOEXEC, SIGSET_SIZE, signalfdFlags } from "../../abi/signal.ts";
import { refuse } from "../../base/refuse.ts";
import { getFile } from "../../kernel/fd/get.ts";
import { installFile } from "../../kernel/fd/install.ts";
import { makeSignalFd, SignalFd } from "../../kernel/files/signalfd.ts";
import type { Task } from "../../kernel/task/task.ts";

export function signalfd(task: Task, fd: number, mask: number, sizemask: number): number {
  return signalfd4(task, fd, mask, sizemask, 0);
}

export function signalfd4(
  task: Task,
  fd: number,
  mask: number,
  sizemask: number,
  flags: number,
): number {
  if (sizemask !== SIGSET_SIZE) return refuse(EINVAL, "signalfd: signal set size is not 8");
  const view = task.mm.view(mask, SIGSET_SIZE);
  if (view === null) return -EFAULT;
  const lo = view.getInt32(0, true);
  const hi = view.getInt32(4, true);
  if (signalfdFlags.unknown(flags) !== 0) return refuse(EINVAL, "signalfd: unknown flags");
  if (fd !== -1) {
    const file = getFile(task, fd);
    if (file === null) return -EBADF;
    if (!(file instanceof SignalFd)) return refuse(EINVAL, "signalfd: not a signalfd");
    file.setMask(lo, hi);
    return fd;
  }
  const file = makeSignalFd(task, flags);
  file.setMask(lo, hi);
  return installFile(task, file, (flags & SFD_CLOEXEC) !== 0);
}
