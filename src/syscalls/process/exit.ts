/**
 * exit, exit_group, wait4, waitid. Source: _exit(2), exit_group(2), wait4(2), waitid(2).
 */
import { EAGAIN, EBADF, EFAULT, EINVAL, ESRCH } from "../../abi/errno.ts";
import { rusage } from "../../abi/resource.ts";
import {
  __WALL,
  __WCLONE,
  __WNOTHREAD,
  exitedStatus,
  P_ALL,
  P_PGID,
  P_PID,
  P_PIDFD,
  WCONTINUED,
  WEXITED,
  WNOHANG,
  WNOWAIT,
  WSTOPPED,
  WUNTRACED,
} from "../../abi/wait.ts";
import { refuse } from "../../base/refuse.ts";
import { PidFile } from "../../kernel/files/pidfd.ts";
import { SIGINFO_SIZE } from "../../kernel/signal/siginfo.ts";
import { exitTask } from "../../kernel/task/exit.ts";
import { beginGroupExit } from "../../kernel/task/group-exit.ts";
import { HANDLED, PARKED } from "../../kernel/task/park.ts";
import type { Task } from "../../kernel/task/task.ts";
import { type WaitResult, waitForChild } from "../../kernel/task/wait.ts";

export function exit(task: Task, code: number): number {
  exitTask(task, exitedStatus(code & 0xff));
  return HANDLED;
}

export function exit_group(task: Task, code: number): number {
  beginGroupExit(task.group, exitedStatus(code & 0xff));
  exitTask(task);
  return HANDLED;
}

export function wait4(
  task: Task,
  pid: number,
  statusAt: number,
  options: number,
  usageAt: number,
): number {
  const valid = WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL;
  if (options & ~valid) return refuse(EINVAL, "wait4: unknown options");
  if (pid === -2147483648) return -ESRCH;
  let type = P_PID;
  let id = pid > 0 ? task.group.pidNamespace.named(pid) : pid;
  if (pid === -1) type = P_ALL;
  else if (pid === 0 || pid < -1) {
    type = P_PGID;
    id = pid === 0 ? task.group.processGroup.id : task.group.pidNamespace.named(-pid);
  }
  const found = waitForChild(task, type, id, options | WEXITED);
  if (typeof found === "number") return found;
  if (statusAt !== 0 && task.mm.writeI32(statusAt, found.status) < 0) return -EFAULT;
  if (usageAt !== 0 && writeUsage(task, usageAt, found) < 0) return -EFAULT;
  return found.pid;
}

export function waitid(
  task: Task,
  type: number,
  id: number,
  infoAt: number,
  options: number,
  usageAt: number,
): number {
  const valid =
    WNOHANG | WEXITED | WSTOPPED | WCONTINUED | WNOWAIT | __WNOTHREAD | __WCLONE | __WALL;
  if (options & ~valid || (options & (WEXITED | WSTOPPED | WCONTINUED)) === 0)
    return refuse(EINVAL, "waitid: bad options");
  let kind = type;
  let which = id;
  let nonblocking = false;
  if (type === P_PIDFD) {
    const file = task.files.get(id);
    if (!(file instanceof PidFile)) return -EBADF;
    kind = P_PID;
    which = file.group.pid;
    nonblocking = file.nonblocking;
  } else if (type === P_PGID) {
    if (id < 0) return -EINVAL;
    which = id === 0 ? task.group.processGroup.id : task.group.pidNamespace.named(id);
  } else if (type === P_PID) {
    if (id <= 0) return -EINVAL;
    which = task.group.pidNamespace.named(id);
  } else if (type !== P_ALL) return refuse(EINVAL, "waitid: unknown id type");
  const found = waitForChild(task, kind, which, nonblocking ? options | WNOHANG : options);
  if (found === PARKED || (typeof found === "number" && found < 0)) return found;
  if (found === 0 && nonblocking && (options & WNOHANG) === 0) return -EAGAIN;
  if (infoAt !== 0 && writeInfo(task, infoAt, found) < 0) return -EFAULT;
  if (typeof found !== "number" && usageAt !== 0 && writeUsage(task, usageAt, found) < 0)
    return -EFAULT;
  return 0;
}

function writeInfo(task: Task, at: number, found: WaitResult | number): number {
  const bytes = new Uint8Array(SIGINFO_SIZE);
  if (typeof found !== "number") {
    found.info.encode(new DataView(bytes.buffer), 0);
    // The signal is SIGCHLD whatever the child's exit signal was.
    bytes[0] = 17;
    return task.mm.write(at, bytes);
  }
  // WNOHANG and nothing: only si_signo, si_errno, si_code, si_pid, si_uid and si_status are zeroed.
  return task.mm.write(at, bytes.subarray(0, 28));
}

function writeUsage(task: Task, at: number, found: WaitResult): number {
  const bytes = new Uint8Array(rusage.size);
  const time = (ns: number) => ({
    tv_sec: Math.floor(ns / 1e9),
    tv_usec: Math.floor((ns % 1e9) / 1000),
  });
  rusage.write(new DataView(bytes.buffer), 0, {
    ru_utime: time(found.userNs),
    ru_stime: time(found.systemNs),
  });
  return task.mm.write(at, bytes);
}
