/**
 * setns: enter namespaces of another process, named by its pidfd or by /proc/PID/ns. Source: setns(2). Mount, UTS and
 * IPC namespaces exist here in more than one piece; every process is in the one of the other types.
 */
import { CAP_SYS_ADMIN, CAP_SYS_CHROOT } from "../../abi/capability.ts";
import { EBADF, EINVAL, EPERM, ESRCH } from "../../abi/errno.ts";
import {
  CLONE_NEWIPC,
  CLONE_NEWNS,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
  namespaceFlags,
} from "../../abi/sched.ts";
import { refuse } from "../../base/refuse.ts";
import { getFile } from "../../kernel/fd/get.ts";
import { PidFile } from "../../kernel/files/pidfd.ts";
import { NamespaceFile } from "../../kernel/ns/namespace-file.ts";
import { Namespaces } from "../../kernel/ns/namespaces.ts";
import { mayAccess } from "../../kernel/task/access.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { File } from "../../kernel/vfs/file.ts";
import { Path } from "../../kernel/vfs/path.ts";

export function setns(task: Task, fd: number, type: number): number {
  const file = getFile(task, fd);
  if (file === null) return -EBADF;
  const refusal = file instanceof NamespaceFile ? 0 : checkPidfd(task, file, type);
  if (refusal < 0) return refusal;
  if (file instanceof NamespaceFile) {
    if (type !== 0 && type !== file.type) return refuse(EINVAL, "setns: another type of namespace");
    return mayEnter(task, file.type) || enter(task, file.namespaces, file.type);
  }
  const { namespaces } = (file as PidFile).group.anyTask!;
  return mayEnter(task, type) || enter(task, namespaces, type);
}

function checkPidfd(task: Task, file: File, types: number): number {
  if (!(file instanceof PidFile)) return refuse(EINVAL, "setns: neither a pidfd nor a namespace");
  if (types === 0 || namespaceFlags.unknown(types) !== 0)
    return refuse(EINVAL, "setns: no namespace types");
  const target = file.group.anyTask;
  if (target === null) return -ESRCH;
  return mayAccess(task, target) ? 0 : refuse(EPERM, "setns: no ptrace access");
}

function mayEnter(task: Task, types: number): number {
  const { credentials } = task;
  // Nobody enters the user namespace that he is in already.
  if ((types & CLONE_NEWUSER) !== 0) return refuse(EINVAL, "setns: the own user namespace");
  if (!credentials.has(CAP_SYS_ADMIN)) return refuse(EPERM, "setns: CAP_SYS_ADMIN");
  if ((types & CLONE_NEWNS) === 0) return 0;
  if (!credentials.has(CAP_SYS_CHROOT)) return refuse(EPERM, "setns: CAP_SYS_CHROOT");
  return task.fs.users > 1 ? refuse(EINVAL, "setns: the root directory is shared") : 0;
}

function enter(task: Task, theirs: Namespaces, type: number): number {
  const own = task.namespaces;
  const mounts = (type & CLONE_NEWNS) !== 0 ? theirs.mounts : own.mounts;
  if ((type & CLONE_NEWIPC) !== 0) own.ipc.processExits(task.group);
  task.namespaces = new Namespaces(
    (type & CLONE_NEWUTS) !== 0 ? theirs.uts : own.uts,
    mounts,
    (type & CLONE_NEWIPC) !== 0 ? theirs.ipc : own.ipc,
  );
  if (mounts === own.mounts) return 0;
  let { root } = mounts;
  // What is mounted over the root is the root that is seen.
  for (
    let over = root.children.get(root.root);
    over !== undefined;
    over = root.children.get(root.root)
  )
    root = over;
  task.fs.setRoot(new Path(root, root.root));
  task.fs.setCwd(new Path(root, root.root));
  return 0;
}
