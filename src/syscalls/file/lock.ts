/**
 * flock and the record locks of fcntl: POSIX (owned by the process) and OFD (owned by the open file).
 * Source: flock(2), fcntl_locking(2). A lock in the way: EAGAIN, or wait on the inode's lock queue.
 */
import { EAGAIN, EBADF, EDEADLK, EFAULT, EINVAL, EOVERFLOW } from "../../abi/errno.ts";
import {
  F_OFD_SETLKW,
  F_RDLCK,
  F_SETLKW,
  F_UNLCK,
  F_WRLCK,
  flock as flockStruct,
  LOCK_EX,
  LOCK_NB,
  LOCK_SH,
  LOCK_UN,
  O_PATH,
  SEEK_CUR,
  SEEK_END,
  SEEK_SET,
} from "../../abi/fcntl.ts";
import { POLLIN } from "../../abi/poll.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { File } from "../../kernel/vfs/file.ts";
import { allowsLock, FileLocks, type Lock, wholeFile } from "../../kernel/vfs/locks.ts";

export function flock(task: Task, fd: number, operation: number): number {
  const file = task.files.get(fd);
  if (file === null || (file.flags & O_PATH) !== 0) return -EBADF;
  const wait = (operation & LOCK_NB) === 0;
  switch (operation & ~LOCK_NB) {
    case LOCK_UN:
      file.inode.locks?.set(wholeFile("flock", F_UNLCK, file, task.pid));
      return 0;
    case LOCK_SH:
      return takeFlock(task, file, F_RDLCK, wait);
    case LOCK_EX:
      return takeFlock(task, file, F_WRLCK, wait);
    default:
      return refuse(EINVAL, "flock: unknown operation");
  }
}

function takeFlock(task: Task, file: File, type: number, wait: boolean): number {
  const locks = locksOf(file);
  const lock = wholeFile("flock", type, file, task.pid);
  if (locks.conflict(lock) === null) {
    locks.set(lock);
    return 0;
  }
  // Linux drops the old lock first when it converts one.
  locks.set(wholeFile("flock", F_UNLCK, file, task.pid));
  if (!wait) return -EAGAIN;
  task.waitOn(locks.queue, POLLIN);
  return task.park();
}

function locksOf(file: File): FileLocks {
  file.inode.locks ??= new FileLocks();
  return file.inode.locks;
}

/** F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW. */
export function setRecordLock(
  task: Task,
  file: File,
  command: number,
  at: number,
  isOfd: boolean,
): number {
  const lock = readLock(task, file, at, isOfd);
  if (typeof lock === "number") return lock;
  if (lock.type !== F_RDLCK && lock.type !== F_WRLCK && lock.type !== F_UNLCK)
    return refuse(EINVAL, "fcntl: unknown lock type");
  if (!allowsLock(file, lock.type)) return refuse(EBADF, "fcntl: the file is not open for that");
  const locks = locksOf(file);
  const graph = task.kernel.vfs.lockGraph;
  graph.done(lock.owner);
  if (lock.type === F_UNLCK || locks.conflict(lock) === null) {
    locks.set(lock);
    return 0;
  }
  if (command !== F_SETLKW && command !== F_OFD_SETLKW) return -EAGAIN;
  if (!isOfd) {
    const blockers = locks.blockers(lock);
    if (graph.closesCircle(lock.owner, blockers))
      return refuse(EDEADLK, "fcntl: a circle of waiters");
    graph.wait(lock.owner, blockers);
  }
  task.waitOn(locks.queue, POLLIN);
  const rc = task.park();
  if (rc > -5000) graph.done(lock.owner);
  return rc;
}

/** F_GETLK and F_OFD_GETLK: who is in the way? */
export function getRecordLock(task: Task, file: File, at: number, isOfd: boolean): number {
  const lock = readLock(task, file, at, isOfd);
  if (typeof lock === "number") return lock;
  if (lock.type !== F_RDLCK && lock.type !== F_WRLCK)
    return refuse(EINVAL, "fcntl: unknown lock type");
  const other = file.inode.locks?.conflict(lock) ?? null;
  if (other === null) {
    const word = new Uint8Array(2);
    word[0] = F_UNLCK;
    return task.mm.write(at, word);
  }
  const bytes = new Uint8Array(flockStruct.size);
  flockStruct.write(new DataView(bytes.buffer), 0, {
    l_type: other.type,
    l_whence: SEEK_SET,
    l_start: other.start,
    l_len: other.end === Infinity ? 0 : other.end - other.start + 1,
    l_pid: other.pid < 0 ? -1 : task.numberOf(other.pid),
  });
  return task.mm.write(at, bytes);
}

function readLock(task: Task, file: File, at: number, isOfd: boolean): Lock | number {
  const view = task.mm.view(at, flockStruct.size);
  if (view === null) return -EFAULT;
  const { l_type, l_whence, l_start, l_len, l_pid } = flockStruct.read(view, 0);
  if (isOfd && l_pid !== 0) return refuse(EINVAL, "fcntl: l_pid must be 0 for OFD locks");
  const base = startOf(task, file, l_whence);
  if (base < 0) return base;
  let start = base + l_start;
  if (start > 2 ** 63) return -EOVERFLOW;
  let end = l_len > 0 ? start + l_len - 1 : Infinity;
  if (l_len < 0) {
    end = start - 1;
    start += l_len;
  }
  if (start < 0) return refuse(EINVAL, "fcntl: the range begins before the file");
  if (end >= 2 ** 63 - 1) end = Infinity;
  const owner = isOfd ? file : task.files;
  return { kind: "record", type: l_type, start, end, owner, pid: isOfd ? -1 : task.pid };
}

function startOf(task: Task, file: File, whence: number): number {
  switch (whence) {
    case SEEK_SET:
      return 0;
    case SEEK_CUR:
      return file.position;
    case SEEK_END: {
      const { stat } = task.kernel.vfs;
      const rc = file.inode.getattr(stat);
      return rc < 0 ? rc : stat.size;
    }
    default:
      return refuse(EINVAL, "fcntl: unknown l_whence");
  }
}
