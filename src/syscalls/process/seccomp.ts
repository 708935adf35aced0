/**
 * seccomp, and its older face in prctl. Source: seccomp(2), PR_SET_SECCOMP(2const).
 */
import { EFAULT, EINVAL, EOPNOTSUPP } from "../../abi/errno.ts";
import {
  BPF_MAXINSNS,
  SECCOMP_FILTER_FLAG_NEW_LISTENER,
  SECCOMP_FILTER_FLAG_TSYNC,
  SECCOMP_FILTER_FLAG_TSYNC_ESRCH,
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
  SECCOMP_GET_ACTION_AVAIL,
  SECCOMP_GET_NOTIF_SIZES,
  SECCOMP_MODE_DISABLED,
  SECCOMP_MODE_FILTER,
  SECCOMP_MODE_STRICT,
  SECCOMP_SET_MODE_FILTER,
  SECCOMP_SET_MODE_STRICT,
  seccomp_data,
  seccomp_notif,
  seccomp_notif_resp,
  seccomp_notif_sizes,
  seccompFilterFlags,
  sock_filter,
  sock_fprog,
} from "../../abi/seccomp.ts";
import { refuse } from "../../base/refuse.ts";
import { BpfProgram } from "../../kernel/seccomp/bpf.ts";
import { enterStrictMode, installFilter, mayFilter } from "../../kernel/seccomp/install.ts";
import { KNOWN_ACTIONS } from "../../kernel/seccomp/seccomp.ts";
import type { Task } from "../../kernel/task/task.ts";

export function seccomp(task: Task, operation: number, flags: number, args: number): number {
  switch (operation) {
    case SECCOMP_SET_MODE_STRICT:
      if (flags !== 0 || args !== 0) return refuse(EINVAL, "seccomp: strict mode has no arguments");
      return enterStrictMode(task);
    case SECCOMP_SET_MODE_FILTER:
      return setFilter(task, flags, args);
    case SECCOMP_GET_ACTION_AVAIL:
      return flags === 0 ? actionAvailable(task, args) : -EINVAL;
    case SECCOMP_GET_NOTIF_SIZES:
      return flags === 0 ? notificationSizes(task, args) : -EINVAL;
    default:
      return refuse(EINVAL, "seccomp: no such operation");
  }
}

/** PR_SET_SECCOMP. */
export function setSeccomp(task: Task, mode: number, filter: number): number {
  if (mode === SECCOMP_MODE_STRICT) return enterStrictMode(task);
  return mode === SECCOMP_MODE_FILTER ? setFilter(task, 0, filter) : -EINVAL;
}

/** PR_GET_SECCOMP. A task in strict mode does not live to hear it. */
export function getSeccomp(task: Task): number {
  return task.seccomp?.mode ?? SECCOMP_MODE_DISABLED;
}

function setFilter(task: Task, flags: number, args: number): number {
  const refusal = checkFlags(flags);
  if (refusal < 0) return refusal;
  const view = task.mm.view(args, sock_fprog.size);
  if (view === null) return -EFAULT;
  const { len, filter } = sock_fprog.read(view, 0);
  if (len === 0 || len > BPF_MAXINSNS) return refuse(EINVAL, "seccomp: bad length of the filter");
  const may = mayFilter(task);
  if (may < 0) return may;
  const bytes = task.mm.read(filter, len * sock_filter.size);
  if (bytes === null) return -EFAULT;
  return installFilter(task, new BpfProgram(bytes), {
    allThreads: (flags & SECCOMP_FILTER_FLAG_TSYNC) !== 0,
    saysEsrch: (flags & SECCOMP_FILTER_FLAG_TSYNC_ESRCH) !== 0,
  });
}

function checkFlags(flags: number): number {
  if (seccompFilterFlags.unknown(flags) !== 0) return refuse(EINVAL, "seccomp: unknown flags");
  if ((flags & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) !== 0)
    return refuse(EINVAL, "seccomp: only a listener waits");
  if ((flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) !== 0)
    return refuse(EINVAL, "seccomp: listeners are not supported");
  return 0;
}

function actionAvailable(task: Task, args: number): number {
  const action = task.mm.readU32(args);
  if (Number.isNaN(action)) return -EFAULT;
  return KNOWN_ACTIONS.includes(action) ? 0 : refuse(EOPNOTSUPP, "seccomp: no such action");
}

function notificationSizes(task: Task, args: number): number {
  const bytes = new Uint8Array(seccomp_notif_sizes.size);
  seccomp_notif_sizes.write(new DataView(bytes.buffer), 0, {
    seccomp_notif: seccomp_notif.size,
    seccomp_notif_resp: seccomp_notif_resp.size,
    seccomp_data: seccomp_data.size,
  });
  return task.mm.write(args, bytes);
}
