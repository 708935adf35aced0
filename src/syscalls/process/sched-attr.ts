/**
 * sched_setattr, sched_getattr. Source: sched_setattr(2). As with the older calls, what is set is
 * remembered and reported; the host schedules.
 */
import { CAP_SYS_NICE } from "../../abi/capability.ts";
import { E2BIG, EBUSY, EFAULT, EINVAL, EPERM, ESRCH } from "../../abi/errno.ts";
import { RLIMIT_NICE, RLIMIT_RTPRIO } from "../../abi/resource.ts";
import {
  SCHED_ATTR_SIZE_VER0,
  SCHED_ATTR_SIZE_VER1,
  SCHED_BATCH,
  SCHED_DEADLINE,
  SCHED_FIFO,
  SCHED_FLAG_KEEP_PARAMS,
  SCHED_FLAG_KEEP_POLICY,
  SCHED_FLAG_RESET_ON_FORK,
  SCHED_FLAG_UTIL_CLAMP_MAX,
  SCHED_FLAG_UTIL_CLAMP_MIN,
  SCHED_IDLE,
  SCHED_NORMAL,
  SCHED_RESET_ON_FORK,
  SCHED_RR,
  sched_attr,
  schedAttrFlags,
} from "../../abi/sched.ts";
import type { ValueOf } from "../../abi/struct.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../../kernel/task/task.ts";

type SchedAttr = ValueOf<typeof sched_attr.fields>;

const PAGE = 4096;
/** The slice of a fair task, nanoseconds. */
const SLICE_NS = 2_800_000;
const UTIL_MAX = 1024;
const MOST_PRIORITY = 99;

function find(task: Task, pid: number): Task | undefined {
  return pid === 0 ? task : task.findTask(pid);
}

function isRealtime(policy: number): boolean {
  return policy === SCHED_FIFO || policy === SCHED_RR;
}

export function sched_getattr(
  task: Task,
  pid: number,
  at: number,
  size: number,
  flags: number,
): number {
  if (at === 0 || pid < 0 || size > PAGE || size < SCHED_ATTR_SIZE_VER0 || flags !== 0)
    return refuse(EINVAL, "sched_getattr: no attributes, or bad size or flags");
  const target = find(task, pid);
  if (target === undefined) return -ESRCH;
  const policy = target.schedPolicy & ~SCHED_RESET_ON_FORK;
  const resets = (target.schedPolicy & SCHED_RESET_ON_FORK) !== 0;
  const bytes = new Uint8Array(sched_attr.size);
  const known = Math.min(size, sched_attr.size);
  sched_attr.write(new DataView(bytes.buffer), 0, {
    size: known,
    sched_policy: policy,
    sched_flags: resets ? SCHED_FLAG_RESET_ON_FORK : 0,
    sched_nice: isRealtime(policy) ? 0 : target.group.nice,
    sched_priority: target.schedPriority,
    sched_runtime: isRealtime(policy) ? 0 : SLICE_NS,
    sched_util_max: UTIL_MAX,
  });
  return task.mm.write(at, bytes.subarray(0, known));
}

export function sched_setattr(task: Task, pid: number, at: number, flags: number): number {
  if (at === 0 || pid < 0 || flags !== 0)
    return refuse(EINVAL, "sched_setattr: no attributes, or flags");
  const attributes = readAttributes(task, at);
  if (typeof attributes === "number") return attributes;
  const target = find(task, pid);
  if (target === undefined) return -ESRCH;
  return apply(task, target, attributes);
}

function readAttributes(task: Task, at: number): SchedAttr | number {
  let size = task.mm.readU32(at);
  if (Number.isNaN(size)) return -EFAULT;
  if (size === 0) size = SCHED_ATTR_SIZE_VER0;
  if (size < SCHED_ATTR_SIZE_VER0 || size > PAGE) return tooBig(task, at);
  const given = task.mm.read(at, size);
  if (given === null) return -EFAULT;
  if (given.subarray(sched_attr.size).some((byte) => byte !== 0)) return tooBig(task, at);
  const bytes = new Uint8Array(sched_attr.size);
  bytes.set(given.subarray(0, sched_attr.size));
  const attributes = sched_attr.read(new DataView(bytes.buffer), 0);
  const clamps = SCHED_FLAG_UTIL_CLAMP_MIN | SCHED_FLAG_UTIL_CLAMP_MAX;
  if ((attributes.sched_flags & clamps) !== 0 && size < SCHED_ATTR_SIZE_VER1)
    return refuse(EINVAL, "sched_setattr: clamps need a larger struct");
  attributes.sched_nice = Math.max(-20, Math.min(19, attributes.sched_nice));
  return attributes;
}

