/**
 * Powers over the machine that a sandbox does not have. Who lacks the capability gets EPERM as on
 * Linux; who has it gets what Linux says where the feature is switched off at run time.
 * Source: reboot(2), init_module(2), kexec_load(2), swapon(2), iopl(2), ioperm(2), acct(2), vhangup(2),
 * bpf(2), perf_event_open(2), lsm_list_modules(2), landlock(7).
 */
import {
  CAP_SYS_ADMIN,
  CAP_SYS_BOOT,
  CAP_SYS_PACCT,
  CAP_SYS_TTY_CONFIG,
} from "../../abi/capability.ts";
import {
  E2BIG,
  EACCES,
  EFAULT,
  EINVAL,
  ENOENT,
  ENOSYS,
  EOPNOTSUPP,
  EPERM,
} from "../../abi/errno.ts";
import { AT_FDCWD } from "../../abi/fcntl.ts";
import { SIGHUP, SIGINT } from "../../abi/signal.ts";
import {
  LINUX_REBOOT_CMD_HALT,
  LINUX_REBOOT_CMD_POWER_OFF,
  LINUX_REBOOT_CMD_RESTART,
  LINUX_REBOOT_CMD_RESTART2,
  LINUX_REBOOT_MAGIC1,
  LINUX_REBOOT_MAGIC2,
  LINUX_REBOOT_MAGIC2A,
  LINUX_REBOOT_MAGIC2B,
  LINUX_REBOOT_MAGIC2C,
} from "../../abi/system.ts";
import { signaledStatus } from "../../abi/wait.ts";
import { refuse } from "../../base/refuse.ts";
import { beginGroupExit } from "../../kernel/task/group-exit.ts";
import type { Task } from "../../kernel/task/task.ts";
import { hangUpOwn } from "../../kernel/tty/job-control.ts";

const SECOND_MAGICS: readonly number[] = [
  LINUX_REBOOT_MAGIC2,
  LINUX_REBOOT_MAGIC2A,
  LINUX_REBOOT_MAGIC2B,
  LINUX_REBOOT_MAGIC2C,
];
const SWAP_FLAGS = 0x7ffff;
const MOST_PORTS = 65536;

/** As in a pid namespace: the machine that stops or restarts is the sandbox (reboot(2)). */
export function reboot(task: Task, magic: number, magic2: number, command: number): number {
  if (!task.credentials.hasIn(task.group.pidNamespace.owner, CAP_SYS_BOOT))
    return refuse(EPERM, "reboot: CAP_SYS_BOOT");
  if (magic !== LINUX_REBOOT_MAGIC1 || !SECOND_MAGICS.includes(magic2))
    return refuse(EINVAL, "reboot: wrong magic numbers");
  const restarts = command === LINUX_REBOOT_CMD_RESTART || command === LINUX_REBOOT_CMD_RESTART2;
  const stops = command === LINUX_REBOOT_CMD_POWER_OFF || command === LINUX_REBOOT_CMD_HALT;
  if (!restarts && !stops) return refuse(EINVAL, "reboot: not in a sandbox");
  const { pidNamespace } = task.group;
  const main = pidNamespace.level > 0 ? pidNamespace.init : task.kernel.main;
  if (main !== null) beginGroupExit(main, signaledStatus(restarts ? SIGHUP : SIGINT, false));
  return 0;
}

/** Modules, other kernels, eBPF: switched off (kernel.modules_disabled and its like). */
export function refused(): number {
  return refuse(EPERM, "not in a sandbox");
}

export function iopl(_task: Task, level: number): number {
  if (level > 3) return refuse(EINVAL, "iopl: no such level");
  return level === 0 ? 0 : refuse(EPERM, "iopl: no ports in a sandbox");
}

export function ioperm(_task: Task, from: number, count: number, on: number): number {
  if (count === 0 || from + count > MOST_PORTS) return refuse(EINVAL, "ioperm: no such ports");
  return on === 0 ? 0 : refuse(EPERM, "ioperm: no ports in a sandbox");
}

function resolve(task: Task, at: number): number {
  const name = task.mm.readPath(at);
  if (typeof name === "number") return name;
  const path = task.kernel.vfs.resolve(task, AT_FDCWD, name);
  return typeof path === "number" ? path : 0;
}

export function swapon(task: Task, path: number, flags: number): number {
  if ((flags & ~SWAP_FLAGS) !== 0) return refuse(EINVAL, "swapon: unknown flags");
  if (!task.credentials.has(CAP_SYS_ADMIN)) return refuse(EPERM, "swapon: CAP_SYS_ADMIN");
  return resolve(task, path) || refuse(EINVAL, "swapon: not a swap area");
}

export function swapoff(task: Task, path: number): number {
  if (!task.credentials.has(CAP_SYS_ADMIN)) return refuse(EPERM, "swapoff: CAP_SYS_ADMIN");
  return resolve(task, path) || refuse(EINVAL, "swapoff: not a swap area");
}

export function acct(task: Task, path: number): number {
  if (!task.credentials.has(CAP_SYS_PACCT)) return refuse(EPERM, "acct: CAP_SYS_PACCT");
  if (path === 0) return 0;
  return resolve(task, path) || refuse(ENOSYS, "acct: no accounting in a sandbox");
}

export function vhangup(task: Task): number {
  if (!task.credentials.has(CAP_SYS_TTY_CONFIG))
    return refuse(EPERM, "vhangup: CAP_SYS_TTY_CONFIG");
  hangUpOwn(task);
  return 0;
}

/** kernel.perf_event_paranoid is above 2, and there is no hardware to count. */
export function perf_event_open(task: Task): number {
  if (!task.credentials.has(CAP_SYS_ADMIN)) return refuse(EACCES, "perf_event_open: paranoid");
  return refuse(ENOENT, "perf_event_open: no such event");
}

// --- security modules -------------------------------------------------------------------------

const LSM_ID_CAPABILITY = 100;
const ID_SIZE = 8;

/** Landlock is not among the active security modules. */
export function landlock(): number {
  return refuse(EOPNOTSUPP, "landlock: not enabled");
}

/** No active module keeps attributes of tasks. */
export function lsmAttribute(): number {
  return refuse(EOPNOTSUPP, "lsm: no module has attributes");
}

export function lsm_list_modules(task: Task, idsAt: number, sizeAt: number, flags: number): number {
  if (flags !== 0) return refuse(EINVAL, "lsm_list_modules: no flags");
  const size = task.mm.readU32(sizeAt);
  if (Number.isNaN(size) || task.mm.writeU32(sizeAt, ID_SIZE) < 0) return -EFAULT;
  if (size < ID_SIZE) return refuse(E2BIG, "lsm_list_modules: no room");
  return task.mm.writeU64(idsAt, LSM_ID_CAPABILITY) < 0 ? -EFAULT : 1;
}
