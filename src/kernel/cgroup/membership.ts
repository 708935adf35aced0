/**
 * Who is in which cgroup: processes are born into their parent's, move when they are written to cgroup.procs,
 * and leave when they end. Freezing holds a process still like a stop, without telling its parent; a frozen one
 * can be killed.
 */
import { SIGKILL } from "../../abi/signal.ts";
import type { Kernel } from "../kernel.ts";
import { sendToGroup, signalWake } from "../signal/send.ts";
import { SigInfo } from "../signal/siginfo.ts";
import type { ThreadGroup } from "../task/thread-group.ts";
import type { Cgroup } from "./cgroup.ts";

/** A thread was made, in a new or an old process. */
export function taskBorn(group: ThreadGroup): void {
  group.chargedTasks++;
  if (!group.cgroup.isRoot) group.cgroup.addTasks(1);
}

/** A thread is gone: at its end, or when it leads a process, when that is reaped. */
export function taskGone(group: ThreadGroup): void {
  group.chargedTasks--;
  if (!group.cgroup.isRoot) group.cgroup.addTasks(-1);
}

export function processBorn(group: ThreadGroup): void {
  const { cgroup } = group;
  if (cgroup.isRoot) return;
  cgroup.addLiving(1);
  group.signals.isFrozen = cgroup.isFrozen;
}

/** All its threads have ended. */
export function processEnded(group: ThreadGroup): void {
  const { cgroup } = group;
  if (cgroup.isRoot) return;
  cgroup.addLiving(-1);
  noteFrozen(group.kernel, cgroup);
}

/** Zombies move as well, as far as they count. */
export function moveProcess(group: ThreadGroup, to: Cgroup): void {
  const from = group.cgroup;
  if (from === to) return;
  const living = group.tasks.length > 0 ? 1 : 0;
  if (!from.isRoot) {
    from.addTasks(-group.chargedTasks);
    from.addLiving(-living);
  }
  group.cgroup = to;
  if (!to.isRoot) {
    to.addTasks(group.chargedTasks);
    to.addLiving(living);
  }
  setFrozen(group, to.isFrozen);
  noteFrozen(group.kernel, from);
  noteFrozen(group.kernel, to);
}

/** The processes in this very cgroup, or in and below it. */
export function processesIn(kernel: Kernel, cgroup: Cgroup, below: boolean): ThreadGroup[] {
  return [...kernel.pids.groups()].filter((group) =>
    below ? group.cgroup.isWithin(cgroup) : group.cgroup === cgroup,
  );
}

/** cgroup.kill */
export function killAll(kernel: Kernel, cgroup: Cgroup): void {
  for (const group of processesIn(kernel, cgroup, true))
    if (group.tasks.length > 0) sendToGroup(group, SigInfo.fromKernel(SIGKILL));
}

/** cgroup.freeze */
export function freeze(kernel: Kernel, cgroup: Cgroup, on: boolean): void {
  cgroup.freezes = on;
  for (const group of processesIn(kernel, cgroup, true)) setFrozen(group, group.cgroup.isFrozen);
  for (const each of cgroup.tree()) noteFrozen(kernel, each);
}

function setFrozen(group: ThreadGroup, frozen: boolean): void {
  const { signals } = group;
  if (signals.isFrozen === frozen) return;
  signals.isFrozen = frozen;
  for (const task of group.tasks)
    if (frozen) signalWake(task, 0);
    else group.kernel.resumeFromStop(task);
}

/** A thread of `group` has come to a halt for the freezer. */
export function taskFroze(group: ThreadGroup): void {
  noteFrozen(group.kernel, group.cgroup);
}

/** Tell who watches cgroup.events when all below it hold still now, or no longer. */
function noteFrozen(kernel: Kernel, cgroup: Cgroup): void {
  for (let at: Cgroup = cgroup; at.parent !== null; at = at.parent) {
    const now = at.isFrozen && holdsStill(kernel, at);
    if (now === at.wasFrozen) continue;
    at.wasFrozen = now;
    at.tell();
  }
}

function holdsStill(kernel: Kernel, cgroup: Cgroup): boolean {
  for (const group of processesIn(kernel, cgroup, true))
    for (const task of group.tasks) if (task.state !== "stopped") return false;
  return true;
}
