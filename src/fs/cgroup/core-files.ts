/**
 * The files cgroup.* of a cgroup: who is in it, which controllers its children have, freezing and killing
 * (Documentation/admin-guide/cgroup-v2.rst, "Core Interface Files").
 */
import { EBUSY, EINVAL, ENOENT, EOPNOTSUPP, ERANGE, ESRCH } from "../../abi/errno.ts";
import { S_IFREG } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import { CONTROLLERS } from "../../kernel/cgroup/cgroup.ts";
import { freeze, killAll, moveProcess, processesIn } from "../../kernel/cgroup/membership.ts";
import type { Credentials } from "../../kernel/cred/credentials.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { ThreadGroup } from "../../kernel/task/thread-group.ts";
import { type Entry, file } from "../pseudo/entry.ts";
import { EventsFile } from "./events-file.ts";
import { mayMove } from "./migrate.ts";
import type { CgroupSubject } from "./subject.ts";

type Row = Entry<CgroupSubject>;

/** Numbers, one a line, in the reader's pid namespace; 0 for those it cannot see. */
function lines(pids: number[]): string {
  return pids
    .sort((a, b) => a - b)
    .map((pid) => `${pid}\n`)
    .join("");
}

function procs({ kernel, cgroup }: CgroupSubject, reader: Task): string {
  const living = processesIn(kernel, cgroup, false).filter((group) => group.tasks.length > 0);
  const isInit = cgroup.isRoot && reader.numberOf(kernel.init.pid) !== 0;
  const all = living.map((group) => reader.numberOf(group.pid));
  return lines(isInit ? [kernel.init.pid, ...all] : all);
}

function threads({ kernel, cgroup }: CgroupSubject, reader: Task): string {
  const all = processesIn(kernel, cgroup, false).flatMap((group) => group.tasks);
  return lines(all.map((task) => reader.numberOf(task.tid)));
}

/** The process that a write names: 0 is the writer. */
function named(task: Task, text: string): ThreadGroup | number {
  const word = text.trim();
  if (!/^\d{1,10}$/.test(word)) return refuse(EINVAL, "cgroup: not a pid");
  const pid = Number(word);
  if (pid === 0) return task.group;
  return (task.findTask(pid)?.group ?? task.findGroup(pid)) || -ESRCH;
}

function enter(subject: CgroupSubject, task: Task, text: string, opener: Credentials): number {
  const group = named(task, text);
  if (typeof group === "number") return group;
  const rc = mayMove(opener, group, subject.cgroup);
  if (rc < 0) return rc;
  moveProcess(group, subject.cgroup);
  return 0;
}

/** No line at all for none. */
function words(names: readonly string[]): string {
  return names.length === 0 ? "" : `${names.join(" ")}\n`;
}

function subtreeControl({ cgroup }: CgroupSubject): string {
  return words(CONTROLLERS.filter((one) => cgroup.enabled.has(one)));
}

/** "+pids -memory": all of them, or none. */
function setSubtreeControl({ cgroup, kernel }: CgroupSubject, _task: Task, text: string): number {
  const enable = new Set<string>();
  const disable = new Set<string>();
  for (const word of text.trim().split(/\s+/)) {
    if (word === "") continue;
    const name = word.slice(1);
    if (!/^[+-]/.test(word) || !CONTROLLERS.includes(name))
      return refuse(EINVAL, "cgroup: no such controller");
    (word[0] === "+" ? enable : disable).add(name);
    (word[0] === "+" ? disable : enable).delete(name);
  }
  for (const name of enable)
    if (!cgroup.controllers.includes(name))
      return refuse(ENOENT, "cgroup: a controller that it does not have");
  for (const child of cgroup.children.values())
    for (const name of disable)
      if (child.enabled.has(name)) return refuse(EBUSY, "cgroup: a child has passed it on");
  const hasProcesses = processesIn(kernel, cgroup, false).some((group) => group.tasks.length > 0);
  if (enable.size > 0 && !cgroup.isRoot && hasProcesses)
    return refuse(EBUSY, "cgroup: processes are in it, and not in its children");
  for (const name of enable) cgroup.enabled.add(name);
  for (const name of disable) cgroup.enabled.delete(name);
  return 0;
}

