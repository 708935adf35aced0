/**
 * New namespaces: what CLONE_NEW* asks of clone(2) and unshare(2). Each begins as a copy of the old one, or
 * empty, and belongs to the user namespace of whoever makes it: a new one, if he makes that as well.
 */
import { CAP_SETFCAP, CAP_SYS_ADMIN } from "../../abi/capability.ts";
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
import { CgroupNamespace } from "../cgroup/cgroup.ts";
import type { Credentials } from "../cred/credentials.ts";
import { IpcNamespace } from "../ipc/namespace.ts";
import { NetworkNamespace } from "../socket/network.ts";
import type { Task } from "../task/task.ts";
import { hasRoom } from "../vfs/propagate.ts";
import { type NamespaceFields, type Namespaces, UtsNamespace } from "./namespaces.ts";
import { MAX_PID_NS_LEVEL, PidNamespace } from "./pid-namespace.ts";
import { MOST_USER_LEVELS, UserNamespace } from "./user-namespace.ts";

const KINDS =
  CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP;

/** May `task` make what `flags` asks for? 0 or -errno. */
export function checkUnshare(task: Task, flags: number): number {
  // As a kernel without CONFIG_TIME_NS: the vDSO of the host tells programs the host's clocks.
  if ((flags & CLONE_NEWTIME) !== 0) return refuse(EINVAL, "there are no time namespaces");
  if ((flags & CLONE_NEWUSER) !== 0) {
    const rc = checkNewUser(task);
    if (rc < 0) return rc;
  } else if ((flags & KINDS) !== 0 && !task.credentials.hasOwn(CAP_SYS_ADMIN))
    return refuse(EPERM, "new namespaces need CAP_SYS_ADMIN");
  const { mounts } = task.namespaces;
  if ((flags & CLONE_NEWNS) !== 0 && !hasRoom(task.kernel.vfs, [...mounts.mounts()].length))
    return refuse(ENOSPC, "too many mounts");
  return (flags & CLONE_NEWPID) === 0 ? 0 : checkNewPid(task);
}

function checkNewUser(task: Task): number {
  const { userNamespace, euid, egid } = task.credentials;
  if (userNamespace.level > MOST_USER_LEVELS)
    return refuse(ENOSPC, "user namespaces nest too deep");
  // Otherwise its root could leave the directory by making a mount namespace.
  if (!task.fs.root.equals(task.namespaces.mounts.top))
    return refuse(EPERM, "a user namespace from within a chroot");
  return userNamespace.knows(euid, egid)
    ? 0
    : refuse(EPERM, "a user namespace of somebody without a name");
}

function checkNewPid(task: Task): number {
  const { pidForChildren } = task.namespaces;
  if (task.group.pidNamespace !== pidForChildren)
    return refuse(EINVAL, "a pid namespace is made from within its parent");
  return pidForChildren.level >= MAX_PID_NS_LEVEL
    ? refuse(ENOSPC, "pid namespaces nest too deep")
    : 0;
}

/** The credentials in a new user namespace, or those of `task`. */
export function unshareUser(task: Task, flags: number): Credentials {
  const { credentials } = task;
  if ((flags & CLONE_NEWUSER) === 0) return credentials;
  const { euid, egid, userNamespace } = credentials;
  const id = task.kernel.vfs.newNamespaceId();
  const made = new UserNamespace(id, userNamespace, euid, egid);
  made.parentCouldSetfcap = credentials.hasOwn(CAP_SETFCAP);
  return credentials.enter(made);
}

/** Where the next child process is born. */
export function pidNamespaceFor(task: Task, flags: number, owner: UserNamespace): PidNamespace {
  if ((flags & CLONE_NEWPID) === 0) return task.namespaces.pidForChildren;
  return new PidNamespace(task.kernel.vfs.newNamespaceId(), owner, task.group.pidNamespace);
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
  if ((flags & CLONE_NEWNET) !== 0)
    changes.network = new NetworkNamespace(vfs.newNamespaceId(), owner);
  if ((flags & CLONE_NEWCGROUP) !== 0)
    changes.cgroup = new CgroupNamespace(task.group.cgroup, vfs.newNamespaceId(), owner);
  return old.with(changes);
}
