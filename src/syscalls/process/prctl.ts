/**
 * prctl, arch_prctl and the small per-thread registrations. Source: prctl(2), arch_prctl(2),
 * set_tid_address(2), get_robust_list(2), personality(2), rseq(2), membarrier(2).
 * One entry of `options` per PR_* option; an option without one is EINVAL, as on a kernel without it.
 */

import { CAP_SETPCAP } from "../../abi/capability.ts";
import { EFAULT, EINVAL, EPERM, ESRCH } from "../../abi/errno.ts";
import {
  ARCH_GET_CPUID,
  ARCH_GET_FS,
  ARCH_GET_GS,
  ARCH_SET_CPUID,
  ARCH_SET_FS,
  ARCH_SET_GS,
  PERSONALITY_QUERY,
  PR_CAP_AMBIENT,
  PR_CAP_AMBIENT_CLEAR_ALL,
  PR_CAP_AMBIENT_IS_SET,
  PR_CAP_AMBIENT_LOWER,
  PR_CAP_AMBIENT_RAISE,
  PR_CAPBSET_DROP,
  PR_CAPBSET_READ,
  PR_GET_CHILD_SUBREAPER,
  PR_GET_DUMPABLE,
  PR_GET_KEEPCAPS,
  PR_GET_NAME,
  PR_GET_NO_NEW_PRIVS,
  PR_GET_PDEATHSIG,
  PR_GET_SECCOMP,
  PR_GET_SECUREBITS,
  PR_GET_THP_DISABLE,
  PR_GET_TID_ADDRESS,
  PR_GET_TIMERSLACK,
  PR_GET_TIMING,
  PR_GET_TSC,
  PR_MCE_KILL,
  PR_MCE_KILL_GET,
  PR_SET_CHILD_SUBREAPER,
  PR_SET_DUMPABLE,
  PR_SET_KEEPCAPS,
  PR_SET_NAME,
  PR_SET_NO_NEW_PRIVS,
  PR_SET_PDEATHSIG,
  PR_SET_PTRACER,
  PR_SET_SECCOMP,
  PR_SET_SECUREBITS,
  PR_SET_THP_DISABLE,
  PR_SET_TIMERSLACK,
  PR_SET_VMA,
  PR_SET_VMA_ANON_NAME,
} from "../../abi/process.ts";
import { refuse } from "../../base/refuse.ts";
import { NO_RSEQ, type Task } from "../../kernel/task/task.ts";
import { getSeccomp, setSeccomp } from "./seccomp.ts";

type Option = (task: Task, a: number, b: number, c: number, d: number) => number;

const COMM_SIZE = 16;
const CAP_LAST = 40;
const SECBIT_KEEP_CAPS = 16;
const ROBUST_LIST_HEAD_SIZE = 24;

