/**
 * memfd_create, and the handle calls that no filesystem here supports.
 * Source: memfd_create(2), open_by_handle_at(2).
 */

import { CAP_DAC_READ_SEARCH } from "../../abi/capability.ts";
import { EINVAL, ENOSYS, EOPNOTSUPP, EPERM } from "../../abi/errno.ts";
import { MFD_CLOEXEC, MFD_EXEC, MFD_HUGETLB, MFD_NOEXEC_SEAL, memfdFlags } from "../../abi/mman.ts";
import { refuse } from "../../base/refuse.ts";
import { installFile } from "../../kernel/fd/install.ts";
import type { Task } from "../../kernel/task/task.ts";
import { lookupFlags, placeAt } from "./place.ts";

/** NAME_MAX less the prefix "memfd:". */
const NAME_ROOM = 249;

export function memfd_create(task: Task, nameAt: number, flags: number): number {
  if (memfdFlags.unknown(flags) !== 0) return refuse(EINVAL, "memfd_create: unknown flags");
  if ((flags & MFD_HUGETLB) !== 0)
    return refuse(EINVAL, "memfd_create: no huge pages are reserved");
  const both = MFD_EXEC | MFD_NOEXEC_SEAL;
  if ((flags & both) === both) return refuse(EINVAL, "memfd_create: MFD_EXEC with MFD_NOEXEC_SEAL");
  const name = task.mm.readString(nameAt, NAME_ROOM + 1);
  if (name === -1) return refuse(EINVAL, "memfd_create: the name is too long");
  if (typeof name === "number") return name;
  const { memoryFiles } = task.kernel.vfs;
  if (memoryFiles === null) return -ENOSYS;
  const file = memoryFiles.memfd(task, name, flags);
  return typeof file === "number" ? file : installFile(task, file, (flags & MFD_CLOEXEC) !== 0);
}

export function name_to_handle_at(
  task: Task,
  dirfd: number,
  pathname: number,
  _handle: number,
  _mountId: number,
  flags: number,
): number {
  const place = placeAt(task, dirfd, pathname, lookupFlags(flags) & ~1);
  return typeof place === "number"
    ? place
    : refuse(EOPNOTSUPP, "no filesystem here has file handles");
}

export function open_by_handle_at(task: Task): number {
  return task.credentials.has(CAP_DAC_READ_SEARCH) ? -EOPNOTSUPP : -EPERM;
}
