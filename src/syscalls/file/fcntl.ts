/**
 * fcntl: everything that can be asked of a descriptor. Source: fcntl(2). Record locks are in lock.ts.
 */
import { EBADF, EFAULT, EINVAL, EPERM } from "../../abi/errno.ts";
import {
  F_ADD_SEALS,
  F_CREATED_QUERY,
  F_DUPFD,
  F_DUPFD_CLOEXEC,
  F_DUPFD_QUERY,
  F_GET_FILE_RW_HINT,
  F_GET_RW_HINT,
  F_GET_SEALS,
  F_GETFD,
  F_GETFL,
  F_GETLEASE,
  F_GETLK,
  F_GETOWN,
  F_GETOWN_EX,
  F_GETOWNER_UIDS,
  F_GETPIPE_SZ,
  F_GETSIG,
  F_OFD_GETLK,
  F_OFD_SETLK,
  F_OFD_SETLKW,
  F_OWNER_PGRP,
  F_OWNER_PID,
  F_OWNER_TID,
  F_SET_FILE_RW_HINT,
  F_SET_RW_HINT,
  F_SETFD,
  F_SETFL,
  F_SETLEASE,
  F_SETLK,
  F_SETLKW,
  F_SETOWN,
  F_SETOWN_EX,
  F_SETPIPE_SZ,
  F_SETSIG,
  F_UNLCK,
  FASYNC,
  FD_CLOEXEC,
  O_APPEND,
  O_DIRECT,
  O_NOATIME,
  O_NONBLOCK,
  O_PATH,
} from "../../abi/fcntl.ts";
import { RLIMIT_NOFILE } from "../../abi/resource.ts";
import { refuse } from "../../base/refuse.ts";
import { ownerOf, setOwner } from "../../kernel/fd/owner.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { File } from "../../kernel/vfs/file.ts";
import { seenThrough } from "../../kernel/vfs/mount-ids.ts";
import { isOwner } from "../../kernel/vfs/permission.ts";
import { duplicate } from "./descriptor.ts";
import { getRecordLock, setRecordLock } from "./lock.ts";

const CHANGEABLE = O_APPEND | O_DIRECT | O_NOATIME | O_NONBLOCK | FASYNC;
const NSIG = 64;

export function fcntl(task: Task, fd: number, command: number, arg: number): number {
  const file = task.files.get(fd);
  if (file === null) return -EBADF;
  switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
      return duplicateFrom(task, fd, intOf(arg), command === F_DUPFD_CLOEXEC);
    case F_GETFD:
      return task.files.isCloseOnExec(fd) ? FD_CLOEXEC : 0;
    case F_SETFD:
      task.files.setCloseOnExec(fd, (intOf(arg) & FD_CLOEXEC) !== 0);
      return 0;
    case F_GETFL:
      return file.flags;
    case F_DUPFD_QUERY:
      return task.files.get(intOf(arg)) === file ? 1 : 0;
    default:
      return (file.flags & O_PATH) !== 0 ? -EBADF : onFile(task, file, command, arg);
  }
}

/** Registers are unsigned here; the C argument is an int. */
function intOf(arg: number): number {
  return (arg % 2 ** 32) | 0;
}

function duplicateFrom(task: Task, fd: number, from: number, closeOnExec: boolean): number {
  if (from < 0 || from >= task.group.limits.soft(RLIMIT_NOFILE))
    return refuse(EINVAL, "fcntl: the lowest descriptor is out of range");
  return duplicate(task, fd, from, closeOnExec);
}

function onFile(task: Task, file: File, command: number, arg: number): number {
  switch (command) {
    case F_SETFL:
      return setStatus(task, file, intOf(arg));
    case F_GETLK:
    case F_OFD_GETLK:
      return getRecordLock(task, file, arg, command === F_OFD_GETLK);
    case F_SETLK:
    case F_SETLKW:
      return setRecordLock(task, file, command, arg, false);
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
      return setRecordLock(task, file, command, arg, true);
    case F_SETPIPE_SZ:
      return file.setPipeSize(task, intOf(arg) >>> 0);
    case F_GETPIPE_SZ:
      return file.getPipeSize();
    case F_ADD_SEALS:
      return file.addSeals(intOf(arg));
    case F_GET_SEALS:
      return file.getSeals();
    default:
      return onOwner(task, file, command, arg);
  }
}

function setStatus(task: Task, file: File, wanted: number): number {
  const changed = (file.flags ^ wanted) & CHANGEABLE;
  const seen = seenThrough(file.mountIds, file.inode);
  if ((changed & wanted & O_NOATIME) !== 0 && !isOwner(task.credentials, seen))
    return refuse(EPERM, "fcntl: O_NOATIME is for the owner");
  return file.setFlags(file.flags ^ changed);
}

function onOwner(task: Task, file: File, command: number, arg: number): number {
  switch (command) {
    case F_SETOWN:
      return setOwner(task, file, intOf(arg), false);
    case F_GETOWN:
      return ownerOf(task, file);
    case F_SETOWN_EX:
      return setOwnerEx(task, file, arg);
    case F_GETOWN_EX:
      return getOwnerEx(task, file, arg);
    case F_GETOWNER_UIDS:
      return task.mm.write(arg, new Uint8Array(8));
    case F_SETSIG: {
      const signo = intOf(arg);
      if (signo < 0 || signo > NSIG) return refuse(EINVAL, "fcntl: no such signal");
      file.ownerSignal = signo;
      return 0;
    }
    case F_GETSIG:
      return file.ownerSignal;
    default:
      return onHint(task, file, command, arg);
  }
}

function onHint(task: Task, file: File, command: number, arg: number): number {
  switch (command) {
    case F_GETLEASE:
      return file.inode.isRegular ? F_UNLCK : -EINVAL;
    case F_SETLEASE:
      // Nobody can break a lease here: asking for none is all that can be granted.
      return intOf(arg) === F_UNLCK ? 0 : refuse(EINVAL, "fcntl: leases are not supported");
    case F_CREATED_QUERY:
      return 0;
    case F_GET_RW_HINT:
    case F_GET_FILE_RW_HINT:
      return task.mm.writeU64(arg, 0);
    case F_SET_RW_HINT:
    case F_SET_FILE_RW_HINT:
      return Number.isNaN(task.mm.readU64(arg)) ? -EFAULT : 0;
    default:
      return refuse(EINVAL, "fcntl: unknown command");
  }
}

function setOwnerEx(task: Task, file: File, at: number): number {
  const view = task.mm.view(at, 8);
  if (view === null) return -EFAULT;
  const type = view.getInt32(0, true);
  const pid = view.getInt32(4, true);
  if (type !== F_OWNER_TID && type !== F_OWNER_PID && type !== F_OWNER_PGRP)
    return refuse(EINVAL, "fcntl: unknown owner type");
  return setOwner(task, file, type === F_OWNER_PGRP ? -pid : pid, type === F_OWNER_TID);
}

function getOwnerEx(task: Task, file: File, at: number): number {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  const type = file.owner < 0 ? F_OWNER_PGRP : file.ownerIsThread ? F_OWNER_TID : F_OWNER_PID;
  view.setInt32(0, type, true);
  view.setInt32(4, Math.abs(ownerOf(task, file)), true);
  return task.mm.write(at, bytes);
}