const options = new Map<number, Option>([
  [
    PR_SET_PDEATHSIG,
    (task, signo) => {
      if (signo > 64) return -EINVAL;
      task.parentDeathSignal = signo;
      return 0;
    },
  ],
  [PR_GET_PDEATHSIG, (task, at) => task.mm.writeI32(at, task.parentDeathSignal)],
  [PR_GET_DUMPABLE, (task) => task.mm.dumpable],
  [
    PR_SET_DUMPABLE,
    (task, value) => {
      if (value > 1) return -EINVAL;
      task.mm.dumpable = value;
      return 0;
    },
  ],
  [PR_GET_KEEPCAPS, (task) => (task.credentials.securebits & SECBIT_KEEP_CAPS ? 1 : 0)],
  [
    PR_SET_KEEPCAPS,
    (task, value) => {
      if (value > 1) return -EINVAL;
      const bits = task.credentials.securebits & ~SECBIT_KEEP_CAPS;
      task.credentials = task.credentials.with({
        securebits: value === 1 ? bits | SECBIT_KEEP_CAPS : bits,
      });
      return 0;
    },
  ],
  [
    PR_SET_NAME,
    (task, at) => {
      const name = task.mm.readString(at, COMM_SIZE);
      if (typeof name === "number" && name !== -1) return name;
      if (typeof name === "string") task.comm = name;
      else {
        const bytes = task.mm.read(at, COMM_SIZE - 1);
        if (bytes === null) return -EFAULT;
        task.comm = String.fromCharCode(...bytes);
      }
      return 0;
    },
  ],
  [
    PR_GET_NAME,
    (task, at) => {
      const bytes = new Uint8Array(COMM_SIZE);
      for (let i = 0; i < task.comm.length; i++) bytes[i] = task.comm.charCodeAt(i);
      return task.mm.write(at, bytes);
    },
  ],
  [PR_GET_TIMING, () => 0],
  [PR_GET_SECCOMP, getSeccomp],
  [PR_SET_SECCOMP, setSeccomp],
  [
    PR_CAPBSET_READ,
    (task, cap) => {
      if (cap > CAP_LAST) return -EINVAL;
      const { bounding } = task.credentials;
      return cap < 32 ? (bounding.lo >>> cap) & 1 : (bounding.hi >>> (cap - 32)) & 1;
    },
  ],
  [
    PR_CAPBSET_DROP,
    (task, cap) => {
      if (!task.credentials.hasOwn(CAP_SETPCAP)) return -EPERM;
      if (cap > CAP_LAST) return -EINVAL;
      const { bounding } = task.credentials;
      const lo = cap < 32 ? (bounding.lo & ~(1 << cap)) >>> 0 : bounding.lo;
      const hi = cap < 32 ? bounding.hi : (bounding.hi & ~(1 << (cap - 32))) >>> 0;
      task.credentials = task.credentials.with({ bounding: { lo, hi } });
      return 0;
    },
  ],
  [PR_CAP_AMBIENT, ambient],
  [PR_GET_TSC, (task, at) => task.mm.writeI32(at, 1)],
  [PR_GET_SECUREBITS, (task) => task.credentials.securebits],
  [
    PR_SET_SECUREBITS,
    (task, bits) => {
      if (!task.credentials.hasOwn(CAP_SETPCAP)) return -EPERM;
      if (bits > 0xff) return -EPERM;
      task.credentials = task.credentials.with({ securebits: bits });
      return 0;
    },
  ],
  [
    PR_SET_TIMERSLACK,
    (task, ns) => {
      task.timerSlackNs = ns === 0 ? 50_000 : ns;
      return 0;
    },
  ],
  [PR_GET_TIMERSLACK, (task) => task.timerSlackNs],
  [PR_MCE_KILL, () => 0],
  [PR_MCE_KILL_GET, () => 2],
  [
    PR_SET_CHILD_SUBREAPER,
    (task, on) => {
      task.group.isSubreaper = on !== 0;
      return 0;
    },
  ],
  [PR_GET_CHILD_SUBREAPER, (task, at) => task.mm.writeI32(at, task.group.isSubreaper ? 1 : 0)],
  [
    PR_SET_NO_NEW_PRIVS,
    (task, on, b, c, d) => {
      if (on !== 1 || b !== 0 || c !== 0 || d !== 0) return -EINVAL;
      task.credentials = task.credentials.with({ noNewPrivs: true });
      return 0;
    },
  ],
  [
    PR_GET_NO_NEW_PRIVS,
    (task, a, b, c, d) => {
      if (a !== 0 || b !== 0 || c !== 0 || d !== 0) return -EINVAL;
      return task.credentials.noNewPrivs ? 1 : 0;
    },
  ],
  [PR_GET_TID_ADDRESS, (task, at) => task.mm.writeU64(at, task.clearChildTid)],
  [PR_SET_THP_DISABLE, () => 0],
  [PR_GET_THP_DISABLE, () => 0],
  [PR_SET_PTRACER, () => 0],
  [
    PR_SET_VMA,
    (task, attribute, start, length, nameAt) => {
      if (attribute !== PR_SET_VMA_ANON_NAME) return -EINVAL;
      const name = nameAt === 0 ? "" : task.mm.readString(nameAt, 80);
      if (typeof name === "number") return name === -1 ? -EINVAL : name;
      task.mm.areas.update(start, start + length, (area) => {
        if (area.file === null) area.name = name === "" ? "" : `[anon:${name}]`;
      });
      task.mm.changed();
      return 0;
    },
  ],
]);

