/**
 * /proc/PID/uid_map, gid_map, projid_map and setgroups: the ids of a process's user namespace
 * (user_namespaces(7)). The rules are in kernel/ns/map-write.ts.
 */
import { CAP_SYS_ADMIN } from "../../../abi/capability.ts";
import { EACCES, EPERM } from "../../../abi/errno.ts";
import { O_ACCMODE, O_RDONLY } from "../../../abi/fcntl.ts";
import { refuse } from "../../../base/refuse.ts";
import {
  type IdKind,
  showIdMap,
  writeIdMap,
  writeSetGroups,
} from "../../../kernel/ns/map-write.ts";
import { FIRST_USER_NAMESPACE, type UserNamespace } from "../../../kernel/ns/user-namespace.ts";
import type { Task } from "../../../kernel/task/task.ts";
import { type Entry, file } from "../../pseudo/entry.ts";
import type { ProcProcess } from "../subject.ts";

function namespaceOf({ task }: ProcProcess): UserNamespace {
  return task?.credentials.userNamespace ?? FIRST_USER_NAMESPACE;
}

function map(name: string, kind: IdKind): Entry<ProcProcess> {
  return file(
    name,
    0o644,
    (process, task) => showIdMap(namespaceOf(process), kind, task.credentials.userNamespace),
    (process, task, text, opener) => {
      task.kernel.platform.forgetAnswers();
      return writeIdMap(namespaceOf(process), kind, text, task.credentials, opener);
    },
    { judgesEmpty: true },
  );
}

function mayOpenSetGroups(process: ProcProcess, task: Task, flags: number): number {
  const writes = (flags & O_ACCMODE) !== O_RDONLY;
  return !writes || task.credentials.hasIn(namespaceOf(process), CAP_SYS_ADMIN)
    ? 0
    : refuse(EACCES, "setgroups: needs CAP_SYS_ADMIN in the namespace");
}

export const ID_MAPS: readonly Entry<ProcProcess>[] = [
  map("gid_map", "gids"),
  map("uid_map", "uids"),
  file(
    "projid_map",
    0o644,
    (_process, task) => showIdMap(FIRST_USER_NAMESPACE, "uids", task.credentials.userNamespace),
    () => refuse(EPERM, "projid_map: no file system here has projects"),
  ),
  file(
    "setgroups",
    0o644,
    (process) => (namespaceOf(process).maySetGroups ? "allow\n" : "deny\n"),
    (process, _task, text, opener) => writeSetGroups(namespaceOf(process), text, opener),
    { mayOpen: mayOpenSetGroups },
  ),
];
