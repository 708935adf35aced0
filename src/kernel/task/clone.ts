/**
 * clone(2): new threads and processes. Three shapes on the host: a thread of the same space
 * (CLONE_VM, whatever its thread group), or a copy of the space (fork). The child first stops in the
 * platform (STOP_STARTED); startChild() gives it its registers then.
 */

import { CAP_SYS_ADMIN, CAP_SYS_RESOURCE } from "../../abi/capability.ts";
import { EAGAIN, EINVAL } from "../../abi/errno.ts";
import { ARCH_SET_FS } from "../../abi/process.ts";
import { RLIM_INFINITY, RLIMIT_CPU, RLIMIT_NPROC } from "../../abi/resource.ts";
import {
  CLONE_CHILD_CLEARTID,
  CLONE_CHILD_SETTID,
  CLONE_CLEAR_SIGHAND,
  CLONE_FILES,
  CLONE_FS,
  CLONE_NEWIPC,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  CLONE_PARENT,
  CLONE_PARENT_SETTID,
  CLONE_PIDFD,
  CLONE_SETTLS,
  CLONE_SIGHAND,
  CLONE_SYSVSEM,
  CLONE_THREAD,
  CLONE_VFORK,
  CLONE_VM,
} from "../../abi/sched.ts";
import { refuse } from "../../base/refuse.ts";
import { type GuestThread, Reg } from "../../platform/contract.ts";
import type { Cgroup } from "../cgroup/cgroup.ts";
import { processBorn, taskBorn } from "../cgroup/membership.ts";
import type { Credentials } from "../cred/credentials.ts";
import type { PidNamespace } from "../ns/pid-namespace.ts";
import { checkUnshare, pidNamespaceFor, unshareNamespaces, unshareUser } from "../ns/unshare.ts";
import { returnToGuest } from "../signal/deliver.ts";
import type { SignalHandlers } from "../signal/handlers.ts";
import { Task } from "./task.ts";
import { ThreadGroup } from "./thread-group.ts";

export interface CloneRequest {
  /** CLONE_* without the exit signal; a 64-bit flag word as a number. */
  flags: number;
  exitSignal: number;
  /** Stack pointer of the child; 0 keeps the parent's. */
  stack: number;
  tls: number;
  parentTid: number;
  childTid: number;
  pidfd: number;
  /** Wanted pids, those of the innermost namespaces first (clone3's set_tid). */
  setTid: readonly number[];
  /** Where it is born, null for the parent's (CLONE_INTO_CGROUP). */
  cgroup: Cgroup | null;
}

/** The flags that bit operators can hold. */
function low(flags: number): number {
  return flags | 0;
}

/** Flags above 2^31 do not survive bit operators. */
export function hasFlag(flags: number, flag: number): boolean {
  return Math.floor(flags / flag) % 2 === 1;
}

/** The child's tid, or -errno. The child runs when its STOP_STARTED has come. */
export function cloneTask(task: Task, request: CloneRequest): Task | number {
  const refusal = checkClone(task, request);
  if (refusal < 0) return refusal;
  // The child may look at what the call writes before its caller does.
  task.mm.settle();
  const { kernel } = task;
  const { flags } = request;
  const credentials = unshareUser(task, low(flags));
  const pidNamespace = pidNamespaceFor(task, low(flags), credentials.userNamespace);
  const tid = kernel.pids.allocate(pidNamespace, request.setTid);
  if (tid < 0) return tid;
  const sharesMemory = hasFlag(flags, CLONE_VM);
  const thread = sharesMemory
    ? task.thread.clone(hasFlag(flags, CLONE_SETTLS) ? request.tls : null)
    : task.thread.fork();
  if (typeof thread === "number") {
    kernel.pids.remove(tid);
    return thread;
  }
  const child = makeTask(task, thread, tid, request, credentials, pidNamespace);
  thread.owner = child;
  kernel.pids.set(tid, child);
  if (hasFlag(flags, CLONE_PARENT_SETTID)) task.mm.writeU32(request.parentTid, task.numberOf(tid));
  // Shared memory shows the tid before the parent returns; a copy gets it when it starts.
  if (hasFlag(flags, CLONE_CHILD_SETTID) && sharesMemory)
    child.mm.writeU32(request.childTid, child.ownTid);
  child.birth = request;
  return child;
}

