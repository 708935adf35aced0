/** Control groups that an engine of a test makes for itself, in whatever hierarchies there are. */
import { existsSync, readdirSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";

const CGROUPS = "/sys/fs/cgroup";

/** The directories of this name at the top of all hierarchies. */
export function groupsNamed(name: string): string[] {
  if (!existsSync(CGROUPS)) return [];
  return ["", ...readdirSync(CGROUPS)]
    .map((hierarchy) => join(CGROUPS, hierarchy, name))
    .filter((path) => existsSync(path));
}

/** With all below it; a group that somebody uses stays. */
export function removeGroup(path: string): void {
  for (const name of readdirSync(path))
    if (statSync(join(path, name)).isDirectory()) removeGroup(join(path, name));
  try {
    rmdirSync(path);
  } catch {
    return;
  }
}
