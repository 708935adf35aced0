/**
 * groups: control groups as directories: made, joined, limited and removed by whoever drives them: this
 * command line alone (cgroupfs.ts), or systemd (systemd-driver.ts).
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { nap } from "../../../base/nap.ts";
import type { Resources } from "../../../oci/spec.ts";
import type { UnitRecord } from "../../../oci/state.ts";
import { CommandError } from "../context.ts";
import { findHierarchies, type Hierarchy } from "./hierarchies.ts";
import { type ControlWrite, writesOfVersion1, writesOfVersion2 } from "./resources.ts";

const REMOVE_TRIES = 50;
const NAP_MS = 10;

export interface Group {
  readonly hierarchy: Hierarchy;
  readonly directory: string;
}

/** What one container is to have, of either driver. The steps in their order. */
export interface CgroupPlan {
  /** Known before anything is made, so that it is found when this command is killed halfway. */
  readonly unit: UnitRecord | null;
  /** Complete after start(). */
  readonly directories: readonly string[];
  /** Have others make what they make, with the process in it. */
  start(pid: number): void;
  /** Make the rest; the process is in all of it then, and limited. */
  hold(pid: number): void;
  remove(): void;
}

/** The groups that these directories are, as far as they exist. */
export function groupsOf(directories: readonly string[]): Group[] {
  const hierarchies = findHierarchies();
  return directories.flatMap((directory) => {
    const hierarchy = hierarchies.find(({ mountPoint }) => directory.startsWith(`${mountPoint}/`));
    return hierarchy === undefined || !existsSync(directory) ? [] : [{ hierarchy, directory }];
  });
}

export function makeGroups(groups: readonly Group[]): void {
  for (const { hierarchy, directory } of groups) makeGroup(hierarchy, directory);
}

export function joinGroups(groups: readonly Group[], pid: number): void {
  for (const { directory } of groups) write(join(directory, "cgroup.procs"), String(pid));
}

/** Processes of a sandbox, which are in its groups so far, these being `from`. */
export function admitToGroups(
  groups: readonly Group[],
  pids: readonly number[],
  from: readonly string[],
): void {
  for (const { hierarchy, directory } of groups) {
    // The kernel waits for its guests: who freezes the group would freeze the pod, and worse.
    if (hierarchy.controllers.includes("freezer")) continue;
    const old = from.find((path) => path.startsWith(`${hierarchy.mountPoint}/`));
    const members = old === undefined ? [] : membersOf(old);
    // What the sandbox says is not to move anybody but its own.
    for (const pid of pids)
      if (members.includes(String(pid))) write(join(directory, "cgroup.procs"), String(pid));
  }
}

function membersOf(directory: string): string[] {
  try {
    return readFileSync(join(directory, "cgroup.procs"), "utf8").split("\n");
  } catch {
    return [];
  }
}

export function applyResources(groups: readonly Group[], resources: Resources): void {
  for (const { hierarchy, directory } of groups) {
    const writes =
      hierarchy.version === 2
        ? writesOfVersion2(resources)
        : writesOfVersion1(resources).filter(({ controller }) =>
            hierarchy.controllers.includes(controller),
          );
    writeAll(directory, hierarchy, writes);
  }
}

export function removeGroups(directories: readonly string[]): void {
  for (const directory of directories) {
    for (let tries = 0; tries < REMOVE_TRIES; tries++) {
      try {
        rmdirSync(directory);
        break;
      } catch (error) {
        // Whoever was killed in it may not be gone yet.
        if ((error as NodeJS.ErrnoException).code !== "EBUSY") break;
        nap(NAP_MS);
      }
    }
  }
}

function makeGroup(hierarchy: Hierarchy, directory: string): void {
  mkdirSync(directory, { recursive: true });
  if (hierarchy.controllers.includes("cpuset")) inheritCpuset(hierarchy.mountPoint, directory);
  if (hierarchy.version === 2) delegate(hierarchy.mountPoint, directory);
}

/** A version 1 cpuset takes no process before it says which processors and memory. */
function inheritCpuset(top: string, directory: string): void {
  if (directory === top) return;
  inheritCpuset(top, dirname(directory));
  for (const name of ["cpuset.cpus", "cpuset.mems"]) {
    const file = join(directory, name);
    if (readFileSync(file, "utf8").trim() === "")
      writeFileSync(file, readFileSync(join(dirname(directory), name), "utf8"));
  }
}

/** Version 2: the groups above let their controllers through, each as far as it has them. */
function delegate(top: string, directory: string): void {
  const above: string[] = [];
  for (let at = dirname(directory); at.length >= top.length; at = dirname(at)) above.unshift(at);
  for (const at of above) {
    const has = readFileSync(join(at, "cgroup.controllers"), "utf8").trim().split(" ");
    for (const name of has.filter(Boolean)) {
      try {
        writeFileSync(join(at, "cgroup.subtree_control"), `+${name}`);
      } catch {
        // A group with processes of its own lets none through.
      }
    }
  }
}

function writeAll(
  directory: string,
  { version }: Hierarchy,
  writes: readonly ControlWrite[],
): void {
  const failed: (() => void)[] = [];
  for (const each of writes) {
    const file = fileOf(directory, each.file);
    // Beside version 1, version 2 has only what that has not taken; swap accounting may be off.
    if (!existsSync(file) && (version === 2 || each.file.includes("memsw"))) continue;
    try {
      writeFileSync(file, each.value);
    } catch {
      failed.push(() => write(file, each.value));
    }
  }
  // A limit and one above it may be possible only in the other order.
  for (const again of failed) again();
}

/** The weights of version 1 have the name of the scheduler that heeds them, since Linux 5.0. */
function fileOf(directory: string, name: string): string {
  const file = join(directory, name);
  const ofScheduler = join(directory, "blkio.bfq.weight");
  return name === "blkio.weight" && !existsSync(file) && existsSync(ofScheduler)
    ? ofScheduler
    : file;
}

function write(file: string, value: string): void {
  try {
    writeFileSync(file, value);
  } catch (error) {
    throw new CommandError(`cannot write ${value} to ${file}: ${(error as Error).message}`);
  }
}
