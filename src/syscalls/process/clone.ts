/**
 * fork, vfork, clone, clone3, unshare: decode what the caller wants and hand it to kernel/task/clone.ts.
 * Source: clone(2), fork(2), vfork(2), unshare(2).
 */

import { CAP_CHECKPOINT_RESTORE, CAP_SYS_ADMIN } from "../../abi/capability.ts";
import { E2BIG, EBADF, EFAULT, EINVAL, EMFILE, EPERM } from "../../abi/errno.ts";
import { RLIMIT_NOFILE } from "../../abi/resource.ts";
import {
  CLONE_ARGS_SIZE_VER0,
  CLONE_FILES,
  CLONE_FS,
  CLONE_INTO_CGROUP,
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
  CLONE_PARENT_SETTID,
  CLONE_PIDFD,
  CLONE_SIGHAND,
  CLONE_SYSVSEM,
  CLONE_THREAD,
  CLONE_VFORK,
  CLONE_VM,
  CSIGNAL,
  clone_args,
} from "../../abi/sched.ts";
import { SIGCHLD } from "../../abi/signal.ts";
import { refuse } from "../../base/refuse.ts";
import { type Cgroup, isCgroupDirectory } from "../../kernel/cgroup/cgroup.ts";
import { PidFile } from "../../kernel/files/pidfd.ts";
import { MAX_PID_NS_LEVEL, type PidNamespace } from "../../kernel/ns/pid-namespace.ts";
import {
  checkUnshare,
  pidNamespaceFor,
  unshareNamespaces,
  unshareUser,
} from "../../kernel/ns/unshare.ts";
import { type CloneRequest, cloneTask, hasFlag } from "../../kernel/task/clone.ts";
import { PARKED } from "../../kernel/task/park.ts";
import type { Task } from "../../kernel/task/task.ts";

const PAGE = 4096;

export function fork(task: Task): number {
  return run(task, plain(0, SIGCHLD));
}

export function vfork(task: Task): number {
  return run(task, plain(CLONE_VM + CLONE_VFORK, SIGCHLD));
}

export function clone(
  task: Task,
  flags: number,
  stack: number,
  parentTid: number,
  childTid: number,
  tls: number,
): number {
  const low = flags % 0x100000000;
  const request = plain(low - (low % 0x100), low & CSIGNAL);
  request.stack = stack;
  request.parentTid = parentTid;
  request.childTid = childTid;
  request.tls = tls;
  // The old call returns the pidfd where the parent's tid would go.
  request.pidfd = parentTid;
  if (hasFlag(low, CLONE_PIDFD) && hasFlag(low, CLONE_PARENT_SETTID))
    return refuse(EINVAL, "clone: CLONE_PIDFD with CLONE_PARENT_SETTID");
  return run(task, request);
}

export function clone3(task: Task, address: number, size: number): number {
  if (size > PAGE) return -E2BIG;
  if (size < CLONE_ARGS_SIZE_VER0) return refuse(EINVAL, "clone3: size too small");
  const given = task.mm.read(address, size);
  if (given === null) return -EFAULT;
  if (given.subarray(clone_args.size).some((byte) => byte !== 0)) return -E2BIG;
  const bytes = new Uint8Array(clone_args.size);
  bytes.set(given.subarray(0, clone_args.size));
  const args = clone_args.read(new DataView(bytes.buffer), 0);
  const known = args.flags < 2 ** 34 && args.flags % 0x100 === 0;
  if (!known) return refuse(EINVAL, "clone3: unknown flags");
  if (hasFlag(args.flags, 0x400000)) return refuse(EINVAL, "clone3: CLONE_DETACHED");
  if (args.exit_signal > 64) return refuse(EINVAL, "clone3: bad exit signal");
  if (hasFlag(args.flags, CLONE_THREAD) && args.exit_signal !== 0)
    return refuse(EINVAL, "clone3: exit signal of a thread");
  if ((args.stack === 0) !== (args.stack_size === 0))
    return refuse(EINVAL, "clone3: stack without size, or size without stack");
  const request = plain(args.flags, args.exit_signal);
  request.stack = args.stack === 0 ? 0 : args.stack + args.stack_size;
  request.parentTid = args.parent_tid;
  request.childTid = args.child_tid;
  request.tls = args.tls;
  request.pidfd = args.pidfd;
  if (args.set_tid_size > 0) {
    const wishes = readWishes(task, args.set_tid, args.set_tid_size);
    if (typeof wishes === "number") return wishes;
    request.setTid = wishes;
  } else if (args.set_tid !== 0) return refuse(EINVAL, "clone3: set_tid without its size");
  if (hasFlag(args.flags, CLONE_INTO_CGROUP)) {
    const cgroup = cgroupAt(task, args.cgroup);
    if (typeof cgroup === "number") return cgroup;
    request.cgroup = cgroup;
  }
  return run(task, request);
}

/** The cgroup whose directory is open as `fd`, if the task may put processes there. */
function cgroupAt(task: Task, fd: number): Cgroup | number {
  const inode = task.files.get(fd)?.inode;
  if (inode === undefined) return -EBADF;
  if (!isCgroupDirectory(inode)) return refuse(EBADF, "clone3: not the directory of a cgroup");
  const rc = inode.mayEnter(task, task.credentials, task.group);
  return rc < 0 ? rc : inode.cgroup;
}

