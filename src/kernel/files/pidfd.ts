/**
 * PidFile: a process as a descriptor (pidfd_open(2)): readable once the process is a zombie.
 */
import { EINVAL, ENOTTY, EOPNOTSUPP, EPERM, ESRCH } from "../../abi/errno.ts";
import { O_CLOEXEC, O_NONBLOCK, O_RDWR } from "../../abi/fcntl.ts";
import {
  PIDFD_GET_CGROUP_NAMESPACE,
  PIDFD_GET_IPC_NAMESPACE,
  PIDFD_GET_MNT_NAMESPACE,
  PIDFD_GET_NET_NAMESPACE,
  PIDFD_GET_PID_NAMESPACE,
  PIDFD_GET_TIME_NAMESPACE,
  PIDFD_GET_USER_NAMESPACE,
  PIDFD_GET_UTS_NAMESPACE,
} from "../../abi/ioctl.ts";
import { POLLHUP, POLLIN, POLLRDNORM } from "../../abi/poll.ts";
import { refuse } from "../../base/refuse.ts";
import type { Waiter } from "../../base/wait-queue.ts";
import type { Namespace } from "../ns/namespace.ts";
import { openNamespace } from "../ns/namespace-file.ts";
import type { PidNamespace } from "../ns/pid-namespace.ts";
import { mayAccess } from "../task/access.ts";
import type { Task } from "../task/task.ts";
import type { ThreadGroup } from "../task/thread-group.ts";
import { File } from "../vfs/file.ts";
import { anonymous } from "./nameless.ts";

type Find = (task: Task) => Namespace | null;

const NAMESPACES: ReadonlyMap<number, Find> = new Map<number, Find>([
  [PIDFD_GET_CGROUP_NAMESPACE, ({ namespaces }) => namespaces.cgroup],
  [PIDFD_GET_IPC_NAMESPACE, ({ namespaces }) => namespaces.ipc],
  [PIDFD_GET_MNT_NAMESPACE, ({ namespaces }) => namespaces.mounts],
  [PIDFD_GET_NET_NAMESPACE, ({ namespaces }) => namespaces.network],
  [PIDFD_GET_PID_NAMESPACE, ({ group }) => group.pidNamespace],
  [PIDFD_GET_TIME_NAMESPACE, () => null],
  [PIDFD_GET_USER_NAMESPACE, ({ credentials }) => credentials.userNamespace],
  [PIDFD_GET_UTS_NAMESPACE, ({ namespaces }) => namespaces.uts],
]);

export class PidFile extends File implements Waiter {
  readonly group: ThreadGroup;

  constructor(task: Task, group: ThreadGroup, flags: number) {
    const { inode, path } = anonymous(task.kernel.vfs, "[pidfd]");
    super(inode, path, O_RDWR | O_CLOEXEC | (flags & O_NONBLOCK), task.credentials);
    this.group = group;
    group.pidfdEvents.add(this, -1);
  }

  override poll(): number {
    if (!this.group.isZombie) return 0;
    return this.group.parent?.children.has(this.group) === false
      ? POLLIN | POLLRDNORM | POLLHUP
      : POLLIN | POLLRDNORM;
  }

  /** Descriptors of its namespaces (ioctl_pidfd(2)). */
  override ioctl(task: Task, request: number, argument: number): number {
    const find = NAMESPACES.get(request);
    if (find === undefined) return -ENOTTY;
    const target = this.group.anyTask;
    if (target === null) return -ESRCH;
    if (argument !== 0) return refuse(EINVAL, "ioctl: no argument");
    if (!mayAccess(task, target)) return refuse(EPERM, "ioctl: no ptrace access");
    const namespace = find(target);
    return namespace === null ? -EOPNOTSUPP : openNamespace(task, namespace);
  }

  override fdinfo(namespace: PidNamespace): string {
    const { pid, pidNamespace, kernel } = this.group;
    if (kernel.pids.group(pid) !== this.group) return "Pid:\t-1\nNSpid:\t-1\n";
    const numbers: number[] = [];
    for (let at = pidNamespace; at.level > namespace.level; at = at.parent!)
      numbers.unshift(at.numberOf(pid));
    const here = namespace.numberOf(pid);
    const shown = here === 0 ? [0] : [here, ...numbers];
    return `Pid:\t${here}\nNSpid:\t${shown.join("\t")}\n`;
  }

  onWake(): boolean {
    this.queue.wake(POLLIN | POLLHUP);
    return false;
  }

  override release(): void {
    this.group.pidfdEvents.remove(this);
  }
}
