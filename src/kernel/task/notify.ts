/**
 * SIGCHLD: telling a parent what became of a child (wait(2), sigaction(2) SA_NOCLDSTOP).
 */
import {
  CLD_CONTINUED,
  CLD_DUMPED,
  CLD_EXITED,
  CLD_KILLED,
  CLD_STOPPED,
  SA_NOCLDSTOP,
  SIGCHLD,
} from "../../abi/signal.ts";
import { WCOREDUMP, WEXITSTATUS, WIFEXITED, WTERMSIG } from "../../abi/wait.ts";
import { sendToGroup } from "../signal/send.ts";
import { SigInfo } from "../signal/siginfo.ts";
import type { ThreadGroup } from "./thread-group.ts";

/** The siginfo of a child's exit, as SIGCHLD and waitid tell it. */
export function exitInfo(child: ThreadGroup): SigInfo {
  const exited = WIFEXITED(child.exitStatus);
  const info = new SigInfo(
    child.exitSignal || SIGCHLD,
    exited ? CLD_EXITED : WCOREDUMP(child.exitStatus) ? CLD_DUMPED : CLD_KILLED,
  );
  info.pid = child.pid;
  info.uid = child.exitUid;
  info.status = exited ? WEXITSTATUS(child.exitStatus) : WTERMSIG(child.exitStatus);
  return info;
}

/** The siginfo of a stop or continue: `code` CLD_STOPPED or CLD_CONTINUED. */
export function stopInfo(child: ThreadGroup, code: number, status: number): SigInfo {
  const info = new SigInfo(SIGCHLD, code);
  info.pid = child.pid;
  info.uid = child.anyTask?.credentials.uid ?? child.exitUid;
  info.status = status;
  return info;
}

export function notifyParentOfExit(child: ThreadGroup): void {
  const { parent } = child;
  if (parent === null) return;
  if (child.exitSignal !== 0) sendToGroup(parent, exitInfo(child));
  parent.childEvents.wake(-1);
}

export function notifyParentOfStop(child: ThreadGroup, code: number, status: number): void {
  const { parent } = child;
  const task = parent?.anyTask;
  if (parent === null || task == null) return;
  const quiet = (task.handlers.action(SIGCHLD).flags & SA_NOCLDSTOP) !== 0;
  const isStop = code === CLD_STOPPED || code === CLD_CONTINUED;
  if (!(quiet && isStop)) sendToGroup(parent, stopInfo(child, code, status));
  parent.childEvents.wake(-1);
}
