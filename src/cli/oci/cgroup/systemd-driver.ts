/**
 * systemd-driver: the control group of a container is that of a unit which systemd makes around its
 * sandbox and ends: a scope, or a slice (runc's systemd driver). What systemd knows of resources it is
 * told, so that it does not take back what others wrote; then all of them are written to the
 * group's files, which are exact, and know more.
 *  - systemd delegates the group: beneath it, and in hierarchies of version 1 that systemd does not use,
 *    groups are ours.
 *  - A slice that is there already is joined, and stays.
 */
import { join } from "node:path";
import type { Resources, Spec } from "../../../oci/spec.ts";
import type { UnitRecord } from "../../../oci/state.ts";
import { CommandError, type Context } from "../context.ts";
import { annotatedProperties } from "./annotations.ts";
import {
  applyResources,
  type CgroupPlan,
  type Group,
  joinGroups,
  makeGroups,
  removeGroups,
} from "./groups.ts";
import { findHierarchies, type Hierarchy } from "./hierarchies.ts";
import { type Kind, propertiesOf } from "./properties.ts";
import { managerKind, type Property, Systemd, UnitTaken } from "./systemd.ts";
import { isSlice, placeOf, type UnitPlace } from "./unit-name.ts";

export function planUnit(context: Context, spec: Spec, id: string): CgroupPlan {
  const manager = managerKind();
  const slice = manager === "user" ? "user.slice" : "system.slice";
  const place = placeOf(spec.linux?.cgroupsPath ?? "", id, slice);
  const annotated = annotatedProperties(spec.annotations ?? {});
  const resources = spec.linux?.resources ?? {};
  const hierarchies = findHierarchies();
  const kind = kindOf(hierarchies);
  if (manager === "user" && kind === 1)
    throw new CommandError(
      "a user's systemd is delegated no control groups of version 1: without root, use the cgroupfs driver: leave out --systemd-cgroup",
    );
  const systemd = Systemd.connect(context, manager);
  // The rules for devices are those of a container even where none are given.
  const wanted = propertiesOf(
    { ...resources, devices: resources.devices ?? [] },
    { version: kind, systemd: systemd.version() },
  );
  const isShared = systemd.isActive(place.unit);
  // Our record is what a later delete ends: it never names what is somebody else's.
  if (isShared && !isSlice(place.unit)) throw new UnitTaken(place.unit);
  const unit: UnitRecord = { name: place.unit, manager, isShared };
  let groups: Group[] = [];
  /** Even one that systemd has not got ready in time. */
  let mayBeOurs = false;
  const make = (pid: number) => {
    mayBeOurs = true;
    try {
      systemd.start(place.unit, [...frame(place, pid, kind), ...annotated, ...wanted]);
    } catch (error) {
      mayBeOurs = !(error instanceof UnitTaken);
      throw error;
    }
  };
  return {
    unit,
    get directories() {
      return groups.map(({ directory }) => directory);
    },
    start(pid) {
      if (isShared) systemd.set(place.unit, wanted);
      else make(pid);
      const group = systemd.controlGroup(place.unit);
      groups = hierarchies.map((hierarchy) => ({
        hierarchy,
        directory: join(hierarchy.mountPoint, group),
      }));
      systemd.close();
    },
    hold(pid) {
      makeGroups(groups);
      joinGroups(groups, pid);
      applyResources(groups, resources);
    },
    remove() {
      if (mayBeOurs) removeUnit(context, unit);
      if (!isShared) removeGroups(groups.map(({ directory }) => directory));
    },
  };
}

/** End a unit that may have ended. Where systemd cannot be asked, what is left of it is its group. */
export function removeUnit(context: Context, { name, manager, isShared }: UnitRecord): void {
  if (isShared) return;
  try {
    const systemd = Systemd.connect(context, manager);
    systemd.stop(name);
    systemd.close();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    context.log.warn(error.message);
  }
}

/** `update`: what changes, in a unit that runs. */
export function updateUnit(context: Context, unit: UnitRecord, resources: Resources): void {
  const systemd = Systemd.connect(context, unit.manager);
  const version = kindOf(findHierarchies());
  systemd.set(unit.name, propertiesOf(resources, { version, systemd: systemd.version() }));
  systemd.close();
}

/** Where version 1 has any controller, systemd works with that. */
function kindOf(hierarchies: readonly Hierarchy[]): Kind["version"] {
  return hierarchies.some(({ version }) => version === 1) ? 1 : 2;
}

/** What makes it a unit of ours. Accounting is what has systemd enable a controller for it. */
function frame({ unit, slice, name }: UnitPlace, pid: number, version: 1 | 2): Property[] {
  const own: Property[] = isSlice(unit)
    ? [["Wants", "as", [slice]]]
    : [
        ["Slice", "s", slice],
        ["Delegate", "b", true],
        ["PIDs", "au", [pid]],
      ];
  return [
    ["Description", "s", `tvisor container ${name}`],
    ...own,
    ["MemoryAccounting", "b", true],
    ["CPUAccounting", "b", true],
    [version === 2 ? "IOAccounting" : "BlockIOAccounting", "b", true],
    ["TasksAccounting", "b", true],
    ["DefaultDependencies", "b", false],
  ];
}
