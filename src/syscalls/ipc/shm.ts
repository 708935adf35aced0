/**
 * shmget, shmat, shmdt, shmctl. Source: shmget(2), shmop(2), shmctl(2).
 */
import { CAP_IPC_LOCK } from "../../abi/capability.ts";
import { EACCES, EFAULT, EINVAL, EMFILE, ENOMEM, ENOSPC, ENOSYS, EPERM } from "../../abi/errno.ts";
import {
  IPC_INFO,
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  SHM_EXEC,
  SHM_HUGETLB,
  SHM_INFO,
  SHM_LOCK,
  SHM_LOCKED,
  SHM_RDONLY,
  SHM_REMAP,
  SHM_RND,
  SHM_STAT,
  SHM_STAT_ANY,
  SHM_UNLOCK,
  SHMMIN,
  SHMMNI,
  shm_info,
  shmid_ds,
  shminfo,
} from "../../abi/ipc.ts";
import {
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_SHARED,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
} from "../../abi/mman.ts";
import { RLIMIT_AS, RLIMIT_MEMLOCK } from "../../abi/resource.ts";
import type { Fields, Struct, ValueOf, Writable } from "../../abi/struct.ts";
import { refuse } from "../../base/refuse.ts";
import { ShmAttachment, ShmSegment } from "../../kernel/ipc/shm.ts";
import { PAGE_SIZE } from "../../kernel/mm/mm.ts";
import { map, unmap } from "../../kernel/mm/mmap.ts";
import type { Task } from "../../kernel/task/task.ts";

/** kernel.shmmax and kernel.shmall: ULONG_MAX - (1 << 24), which a number cannot tell from this. */
const SHMMAX = 2 ** 64 - 2 ** 24;
const MOST_BYTES = 2 ** 47;
const SHMSEG = SHMMNI;
const PERMISSIONS = 0o777;

export function shmget(task: Task, key: number, size: number, flags: number): number {
  const { segments } = task.namespaces.ipc;
  const found = segments.find(key, flags);
  if (typeof found === "number") return found;
  if (found === null) return makeSegment(task, key, size, flags);
  if (size > found.bytes) return refuse(EINVAL, "shmget: the segment is smaller");
  return segments.open(found, task.credentials, flags);
}

function makeSegment(task: Task, key: number, size: number, flags: number): number {
  if (size < SHMMIN || size > SHMMAX) return refuse(EINVAL, "shmget: no size for a segment");
  if (size > MOST_BYTES) return refuse(ENOMEM, "shmget: larger than any address space");
  if ((flags & SHM_HUGETLB) !== 0) return refuse(ENOMEM, "shmget: no huge pages are reserved");
  const { segments } = task.namespaces.ipc;
  if (segments.count >= segments.limit) return refuse(ENOSPC, "shmget: SHMMNI segments");
  const { memoryFiles } = task.kernel.vfs;
  if (memoryFiles === null) return -ENOSYS;
  const name = `/SYSV${(key >>> 0).toString(16).padStart(8, "0")}`;
  const file = memoryFiles.sharedMemory(task, name, Math.ceil(size / PAGE_SIZE) * PAGE_SIZE);
  if (typeof file === "number") return file === -EMFILE ? -ENOSPC : file;
  return segments.add(new ShmSegment(segments, task, key, flags & PERMISSIONS, size, file));
}

export function shmat(task: Task, id: number, address: number, flags: number): number {
  const at = attachAddress(address, flags);
  if (at < 0) return at;
  const segment = task.namespaces.ipc.segments.get(id);
  if (typeof segment === "number") return segment;
  const readOnly = (flags & SHM_RDONLY) !== 0;
  const wanted = 0o444 | (readOnly ? 0 : 0o222) | ((flags & SHM_EXEC) !== 0 ? 0o111 : 0);
  if (!segment.permits(task.credentials, wanted)) return refuse(EACCES, "shmat: permissions");
  if (at !== 0 && (flags & SHM_REMAP) === 0 && !task.mm.areas.isFree(at, at + segment.bytes))
    return refuse(EINVAL, "shmat: something is mapped there");
  const attachment = new ShmAttachment(segment, readOnly, task.credentials);
  const write = readOnly ? 0 : PROT_WRITE;
  const result = map(task.mm, task.thread, {
    address: at,
    length: segment.bytes,
    prot: PROT_READ | write | ((flags & SHM_EXEC) !== 0 ? PROT_EXEC : 0),
    flags: MAP_SHARED | placing(at, flags),
    file: attachment,
    offset: 0,
    addressLimit: task.group.limits.soft(RLIMIT_AS),
  });
  // The areas are its only references.
  attachment.unref();
  if (result >= 0) segment.lastPid = task.pid;
  return result;
}

function attachAddress(address: number, flags: number): number {
  if (address === 0)
    return (flags & SHM_REMAP) === 0 ? 0 : refuse(EINVAL, "shmat: SHM_REMAP needs an address");
  const offset = address % PAGE_SIZE;
  if (offset === 0) return address;
  if ((flags & SHM_RND) === 0) return refuse(EINVAL, "shmat: address is not page aligned");
  const rounded = address - offset;
  if (rounded === 0 && (flags & SHM_REMAP) !== 0)
    return refuse(EINVAL, "shmat: SHM_REMAP needs an address");
  return rounded;
}

