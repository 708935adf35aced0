/**
 * Cgroup: a node of the one hierarchy of process groups for accounting and control (cgroups(7), version 2), and
 * CgroupNamespace: which node a task sees as the root.
 *  - A process is in exactly one, with all its threads. `tasks` and `living` count everybody in and below a node;
 *    the root counts nothing, so that who uses no cgroups pays nothing.
 *  - Controllers hold values; pids.max is obeyed (mayFork), the others are kept for who reads them.
 */
import { CLONE_NEWCGROUP } from "../../abi/sched.ts";
import { WaitQueue } from "../../base/wait-queue.ts";
import type { Credentials } from "../cred/credentials.ts";
import { FIRST_CGROUP, Namespace } from "../ns/namespace.ts";
import { FIRST_USER_NAMESPACE, type UserNamespace } from "../ns/user-namespace.ts";

import type { Task } from "../task/task.ts";
import type { ThreadGroup } from "../task/thread-group.ts";
import type { Inode } from "../vfs/inode.ts";
import type { DeviceProgram } from "./device-program.ts";

export const CONTROLLERS: readonly string[] = ["cpuset", "cpu", "io", "memory", "pids"];

/** Owner and mode of a file, or of the directory, where they were changed. */
export interface Owner {
  uid: number;
  gid: number;
  mode: number;
}

export class Cgroup {
  /** The inode number of its directory. */
  readonly id: number;
  readonly name: string;
  readonly parent: Cgroup | null;
  readonly depth: number;
  readonly children = new Map<string, Cgroup>();
  /** Who made it owns its files. */
  readonly uid: number;
  readonly gid: number;
  /** By file name; "" is the directory. */
  readonly owners = new Map<string, Owner>();
  isRemoved = false;
  /** Controllers that the children have. */
  readonly enabled = new Set<string>();
  /** What was written to files that only keep it. */
  readonly values = new Map<string, string>();
  /** Threads of processes that are not reaped yet. */
  tasks = 0;
  mostTasks = 0;
  /** Processes that have not ended. */
  living = 0;
  pidsMax = Infinity;
  /** How often pids.max has refused a fork. */
  pidsRefused = 0;
  maxDepth = Infinity;
  maxDescendants = Infinity;
  /** Which devices its processes may use: all programs of all cgroups above must say yes. */
  readonly devicePrograms: DeviceProgram[] = [];
  /** CPU time of those who are gone. */
  deadNs = 0;
  /** cgroup.freeze says 1. */
  freezes = false;
  /** cgroup.events has said so. */
  wasFrozen = false;
  /** cgroup.events has changed. */
  readonly events = new WaitQueue();
  /** How often it has. */
  changes = 0;

  constructor(id: number, name: string, parent: Cgroup | null, uid: number, gid: number) {
    this.id = id;
    this.name = name;
    this.parent = parent;
    this.depth = parent === null ? 0 : parent.depth + 1;
    this.uid = uid;
    this.gid = gid;
  }

  #lastProgram = 0;

  /** Programs are numbered by the root. */
  newProgramId(): number {
    return ++this.#lastProgram;
  }

  get isRoot(): boolean {
    return this.parent === null;
  }

  /** The controllers that it has, as its parent lets it. */
  get controllers(): readonly string[] {
    const { parent } = this;
    return parent === null ? CONTROLLERS : CONTROLLERS.filter((one) => parent.enabled.has(one));
  }

  /** Must its processes hold still? */
  get isFrozen(): boolean {
    return this.freezes || (this.parent?.isFrozen ?? false);
  }

  /** This one and all below it. */
  *tree(): Generator<Cgroup> {
    yield this;
    for (const child of this.children.values()) yield* child.tree();
  }

  isWithin(other: Cgroup): boolean {
    let at: Cgroup = this;
    while (at.depth > other.depth) at = at.parent!;
    return at === other;
  }

  /** The pids controller: may one more task be here? */
  mayFork(): boolean {
    for (let at: Cgroup | null = this; at !== null && !at.isRoot; at = at.parent)
      if (at.tasks >= at.pidsMax) {
        this.pidsRefused++;
        return false;
      }
    return true;
  }

  addTasks(count: number): void {
    for (let at: Cgroup = this; at.parent !== null; at = at.parent) {
      at.tasks += count;
      if (at.tasks > at.mostTasks) at.mostTasks = at.tasks;
    }
  }

  addLiving(count: number): void {
    for (let at: Cgroup = this; at.parent !== null; at = at.parent) {
      const was = at.living;
      at.living += count;
      if ((was === 0) !== (at.living === 0)) at.tell();
    }
  }

  addDead(ns: number): void {
    for (let at: Cgroup = this; at.parent !== null; at = at.parent) at.deadNs += ns;
  }

  /** cgroup.events has something new. */
  tell(): void {
    this.changes++;
    this.events.wake(-1);
  }

  /** Its name as one sees it whose root is `root`. */
  pathFrom(root: Cgroup): string {
    let top = root;
    let path = "";
    while (!this.isWithin(top)) {
      top = top.parent!;
      path += "/..";
    }
    let below = "";
    for (let at: Cgroup = this; at !== top; at = at.parent!) below = `/${at.name}${below}`;
    const whole = path + below;
    return whole === "" ? "/" : whole;
  }
}

export class CgroupNamespace extends Namespace {
  readonly root: Cgroup;

  constructor(
    root: Cgroup,
    id: number = FIRST_CGROUP,
    owner: UserNamespace = FIRST_USER_NAMESPACE,
  ) {
    super(id, owner);
    this.root = root;
  }

  override get kind(): string {
    return "cgroup";
  }

  override get flag(): number {
    return CLONE_NEWCGROUP;
  }
}

/** What the kernel needs of the directory of a cgroup; the filesystem implements it. */
export interface CgroupDirectory extends Inode {
  readonly cgroup: Cgroup;
  /** May `task`, who opened with `opener`, put `group` in here? 0 or -errno. */
  mayEnter(task: Task, opener: Credentials, group: ThreadGroup): number;
}

export function isCgroupDirectory(inode: Inode): inode is CgroupDirectory {
  return "mayEnter" in inode;
}
