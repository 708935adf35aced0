/**
 * /proc/PID/exe, cwd and root: magic links, which lead to the place itself, whatever its name is now.
 * Only those who may look into the process may follow or read them.
 */
import { ENOENT } from "../../../abi/errno.ts";
import type { Task } from "../../../kernel/task/task.ts";
import type { Path } from "../../../kernel/vfs/path.ts";
import { pathname } from "../../../kernel/vfs/pathname.ts";
import { type Entry, link } from "../../pseudo/entry.ts";
import { mayInspect } from "../access.ts";
import type { ProcProcess } from "../subject.ts";

type Find = (process: ProcProcess) => Path | null;

/** A row whose link leads to what `find` finds. */
export function magicLink(name: string, find: Find): Entry<ProcProcess> {
  return link(
    name,
    (process, task) => {
      const path = found(process, task, find);
      return typeof path === "number"
        ? path
        : pathname(path, task?.fs.root ?? process.root ?? path);
    },
    (process, task) => found(process, task, find),
  );
}

function found(process: ProcProcess, task: Task | null, find: Find): Path | number {
  const rc = task === null ? 0 : mayInspect(process, task);
  return rc < 0 ? rc : (find(process) ?? -ENOENT);
}

export const PLACES: readonly Entry<ProcProcess>[] = [
  magicLink("cwd", (process) => process.living?.fs.cwd ?? null),
  magicLink("root", (process) => process.root),
  magicLink("exe", (process) => process.mm?.exe?.path ?? null),
];