function events({ cgroup }: CgroupSubject): string {
  return `populated ${cgroup.living > 0 ? 1 : 0}\nfrozen ${cgroup.wasFrozen ? 1 : 0}\n`;
}

function setFreeze({ kernel, cgroup }: CgroupSubject, _task: Task, text: string): number {
  const word = text.trim();
  if (!/^-?\d+$/.test(word)) return refuse(EINVAL, "cgroup.freeze: not a number");
  if (word !== "0" && word !== "1") return refuse(ERANGE, "cgroup.freeze: neither 0 nor 1");
  if (cgroup.freezes !== (word === "1")) freeze(kernel, cgroup, word === "1");
  return 0;
}

function kill({ kernel, cgroup }: CgroupSubject, _task: Task, text: string): number {
  const word = text.trim();
  if (!/^-?\d+$/.test(word)) return refuse(EINVAL, "cgroup.kill: not a number");
  if (word !== "1") return refuse(ERANGE, "cgroup.kill: not 1");
  killAll(kernel, cgroup);
  return 0;
}

function stat({ cgroup }: CgroupSubject): string {
  const below = [...cgroup.tree()].length - 1;
  return `nr_descendants ${below}\nnr_dying_descendants 0\n`;
}

/** "max", or a number. */
export function limitText(value: number): string {
  return value === Infinity ? "max\n" : `${value}\n`;
}

/** NaN when it is neither "max" nor a number. */
export function readLimit(text: string): number {
  const word = text.trim();
  if (word === "max") return Infinity;
  return /^\d{1,15}$/.test(word) ? Number(word) : Number.NaN;
}

function setDepth({ cgroup }: CgroupSubject, _task: Task, text: string): number {
  const value = readLimit(text);
  if (Number.isNaN(value)) return -EINVAL;
  cgroup.maxDepth = value;
  return 0;
}

function setDescendants({ cgroup }: CgroupSubject, _task: Task, text: string): number {
  const value = readLimit(text);
  if (Number.isNaN(value)) return -EINVAL;
  cgroup.maxDescendants = value;
  return 0;
}

const controllers = ({ cgroup }: CgroupSubject) => words(cgroup.controllers);

/** What every cgroup has. */
const EVERYWHERE: readonly Row[] = [
  file("cgroup.controllers", 0o444, controllers),
  file("cgroup.max.depth", 0o644, ({ cgroup }) => limitText(cgroup.maxDepth), setDepth),
  file(
    "cgroup.max.descendants",
    0o644,
    ({ cgroup }) => limitText(cgroup.maxDescendants),
    setDescendants,
  ),
  file("cgroup.procs", 0o644, procs, enter),
  file("cgroup.stat", 0o444, stat),
  file("cgroup.subtree_control", 0o644, subtreeControl, setSubtreeControl),
  file("cgroup.threads", 0o644, threads, () =>
    refuse(EOPNOTSUPP, "cgroup: processes move as a whole"),
  ),
];

const EVENTS: Row = {
  name: "cgroup.events",
  mode: S_IFREG | 0o444,
  read: events,
  open: (subject, task, face, path, flags) =>
    new EventsFile(EVENTS, subject, face, path, flags, task.credentials),
};

export const ROOT_FILES: readonly Row[] = EVERYWHERE;

export const CORE_FILES: readonly Row[] = [
  EVENTS,
  file("cgroup.freeze", 0o644, ({ cgroup }) => `${cgroup.freezes ? 1 : 0}\n`, setFreeze),
  file("cgroup.kill", 0o200, undefined, kill),
  file(
    "cgroup.type",
    0o644,
    () => "domain\n",
    (_subject, _task, text) =>
      refuse(text.trim() === "threaded" ? EOPNOTSUPP : EINVAL, "cgroup: only domains"),
  ),
  ...EVERYWHERE,
];