function checkClone(task: Task, request: CloneRequest): number {
  const { flags } = request;
  const has = (flag: number) => hasFlag(flags, flag);
  if (has(CLONE_THREAD) && !has(CLONE_SIGHAND))
    return refuse(EINVAL, "clone: CLONE_THREAD needs CLONE_SIGHAND");
  if (has(CLONE_SIGHAND) && !has(CLONE_VM))
    return refuse(EINVAL, "clone: CLONE_SIGHAND needs CLONE_VM");
  if (has(CLONE_NEWNS) && has(CLONE_FS)) return refuse(EINVAL, "clone: CLONE_NEWNS with CLONE_FS");
  if (has(CLONE_NEWUSER) && (has(CLONE_FS) || has(CLONE_THREAD)))
    return refuse(EINVAL, "clone: CLONE_NEWUSER with CLONE_FS or CLONE_THREAD");
  if (has(CLONE_CLEAR_SIGHAND) && has(CLONE_SIGHAND))
    return refuse(EINVAL, "clone: CLONE_CLEAR_SIGHAND with CLONE_SIGHAND");
  if (request.exitSignal > 64) return refuse(EINVAL, "clone: bad exit signal");
  if (has(CLONE_PIDFD) && has(CLONE_PARENT_SETTID) && request.pidfd === request.parentTid)
    return refuse(EINVAL, "clone: CLONE_PIDFD with CLONE_PARENT_SETTID");
  if (has(CLONE_PARENT) && task.group.isNamespaceInit)
    return refuse(EINVAL, "clone: CLONE_PARENT of an init");
  const { pidNamespace } = task.group;
  if (has(CLONE_THREAD) && (has(CLONE_NEWPID) || task.namespaces.pidForChildren !== pidNamespace))
    return refuse(EINVAL, "clone: a thread in another pid namespace than its process");
  if (has(CLONE_NEWIPC) && has(CLONE_SYSVSEM))
    return refuse(EINVAL, "clone: CLONE_NEWIPC with CLONE_SYSVSEM");
  const rc = checkUnshare(task, low(flags));
  if (rc < 0) return rc;
  const cgroup = request.cgroup ?? task.group.cgroup;
  if (!cgroup.isRoot && !cgroup.mayFork()) return refuse(EAGAIN, "clone: pids.max");
  const limit = task.group.limits.soft(RLIMIT_NPROC);
  const { uid } = task.credentials;
  const exempt =
    uid === 0 || task.credentials.has(CAP_SYS_RESOURCE) || task.credentials.has(CAP_SYS_ADMIN);
  if (!exempt && task.kernel.pids.countOf(uid) >= limit)
    return refuse(EAGAIN, "clone: RLIMIT_NPROC");
  return 0;
}

function makeTask(
  task: Task,
  thread: GuestThread,
  tid: number,
  request: CloneRequest,
  credentials: Credentials,
  pidNamespace: PidNamespace,
): Task {
  const { flags } = request;
  const has = (flag: number) => hasFlag(flags, flag);
  const group = has(CLONE_THREAD) ? task.group : makeGroup(task, tid, request, pidNamespace);
  const mm = has(CLONE_VM) ? task.mm : task.mm.fork(thread.space);
  if (has(CLONE_VM)) mm.users++;
  const handlers = has(CLONE_SIGHAND) ? task.handlers : task.handlers.copy();
  if (has(CLONE_SIGHAND)) handlers.users++;
  if (has(CLONE_CLEAR_SIGHAND)) clearHandlers(handlers);
  const files = has(CLONE_FILES) ? task.files : task.files.copy();
  if (has(CLONE_FILES)) files.users++;
  const fs = has(CLONE_FS) ? task.fs.ref() : task.fs.copy();
  const child = new Task(task.kernel, tid, group, thread, {
    mm,
    handlers,
    files,
    fs,
    credentials,
    comm: task.comm,
  });
  child.signals.setBlocked(task.signals.blockedLo, task.signals.blockedHi);
  child.setNamespaces(unshareNamespaces(child, task.namespaces, low(flags), pidNamespace));
  child.seccomp = task.seccomp;
  child.memoryPolicy = task.memoryPolicy;
  child.personality = task.personality;
  child.affinity = task.affinity;
  child.schedPolicy = task.schedPolicy;
  child.schedPriority = task.schedPriority;
  if (!has(CLONE_VM)) child.rseq = task.rseq;
  child.timerSlackNs = task.timerSlackNs;
  if (!has(CLONE_VM) || has(CLONE_VFORK)) {
    child.signals.altStack = task.signals.altStack;
    child.signals.altStackSize = task.signals.altStackSize;
    child.signals.altStackFlags = task.signals.altStackFlags;
  }
  if (has(CLONE_CHILD_CLEARTID)) child.clearChildTid = request.childTid;
  if (has(CLONE_VFORK)) child.vforkParent = task;
  group.tasks.push(child);
  taskBorn(group);
  group.leader ??= child;
  return child;
}

function makeGroup(
  task: Task,
  pid: number,
  request: CloneRequest,
  pidNamespace: PidNamespace,
): ThreadGroup {
  const parent = hasFlag(request.flags, CLONE_PARENT) ? task.group.parent : task.group;
  const group = new ThreadGroup(
    task.kernel,
    pid,
    parent,
    task.group.processGroup,
    task.group.limits.copy(),
    pidNamespace,
  );
  group.exitSignal = hasFlag(request.flags, CLONE_PARENT)
    ? task.group.exitSignal
    : request.exitSignal;
  group.cgroup = request.cgroup ?? task.group.cgroup;
  processBorn(group);
  group.nice = task.group.nice;
  group.oomScoreAdj = task.group.oomScoreAdj;
  if (group.limits.soft(RLIMIT_CPU) !== RLIM_INFINITY) group.timers.watchCpuLimit();
  parent?.children.add(group);
  task.group.processGroup.members.add(group);
  return group;
}

function clearHandlers(handlers: SignalHandlers): void {
  for (let signo = 1; signo <= 64; signo++) {
    const action = handlers.action(signo);
    if (action.handler > 1) action.handler = 0;
  }
}

/** STOP_STARTED: the child is there; give it what clone promised and let it go. */
export function startChild(task: Task): void {
  const request = task.birth;
  task.birth = null;
  if (request === null || task.state === "dead") return;
  const { thread } = task;
  const { flags } = request;
  if (!hasFlag(flags, CLONE_VM)) {
    if (hasFlag(flags, CLONE_SETTLS)) thread.setBase(ARCH_SET_FS, request.tls);
    if (hasFlag(flags, CLONE_CHILD_SETTID)) task.mm.writeU32(request.childTid, task.ownTid);
  }
  thread.setRegister(Reg.rax, 0);
  if (request.stack !== 0) thread.setRegister(Reg.rsp, request.stack);
  returnToGuest(task, 0);
}
