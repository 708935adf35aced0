/**
 * May one task look into another (ptrace(2), "Ptrace access mode checking")?
 */
import { CAP_SYS_PTRACE } from "../../abi/capability.ts";
import type { Task } from "./task.ts";

/** With the caller's real ids (PTRACE_MODE_ATTACH_REALCREDS), the check of kernel interfaces. */
export function mayAccess(task: Task, target: Task): boolean {
  if (task.group === target.group) return true;
  const own = task.credentials;
  const theirs = target.credentials;
  if (own.hasIn(theirs.userNamespace, CAP_SYS_PTRACE)) return true;
  const sameUser = theirs.uid === own.uid && theirs.euid === own.uid && theirs.suid === own.uid;
  const sameGroup = theirs.gid === own.gid && theirs.egid === own.gid && theirs.sgid === own.gid;
  if (!sameUser || !sameGroup || target.mm.dumpable !== 1) return false;
  if (own.userNamespace !== theirs.userNamespace) return false;
  const { permitted } = theirs;
  return (permitted.lo & ~own.permitted.lo) === 0 && (permitted.hi & ~own.permitted.hi) === 0;
}
