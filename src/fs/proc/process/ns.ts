/**
 * /proc/PID/ns: links that name the namespaces of a process, "uts:[4026531838]" (namespaces(7)). Two
 * processes are in one namespace exactly when the numbers are the same. Followed, a link leads to the
 * file of the namespace (kernel/ns/namespace-file.ts).
 */
import { ENOENT } from "../../../abi/errno.ts";
import type { Namespace } from "../../../kernel/ns/namespace.ts";
import { namespaceName, namespacePath } from "../../../kernel/ns/namespace-file.ts";
import type { Task } from "../../../kernel/task/task.ts";
import { directory, type Entry, link } from "../../pseudo/entry.ts";
import { mayInspect } from "../access.ts";
import type { ProcProcess } from "../subject.ts";

type Find = (task: Task) => Namespace | null;

const LINKS: readonly (readonly [string, Find])[] = [
  ["cgroup", (task) => task.namespaces.cgroup],
  ["ipc", (task) => task.namespaces.ipc],
  ["mnt", (task) => task.namespaces.mounts],
  ["net", (task) => task.namespaces.network],
  ["pid", (task) => task.group.pidNamespace],
  [
    "pid_for_children",
    // Nothing to name before its first process is there.
    ({ namespaces }) =>
      namespaces.pidForChildren.init === null ? null : namespaces.pidForChildren,
  ],
  ["user", (task) => task.credentials.userNamespace],
  ["uts", (task) => task.namespaces.uts],
];

function found(process: ProcProcess, reader: Task | null, find: Find): Namespace | number {
  const rc = reader === null ? 0 : mayInspect(process, reader);
  if (rc < 0) return rc;
  const task = process.living;
  return (task === null ? null : find(task)) ?? -ENOENT;
}

function row(name: string, find: Find): Entry<ProcProcess> {
  return link<ProcProcess>(
    name,
    (process, task) => {
      const namespace = found(process, task, find);
      return typeof namespace === "number" ? namespace : namespaceName(namespace);
    },
    (process, task) => {
      const namespace = found(process, task, find);
      return typeof namespace === "number" ? namespace : namespacePath(task.kernel.vfs, namespace);
    },
  );
}

export const NAMESPACES: Entry<ProcProcess> = directory(
  "ns",
  LINKS.map(([name, find]) => row(name, find)),
  0o511,
);
