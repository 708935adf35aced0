/**
 * Namespaces: which worlds a task sees (namespaces(7), struct nsproxy), apart from its user namespace, which its
 * credentials name, and its own pid namespace, which its process was born into. The set is immutable; unshare(2), setns(2)
 * and CLONE_NEW* make a new one.
 */
import { CLONE_NEWUTS } from "../../abi/sched.ts";
import type { CgroupNamespace } from "../cgroup/cgroup.ts";
import type { IpcNamespace } from "../ipc/namespace.ts";
import type { NetworkNamespace } from "../socket/network.ts";
import type { MountNamespace } from "../vfs/mount-namespace.ts";
import { Namespace } from "./namespace.ts";
import type { PidNamespace } from "./pid-namespace.ts";
import type { UserNamespace } from "./user-namespace.ts";

/** uts_namespaces(7): both are byte strings of at most 64 bytes. */
export class UtsNamespace extends Namespace {
  hostname: string;
  domainname: string;

  constructor(id: number, owner: UserNamespace, hostname: string, domainname: string) {
    super(id, owner);
    this.hostname = hostname;
    this.domainname = domainname;
  }

  override get kind(): string {
    return "uts";
  }

  override get flag(): number {
    return CLONE_NEWUTS;
  }
}

export interface NamespaceFields {
  readonly uts: UtsNamespace;
  readonly mounts: MountNamespace;
  readonly ipc: IpcNamespace;
  readonly network: NetworkNamespace;
  readonly cgroup: CgroupNamespace;
  /** Where its next child processes are born; its own one unless unshare or setns said otherwise. */
  readonly pidForChildren: PidNamespace;
}

export class Namespaces implements NamespaceFields {
  readonly uts: UtsNamespace;
  readonly mounts: MountNamespace;
  readonly ipc: IpcNamespace;
  readonly network: NetworkNamespace;
  readonly cgroup: CgroupNamespace;
  readonly pidForChildren: PidNamespace;
  #users = 0;

  constructor(fields: NamespaceFields) {
    this.uts = fields.uts;
    this.mounts = fields.mounts;
    this.ipc = fields.ipc;
    this.network = fields.network;
    this.cgroup = fields.cgroup;
    this.pidForChildren = fields.pidForChildren;
  }

  with(changes: Partial<NamespaceFields>): Namespaces {
    const { uts, mounts, ipc, network, cgroup, pidForChildren } = this;
    return new Namespaces({ uts, mounts, ipc, network, cgroup, pidForChildren, ...changes });
  }

  /** A task has this set now. */
  ref(): this {
    if (this.#users++ === 0) this.mounts.ref();
    return this;
  }

  unref(): void {
    if (--this.#users === 0) this.mounts.unref();
  }
}
