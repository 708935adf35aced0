/**
 * plan: the control groups of one container: where they are, made, joined, limited, removed. The
 * cgroupfs driver; of systemd's naming (slice:prefix:name) the place is understood, systemd itself is
 * not asked.
 *  - A path of the config's begins at the hierarchy's top when it is absolute, else in our own group,
 *    where a container without a path gets one with its id.
 *  - Where we may not make any, and none was asked for, the container has none.
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Resources, Spec } from "../../../oci/spec.ts";
import { CommandError, type Context } from "../context.ts";
import { findHierarchies, type Hierarchy } from "./hierarchies.ts";
import { type ControlWrite, writesOfVersion1, writesOfVersion2 } from "./resources.ts";

const REMOVE_TRIES = 50;
const NAP_MS = 10;

export interface CgroupPlan {
  readonly directories: readonly string[];
  make(): void;
  add(pid: number): void;
  /** Processes of a sandbox, which are in its groups so far, these being `from`. */
  admit(pids: readonly number[], from: readonly string[]): void;
  apply(resources: Resources): void;
  remove(): void;
}

const NONE: CgroupPlan = {
  directories: [],
  make() {},
  add() {},
  admit() {},
  apply() {},
  remove() {},
};

export function planCgroups(context: Context, spec: Spec, id: string): CgroupPlan {
  if (context.globals.ignoreCgroups) return NONE;
  const path = spec.linux?.cgroupsPath ?? "";
  const isAsked = path !== "";
  const directories = findHierarchies().map((hierarchy) => ({
    hierarchy,
    directory: directoryOf(
      hierarchy,
      context.globals.systemdCgroup ? ofSystemd(path, id) : path,
      id,
    ),
  }));
  let made: typeof directories = [];
  return {
    directories: directories.map(({ directory }) => directory),
    make() {
      try {
        for (const { hierarchy, directory } of directories) makeGroup(hierarchy, directory);
        made = directories;
      } catch (error) {
        removeGroups(directories.map(({ directory }) => directory));
        if (isAsked)
          throw new CommandError(
            `cannot make the control group ${path}: ${(error as Error).message}`,
          );
        context.log.debug(`the container has no control group: ${(error as Error).message}`);
      }
    },
    add(pid) {
      for (const { directory } of made) write(join(directory, "cgroup.procs"), String(pid));
    },
    admit(pids, from) {
      for (const { hierarchy, directory } of made) {
        // The kernel waits for its guests: who freezes the group would freeze the pod, and worse.
        if (hierarchy.controllers.includes("freezer")) continue;
        const old = from.find((path) => path.startsWith(`${hierarchy.mountPoint}/`));
        const members = old === undefined ? [] : membersOf(old);
        // What the sandbox says is not to move anybody but its own.
        for (const pid of pids)
          if (members.includes(String(pid))) write(join(directory, "cgroup.procs"), String(pid));
      }
    },
    apply(resources) {
      applyResources(made, resources);
    },
    remove() {
      removeGroups(made.map(({ directory }) => directory));
    },
  };
}

/** `update`: other limits for groups that exist. */
export function updateCgroups(directories: readonly string[], resources: Resources): void {
  const hierarchies = findHierarchies();
  const found = directories.flatMap((directory) => {
    const hierarchy = hierarchies.find(({ mountPoint }) => directory.startsWith(`${mountPoint}/`));
    return hierarchy === undefined || !existsSync(directory) ? [] : [{ hierarchy, directory }];
  });
  if (found.length === 0) throw new CommandError("the container has no control group to update");
  applyResources(found, resources);
}

export function removeGroups(directories: readonly string[]): void {
  for (const directory of directories) {
    const bell = new Int32Array(new SharedArrayBuffer(4));
    for (let tries = 0; tries < REMOVE_TRIES; tries++) {
      try {
        rmdirSync(directory);
        break;
      } catch (error) {
        // Whoever was killed in it may not be gone yet.
        if ((error as NodeJS.ErrnoException).code !== "EBUSY") break;
        Atomics.wait(bell, 0, 0, NAP_MS);
      }
    }
  }
}

function membersOf(directory: string): string[] {
  try {
    return readFileSync(join(directory, "cgroup.procs"), "utf8").split("\n");
  } catch {
    return [];
  }
}

function directoryOf({ mountPoint, own }: Hierarchy, path: string, id: string): string {
  if (path.startsWith("/")) return join(mountPoint, join("/", path));
  return join(mountPoint, own, join("/", path === "" ? id : path));
}

/** "system.slice:docker:ID" is /system.slice/docker-ID.scope; a slice lies in those of its name's parts. */
function ofSystemd(path: string, id: string): string {
  const [slice = "", prefix = "", name = ""] =
    path === "" ? ["system.slice", "tvisor", id] : path.split(":");
  if (name === "" && prefix === "") return path;
  const parts = (slice || "system.slice")
    .replace(/\.slice$/, "")
    .split("-")
    .filter(Boolean);
  const slices = parts.map((_, i) => `${parts.slice(0, i + 1).join("-")}.slice`);
  const unit = name.endsWith(".slice") ? name : `${prefix === "" ? "" : `${prefix}-`}${name}.scope`;
  return `/${[...slices, unit].join("/")}`;
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

function applyResources(
  groups: readonly { hierarchy: Hierarchy; directory: string }[],
  resources: Resources,
): void {
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

function writeAll(
  directory: string,
  { version }: Hierarchy,
  writes: readonly ControlWrite[],
): void {
  const failed: ControlWrite[] = [];
  for (const each of writes) {
    const file = join(directory, each.file);
    // Beside version 1, version 2 has only what that has not taken; swap accounting may be off.
    if (!existsSync(file) && (version === 2 || each.file.includes("memsw"))) continue;
    try {
      writeFileSync(file, each.value);
    } catch {
      failed.push(each);
    }
  }
  // A limit and one above it may be possible only in the other order.
  for (const each of failed) write(join(directory, each.file), each.value);
}

function write(file: string, value: string): void {
  try {
    writeFileSync(file, value);
  } catch (error) {
    throw new CommandError(`cannot write ${value} to ${file}: ${(error as Error).message}`);
  }
}
