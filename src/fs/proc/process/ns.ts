/**
 * /proc/PID/ns: links that name the namespaces of a process, "uts:[4026531838]" (namespaces(7)). Two
 * processes are in one namespace exactly when the numbers are the same. Followed, a link leads to a
 * file that can be opened and compared, and to nothing else.
 */
import { ENOENT } from "../../../abi/errno.ts";
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
} from "../../../abi/sched.ts";
import { S_IFREG } from "../../../abi/stat.ts";
import { NamespaceFile } from "../../../kernel/ns/namespace-file.ts";
import type { Namespaces } from "../../../kernel/ns/namespaces.ts";
import type { Task } from "../../../kernel/task/task.ts";
import { AnonymousInode } from "../../../kernel/vfs/anonymous.ts";
import type { File } from "../../../kernel/vfs/file.ts";
import type { Inode } from "../../../kernel/vfs/inode.ts";
import type { Path } from "../../../kernel/vfs/path.ts";
import { directory, type Entry, link } from "../../pseudo/entry.ts";
import { mayInspect } from "../access.ts";
import type { ProcProcess } from "../subject.ts";

/** The numbers of the first namespaces, from include/uapi/linux/nsfs.h. */
const FIRST: Readonly<Record<string, number>> = {
  time: 4026531834,
  cgroup: 4026531835,
  pid: 4026531836,
  user: 4026531837,
  uts: 4026531838,
  ipc: 4026531839,
  net: 4026531833,
};
/** A host name of one's own: all those share one number, which no other namespace has. */
const OTHER_UTS = 4026532000;

/** Which namespace each link names, for setns(2). */
const TYPES: Readonly<Record<string, number>> = {
  cgroup: CLONE_NEWCGROUP,
  ipc: CLONE_NEWIPC,
  mnt: CLONE_NEWNS,
  net: CLONE_NEWNET,
  pid: CLONE_NEWPID,
  time: CLONE_NEWTIME,
  user: CLONE_NEWUSER,
  uts: CLONE_NEWUTS,
};

/** [link, namespace] */
const LINKS: readonly (readonly [string, string])[] = [
  ["cgroup", "cgroup"],
  ["ipc", "ipc"],
  ["mnt", "mnt"],
  ["net", "net"],
  ["pid", "pid"],
  ["pid_for_children", "pid"],
  ["time", "time"],
  ["time_for_children", "time"],
  ["user", "user"],
  ["uts", "uts"],
];

function numberOf(process: ProcProcess, kind: string): number {
  const { namespaces } = process.living ?? process.system.kernel;
  if (kind === "mnt") return namespaces.mounts.id;
  if (kind === "ipc") return namespaces.ipc.id;
  if (kind === "uts" && namespaces.uts !== process.system.kernel.namespaces.uts) return OTHER_UTS;
  return FIRST[kind]!;
}

function nameOf(process: ProcProcess, task: Task | null, kind: string): string | number {
  const rc = task === null ? 0 : mayInspect(process, task);
  if (rc < 0) return rc;
  return process.living === null ? -ENOENT : `${kind}:[${numberOf(process, kind)}]`;
}

function pathOf(process: ProcProcess, task: Task, kind: string): Path | number {
  const name = nameOf(process, task, kind);
  if (typeof name === "number") return name;
  const inode = new NamespaceInode(task, numberOf(process, kind), process.living!.namespaces, kind);
  const path = task.kernel.vfs.anonymous.path(inode, name);
  inode.drop();
  return path;
}

class NamespaceInode extends AnonymousInode {
  readonly #namespaces: Namespaces;
  readonly #type: number;

  constructor(task: Task, number: number, namespaces: Namespaces, kind: string) {
    super(task.kernel.vfs.anonymous, number, S_IFREG | 0o444, 0, 0);
    this.#namespaces = namespaces;
    this.#type = TYPES[kind] ?? 0;
  }

  override open(task: Task, face: Inode, path: Path | null, flags: number): File {
    return new NamespaceFile(face, path, flags, task.credentials, this.#namespaces, this.#type);
  }
}

export const NAMESPACES: Entry<ProcProcess> = directory(
  "ns",
  LINKS.map(([name, kind]) =>
    link<ProcProcess>(
      name,
      (process, task) => nameOf(process, task, kind),
      (process, task) => pathOf(process, task, kind),
    ),
  ),
  0o511,
);
