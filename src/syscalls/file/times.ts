/**
 * utime, utimes, futimesat, utimensat: access and modification times.
 * Source: utimensat(2): now needs write permission or ownership, any other time needs ownership.
 */
import { EFAULT, EINVAL, EPERM } from "../../abi/errno.ts";
import { AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW } from "../../abi/fcntl.ts";
import { IN_ATTRIB } from "../../abi/inotify.ts";
import { getI64 } from "../../abi/struct.ts";
import { UTIME_NOW, UTIME_OMIT } from "../../abi/time.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../../kernel/task/task.ts";
import { ATTR_ATIME, ATTR_MTIME, Attributes } from "../../kernel/vfs/attributes.ts";
import { notifyDentry } from "../../kernel/vfs/inotify.ts";
import { checkOwner, seenThrough } from "../../kernel/vfs/mount-ids.ts";
import { LOOKUP_FOLLOW } from "../../kernel/vfs/namei.ts";
import { isOwner, MAY_WRITE } from "../../kernel/vfs/permission.ts";
import { idsOf, lookupFlags, mayChange, type Place, placeAt, placeOf } from "./place.ts";

/** Access and modification time as the caller gave them; nanoseconds may be UTIME_NOW or UTIME_OMIT. */
interface Times {
  aSec: number;
  aNsec: number;
  mSec: number;
  mNsec: number;
}

const NOW: Times = { aSec: 0, aNsec: UTIME_NOW, mSec: 0, mNsec: UTIME_NOW };

export function utime(task: Task, pathname: number, at: number): number {
  const times = at === 0 ? NOW : readUtimbuf(task, at);
  if (typeof times === "number") return times;
  return setTimes(task, placeAt(task, AT_FDCWD, pathname, LOOKUP_FOLLOW), times);
}

function readUtimbuf(task: Task, at: number): Times | number {
  const view = task.mm.view(at, 16);
  if (view === null) return -EFAULT;
  return { aSec: getI64(view, 0), aNsec: 0, mSec: getI64(view, 8), mNsec: 0 };
}

export function utimes(task: Task, pathname: number, at: number): number {
  return futimesat(task, AT_FDCWD, pathname, at);
}

export function futimesat(task: Task, dirfd: number, pathname: number, at: number): number {
  const times = at === 0 ? NOW : readTimevals(task, at);
  if (typeof times === "number") return times;
  const place =
    pathname === 0 ? placeOf(task, dirfd) : placeAt(task, dirfd, pathname, LOOKUP_FOLLOW);
  return setTimes(task, place, times);
}

function readTimevals(task: Task, at: number): Times | number {
  const times = readPairs(task, at);
  if (typeof times === "number") return times;
  if (times.aNsec < 0 || times.aNsec >= 1e6 || times.mNsec < 0 || times.mNsec >= 1e6)
    return refuse(EINVAL, "utimes: microseconds out of range");
  times.aNsec *= 1000;
  times.mNsec *= 1000;
  return times;
}

function readPairs(task: Task, at: number): Times | number {
  const view = task.mm.view(at, 32);
  if (view === null) return -EFAULT;
  return {
    aSec: getI64(view, 0),
    aNsec: getI64(view, 8),
    mSec: getI64(view, 16),
    mNsec: getI64(view, 24),
  };
}

export function utimensat(
  task: Task,
  dirfd: number,
  pathname: number,
  at: number,
  flags: number,
): number {
  const times = at === 0 ? NOW : readPairs(task, at);
  if (typeof times === "number") return times;
  if (!isNsec(times.aNsec) || !isNsec(times.mNsec))
    return refuse(EINVAL, "utimensat: nanoseconds out of range");
  if (times.aNsec === UTIME_OMIT && times.mNsec === UTIME_OMIT) return 0;
  if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0)
    return refuse(EINVAL, "utimensat: unknown flags");
  if (pathname === 0) {
    if (dirfd === AT_FDCWD) return -EFAULT;
    return flags !== 0 ? -EINVAL : setTimes(task, placeOf(task, dirfd), times);
  }
  return setTimes(task, placeAt(task, dirfd, pathname, lookupFlags(flags)), times);
}

function isNsec(nsec: number): boolean {
  return (nsec >= 0 && nsec < 1e9) || nsec === UTIME_NOW || nsec === UTIME_OMIT;
}

function setTimes(task: Task, place: Place | number, times: Times): number {
  if (typeof place === "number") return place;
  const readOnly = mayChange(place);
  if (readOnly < 0) return readOnly;
  const may = maySetTimes(task, place, times);
  if (may < 0) return may;
  const { vfs } = task.kernel;
  const nowSec = vfs.nowSec();
  const nowNsec = vfs.now[1]!;
  const changes = new Attributes();
  if (times.aNsec !== UTIME_OMIT) {
    const now = times.aNsec === UTIME_NOW;
    changes.valid |= ATTR_ATIME;
    changes.atimeSec = now ? nowSec : times.aSec;
    changes.atimeNsec = now ? nowNsec : times.aNsec;
  }
  if (times.mNsec !== UTIME_OMIT) {
    const now = times.mNsec === UTIME_NOW;
    changes.valid |= ATTR_MTIME;
    changes.mtimeSec = now ? nowSec : times.mSec;
    changes.mtimeNsec = now ? nowNsec : times.mNsec;
  }
  const rc = place.inode.setattr(task, changes);
  if (rc === 0 && place.dentry !== null) notifyDentry(place.dentry, IN_ATTRIB);
  return rc;
}

function maySetTimes(task: Task, place: Place, times: Times): number {
  const ids = idsOf(place);
  const isTouch = times.aNsec === UTIME_NOW && times.mNsec === UTIME_NOW;
  const isOwn = isOwner(task.credentials, seenThrough(ids, place.inode));
  if (isTouch && !isOwn) return place.inode.permission(task.credentials, MAY_WRITE, ids);
  const rc = checkOwner(ids, place.inode);
  if (rc < 0 || isOwn) return rc;
  return refuse(EPERM, "utimensat: only the owner may set times other than now");
}
