/**
 * cgroupfs: the driver that makes control groups by itself, as directories.
 *  - A path of the config's begins at the hierarchy's top when it is absolute, else in our own group,
 *    where a container without a path gets one with its id.
 *  - Where we may not make any, and none was asked for, the container has none.
 */
import { join } from "node:path";
import type { Spec } from "../../../oci/spec.ts";
import { CommandError, type Context } from "../context.ts";
import {
  applyResources,
  type CgroupPlan,
  type Group,
  joinGroups,
  makeGroups,
  removeGroups,
} from "./groups.ts";
import { findHierarchies, type Hierarchy } from "./hierarchies.ts";

export function planDirectories(context: Context, spec: Spec, id: string): CgroupPlan {
  const path = spec.linux?.cgroupsPath ?? "";
  const isAsked = path !== "";
  const groups = findHierarchies().map((hierarchy) => ({
    hierarchy,
    directory: directoryOf(hierarchy, path, id),
  }));
  const directories = groups.map(({ directory }) => directory);
  let made: readonly Group[] = [];
  return {
    unit: null,
    directories,
    start() {},
    hold(pid) {
      try {
        makeGroups(groups);
        made = groups;
      } catch (error) {
        removeGroups(directories);
        if (isAsked)
          throw new CommandError(
            `cannot make the control group ${path}: ${(error as Error).message}`,
          );
        context.log.debug(`the container has no control group: ${(error as Error).message}`);
      }
      joinGroups(made, pid);
      applyResources(made, spec.linux?.resources ?? {});
    },
    remove() {
      removeGroups(made.map(({ directory }) => directory));
    },
  };
}

function directoryOf({ mountPoint, own }: Hierarchy, path: string, id: string): string {
  if (path.startsWith("/")) return join(mountPoint, join("/", path));
  return join(mountPoint, own, join("/", path === "" ? id : path));
}
