/**
 * plan: the control groups of one container, whichever driver they have: cgroupfs, or with
 * --systemd-cgroup units of systemd. Which one it was, a container's record says.
 */
import type { Resources, Spec } from "../../../oci/spec.ts";
import type { ContainerRecord } from "../../../oci/state.ts";
import { CommandError, type Context } from "../context.ts";
import { planDirectories } from "./cgroupfs.ts";
import { applyResources, type CgroupPlan, groupsOf, removeGroups } from "./groups.ts";
import { planUnit, removeUnit, updateUnit } from "./systemd-driver.ts";

const NONE: CgroupPlan = { unit: null, directories: [], start() {}, hold() {}, remove() {} };

export function planCgroups(context: Context, spec: Spec, id: string): CgroupPlan {
  const { ignoreCgroups, systemdCgroup } = context.globals;
  if (ignoreCgroups) return NONE;
  return systemdCgroup ? planUnit(context, spec, id) : planDirectories(context, spec, id);
}

/** `update`: other limits for groups that exist. */
export function updateCgroups(
  context: Context,
  { cgroups, unit }: ContainerRecord,
  resources: Resources,
): void {
  const groups = groupsOf(cgroups);
  if (groups.length === 0) throw new CommandError("the container has no control group to update");
  if (unit !== undefined) updateUnit(context, unit, resources);
  applyResources(groups, resources);
}

/** All that there may be, when the container's processes have ended. */
export function removeCgroups(context: Context, { cgroups, unit }: ContainerRecord): void {
  if (unit !== undefined) removeUnit(context, unit);
  // A slice of others stays.
  if (unit?.isShared !== true) removeGroups(cgroups);
}
