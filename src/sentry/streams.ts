/**
 * streams: descriptors of the host become those of a program: its standard streams, and what else it
 * is to inherit. Pipes and terminals among the former are `owner`'s, as the program sees them.
 */
import { AT_FDCWD, O_RDONLY, O_WRONLY } from "../abi/fcntl.ts";
import { S_IFCHR, S_IFMT } from "../abi/stat.ts";
import { HostStream } from "../fs/host/stream.ts";
import { HostStat } from "../host/stat.ts";
import type { Credentials } from "../kernel/cred/credentials.ts";
import type { Task } from "../kernel/task/task.ts";
import type { Sandbox } from "./sandbox.ts";

const NAMES = ["stdin", "stdout", "stderr"];

/** `given[i]` becomes descriptor i of the process; the host's descriptors stay the caller's. */
export function openStreams(
  sandbox: Sandbox,
  task: Task,
  given: readonly number[],
  owner: Credentials | null = null,
): void {
  const { host, kernel, platform } = sandbox;
  const { vfs } = kernel;
  const stat = new HostStat();
  for (const [fd, hostFd] of given.entries()) {
    if (host.statx(hostFd, "", stat) < 0) continue; // closed here, closed there
    // The host's /dev/null is the guest's own: it looks and behaves like one.
    const isNull = (stat.mode & S_IFMT) === S_IFCHR && stat.rdevMajor === 1 && stat.rdevMinor === 3;
    const name = `host:[${NAMES[fd] ?? fd}]`;
    const file = isNull
      ? vfs.openPath(task, AT_FDCWD, "/dev/null", fd === 0 ? O_RDONLY : O_WRONLY)
      : new HostStream(vfs, host, platform, hostFd, task.credentials, name);
    // As runtimes give a program its streams: what it may write to it may open again.
    if (owner !== null && file instanceof HostStream && file.isNameless) {
      file.inode.uid = owner.uid;
      if (owner.userNamespace.level > 0) file.inode.gid = owner.userNamespace.kernelGid(0);
    }
    if (typeof file !== "number") task.files.replace(task, fd, file, false);
  }
}
