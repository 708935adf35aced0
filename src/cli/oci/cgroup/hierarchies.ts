/**
 * hierarchies: which control group hierarchies this host has mounted (cgroups(7)): version 1 ones by
 * controller, version 2, or both beside each other; and in which of their groups we are.
 */
import { readFileSync } from "node:fs";

export interface Hierarchy {
  readonly version: 1 | 2;
  /** Where it is mounted. */
  readonly mountPoint: string;
  /** Version 1: its controllers, or "name=systemd". */
  readonly controllers: readonly string[];
  /** Our own group in it. */
  readonly own: string;
}

const CONTROLLERS: ReadonlySet<string> = new Set([
  "cpu",
  "cpuacct",
  "cpuset",
  "memory",
  "devices",
  "freezer",
  "net_cls",
  "net_prio",
  "blkio",
  "perf_event",
  "hugetlb",
  "pids",
  "rdma",
  "misc",
]);

export function findHierarchies(): Hierarchy[] {
  const own = ownGroups();
  const found: Hierarchy[] = [];
  for (const line of readFileSync("/proc/self/mountinfo", "utf8").split("\n")) {
    const [before, after] = line.split(" - ");
    if (after === undefined) continue;
    const [type, , options] = after.split(" ");
    const mountPoint = before!.split(" ")[4]!;
    if (type === "cgroup2")
      found.push({ version: 2, mountPoint, controllers: [], own: own.get("") ?? "/" });
    if (type !== "cgroup") continue;
    const controllers = options!
      .split(",")
      .filter((word) => CONTROLLERS.has(word) || word.startsWith("name="));
    if (controllers.length === 0) continue;
    found.push({ version: 1, mountPoint, controllers, own: own.get(controllers[0]!) ?? "/" });
  }
  return found;
}

function ownGroups(): Map<string, string> {
  const groups = new Map<string, string>();
  for (const line of readFileSync("/proc/self/cgroup", "utf8").split("\n")) {
    const [id, controllers, ...path] = line.split(":");
    if (controllers === undefined) continue;
    if (id === "0" && controllers === "") groups.set("", path.join(":"));
    for (const name of controllers.split(",")) if (name !== "") groups.set(name, path.join(":"));
  }
  return groups;
}
