/**
 * Questions about filesystems in general. Source: sysfs(2), quotactl(2). No filesystem here has quotas.
 */
import { EBADF, EFAULT, EINVAL, ENODEV, ENOSYS, ENOTBLK } from "../../abi/errno.ts";
import { AT_FDCWD } from "../../abi/fcntl.ts";
import { PATH_MAX } from "../../abi/limits.ts";
import { S_IFBLK, S_IFMT } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../../kernel/task/task.ts";

/** Options of sysfs(2). */
const NAME_TO_INDEX = 1;
const INDEX_TO_NAME = 2;
const COUNT = 3;

export function sysfs(task: Task, option: number, argument: number, bufferAt: number): number {
  const names = [...task.kernel.vfs.filesystemTypes.all()].map((type) => type.name);
  switch (option) {
    case NAME_TO_INDEX: {
      const name = task.mm.readString(argument, PATH_MAX);
      if (typeof name === "number") return name === -1 ? -EINVAL : name;
      const index = names.indexOf(name);
      return index < 0 ? refuse(EINVAL, "sysfs: no such type") : index;
    }
    case INDEX_TO_NAME: {
      const name = names[argument];
      if (name === undefined) return refuse(EINVAL, "sysfs: no such index");
      const bytes = Uint8Array.from(`${name}\0`, (c) => c.charCodeAt(0));
      return task.mm.write(bufferAt, bytes) < 0 ? -EFAULT : 0;
    }
    case COUNT:
      return names.length;
    default:
      return refuse(EINVAL, "sysfs: no such option");
  }
}

const Q_SYNC = 0x800001;
const QUOTA_TYPES = 3;

export function quotactl(task: Task, command: number, specialAt: number): number {
  if ((command & 0xff) >= QUOTA_TYPES) return refuse(EINVAL, "quotactl: no such type");
  if (specialAt === 0) return command >>> 8 === Q_SYNC ? 0 : refuse(ENODEV, "quotactl: no device");
  const name = task.mm.readPath(specialAt);
  if (typeof name === "number") return name;
  const path = task.kernel.vfs.resolve(task, AT_FDCWD, name);
  if (typeof path === "number") return path;
  if ((path.inode.mode & S_IFMT) !== S_IFBLK)
    return refuse(ENOTBLK, "quotactl: not a block device");
  return refuse(ENODEV, "quotactl: no filesystem is on it");
}

export function quotactl_fd(task: Task, fd: number, command: number): number {
  if ((command & 0xff) >= QUOTA_TYPES) return refuse(EINVAL, "quotactl_fd: no such type");
  return task.files.get(fd) === null ? -EBADF : refuse(ENOSYS, "quotactl_fd: no quotas here");
}
