/**
 * Core dumps (core(5)): a process that dies of a signal whose default is to dump core first comes to a halt, all
 * its threads, and then writes its memory and registers to a file of /proc/sys/kernel/core_pattern.
 *  - Whether it may is in may-dump.ts.
 *  - It is written by the dying process's own rights; a pattern that names a program ("|…") dumps nothing.
 */
import { AT_FDCWD, O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } from "../../abi/fcntl.ts";
import { RLIMIT_CORE } from "../../abi/resource.ts";
import { signaledStatus } from "../../abi/wait.ts";
import { signalWake } from "../signal/send.ts";
import type { SigInfo } from "../signal/siginfo.ts";
import { beginGroupExit } from "../task/group-exit.ts";
import type { Task } from "../task/task.ts";
import type { ThreadGroup } from "../task/thread-group.ts";
import { unlinkName } from "../vfs/directory.ts";
import { writeCore } from "./image.ts";
import { coreNotes } from "./notes.ts";

const LONGEST_NAME = 4096;

/** `task` dies of `info`: its threads come to a halt, the last of them dumps. */
export function beginDump(task: Task, info: SigInfo): void {
  const { signals, tasks } = task.group;
  if (signals.core !== null) return;
  signals.core = { task, info };
  for (const other of tasks) if (other !== task) signalWake(other, 0);
}

/** A thread has come to a halt for the dump. */
export function joinDump(group: ThreadGroup): void {
  for (const task of group.tasks) if (task.state !== "stopped") return;
  const { core } = group.signals;
  if (core === null) return;
  const { task, info } = core;
  const dumped = task.state !== "dead" && dump(task, info);
  beginGroupExit(group, signaledStatus(info.signo, dumped));
}

function dump(task: Task, info: SigInfo): boolean {
  const name = coreName(task, info.signo);
  if (name === null) return false;
  const { vfs } = task.kernel;
  // An older core goes; what cannot be removed is in the way of the new one.
  if (vfs.findParent(task, AT_FDCWD, name) === 0) unlinkName(vfs, task);
  const flags = O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW;
  const file = vfs.openPath(task, AT_FDCWD, name, flags, 0o600);
  if (typeof file === "number") return false;
  const limit = task.group.limits.soft(RLIMIT_CORE);
  const done = file.inode.isRegular && writeCore(task, file, coreNotes(task, info), limit);
  file.unref();
  return done;
}

/** The pattern with its words put in; null when it is no file name. */
function coreName(task: Task, signo: number): string | null {
  const { kernel, group, credentials } = task;
  const { corePattern, coreUsesPid } = kernel;
  if (corePattern === "" || corePattern.startsWith("|")) return null;
  const words: Readonly<Record<string, () => string | number>> = {
    "%": () => "%",
    p: () => group.ownPid,
    P: () => group.pid,
    i: () => task.ownTid,
    I: () => task.tid,
    u: () => credentials.uid,
    g: () => credentials.gid,
    s: () => signo,
    t: () => kernel.vfs.nowSec(),
    h: () => task.namespaces.uts.hostname.replaceAll("/", "!"),
    e: () => task.comm.replaceAll("/", "!"),
    c: () => group.limits.soft(RLIMIT_CORE),
    d: () => task.mm.dumpable,
  };
  let namesPid = false;
  const name = corePattern.replace(/%(.?)/g, (_whole, letter: string) => {
    if (letter === "p") namesPid = true;
    return String(words[letter]?.() ?? "");
  });
  const full = coreUsesPid && !namesPid ? `${name}.${group.ownPid}` : name;
  return full.length < LONGEST_NAME ? full : null;
}