/** Tells how large the struct may be. */
function tooBig(task: Task, at: number): number {
  return task.mm.writeU32(at, sched_attr.size) < 0 ? -EFAULT : -E2BIG;
}

function apply(task: Task, target: Task, attributes: SchedAttr): number {
  const flags = attributes.sched_flags;
  if (attributes.sched_policy > 0x7fffffff) return refuse(EINVAL, "sched_setattr: no such policy");
  const keepsPolicy = (flags & SCHED_FLAG_KEEP_POLICY) !== 0;
  const keepsParameters = (flags & SCHED_FLAG_KEEP_PARAMS) !== 0;
  const old = target.schedPolicy & ~SCHED_RESET_ON_FORK;
  const policy = keepsPolicy ? old : attributes.sched_policy;
  const priority = keepsParameters ? target.schedPriority : attributes.sched_priority;
  const nice = keepsParameters ? target.group.nice : attributes.sched_nice;
  if (schedAttrFlags.unknown(flags) !== 0) return refuse(EINVAL, "sched_setattr: unknown flags");
  const refusal = checkPolicy(policy, priority, attributes);
  if (refusal < 0) return refusal;
  const may = mayChange(task, target, policy, priority, nice);
  if (may < 0) return may;
  if (policy === SCHED_DEADLINE)
    return refuse(EBUSY, "sched_setattr: no processor time can be promised");
  const resets = keepsPolicy
    ? target.schedPolicy & SCHED_RESET_ON_FORK
    : (flags & SCHED_FLAG_RESET_ON_FORK) !== 0
      ? SCHED_RESET_ON_FORK
      : 0;
  // Parameters that stay keep their policy too.
  if (keepsParameters) {
    target.schedPolicy = old | resets;
    return 0;
  }
  target.schedPolicy = policy | resets;
  target.schedPriority = priority;
  if (!isRealtime(policy)) target.group.nice = nice;
  return 0;
}

function checkPolicy(policy: number, priority: number, attributes: SchedAttr): number {
  const isFair = policy === SCHED_NORMAL || policy === SCHED_BATCH || policy === SCHED_IDLE;
  if (!isFair && !isRealtime(policy) && policy !== SCHED_DEADLINE)
    return refuse(EINVAL, "sched_setattr: no such policy");
  if (priority > MOST_PRIORITY || isRealtime(policy) !== (priority !== 0))
    return refuse(EINVAL, "sched_setattr: no priority of this policy");
  const { sched_runtime, sched_deadline, sched_period } = attributes;
  if (policy !== SCHED_DEADLINE) return 0;
  const isOrdered = sched_runtime >= 1024 && sched_runtime <= sched_deadline;
  if (!isOrdered || (sched_period !== 0 && sched_deadline > sched_period))
    return refuse(EINVAL, "sched_setattr: runtime, deadline and period do not fit");
  return 0;
}

/** Without CAP_SYS_NICE: one's own tasks, and only within RLIMIT_NICE and RLIMIT_RTPRIO. */
function mayChange(
  task: Task,
  target: Task,
  policy: number,
  priority: number,
  nice: number,
): number {
  const { credentials } = task;
  if (credentials.has(CAP_SYS_NICE)) return 0;
  const { limits } = target.group;
  const isLowerNice = nice < target.group.nice && 20 - nice > limits.soft(RLIMIT_NICE);
  if (!isRealtime(policy) && isLowerNice) return refuse(EPERM, "sched_setattr: RLIMIT_NICE");
  const realtimeMost = limits.soft(RLIMIT_RTPRIO);
  const raises = policy !== target.schedPolicy || priority > target.schedPriority;
  if (isRealtime(policy) && raises && (realtimeMost === 0 || priority > realtimeMost))
    return refuse(EPERM, "sched_setattr: RLIMIT_RTPRIO");
  if (policy === SCHED_DEADLINE) return refuse(EPERM, "sched_setattr: SCHED_DEADLINE");
  const { uid, euid } = target.credentials;
  const isOwn = credentials.euid === euid || credentials.euid === uid;
  return isOwn ? 0 : refuse(EPERM, "sched_setattr: a task of somebody else");
}
