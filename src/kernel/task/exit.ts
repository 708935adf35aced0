/**
 * Ends: of a thread (_exit(2)), of a process (exit_group(2)), and what the family is told.
 *
 * What group-exit.ts has decided, the loop finishes here, after the current event. A process whose memory is its
 * own alone is killed on the host at once; otherwise each thread is stopped and ended by itself.
 */
import { SA_NOCLDWAIT, SIG_IGN, SIGCHLD, SIGCONT, SIGHUP, SIGKILL } from "../../abi/signal.ts";
import { processEnded, taskGone } from "../cgroup/membership.ts";
import { joinDump } from "../coredump/dump.ts";
import { futexWake } from "../futex/futex.ts";
import { exitRobustList } from "../futex/robust.ts";
import { leavesSegments } from "../ipc/shm.ts";
import type { PidNamespace } from "../ns/pid-namespace.ts";
import { sendToGroup, sendToProcessGroup, sendToTask } from "../signal/send.ts";
import { SigInfo } from "../signal/siginfo.ts";
import { notifyParentOfExit } from "./notify.ts";
import type { ProcessGroup } from "./process-group.ts";
import type { Task } from "./task.ts";
import type { ThreadGroup } from "./thread-group.ts";

const RSEQ_UNREGISTER = 1;

/** Called by the loop between two events. */
export function finishGroupExit(group: ThreadGroup): void {
  for (const task of group.tasks.slice()) {
    if (isSoleUser(group, task) || task.thread.stopped) exitTask(task);
    else task.thread.interrupt(); // it comes back through returnToGuest
  }
}

/** Does nobody outside the group use this task's memory? */
function isSoleUser(group: ThreadGroup, task: Task): boolean {
  let users = 0;
  for (const other of group.tasks) if (other.mm === task.mm) users++;
  return users === task.mm.users;
}

/** One thread ends. Its thread must be stopped, or its space about to die with it. */
export function exitTask(task: Task, status = 0): void {
  if (task.state === "dead") return;
  const { group, kernel, mm } = task;
  mm.settle();
  task.leaveWaits();
  task.state = "dead";
  releaseMemoryWaiters(task);
  releaseVforkParent(task);
  if (--task.files.users === 0) task.files.closeAll(task);
  task.fs.unref();
  task.namespaces.unref();
  task.handlers.users--;
  kernel.cpuTime.leavesSpace(task);
  leavesSegments(task);
  const spaceEnds = mm.drop();
  if (spaceEnds) mm.space.kill();
  else task.thread.exit();
  group.tasks.splice(group.tasks.indexOf(task), 1);
  if (task !== group.leader) {
    kernel.pids.remove(task.tid);
    taskGone(group);
  }
  if (group.exiting === null) group.exitStatus = status;
  if (group.execing !== null) group.execing.wakeUp();
  if (group.tasks.length === 0) groupExited(group, task);
  else if (group.signals.core !== null) joinDump(group);
}

/** CLEARTID and robust futexes: others may wait on words in memory that outlives this thread. */
function releaseMemoryWaiters(task: Task): void {
  const { mm, rseq } = task;
  if (!mm.space.alive) return;
  // The host writes to this area whenever the thread returns from a call: not after its memory is
  // free for others, which learn of it from the word below.
  if (rseq.address !== 0 && mm.users > 1)
    task.thread.rseq(rseq.address, rseq.length, RSEQ_UNREGISTER, rseq.signature);
  if (task.robustList !== 0) exitRobustList(task);
  if (task.clearChildTid === 0 || mm.users === 1) return;
  if (mm.writeU32(task.clearChildTid, 0) === 0) futexWake(task, task.clearChildTid, 1, -1, false);
  task.clearChildTid = 0;
}

/** The parent that lent its memory (CLONE_VFORK) has it back. */
export function releaseVforkParent(task: Task): void {
  const parent = task.vforkParent;
  if (parent === null) return;
  task.vforkParent = null;
  parent.wakeUp();
}

function groupExited(group: ThreadGroup, last: Task): void {
  group.exitUid = last.credentials.uid;
  if (group.exiting !== null) group.exitStatus = group.exiting;
  group.timers.clear();
  processEnded(group);
  last.namespaces.ipc.processExits(group);
  leaveSession(group);
  if (group.isNamespaceInit && !endNamespace(group)) return;
  becomeZombie(group);
}

/**
 * An init takes its pid namespace with it: everybody in it is killed, and only when all of them have been reaped
 * is the init a zombie itself. True when it was alone.
 */
function endNamespace(init: ThreadGroup): boolean {
  const { pidNamespace } = init;
  pidNamespace.isDying = true;
  for (const group of [...init.kernel.pids.groups()])
    if (group !== init && pidNamespace.numberOf(group.pid) !== 0)
      sendToGroup(group, SigInfo.fromKernel(SIGKILL));
  // Its own dead children are nobody's any more.
  for (const child of [...init.children]) if (child.isZombie) reap(child);
  return pidNamespace.population === 1;
}

