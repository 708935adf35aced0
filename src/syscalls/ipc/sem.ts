/**
 * semget, semop, semtimedop, semctl. Source: semget(2), semop(2), semctl(2).
 */
import {
  E2BIG,
  EACCES,
  EAGAIN,
  EFAULT,
  EFBIG,
  EINTR,
  EINVAL,
  ENOSPC,
  EPERM,
  ERANGE,
  ETIMEDOUT,
} from "../../abi/errno.ts";
import {
  GETALL,
  GETNCNT,
  GETPID,
  GETVAL,
  GETZCNT,
  IPC_INFO,
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  SEM_INFO,
  SEM_STAT,
  SEM_STAT_ANY,
  SEMAEM,
  SEMMNI,
  SEMMNS,
  SEMMSL,
  SEMOPM,
  SEMVMX,
  SETALL,
  SETVAL,
  sembuf,
  semid_ds,
  seminfo,
} from "../../abi/ipc.ts";
import { refuse } from "../../base/refuse.ts";
import {
  PendingOperations,
  type SemaphoreOperation,
  SemaphoreSet,
} from "../../kernel/ipc/semaphore.ts";
import { PARKED } from "../../kernel/task/park.ts";
import type { Task } from "../../kernel/task/task.ts";
import { readTimespecNs } from "../../kernel/time/read-time.ts";
import { copyOut } from "./shm.ts";

/** r10, the fourth argument, in the register file. */
const FOURTH_ARGUMENT = 2;
/** What IPC_INFO says of a structure that Linux no longer has. */
const SEMUSZ = 20;

export function semget(task: Task, key: number, count: number, flags: number): number {
  if (count < 0 || count > SEMMSL) return refuse(EINVAL, "semget: bad number of semaphores");
  const { ipc } = task.namespaces;
  const found = ipc.semaphores.find(key, flags);
  if (typeof found === "number") return found;
  if (found !== null) {
    if (count > found.length) return refuse(EINVAL, "semget: the set is smaller");
    return ipc.semaphores.open(found, task.credentials, flags);
  }
  if (count === 0) return refuse(EINVAL, "semget: a set of nothing");
  if (ipc.semaphoreCount + count > SEMMNS) return refuse(ENOSPC, "semget: SEMMNS semaphores");
  return ipc.semaphores.add(new SemaphoreSet(task, key, flags, count));
}

// --- semop ------------------------------------------------------------------------------------

export function semop(task: Task, id: number, operations: number, count: number): number {
  return semtimedop(task, id, operations, count, 0);
}

export function semtimedop(
  task: Task,
  id: number,
  operationsAt: number,
  count: number,
  timeoutAt: number,
): number {
  const sleeping = task.restart === null ? null : (task.restart.note as Sleep | null);
  if (sleeping !== null) return sleep(task, sleeping);
  if (count < 1 || id < 0) return refuse(EINVAL, "semop: no operations, or no id");
  if (count > SEMOPM) return refuse(E2BIG, "semop: more than SEMOPM operations");
  const operations = readOperations(task, operationsAt, count);
  if (operations === null) return -EFAULT;
  const deadline = deadlineOf(task, timeoutAt);
  if (deadline < 0) return deadline;
  const set = task.namespaces.ipc.semaphores.get(id);
  if (typeof set === "number") return set;
  if (operations.some(({ sem_num }) => sem_num >= set.length))
    return refuse(EFBIG, "semop: no such semaphore in the set");
  const pending = new PendingOperations(task, operations);
  if (!set.permits(task.credentials, pending.alters ? 0o222 : 0o444))
    return refuse(EACCES, "semop: permissions");
  if (set.operate(pending)) return pending.result!;
  const note: Sleep = { set, pending };
  task.record.note = note;
  task.record.deadline = deadline;
  return sleep(task, note);
}

/** What a waiting semop keeps. */
interface Sleep {
  readonly set: SemaphoreSet;
  readonly pending: PendingOperations;
}

function sleep(task: Task, { set, pending }: Sleep): number {
  if (pending.result !== null) return pending.result;
  task.waitOn(pending.events, -1);
  const rc = task.park(task.record.deadline);
  if (rc === PARKED) return PARKED;
  set.giveUp(pending);
  // A signal handler never restarts it (signal(7)).
  return rc === -ETIMEDOUT ? refuse(EAGAIN, "semtimedop: timed out") : -EINTR;
}

function readOperations(task: Task, at: number, count: number): SemaphoreOperation[] | null {
  const bytes = task.mm.read(at, count * sembuf.size);
  if (bytes === null) return null;
  const view = new DataView(bytes.buffer);
  return Array.from({ length: count }, (_, i) => sembuf.read(view, i * sembuf.size));
}

function deadlineOf(task: Task, timeoutAt: number): number {
  if (timeoutAt === 0) return Infinity;
  const ns = readTimespecNs(task, timeoutAt);
  return ns < 0 ? ns : task.kernel.clock.monotonicNs() + ns;
}

