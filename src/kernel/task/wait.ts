/**
 * Waiting for children: the search that wait4(2) and waitid(2) share.
 */
import { ECHILD, EINTR, ERESTARTSYS } from "../../abi/errno.ts";
import { CLD_CONTINUED, CLD_STOPPED, SIGCHLD, SIGCONT } from "../../abi/signal.ts";
import {
  __WALL,
  __WCLONE,
  continuedStatus,
  P_ALL,
  P_PGID,
  P_PID,
  stoppedStatus,
  WCONTINUED,
  WEXITED,
  WNOHANG,
  WNOWAIT,
  WSTOPPED,
} from "../../abi/wait.ts";
import type { SigInfo } from "../signal/siginfo.ts";
import { reap } from "./exit.ts";
import { exitInfo, stopInfo } from "./notify.ts";
import { PARKED } from "./park.ts";
import type { Task } from "./task.ts";
import type { ThreadGroup } from "./thread-group.ts";

export interface WaitResult {
  pid: number;
  status: number;
  info: SigInfo;
  userNs: number;
  systemNs: number;
}

/** What was found; 0 for nothing yet under WNOHANG; PARKED or -errno. */
export function waitForChild(
  task: Task,
  type: number,
  id: number,
  options: number,
): WaitResult | number {
  const { group } = task;
  let any = false;
  for (const child of group.children) {
    if (!matches(child, type, id, options)) continue;
    any = true;
    const found = report(child, options, task);
    if (found !== null) return found;
  }
  if (!any) return -ECHILD;
  if (options & WNOHANG) return 0;
  task.waitOn(group.childEvents, -1);
  const rc = task.park();
  return rc === -EINTR ? -ERESTARTSYS : rc;
}

export { PARKED };

function matches(child: ThreadGroup, type: number, id: number, options: number): boolean {
  if (type === P_PID && child.pid !== id) return false;
  if (type === P_PGID && child.processGroup.id !== id) return false;
  if (type !== P_ALL && type !== P_PID && type !== P_PGID) return false;
  if (options & __WALL) return true;
  const isClone = child.exitSignal !== SIGCHLD;
  return isClone === ((options & __WCLONE) !== 0);
}

function report(child: ThreadGroup, options: number, waiter: Task): WaitResult | null {
  const { signals } = child;
  if (child.isZombie) {
    if ((options & WEXITED) === 0) return null;
    const result = makeResult(child, child.exitStatus, exitInfo(child), waiter);
    result.userNs = child.deadUserNs + child.childUserNs;
    result.systemNs = child.deadSystemNs + child.childSystemNs;
    if ((options & WNOWAIT) === 0) reap(child);
    return result;
  }
  if (signals.stopUnreported && options & WSTOPPED) {
    const status = signals.stopSignal;
    if ((options & WNOWAIT) === 0) signals.stopUnreported = false;
    const info = stopInfo(child, CLD_STOPPED, status);
    return makeResult(child, stoppedStatus(status), info, waiter);
  }
  if (signals.continueUnreported && options & WCONTINUED) {
    if ((options & WNOWAIT) === 0) signals.continueUnreported = false;
    const info = stopInfo(child, CLD_CONTINUED, SIGCONT);
    return makeResult(child, continuedStatus, info, waiter);
  }
  return null;
}

/** As the waiter is told of it, by the ids of its namespaces. */
function makeResult(child: ThreadGroup, status: number, info: SigInfo, waiter: Task): WaitResult {
  const pid = waiter.numberOf(child.pid);
  info.pid = pid;
  info.uid = waiter.credentials.userNamespace.shownUid(info.uid);
  return { pid, status, info, userNs: 0, systemNs: 0 };
}