function becomeZombie(group: ThreadGroup): void {
  const { kernel, parent } = group;
  group.isZombie = true;
  group.pidfdEvents.wake(-1);
  const wouldOrphan = orphanableGroups(group);
  reparentChildren(group);
  for (const processGroup of wouldOrphan) hangUpOrphans(processGroup);
  if (kernel.main === group) kernel.finish(group.exitStatus);
  if (parent === null || !wantsZombies(parent, group)) {
    if (parent !== null && !ignoresChildren(parent)) notifyParentOfExit(group);
    reap(group);
    parent?.childEvents.wake(-1);
  } else notifyParentOfExit(group);
}

/** A parent that ignores SIGCHLD, or says SA_NOCLDWAIT, never waits; the kernel's init neither. */
function wantsZombies(parent: ThreadGroup, child: ThreadGroup): boolean {
  const task = parent.anyTask;
  if (task === null) return false;
  if (child.exitSignal !== SIGCHLD) return true;
  return !ignoresChildren(parent) && (task.handlers.action(SIGCHLD).flags & SA_NOCLDWAIT) === 0;
}

function ignoresChildren(parent: ThreadGroup): boolean {
  return parent.anyTask?.handlers.action(SIGCHLD).handler === SIG_IGN;
}

/** Forget a zombie for good. */
export function reap(group: ThreadGroup): void {
  const { parent, kernel } = group;
  if (parent !== null) {
    parent.children.delete(group);
    parent.childUserNs += group.deadUserNs + group.childUserNs;
    parent.childSystemNs += group.deadSystemNs + group.childSystemNs;
  }
  kernel.leaveProcessGroup(group);
  kernel.pids.remove(group.pid);
  taskGone(group);
  if (!group.cgroup.isRoot) group.cgroup.addDead(group.deadUserNs);
  for (let at: PidNamespace | null = group.pidNamespace; at !== null; at = at.parent) {
    at.population--;
    // The last one that a dying init waited for.
    if (at.isDying && at.population === 1 && at.init !== group) becomeZombie(at.init!);
  }
}

function reparentChildren(group: ThreadGroup): void {
  if (group.children.size === 0) return;
  const heir = findReaper(group);
  for (const child of [...group.children]) {
    group.children.delete(child);
    child.parent = heir;
    heir.children.add(child);
    for (const task of child.tasks)
      if (task.parentDeathSignal !== 0)
        sendToTask(task, SigInfo.fromUser(task.parentDeathSignal, 0, group.pid, group.exitUid));
    child.exitSignal = SIGCHLD;
    if (!child.isZombie) continue;
    if (wantsZombies(heir, child)) notifyParentOfExit(child);
    else reap(child);
  }
}

/** The nearest living ancestor in its pid namespace that asked for orphans, else the init there. */
function findReaper(group: ThreadGroup): ThreadGroup {
  const { pidNamespace } = group;
  for (let at = group.parent; at?.pidNamespace.level === pidNamespace.level; at = at.parent)
    if (at.isSubreaper && at.tasks.length > 0) return at;
  return pidNamespace.init!;
}

/** Process groups that may lose their last tie to the session when this process is gone. */
function orphanableGroups(group: ThreadGroup): ProcessGroup[] {
  const found = new Set<ProcessGroup>();
  const own = group.processGroup;
  if (!own.isOrphaned()) found.add(own);
  for (const child of group.children)
    if (child.session === group.session && !child.processGroup.isOrphaned())
      found.add(child.processGroup);
  return [...found];
}

/** setpgid(2): a newly orphaned group with a stopped member gets SIGHUP and SIGCONT. */
function hangUpOrphans(processGroup: ProcessGroup): void {
  if (!processGroup.isOrphaned()) return;
  let stopped = false;
  for (const member of processGroup.members) if (member.signals.isStopped) stopped = true;
  if (!stopped) return;
  sendToProcessGroup(processGroup, SigInfo.fromKernel(SIGHUP));
  sendToProcessGroup(processGroup, SigInfo.fromKernel(SIGCONT));
}

/** A session leader takes its terminal with it. */
function leaveSession(group: ThreadGroup): void {
  const { session } = group;
  if (session.leader !== group) return;
  session.leader = null;
  const { terminal } = session;
  if (terminal === null) return;
  const foreground = terminal.foreground;
  terminal.disassociate();
  session.terminal = null;
  if (foreground !== null)
    for (const member of foreground.members)
      if (member !== group) {
        sendToGroup(member, SigInfo.fromKernel(SIGHUP));
        sendToGroup(member, SigInfo.fromKernel(SIGCONT));
      }
}
