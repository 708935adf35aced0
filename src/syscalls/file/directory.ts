/**
 * getdents, getcwd, chdir, chroot, umask: directories, and where path names begin.
 * Source: getdents(2), getcwd(2), chdir(2), chroot(2), umask(2).
 */
import { CAP_SYS_CHROOT } from "../../abi/capability.ts";
import { LINUX_DIRENT_NAME, LINUX_DIRENT64_NAME } from "../../abi/dirent.ts";
import {
  EBADF,
  EFAULT,
  EINVAL,
  ENAMETOOLONG,
  ENOENT,
  ENOTDIR,
  EPERM,
  ERANGE,
} from "../../abi/errno.ts";
import { AT_FDCWD } from "../../abi/fcntl.ts";
import { IN_ACCESS } from "../../abi/inotify.ts";
import { PATH_MAX } from "../../abi/limits.ts";
import { setU64 } from "../../abi/struct.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../../kernel/task/task.ts";
import { DirectoryEmitter } from "../../kernel/vfs/directory-emitter.ts";
import { notifyFile } from "../../kernel/vfs/inotify.ts";
import { LOOKUP_DIRECTORY, LOOKUP_FOLLOW } from "../../kernel/vfs/namei.ts";
import type { PackedEntries } from "../../kernel/vfs/packed-entries.ts";
import type { Path } from "../../kernel/vfs/path.ts";
import { isDeleted } from "../../kernel/vfs/pathname.ts";
import { MAY_EXEC } from "../../kernel/vfs/permission.ts";
import type { Vfs } from "../../kernel/vfs/vfs.ts";

export function getdents64(task: Task, fd: number, dirp: number, count: number): number {
  return list(task, fd, dirp, count, LINUX_DIRENT64_NAME);
}

export function getdents(task: Task, fd: number, dirp: number, count: number): number {
  return list(task, fd, dirp, count, LINUX_DIRENT_NAME);
}

function list(task: Task, fd: number, dirp: number, count: number, nameAt: number): number {
  const file = task.files.get(fd);
  if (file === null || !file.readable) return -EBADF;
  const writer = new DirentWriter(task.kernel.vfs, count, nameAt);
  const before = file.position;
  const rc = file.readdir(task, writer);
  if (rc < 0 && writer.length === 0) return rc;
  if (writer.length === 0)
    return writer.isFull ? refuse(EINVAL, "getdents: no room for one entry") : 0;
  if (task.mm.copyOut(dirp, writer.bytes, 0, writer.length) < writer.length) {
    file.position = before;
    return -EFAULT;
  }
  if (task.kernel.vfs.markCount > 0) notifyFile(file, IN_ACCESS);
  return writer.length;
}

/** Lays out struct linux_dirent64 (name at 19, type before it) or linux_dirent (type at the end). */
class DirentWriter extends DirectoryEmitter {
  readonly bytes: Uint8Array;
  length = 0;
  isFull = false;
  readonly #view: DataView;
  readonly #room: number;
  readonly #nameAt: number;

  /** Fills the buffer that the Vfs lends, `room` bytes at most, whatever the guest's buffer has. */
  constructor({ records, recordsView }: Vfs, room: number, nameAt: number) {
    super();
    this.bytes = records;
    this.#view = recordsView;
    this.#room = Math.min(room, records.length);
    this.#nameAt = nameAt;
  }

  /** Packed records are linux_dirent64 already. */
  override emitPacked(entries: PackedEntries, at: number): number {
    if (this.#nameAt === LINUX_DIRENT_NAME) return super.emitPacked(entries, at);
    const end = entries.fitting(at, this.#room - this.length);
    this.bytes.set(entries.bytes.subarray(at, end), this.length);
    this.length += end - at;
    this.isFull = end < entries.length;
    return end;
  }

  override emit(name: string, ino: number, type: number, nextOffset: number): boolean {
    const at = this.length;
    const isOld = this.#nameAt === LINUX_DIRENT_NAME;
    const size = (this.#nameAt + name.length + (isOld ? 2 : 1) + 7) & ~7;
    if (at + size > this.#room) {
      this.isFull = true;
      return false;
    }
    setU64(this.#view, at, ino);
    setU64(this.#view, at + 8, nextOffset);
    this.#view.setUint16(at + 16, size, true);
    this.bytes.fill(0, at + 18, at + size);
    this.bytes[isOld ? at + size - 1 : at + 18] = type;
    for (let i = 0; i < name.length; i++) this.bytes[at + this.#nameAt + i] = name.charCodeAt(i);
    this.length = at + size;
    return true;
  }
}

export function getcwd(task: Task, buf: number, size: number): number {
  const { cwd, root } = task.fs;
  if (isDeleted(cwd.dentry)) return refuse(ENOENT, "getcwd: the directory was removed");
  const name = task.kernel.vfs.pathname(cwd, root);
  const length = name.length + 1;
  if (length > PATH_MAX) return refuse(ENAMETOOLONG, "getcwd: longer than PATH_MAX");
  if (length > size) return -ERANGE;
  const bytes = new Uint8Array(length);
  for (let i = 0; i < name.length; i++) bytes[i] = name.charCodeAt(i);
  return task.mm.write(buf, bytes) < 0 ? -EFAULT : length;
}

export function chdir(task: Task, pathname: number): number {
  const path = directoryAt(task, pathname);
  if (typeof path === "number") return path;
  task.fs.setCwd(path);
  return 0;
}

function directoryAt(task: Task, pathname: number): Path | number {
  const name = task.mm.readPath(pathname);
  if (typeof name === "number") return name;
  const path = task.kernel.vfs.resolve(task, AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY);
  if (typeof path === "number") return path;
  const may = path.inode.permission(task.credentials, MAY_EXEC, path.mount.ids);
  return may < 0 ? may : path;
}

export function fchdir(task: Task, fd: number): number {
  const file = task.files.get(fd);
  if (file === null) return -EBADF;
  if (file.path === null || !file.inode.isDirectory) return -ENOTDIR;
  const may = file.inode.permission(task.credentials, MAY_EXEC, file.mountIds);
  if (may < 0) return may;
  task.fs.setCwd(file.path);
  return 0;
}

export function chroot(task: Task, pathname: number): number {
  const path = directoryAt(task, pathname);
  if (typeof path === "number") return path;
  if (!task.credentials.hasOwn(CAP_SYS_CHROOT)) return refuse(EPERM, "chroot: CAP_SYS_CHROOT");
  task.fs.setRoot(path);
  return 0;
}

export function umask(task: Task, mask: number): number {
  const before = task.fs.umask;
  task.fs.umask = mask & 0o777;
  return before;
}
