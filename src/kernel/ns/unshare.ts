/**
 * New namespaces: what CLONE_NEW* asks of clone(2) and unshare(2). Each begins as a copy of the old one, or
 * empty, and belongs to the user namespace of whoever makes it.
 */
import { CAP_SYS_ADMIN } from "../../abi/capability.ts";
import { EINVAL, ENOSPC, EPERM } from "../../abi/errno.ts";
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
} from "../../abi/sched.ts";
import { refuse } from "../../base/refuse.ts";
import { IpcNamespace } from "../ipc/namespace.ts";
import type { Task } from "../task/task.ts";
import { type NamespaceFields, type Namespaces, UtsNamespace } from "./namespaces.ts";
import { MAX_PID_NS_LEVEL, PidNamespace } from "./pid-namespace.ts";

const MISSING = CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWCGROUP | CLONE_NEWTIME;
const KINDS = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID;

/** May `task` make what `flags` asks for? 0 or -errno. */
export function checkUnshare(task: Task, flags: number): number {
  if ((flags & MISSING) !== 0) return refuse(EINVAL, "this namespace type is not implemented");
  if ((flags & KINDS) === 0) return 0;
  if (!task.credentials.has(CAP_SYS_ADMIN))
    return refuse(EPERM, "new namespaces need CAP_SYS_ADMIN");
  if ((flags & CLONE_NEWPID) === 0) return 0;
  const { pidForChildren } = task.namespaces;
  if (task.group.pidNamespace !== pidForChildren)
    return refuse(EINVAL, "a pid namespace is made from within its parent");
  if (pidForChildren.level >= MAX_PID_NS_LEVEL)
    return refuse(ENOSPC, "pid namespaces nest too deep");
  return 0;
}

/** The pid namespace that CLONE_NEWPID asks for. */
export function newPidNamespace(task: Task): PidNamespace {
  const { vfs } = task.kernel;
  const owner = task.credentials.userNamespace;
  return new PidNamespace(vfs.newNamespaceId(), owner, task.group.pidNamespace);
}

/**
 * The set that `old` becomes for `task`, which checkUnshare() let pass; with new mounts, the task's root
 * and working directory move into them. `pidForChildren` is the old or the new one.
 */
export function unshareNamespaces(
  task: Task,
  old: Namespaces,
  flags: number,
  pidForChildren: PidNamespace,
): Namespaces {
  if ((flags & KINDS) === 0) return old;
  const { vfs } = task.kernel;
  const owner = task.credentials.userNamespace;
  const changes: { -readonly [K in keyof NamespaceFields]?: NamespaceFields[K] } = {
    pidForChildren,
  };
  if ((flags & CLONE_NEWNS) !== 0) changes.mounts = vfs.unshareMounts(task, old.mounts);
  if ((flags & CLONE_NEWUTS) !== 0) {
    const { hostname, domainname } = old.uts;
    changes.uts = new UtsNamespace(vfs.newNamespaceId(), owner, hostname, domainname);
  }
  if ((flags & CLONE_NEWIPC) !== 0) changes.ipc = new IpcNamespace(vfs.newNamespaceId(), owner);
  return old.with(changes);
}