// --- semctl -----------------------------------------------------------------------------------

export function semctl(
  task: Task,
  id: number,
  semaphore: number,
  command: number,
  arg: number,
): number {
  if (id < 0) return refuse(EINVAL, "semctl: negative id");
  switch (command) {
    case IPC_INFO:
    case SEM_INFO:
      return info(task, command === SEM_INFO, arg);
    case IPC_STAT:
    case SEM_STAT:
    case SEM_STAT_ANY:
      return stat(task, id, command, arg);
    case GETALL:
    case SETALL:
    case GETVAL:
    case GETPID:
    case GETNCNT:
    case GETZCNT:
      return access(task, id, semaphore, command, arg);
    case SETVAL:
      // An int, whatever the upper half of the register holds.
      return setValue(task, id, semaphore, task.thread.registerLow(FOURTH_ARGUMENT) | 0);
    case IPC_SET:
    case IPC_RMID:
      return control(task, id, command, arg);
    default:
      return refuse(EINVAL, "semctl: no such command");
  }
}

function info(task: Task, inUse: boolean, at: number): number {
  const { ipc } = task.namespaces;
  const value = {
    semmap: SEMMNS,
    semmni: SEMMNI,
    semmns: SEMMNS,
    semmnu: SEMMNS,
    semmsl: SEMMSL,
    semopm: SEMOPM,
    semume: SEMOPM,
    semusz: inUse ? ipc.semaphores.count : SEMUSZ,
    semvmx: SEMVMX,
    semaem: inUse ? ipc.semaphoreCount : SEMAEM,
  };
  return copyOut(task, at, seminfo, value, ipc.semaphores.highestSlot);
}

function stat(task: Task, id: number, command: number, at: number): number {
  const { semaphores } = task.namespaces.ipc;
  const set = command === IPC_STAT ? semaphores.get(id) : semaphores.inSlot(id);
  if (typeof set === "number") return set;
  if (command !== SEM_STAT_ANY && !set.permits(task.credentials, 0o444))
    return refuse(EACCES, "semctl: permissions");
  const value = {
    sem_perm: set.permission(task),
    sem_otime: set.operatedSec,
    sem_ctime: set.changedSec,
    sem_nsems: set.length,
  };
  return copyOut(task, at, semid_ds, value, command === IPC_STAT ? 0 : set.id);
}

function access(task: Task, id: number, semaphore: number, command: number, arg: number): number {
  const set = task.namespaces.ipc.semaphores.get(id);
  if (typeof set === "number") return set;
  if (!set.permits(task.credentials, command === SETALL ? 0o222 : 0o444))
    return refuse(EACCES, "semctl: permissions");
  if (command === GETALL) return task.mm.write(arg, shorts(set.values));
  if (command === SETALL) return setAll(task, set, arg);
  if (semaphore < 0 || semaphore >= set.length)
    return refuse(EINVAL, "semctl: no such semaphore in the set");
  if (command === GETVAL) return set.values[semaphore]!;
  if (command === GETPID) return task.numberOf(set.pids[semaphore]!);
  return set.waiters(semaphore, command === GETZCNT);
}

function shorts(values: Int32Array): Uint8Array {
  return new Uint8Array(Uint16Array.from(values).buffer);
}

function setAll(task: Task, set: SemaphoreSet, at: number): number {
  const bytes = task.mm.read(at, set.length * 2);
  if (bytes === null) return -EFAULT;
  const values = [...new Uint16Array(bytes.buffer)];
  if (values.some((value) => value > SEMVMX)) return refuse(ERANGE, "semctl: above SEMVMX");
  set.set(0, values, task);
  return 0;
}

function setValue(task: Task, id: number, semaphore: number, value: number): number {
  if (value < 0 || value > SEMVMX) return refuse(ERANGE, "semctl: not in 0..SEMVMX");
  const set = task.namespaces.ipc.semaphores.get(id);
  if (typeof set === "number") return set;
  if (semaphore < 0 || semaphore >= set.length)
    return refuse(EINVAL, "semctl: no such semaphore in the set");
  if (!set.permits(task.credentials, 0o222)) return refuse(EACCES, "semctl: permissions");
  set.set(semaphore, [value], task);
  return 0;
}

function control(task: Task, id: number, command: number, at: number): number {
  const { semaphores } = task.namespaces.ipc;
  const view = command === IPC_SET ? task.mm.view(at, semid_ds.size) : null;
  if (command === IPC_SET && view === null) return -EFAULT;
  const set = semaphores.get(id);
  if (typeof set === "number") return set;
  if (!set.mayControl(task.credentials)) return refuse(EPERM, "semctl: not the owner");
  if (view !== null) return set.change(task, semid_ds.read(view, 0).sem_perm);
  semaphores.remove(set);
  set.destroy();
  return 0;
}