function placing(address: number, flags: number): number {
  if (address === 0) return 0;
  return (flags & SHM_REMAP) !== 0 ? MAP_FIXED : MAP_FIXED_NOREPLACE;
}

/** All that is left of the attachment that was made at exactly this address. */
export function shmdt(task: Task, address: number): number {
  if (address % PAGE_SIZE !== 0) return refuse(EINVAL, "shmdt: address is not page aligned");
  const { mm } = task;
  const attached = mm.areas.areas.filter((area) => area.start - area.offset === address);
  const first = attached.find((area) => area.file instanceof ShmAttachment);
  if (first === undefined) return refuse(EINVAL, "shmdt: nothing is attached there");
  const { segment } = first.file as ShmAttachment;
  for (const area of attached) {
    if (area.file !== first.file) continue;
    const rc = unmap(mm, task.thread, area.start, area.end - area.start);
    if (rc < 0) return rc;
  }
  segment.lastPid = task.pid;
  return 0;
}

export function shmctl(task: Task, id: number, command: number, buffer: number): number {
  if (id < 0 || command < 0) return refuse(EINVAL, "shmctl: negative id or command");
  const { segments } = task.namespaces.ipc;
  switch (command) {
    case IPC_INFO:
      return limits(task, buffer);
    case SHM_INFO:
      return usage(task, buffer);
    case IPC_STAT:
    case SHM_STAT:
    case SHM_STAT_ANY:
      return stat(task, id, command, buffer);
    case IPC_SET:
    case IPC_RMID:
    case SHM_LOCK:
    case SHM_UNLOCK: {
      const segment = segments.get(id);
      if (typeof segment === "number") return segment;
      if (command === IPC_SET || command === IPC_RMID)
        return control(task, segment, command, buffer);
      return lock(task, segment, command === SHM_LOCK);
    }
    default:
      return refuse(EINVAL, "shmctl: no such command");
  }
}

/** Copy a struct out: `result`, or -EFAULT. */
export function copyOut<F extends Fields>(
  task: Task,
  at: number,
  type: Struct<F>,
  value: Writable<ValueOf<F>>,
  result = 0,
): number {
  const bytes = new Uint8Array(type.size);
  type.write(new DataView(bytes.buffer), 0, value);
  return task.mm.write(at, bytes) < 0 ? -EFAULT : result;
}

function limits(task: Task, buffer: number): number {
  const value = {
    shmmax: SHMMAX,
    shmmin: SHMMIN,
    shmmni: SHMMNI,
    shmseg: SHMSEG,
    shmall: SHMMAX,
  };
  return copyOut(task, buffer, shminfo, value, task.namespaces.ipc.segments.highestSlot);
}

function usage(task: Task, buffer: number): number {
  const { ipc } = task.namespaces;
  const pages = ipc.segmentPages;
  const value = { used_ids: ipc.segments.count, shm_tot: pages, shm_rss: pages };
  return copyOut(task, buffer, shm_info, value, ipc.segments.highestSlot);
}

function stat(task: Task, id: number, command: number, buffer: number): number {
  const { segments } = task.namespaces.ipc;
  const segment = command === IPC_STAT ? segments.get(id) : segments.inSlot(id);
  if (typeof segment === "number") return segment;
  if (command !== SHM_STAT_ANY && !segment.permits(task.credentials, 0o444))
    return refuse(EACCES, "shmctl: permissions");
  const value = {
    shm_perm: segment.permission(task),
    shm_segsz: segment.bytes,
    shm_atime: segment.attachSec,
    shm_dtime: segment.detachSec,
    shm_ctime: segment.changedSec,
    shm_cpid: task.numberOf(segment.creatorPid),
    shm_lpid: task.numberOf(segment.lastPid),
    shm_nattch: segment.attachments,
  };
  return copyOut(task, buffer, shmid_ds, value, command === IPC_STAT ? 0 : segment.id);
}

function control(task: Task, segment: ShmSegment, command: number, buffer: number): number {
  const view = command === IPC_SET ? task.mm.view(buffer, shmid_ds.size) : null;
  if (command === IPC_SET && view === null) return -EFAULT;
  if (!segment.mayControl(task.credentials)) return refuse(EPERM, "shmctl: not the owner");
  if (view !== null) return segment.change(task, shmid_ds.read(view, 0).shm_perm);
  segment.markRemoved();
  return 0;
}

/** The host decides what stays in memory; permissions and the mark are kept. */
function lock(task: Task, segment: ShmSegment, on: boolean): number {
  const { credentials, group } = task;
  if (!credentials.hasIn(segment.owner, CAP_IPC_LOCK)) {
    const { euid } = credentials;
    if (euid !== segment.uid && euid !== segment.creatorUid)
      return refuse(EPERM, "shmctl: not the owner");
    if (on && group.limits.soft(RLIMIT_MEMLOCK) === 0)
      return refuse(EPERM, "shmctl: RLIMIT_MEMLOCK is zero");
  }
  segment.mode = on ? segment.mode | SHM_LOCKED : segment.mode & ~SHM_LOCKED;
  return 0;
}
