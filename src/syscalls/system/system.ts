/**
 * The system as a whole: names, memory figures, chance. Source: uname(2), sysinfo(2), sethostname(2),
 * getrandom(2), syslog(2).
 */

import { CAP_SYS_ADMIN, CAP_SYSLOG } from "../../abi/capability.ts";
import { EFAULT, EINVAL, EPERM } from "../../abi/errno.ts";
import { sysinfo as sysinfoStruct, utsname } from "../../abi/system.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../../kernel/task/task.ts";
import { RELEASE, SYSTEM_NAME, VERSION } from "../../kernel/version.ts";

const NAME_MAX = 64;

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

export function uname(task: Task, at: number): number {
  const bytes = new Uint8Array(utsname.size);
  const { uts } = task.namespaces;
  utsname.write(new DataView(bytes.buffer), 0, {
    sysname: ascii(SYSTEM_NAME),
    nodename: ascii(uts.hostname),
    release: ascii(RELEASE),
    version: ascii(VERSION),
    machine: ascii("x86_64"),
    domainname: ascii(uts.domainname),
  });
  return task.mm.write(at, bytes);
}

function readName(task: Task, at: number, length: number): string | number {
  if (!task.credentials.hasIn(task.namespaces.uts.owner, CAP_SYS_ADMIN))
    return refuse(EPERM, "sethostname: needs CAP_SYS_ADMIN");
  if (length < 0 || length > NAME_MAX) return -EINVAL;
  const bytes = task.mm.read(at, length);
  if (bytes === null) return -EFAULT;
  const end = bytes.indexOf(0);
  return String.fromCharCode(...(end < 0 ? bytes : bytes.subarray(0, end)));
}

export function sethostname(task: Task, at: number, length: number): number {
  const name = readName(task, at, length);
  if (typeof name === "number") return name;
  task.namespaces.uts.hostname = name;
  return 0;
}

export function setdomainname(task: Task, at: number, length: number): number {
  const name = readName(task, at, length);
  if (typeof name === "number") return name;
  task.namespaces.uts.domainname = name;
  return 0;
}

export function sysinfo(task: Task, at: number): number {
  const { kernel } = task;
  const bytes = new Uint8Array(sysinfoStruct.size);
  const { totalBytes, freeBytes } = kernel.memory;
  sysinfoStruct.write(new DataView(bytes.buffer), 0, {
    uptime: Math.floor((kernel.clock.monotonicNs() - kernel.startNs) / 1e9) + 1,
    totalram: totalBytes,
    freeram: freeBytes,
    procs: kernel.pids.taskCount,
    mem_unit: 1,
  });
  return task.mm.write(at, bytes);
}

const GRND_KNOWN = 7;
const GRND_RANDOM_AND_INSECURE = 6;
/** At most this much at once: a larger call comes back short, as a signal may make it on Linux. */
const RANDOM_CHUNK = 1 << 16;
const RANDOM_MOST = 33554431;

export function getrandom(task: Task, at: number, length: number, flags: number): number {
  if (flags & ~GRND_KNOWN || (flags & GRND_RANDOM_AND_INSECURE) === GRND_RANDOM_AND_INSECURE)
    return refuse(EINVAL, "getrandom: bad flags");
  const want = Math.min(length, RANDOM_MOST);
  const chunk = new Uint8Array(Math.min(want, RANDOM_CHUNK));
  let done = 0;
  while (done < want) {
    const part = chunk.subarray(0, Math.min(chunk.length, want - done));
    task.kernel.entropy.fill(part);
    const n = task.mm.copyOut(at + done, part, 0, part.length);
    done += n;
    if (n < part.length) return done > 0 ? done : -EFAULT;
  }
  return done;
}

const SYSLOG_SIZE_UNREAD = 9;
const SYSLOG_SIZE_BUFFER = 10;
const SYSLOG_READ_ALL = 3;
const LOG_BUFFER = 1 << 17;

/** The kernel log of a sandbox is empty. */
export function syslog(task: Task, type: number, at: number, length: number): number {
  if (type < 0 || type > SYSLOG_SIZE_BUFFER) return -EINVAL;
  const open = type === SYSLOG_READ_ALL || type === SYSLOG_SIZE_BUFFER;
  if (!open && !task.credentials.has(CAP_SYSLOG)) return refuse(EPERM, "syslog: needs CAP_SYSLOG");
  if (type === SYSLOG_SIZE_BUFFER) return LOG_BUFFER;
  if (type === SYSLOG_SIZE_UNREAD) return 0;
  return type >= 2 && type <= 4 && (at === 0 || length < 0) ? -EINVAL : 0;
}
