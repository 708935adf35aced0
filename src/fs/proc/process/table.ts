/**
 * The rows of /proc/PID and /proc/PID/task/TID: what a process tells of itself, and to whom.
 */
import { CAP_SYS_ADMIN } from "../../../abi/capability.ts";
import { EACCES, EINVAL, EPERM } from "../../../abi/errno.ts";
import { S_IFREG } from "../../../abi/stat.ts";
import { refuse } from "../../../base/refuse.ts";
import type { Task } from "../../../kernel/task/task.ts";
import { constant, type Entry, type FileTraits, file } from "../../pseudo/entry.ts";
import { mayInspect } from "../access.ts";
import { NET } from "../net/table.ts";
import type { ProcProcess } from "../subject.ts";
import { DESCRIPTORS } from "./fd.ts";
import { ID_MAPS } from "./id-maps.ts";
import { limits } from "./limits.ts";
import { PLACES } from "./links.ts";
import { maps, smaps, smapsRollup } from "./maps.ts";
import { auxv, cmdline, environ, openMem } from "./memory.ts";
import { mountinfo, mounts, mountstats } from "./mounts.ts";
import { NAMESPACES } from "./ns.ts";
import { OOM_FILES } from "./oom.ts";
import { sched, schedstat, setTimerSlack, syscall, timerSlack } from "./sched.ts";
import { stat, statm } from "./stat.ts";
import { status } from "./status.ts";

/** Only for those who may look into the process. */
const PRIVATE: FileTraits<ProcProcess> = { mayOpen: mayInspect };
const PRIVATE_WITH_END: FileTraits<ProcProcess> = { mayOpen: mayInspect, hasEnd: true };
const WATCHABLE: FileTraits<ProcProcess> = { pollable: true };
const WITH_END: FileTraits<ProcProcess> = { hasEnd: true };

const NO_ID = "4294967295";
const COMM_LENGTH = 15;

function setComm({ group, task }: ProcProcess, writer: Task, text: string): number {
  if (group !== writer.group) return refuse(EINVAL, "comm: another process's");
  if (task !== null) task.comm = text.replace(/[\n\0].*$/s, "").slice(0, COMM_LENGTH);
  return 0;
}

function stack(_process: ProcProcess, task: Task): string | number {
  return task.credentials.has(CAP_SYS_ADMIN) ? "" : refuse(EACCES, "stack: needs CAP_SYS_ADMIN");
}

function children({ group, tid, system }: ProcProcess): string {
  if (tid !== group.pid) return "";
  const pids = [...group.children].map((child) => system.numberOf(child.pid)).sort((a, b) => a - b);
  return pids.map((pid) => `${pid} `).join("");
}

/** The one hierarchy, as the reader sees it. */
function cgroup({ group }: ProcProcess, reader: Task): string {
  const path = group.cgroup.pathFrom(reader.namespaces.cgroup.root);
  return `0::${path}${group.cgroup.isRemoved ? " (deleted)" : ""}\n`;
}

function clearRefs(_process: ProcProcess, _task: Task, text: string): number {
  return /^[1-5]\s*$/.test(text) ? 0 : -EINVAL;
}

const IO =
  "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n";

/** What processes and threads both have. */
const BOTH: readonly Entry<ProcProcess>[] = [
  file("auxv", 0o400, auxv, undefined, PRIVATE_WITH_END),
  file("cgroup", 0o444, cgroup, undefined, WATCHABLE),
  file("clear_refs", 0o200, undefined, clearRefs),
  file("cmdline", 0o444, cmdline, undefined, WITH_END),
  file("comm", 0o644, (process) => `${process.comm}\n`, setComm),
  constant("cpuset", "/\n"),
  ...PLACES,
  file("environ", 0o400, environ, undefined, PRIVATE_WITH_END),
  ...DESCRIPTORS,
  ...ID_MAPS,
  file("io", 0o400, () => IO, undefined, PRIVATE),
  file("limits", 0o444, limits),
  file(
    "loginuid",
    0o644,
    () => NO_ID,
    () => -EPERM,
    WITH_END,
  ),
  file("maps", 0o444, maps, undefined, PRIVATE),
  { name: "mem", mode: S_IFREG | 0o600, open: openMem, traits: PRIVATE },
  file("mountinfo", 0o444, mountinfo, undefined, WATCHABLE),
  file("mounts", 0o444, mounts, undefined, WATCHABLE),
  NET,
  NAMESPACES,
  ...OOM_FILES,
  file("personality", 0o400, personality, undefined, PRIVATE),
  file("sched", 0o644, sched, () => 0),
  file("schedstat", 0o444, schedstat),
  file("sessionid", 0o444, () => NO_ID, undefined, WITH_END),
  file("smaps", 0o444, smaps, undefined, PRIVATE),
  file("smaps_rollup", 0o444, smapsRollup, undefined, PRIVATE),
  file("stack", 0o400, stack, undefined, PRIVATE),
  file("stat", 0o444, stat),
  file("statm", 0o444, statm),
  file("status", 0o444, status),
  file("syscall", 0o400, syscall, undefined, PRIVATE),
  file("wchan", 0o444, () => "0"),
];

function personality({ task }: ProcProcess): string {
  return `${((task?.personality ?? 0) >>> 0).toString(16).padStart(8, "0")}\n`;
}

export const PROCESS_FILES: readonly Entry<ProcProcess>[] = [
  ...BOTH,
  file(
    "coredump_filter",
    0o644,
    () => "00000033\n",
    () => 0,
  ),
  file("mountstats", 0o400, mountstats, undefined, PRIVATE),
  constant(
    "timens_offsets",
    "monotonic           0         0\nboottime            0         0\n",
    0o644,
  ),
  file("timers", 0o444, () => ""),
  file("timerslack_ns", 0o666, timerSlack, setTimerSlack),
];

export const THREAD_FILES: readonly Entry<ProcProcess>[] = [
  ...BOTH,
  file("children", 0o444, children),
];
