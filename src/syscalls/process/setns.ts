/**
 * setns: enter namespaces of another process, named by its pidfd or by files of /proc/PID/ns. Source: setns(2).
 */
import { CAP_SYS_ADMIN, CAP_SYS_CHROOT } from "../../abi/capability.ts";
import { EBADF, EINVAL, EPERM, ESRCH } from "../../abi/errno.ts";
import { CLONE_NEWNS, CLONE_NEWUSER, namespaceFlags } from "../../abi/sched.ts";
import { refuse } from "../../base/refuse.ts";
import { getFile } from "../../kernel/fd/get.ts";
import { PidFile } from "../../kernel/files/pidfd.ts";
import { IpcNamespace } from "../../kernel/ipc/namespace.ts";
import type { Namespace } from "../../kernel/ns/namespace.ts";
import { NamespaceFile } from "../../kernel/ns/namespace-file.ts";
import { type NamespaceFields, UtsNamespace } from "../../kernel/ns/namespaces.ts";
import { PidNamespace } from "../../kernel/ns/pid-namespace.ts";
import { mayAccess } from "../../kernel/task/access.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { File } from "../../kernel/vfs/file.ts";
import { MountNamespace } from "../../kernel/vfs/mount.ts";
import { Path } from "../../kernel/vfs/path.ts";

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
  const { uts, mounts, ipc } = target.namespaces;
  const all: Namespace[] = [mounts, uts, ipc, target.group.pidNamespace];
  if ((types & CLONE_NEWUSER) !== 0) all.unshift(target.credentials.userNamespace);
  return all.filter(({ flag }) => (types & flag) !== 0);
}

/** All of them, or none. */
function enter(task: Task, wanted: readonly Namespace[]): number {
  const changes: Changes = {};
  for (const namespace of wanted) {
    const rc = mayEnter(task, namespace) || choose(task, namespace, changes);
    if (rc < 0) return rc;
  }
  const { ipc, mounts } = task.namespaces;
  if (changes.ipc !== undefined && changes.ipc !== ipc) ipc.processExits(task.group);
  task.namespaces = task.namespaces.with(changes);
  if (task.namespaces.mounts !== mounts) moveInto(task, task.namespaces.mounts);
  return 0;
}

function mayEnter(task: Task, { owner, flag }: Namespace): number {
  const { credentials } = task;
  // Nobody enters the user namespace that he is in already.
  if (flag === CLONE_NEWUSER) return refuse(EINVAL, "setns: the own user namespace");
  if (!credentials.hasIn(owner, CAP_SYS_ADMIN) || !credentials.hasOwn(CAP_SYS_ADMIN))
    return refuse(EPERM, "setns: CAP_SYS_ADMIN");
  if (flag !== CLONE_NEWNS) return 0;
  if (!credentials.hasOwn(CAP_SYS_CHROOT)) return refuse(EPERM, "setns: CAP_SYS_CHROOT");
  return task.fs.users > 1 ? refuse(EINVAL, "setns: the root directory is shared") : 0;
}

function choose(task: Task, namespace: Namespace, changes: Changes): number {
  if (namespace instanceof MountNamespace) changes.mounts = namespace;
  else if (namespace instanceof UtsNamespace) changes.uts = namespace;
  else if (namespace instanceof IpcNamespace) changes.ipc = namespace;
  else if (namespace instanceof PidNamespace) {
    // Only downwards: a process must not see less of its children than of itself.
    if (!namespace.isWithin(task.group.pidNamespace))
      return refuse(EINVAL, "setns: a pid namespace that is not below the own one");
    changes.pidForChildren = namespace;
  }
  return 0;
}

/** Root and working directory become the root that is seen there. */
function moveInto(task: Task, mounts: MountNamespace): void {
  let { root } = mounts;
  for (
    let over = root.children.get(root.root);
    over !== undefined;
    over = root.children.get(root.root)
  )
    root = over;
  task.fs.setRoot(new Path(root, root.root));
  task.fs.setCwd(new Path(root, root.root));
}
