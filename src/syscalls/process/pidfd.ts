/**
 * pidfds. Source: pidfd_open(2), pidfd_send_signal(2), pidfd_getfd(2).
 */
import { EBADF, EINVAL, EMFILE, EPERM, ESRCH } from "../../abi/errno.ts";
import { PIDFD_NONBLOCK } from "../../abi/process.ts";
import { RLIMIT_NOFILE } from "../../abi/resource.ts";
import { refuse } from "../../base/refuse.ts";
import { PidFile } from "../../kernel/files/pidfd.ts";
import { mayAccess } from "../../kernel/task/access.ts";
import type { Task } from "../../kernel/task/task.ts";

export function pidfd_open(task: Task, pid: number, flags: number): number {
  if (flags & ~PIDFD_NONBLOCK || pid <= 0) return refuse(EINVAL, "pidfd_open: bad pid or flags");
  const group = task.findGroup(pid);
  if (group === undefined) return task.findTask(pid) === undefined ? -ESRCH : -EINVAL;
  const file = new PidFile(task, group, flags);
  const fd = task.files.install(file, true, task.group.limits.soft(RLIMIT_NOFILE));
  if (fd < 0) file.unref();
  return fd;
}

export function pidfd_getfd(task: Task, pidfd: number, fd: number, flags: number): number {
  if (flags !== 0) return -EINVAL;
  const pidFile = task.files.get(pidfd);
  if (!(pidFile instanceof PidFile)) return -EBADF;
  const target = pidFile.group.anyTask;
  if (target === null) return -ESRCH;
  if (!mayAccess(task, target)) return refuse(EPERM, "pidfd_getfd: no ptrace access");
  const file = target.files.get(fd);
  if (file === null) return -EBADF;
  const rc = task.files.install(file.ref(), true, task.group.limits.soft(RLIMIT_NOFILE));
  if (rc < 0) file.unref();
  return rc === -EMFILE ? -EMFILE : rc;
}
