/**
 * access: may a task look into another one (ptrace(2), "Ptrace access mode checking")? What /proc/PID
 * hides from strangers asks here. Threads of one process may always look at each other.
 */
import { CAP_SYS_PTRACE } from "../../abi/capability.ts";
import { EACCES, ESRCH } from "../../abi/errno.ts";
import { refuse } from "../../base/refuse.ts";
import type { Credentials } from "../../kernel/cred/credentials.ts";
import { FIRST_USER_NAMESPACE } from "../../kernel/ns/user-namespace.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { ProcProcess } from "./subject.ts";

/** 0, or -EACCES (-ESRCH when there is no thread to look at). */
export function mayInspect(subject: ProcProcess, reader: Task): number {
  if (subject.group === reader.group) return 0;
  const { task } = subject;
  if (!subject.alive) return -ESRCH;
  const owner = task === null ? FIRST_USER_NAMESPACE : task.credentials.userNamespace;
  if (reader.credentials.hasIn(owner, CAP_SYS_PTRACE)) return 0;
  if (task === null) return refuse(EACCES, "proc: the kernel's own process");
  const isOpen = subject.mm === null || subject.mm.dumpable === 1;
  if (isOpen && sameIds(reader.credentials, task.credentials) && hasCapabilitiesOf(reader, task))
    return 0;
  return refuse(EACCES, "proc: another user's process");
}

function sameIds(reader: Credentials, target: Credentials): boolean {
  const { fsuid, fsgid } = reader;
  return (
    fsuid === target.euid &&
    fsuid === target.suid &&
    fsuid === target.uid &&
    fsgid === target.egid &&
    fsgid === target.sgid &&
    fsgid === target.gid
  );
}

function hasCapabilitiesOf(reader: Task, target: Task): boolean {
  if (reader.credentials.userNamespace !== target.credentials.userNamespace) return false;
  const own = reader.credentials.effective;
  const theirs = target.credentials.permitted;
  return (theirs.lo & ~own.lo) === 0 && (theirs.hi & ~own.hi) === 0;
}
