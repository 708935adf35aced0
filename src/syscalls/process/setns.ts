/**
 * setns: enter namespaces of another process, named by its pidfd or by files of /proc/PID/ns. Source: setns(2).
 */
import { CAP_SYS_ADMIN, CAP_SYS_CHROOT } from "../../abi/capability.ts";
import { EBADF, EINVAL, EPERM, ESRCH } from "../../abi/errno.ts";
import { CLONE_NEWNS, CLONE_NEWUSER, namespaceFlags } from "../../abi/sched.ts";
import { refuse } from "../../base/refuse.ts";
import { CgroupNamespace } from "../../kernel/cgroup/cgroup.ts";
import type { Credentials } from "../../kernel/cred/credentials.ts";
import { getFile } from "../../kernel/fd/get.ts";
import { PidFile } from "../../kernel/files/pidfd.ts";
import { IpcNamespace } from "../../kernel/ipc/namespace.ts";
import type { Namespace } from "../../kernel/ns/namespace.ts";
import { NamespaceFile } from "../../kernel/ns/namespace-file.ts";
import { type NamespaceFields, UtsNamespace } from "../../kernel/ns/namespaces.ts";
import { PidNamespace } from "../../kernel/ns/pid-namespace.ts";
import { UserNamespace } from "../../kernel/ns/user-namespace.ts";
import { NetworkNamespace } from "../../kernel/socket/network.ts";
import { mayAccess } from "../../kernel/task/access.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { File } from "../../kernel/vfs/file.ts";
import { MountNamespace } from "../../kernel/vfs/mount-namespace.ts";

type Changes = { -readonly [K in keyof NamespaceFields]?: NamespaceFields[K] };

export function setns(task: Task, fd: number, types: number): number {
  const file = getFile(task, fd);
  if (file === null) return -EBADF;
  const wanted = file instanceof NamespaceFile ? ofFile(file, types) : ofPidfd(task, file, types);
  return typeof wanted === "number" ? wanted : enter(task, wanted);
}

function ofFile({ namespace }: NamespaceFile, type: number): Namespace[] | number {
  if (type !== 0 && type !== namespace.flag)
    return refuse(EINVAL, "setns: another type of namespace");
  return [namespace];
}

function ofPidfd(task: Task, file: File, types: number): Namespace[] | number {
  if (!(file instanceof PidFile)) return refuse(EINVAL, "setns: neither a pidfd nor a namespace");
  if (types === 0 || namespaceFlags.unknown(types) !== 0)
    return refuse(EINVAL, "setns: no namespace types");
  const target = file.group.anyTask;
  if (target === null) return -ESRCH;
  if (!mayAccess(task, target)) return refuse(EPERM, "setns: no ptrace access");
  const { uts, mounts, ipc, network, cgroup } = target.namespaces;
  const all: Namespace[] = [mounts, uts, ipc, network, cgroup, target.group.pidNamespace];
  if ((types & CLONE_NEWUSER) !== 0) all.unshift(target.credentials.userNamespace);
  return all.filter(({ flag }) => (types & flag) !== 0);
}

/** All of them, or none. The user namespace is first, and its powers count for the others. */
function enter(task: Task, wanted: readonly Namespace[]): number {
  const changes: Changes = {};
  let { credentials } = task;
  for (const namespace of wanted) {
    if (namespace instanceof UserNamespace) {
      const rc = mayEnterUser(task, namespace);
      if (rc < 0) return rc;
      credentials = credentials.enter(namespace);
      continue;
    }
    const rc = mayEnter(task, credentials, namespace) || choose(task, namespace, changes);
    if (rc < 0) return rc;
  }
  const { ipc, mounts } = task.namespaces;
  if (changes.ipc !== undefined && changes.ipc !== ipc) ipc.processExits(task.group);
  task.credentials = credentials;
  task.setNamespaces(task.namespaces.with(changes));
  if (task.namespaces.mounts !== mounts) {
    const { top } = task.namespaces.mounts;
    task.fs.setRoot(top);
    task.fs.setCwd(top);
  }
  return 0;
}

function mayEnterUser(task: Task, namespace: UserNamespace): number {
  const { credentials } = task;
  if (namespace === credentials.userNamespace)
    return refuse(EINVAL, "setns: the own user namespace");
  if (task.group.tasks.length > 1) return refuse(EINVAL, "setns: the process has several threads");
  if (task.fs.users > 1) return refuse(EINVAL, "setns: the root directory is shared");
  return credentials.hasIn(namespace, CAP_SYS_ADMIN) ? 0 : refuse(EPERM, "setns: CAP_SYS_ADMIN");
}

function mayEnter(task: Task, own: Credentials, { owner, flag }: Namespace): number {
  const { credentials } = task;
  // By the old powers or by those of the user namespace entered just now.
  const may = credentials.hasIn(owner, CAP_SYS_ADMIN) || own.hasIn(owner, CAP_SYS_ADMIN);
  if (!may || !own.hasOwn(CAP_SYS_ADMIN)) return refuse(EPERM, "setns: CAP_SYS_ADMIN");
  if (flag !== CLONE_NEWNS) return 0;
  if (!own.hasOwn(CAP_SYS_CHROOT)) return refuse(EPERM, "setns: CAP_SYS_CHROOT");
  return task.fs.users > 1 ? refuse(EINVAL, "setns: the root directory is shared") : 0;
}

function choose(task: Task, namespace: Namespace, changes: Changes): number {
  if (namespace instanceof MountNamespace) changes.mounts = namespace;
  else if (namespace instanceof UtsNamespace) changes.uts = namespace;
  else if (namespace instanceof IpcNamespace) changes.ipc = namespace;
  else if (namespace instanceof NetworkNamespace) changes.network = namespace;
  else if (namespace instanceof CgroupNamespace) changes.cgroup = namespace;
  else if (namespace instanceof PidNamespace) {
    // Only downwards: a process must not see less of its children than of itself.
    if (!namespace.isWithin(task.group.pidNamespace))
      return refuse(EINVAL, "setns: a pid namespace that is not below the own one");
    changes.pidForChildren = namespace;
  }
  return 0;
}
