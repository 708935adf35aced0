/**
 * May a process be put into a cgroup? Beside the right to write the file, its writer needs that right in the
 * cgroup above both, so that who was given a part of the hierarchy moves processes in it only
 * (cgroup-v2.rst, "Delegation Containment").
 */
import { EACCES, EBUSY } from "../../abi/errno.ts";
import { S_IFREG } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import type { Cgroup } from "../../kernel/cgroup/cgroup.ts";
import type { Credentials } from "../../kernel/cred/credentials.ts";
import type { ThreadGroup } from "../../kernel/task/thread-group.ts";
import { checkDac, MAY_WRITE } from "../../kernel/vfs/permission.ts";

export function mayMove(opener: Credentials, group: ThreadGroup, to: Cgroup): number {
  const from = group.cgroup;
  if (to.enabled.size > 0 && !to.isRoot)
    return refuse(EBUSY, "cgroup: its children have controllers, so it has no processes");
  let common = to;
  while (!from.isWithin(common)) common = common.parent!;
  const owner = common.owners.get("cgroup.procs") ?? {
    uid: common.uid,
    gid: common.gid,
    mode: S_IFREG | 0o644,
  };
  return checkDac(opener, owner, MAY_WRITE)
    ? 0
    : refuse(EACCES, "cgroup: not the writer's to move from there");
}
