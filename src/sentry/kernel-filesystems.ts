/**
 * The filesystems that the kernel makes up itself: proc, sysfs, devpts. plugKernelFilesystems()
 * registers their types and the terminal drivers, and gives one of each for boot to mount.
 */

import { Cgroup2Type } from "../fs/cgroup/filesystem.ts";
import { registerTerminals } from "../fs/devpts/drivers.ts";
import { DEVPTS_PRIVATE, Devpts, DevptsType } from "../fs/devpts/filesystem.ts";
import type { SystemFacts } from "../fs/proc/facts.ts";
import { type Procfs, ProcType } from "../fs/proc/filesystem.ts";
import { KernelNetwork } from "../fs/proc/net/report.ts";
import { type Sysfs, SysfsType } from "../fs/sys/filesystem.ts";
import { MqueueType } from "../kernel/ipc/mqueue-filesystem.ts";
import type { Kernel } from "../kernel/kernel.ts";

export interface KernelFilesystems {
  readonly proc: Procfs;
  readonly sys: Sysfs;
  readonly devpts: Devpts;
}

export function plugKernelFilesystems(kernel: Kernel, facts: SystemFacts): KernelFilesystems {
  const { vfs } = kernel;
  const proc = new ProcType(kernel, facts, new KernelNetwork());
  const sys = new SysfsType(proc.system);
  vfs.filesystemTypes.register(sys);
  vfs.filesystemTypes.register(proc);
  vfs.filesystemTypes.register(new DevptsType(vfs));
  vfs.filesystemTypes.register(new MqueueType());
  vfs.filesystemTypes.register(new Cgroup2Type(kernel, facts));
  registerTerminals(vfs);
  return { proc: proc.make(), sys: sys.make(), devpts: new Devpts(vfs, DEVPTS_PRIVATE) };
}