/** The pids that a child shall have, innermost namespace first. Checked further where they are given out. */
function readWishes(task: Task, at: number, count: number): number[] | number {
  const born = task.namespaces.pidForChildren;
  if (count > MAX_PID_NS_LEVEL || at === 0) return refuse(EINVAL, "clone3: bad set_tid");
  const view = task.mm.view(at, count * 4);
  if (view === null) return -EFAULT;
  const wishes: number[] = [];
  for (let i = 0; i < count; i++) wishes.push(view.getInt32(i * 4, true));
  const { credentials } = task;
  let level: PidNamespace | null = born;
  for (let i = 0; i < count && level !== null; i++, level = level.parent) {
    const { owner } = level;
    if (
      !credentials.hasIn(owner, CAP_CHECKPOINT_RESTORE) &&
      !credentials.hasIn(owner, CAP_SYS_ADMIN)
    )
      return refuse(EPERM, "clone3: set_tid needs CAP_CHECKPOINT_RESTORE");
  }
  return wishes;
}

function plain(flags: number, exitSignal: number): CloneRequest {
  return {
    flags,
    exitSignal,
    stack: 0,
    tls: 0,
    parentTid: 0,
    childTid: 0,
    pidfd: 0,
    setTid: [],
    cgroup: null,
  };
}

function run(task: Task, request: CloneRequest): number {
  // A vfork parent comes here again when its child has gone its own way.
  const born = task.restart === null ? null : (task.restart.note as Task | null);
  if (born !== null) return awaitVfork(task, born, task.record.progress);
  let pidfdNumber = -1;
  const wantsPidfd = hasFlag(request.flags, CLONE_PIDFD);
  if (wantsPidfd && hasFlag(request.flags, CLONE_THREAD))
    return refuse(EINVAL, "clone: CLONE_PIDFD of a thread");
  const child = cloneTask(task, request);
  if (typeof child === "number") return child;
  if (wantsPidfd) {
    const file = new PidFile(task, child.group, 0);
    pidfdNumber = task.files.install(file, true, task.group.limits.soft(RLIMIT_NOFILE));
    if (pidfdNumber < 0) file.unref();
    else if (task.mm.writeI32(request.pidfd, pidfdNumber) < 0) return -EFAULT;
    if (pidfdNumber < 0) return -EMFILE;
  }
  const tid = task.numberOf(child.tid);
  if (!hasFlag(request.flags, CLONE_VFORK)) return tid;
  task.record.note = child;
  task.record.progress = tid;
  return awaitVfork(task, child, tid);
}

/** Only a fatal signal ends this wait: the child is using our memory. */
function awaitVfork(task: Task, child: Task, tid: number): number {
  if (child.vforkParent !== task) return tid;
  const rc = task.parkKillable();
  return rc === PARKED ? PARKED : tid;
}

const KNOWN_UNSHARE = [
  CLONE_FILES,
  CLONE_FS,
  CLONE_INTO_CGROUP,
  CLONE_NEWNS,
  CLONE_NEWUTS,
  CLONE_SYSVSEM,
  CLONE_THREAD,
  CLONE_SIGHAND,
  CLONE_VM,
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  CLONE_NEWTIME,
];
export function unshare(task: Task, flags: number): number {
  let known = 0;
  for (const flag of KNOWN_UNSHARE) known += flag;
  for (let bit = 1; bit <= 0x80000000; bit *= 2)
    if (hasFlag(flags, bit) && !hasFlag(known, bit))
      return refuse(EINVAL, "unshare: unknown flags");
  if (
    (hasFlag(flags, CLONE_THREAD) || hasFlag(flags, CLONE_SIGHAND) || hasFlag(flags, CLONE_VM)) &&
    task.group.tasks.length > 1
  )
    return refuse(EINVAL, "unshare: process has several threads");
  if (hasFlag(flags, CLONE_NEWUSER) && task.group.tasks.length > 1)
    return refuse(EINVAL, "unshare: a user namespace for one of several threads");
  const kinds = flags | 0;
  const rc = checkUnshare(task, kinds);
  if (rc < 0) return rc;
  if (hasFlag(flags, CLONE_FILES) && task.files.users > 1) {
    task.files.users--;
    task.files = task.files.copy();
  }
  const leavesFs = (kinds & (CLONE_FS | CLONE_NEWNS | CLONE_NEWUSER)) !== 0;
  if (leavesFs && task.fs.users > 1) {
    const shared = task.fs;
    task.fs = shared.copy();
    shared.unref();
  }
  if ((kinds & (CLONE_NEWIPC | CLONE_SYSVSEM)) !== 0) task.namespaces.ipc.processExits(task.group);
  task.credentials = unshareUser(task, kinds);
  const born = pidNamespaceFor(task, kinds, task.credentials.userNamespace);
  task.setNamespaces(unshareNamespaces(task, task.namespaces, kinds, born));
  return 0;
}
