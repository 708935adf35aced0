/**
 * /proc/PID/oom_score_adj, its old face oom_adj, and oom_score: whom to end when memory runs out.
 * The numbers are kept and shown; nothing here ever ends a process for them.
 */
import { CAP_SYS_RESOURCE } from "../../../abi/capability.ts";
import { EACCES, EINVAL } from "../../../abi/errno.ts";
import { refuse } from "../../../base/refuse.ts";
import type { Task } from "../../../kernel/task/task.ts";
import { type Entry, file } from "../../pseudo/entry.ts";
import { parseInteger } from "../format.ts";
import type { ProcProcess } from "../subject.ts";

const ADJ_MAX = 1000;
const OLD_MAX = 15;
const OLD_DISABLE = -17;

function setAdjustment({ group }: ProcProcess, task: Task, text: string): number {
  const value = parseInteger(text);
  if (Number.isNaN(value) || value < -ADJ_MAX || value > ADJ_MAX)
    return refuse(EINVAL, "oom_score_adj: not a number from -1000 to 1000");
  return change(group, task, value);
}

function change(group: ProcProcess["group"], task: Task, value: number): number {
  if (value < Math.min(0, group.oomScoreAdj) && !task.credentials.has(CAP_SYS_RESOURCE))
    return refuse(EACCES, "oom_score_adj: lowering it needs CAP_SYS_RESOURCE");
  group.oomScoreAdj = value;
  return 0;
}

function oldAdjustment({ group }: ProcProcess): string {
  const value = group.oomScoreAdj;
  return `${value === ADJ_MAX ? OLD_MAX : Math.trunc((value * -OLD_DISABLE) / ADJ_MAX)}\n`;
}

function setOldAdjustment({ group }: ProcProcess, task: Task, text: string): number {
  const value = parseInteger(text);
  if (Number.isNaN(value) || ((value < -16 || value > OLD_MAX) && value !== OLD_DISABLE))
    return refuse(EINVAL, "oom_adj: not a number from -17 to 15");
  const adjusted = value === OLD_MAX ? ADJ_MAX : Math.trunc((value * ADJ_MAX) / -OLD_DISABLE);
  return change(group, task, adjusted);
}

/** Linux's badness as oom_score tells it: share of memory and adjustment, 0 … 1333. */
function score({ group, mm, system }: ProcProcess): string {
  if (mm === null) return "0\n";
  const { total } = system.facts.memory();
  const share = Math.floor((system.facts.residentBytes(mm) * ADJ_MAX) / Math.max(total, 1));
  return `${Math.max(0, Math.floor(((ADJ_MAX + share + group.oomScoreAdj) * 2) / 3))}\n`;
}

export const OOM_FILES: readonly Entry<ProcProcess>[] = [
  file("oom_score", 0o444, score),
  file("oom_adj", 0o644, oldAdjustment, setOldAdjustment, { hasEnd: true }),
  file("oom_score_adj", 0o644, ({ group }) => `${group.oomScoreAdj}\n`, setAdjustment, {
    hasEnd: true,
  }),
];