function ambient(task: Task, operation: number, cap: number, c: number, d: number): number {
  if (c !== 0 || d !== 0) return -EINVAL;
  const { credentials } = task;
  if (operation === PR_CAP_AMBIENT_CLEAR_ALL) {
    if (cap !== 0) return -EINVAL;
    task.credentials = credentials.with({ ambient: { lo: 0, hi: 0 } });
    return 0;
  }
  if (cap > CAP_LAST) return -EINVAL;
  const lo = cap < 32 ? 1 << cap : 0;
  const hi = cap < 32 ? 0 : 1 << (cap - 32);
  const set = credentials.ambient;
  if (operation === PR_CAP_AMBIENT_IS_SET)
    return (set.lo & lo) !== 0 || (set.hi & hi) !== 0 ? 1 : 0;
  if (operation === PR_CAP_AMBIENT_LOWER) {
    task.credentials = credentials.with({
      ambient: { lo: (set.lo & ~lo) >>> 0, hi: (set.hi & ~hi) >>> 0 },
    });
    return 0;
  }
  if (operation !== PR_CAP_AMBIENT_RAISE) return -EINVAL;
  const { permitted, inheritable } = credentials;
  const has =
    (permitted.lo & inheritable.lo & lo) !== 0 || (permitted.hi & inheritable.hi & hi) !== 0;
  if (!has) return refuse(EPERM, "prctl: ambient needs permitted and inheritable");
  task.credentials = credentials.with({
    ambient: { lo: (set.lo | lo) >>> 0, hi: (set.hi | hi) >>> 0 },
  });
  return 0;
}

export function prctl(
  task: Task,
  option: number,
  a: number,
  b: number,
  c: number,
  d: number,
): number {
  const run = options.get(option);
  return run === undefined ? refuse(EINVAL, "prctl: option not supported") : run(task, a, b, c, d);
}

export function arch_prctl(task: Task, code: number, address: number): number {
  switch (code) {
    case ARCH_SET_FS:
    case ARCH_SET_GS:
      if (address >= task.mm.platform.guestEnd)
        return refuse(EPERM, "arch_prctl: base beyond the address space");
      return task.thread.setBase(code, address);
    case ARCH_GET_FS:
    case ARCH_GET_GS:
      return task.thread.getBase(code, address);
    case ARCH_GET_CPUID:
      return 1;
    case ARCH_SET_CPUID:
      return address === 1 ? 0 : -19; // ENODEV: no CPUID faulting
    default:
      return -EINVAL;
  }
}

export function set_tid_address(task: Task, address: number): number {
  task.clearChildTid = address;
  return task.ownTid;
}

export function set_robust_list(task: Task, head: number, size: number): number {
  if (size !== ROBUST_LIST_HEAD_SIZE) return -EINVAL;
  task.robustList = head;
  return 0;
}

export function get_robust_list(task: Task, pid: number, headAt: number, sizeAt: number): number {
  const target = pid === 0 ? task : task.findTask(pid);
  if (target === undefined) return -ESRCH;
  if (task.mm.writeU64(sizeAt, ROBUST_LIST_HEAD_SIZE) < 0) return -EFAULT;
  return task.mm.writeU64(headAt, target.robustList);
}

export function personality(task: Task, persona: number): number {
  const old = task.personality;
  if (persona !== PERSONALITY_QUERY) task.personality = persona;
  return old;
}

export function rseq(
  task: Task,
  address: number,
  length: number,
  flags: number,
  signature: number,
): number {
  const rc = task.thread.rseq(address, length, flags, signature);
  if (rc === 0) task.rseq = flags === 0 ? { address, length, signature } : NO_RSEQ;
  return rc;
}

const MEMBARRIER_QUERY = 0;
const MEMBARRIER_GLOBAL = 1;
const MEMBARRIER_GLOBAL_EXPEDITED = 2;
const MEMBARRIER_REGISTER_GLOBAL_EXPEDITED = 4;
/** PRIVATE_EXPEDITED and its registration, and the same with SYNC_CORE: real barriers on the host. */
const MEMBARRIER_PRIVATE = 0x78;

export function membarrier(task: Task, command: number, flags: number): number {
  if (flags !== 0) return refuse(EINVAL, "membarrier: no flags");
  switch (command) {
    case MEMBARRIER_QUERY:
      return (
        MEMBARRIER_PRIVATE |
        MEMBARRIER_GLOBAL |
        MEMBARRIER_GLOBAL_EXPEDITED |
        MEMBARRIER_REGISTER_GLOBAL_EXPEDITED
      );
    case MEMBARRIER_GLOBAL:
    case MEMBARRIER_GLOBAL_EXPEDITED:
    case MEMBARRIER_REGISTER_GLOBAL_EXPEDITED:
      // The hand-over to the kernel thread and back orders this thread; others of the space follow
      // by a private barrier.
      if (command !== MEMBARRIER_REGISTER_GLOBAL_EXPEDITED) {
        task.thread.membarrier(16);
        task.thread.membarrier(8);
      }
      return 0;
    case 8:
    case 16:
    case 32:
    case 64:
      return task.thread.membarrier(command);
    default:
      return -EINVAL;
  }
}
