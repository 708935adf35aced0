/**
 * Namespaces: which worlds a task sees (namespaces(7)): host name, mounts, IPC objects. The set is
 * immutable but for the names in its UTS part; unshare and CLONE_NEW* make a new set.
 */
import { IpcNamespace } from "../ipc/namespace.ts";
import type { Task } from "../task/task.ts";
import type { MountNamespace } from "../vfs/mount.ts";

/** uts_namespaces(7): both are byte strings of at most 64 bytes. */
export class UtsNamespace {
  hostname: string;
  domainname: string;

  constructor(hostname: string, domainname: string) {
    this.hostname = hostname;
    this.domainname = domainname;
  }
}

export class Namespaces {
  readonly uts: UtsNamespace;
  readonly mounts: MountNamespace;
  readonly ipc: IpcNamespace;

  constructor(uts: UtsNamespace, mounts: MountNamespace, ipc = new IpcNamespace()) {
    this.uts = uts;
    this.mounts = mounts;
    this.ipc = ipc;
  }

  /** The set of a task that leaves some of its namespaces; its paths move to the copied mounts. */
  unshare(task: Task, uts: boolean, mounts: boolean, ipc: boolean): Namespaces {
    const names = uts ? new UtsNamespace(this.uts.hostname, this.uts.domainname) : this.uts;
    const tree = mounts ? task.kernel.vfs.unshareMounts(task, this.mounts) : this.mounts;
    return new Namespaces(
      names,
      tree,
      ipc ? new IpcNamespace(task.kernel.vfs.newNamespaceId()) : this.ipc,
    );
  }
}
