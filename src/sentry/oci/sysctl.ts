/**
 * sysctl: kernel parameters of a config.json, written as the container's root would write them.
 */
import { errnoText } from "../../abi/errno-text.ts";
import { PseudoInode } from "../../fs/pseudo/inode.ts";
import type { Task } from "../../kernel/task/task.ts";
import { findPlace, runtimeFailure } from "./places.ts";

export function applySysctl(task: Task, name: string, value: string): void {
  const place = findPlace(task, `/proc/sys/${name.replaceAll(".", "/")}`);
  if (typeof place === "number")
    throw runtimeFailure(`sysctl ${name}: ${errnoText(-place)}: this kernel has no such parameter`);
  const { inode } = place;
  if (!(inode instanceof PseudoInode) || inode.entry.write === undefined)
    throw runtimeFailure(`sysctl ${name} cannot be changed`);
  const rc = inode.entry.write(inode.subject, task, `${value}\n`, task.credentials);
  if (rc < 0) throw runtimeFailure(`sysctl ${name} does not take "${value}": ${errnoText(-rc)}`);
}
