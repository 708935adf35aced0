/**
 * CgroupNode: the directory of a cgroup, and CgroupFile: a file in it. mkdir(2) makes a cgroup below, rmdir(2)
 * removes one that is empty. Who made it owns the files; owners can be changed, to delegate.
 */
import { EACCES, EAGAIN, EBUSY, EEXIST, EINVAL, ENOTEMPTY, EPERM } from "../../abi/errno.ts";
import { S_IFDIR, S_IFMT } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import { Cgroup, type CgroupDirectory, type Owner } from "../../kernel/cgroup/cgroup.ts";
import type { Credentials } from "../../kernel/cred/credentials.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { ThreadGroup } from "../../kernel/task/thread-group.ts";
import { ATTR_GID, ATTR_MODE, ATTR_UID, type Attributes } from "../../kernel/vfs/attributes.ts";
import type { Inode, InodeInit } from "../../kernel/vfs/inode.ts";
import { checkDac, MAY_WRITE } from "../../kernel/vfs/permission.ts";
import { type AnyEntry, directory, file, inoOf, type Name } from "../pseudo/entry.ts";
import { PseudoDirectory, PseudoInode } from "../pseudo/inode.ts";
import { controllerFiles, cpuStat } from "./controller-files.ts";
import { CORE_FILES, ROOT_FILES } from "./core-files.ts";
import type { CgroupFilesystem } from "./filesystem.ts";
import { mayMove } from "./migrate.ts";
import { CgroupSubject } from "./subject.ts";

const DIRECTORY: AnyEntry = directory("cgroup", [], 0o755);
const CPU_STAT: AnyEntry = file("cpu.stat", 0o444, cpuStat);
const DIRECTORY_MODE = S_IFDIR | 0o755;

/** Remember a changed owner or mode. */
function changeOwner(
  inode: PseudoInode,
  cgroup: Cgroup,
  name: string,
  changes: Attributes,
): number {
  const owner: Owner = cgroup.owners.get(name) ?? {
    uid: cgroup.uid,
    gid: cgroup.gid,
    mode: inode.mode,
  };
  if ((changes.valid & ATTR_MODE) !== 0)
    owner.mode = (inode.mode & S_IFMT) | (changes.mode & 0o7777);
  if ((changes.valid & ATTR_UID) !== 0) owner.uid = changes.uid;
  if ((changes.valid & ATTR_GID) !== 0) owner.gid = changes.gid;
  cgroup.owners.set(name, owner);
  inode.refresh();
  return 0;
}

function refreshOwner(inode: PseudoInode, cgroup: Cgroup, name: string): void {
  const owner = cgroup.owners.get(name);
  inode.uid = owner?.uid ?? cgroup.uid;
  inode.gid = owner?.gid ?? cgroup.gid;
  if (owner !== undefined) inode.mode = owner.mode;
}

class CgroupFile extends PseudoInode {
  declare readonly subject: CgroupSubject;

  override refresh(): void {
    refreshOwner(this, this.subject.cgroup, this.entry.name);
  }

  override setattr(_task: Task, changes: Attributes): number {
    return changeOwner(this, this.subject.cgroup, this.entry.name, changes);
  }
}

export class CgroupNode extends PseudoDirectory implements CgroupDirectory {
  declare readonly subject: CgroupSubject;
  declare readonly filesystem: CgroupFilesystem;

  constructor(filesystem: CgroupFilesystem, subject: CgroupSubject) {
    super(filesystem, subject.cgroup.id, DIRECTORY, subject);
    this.refresh();
  }

  get cgroup(): Cgroup {
    return this.subject.cgroup;
  }

  override get table(): readonly AnyEntry[] {
    const { cgroup } = this;
    const core = cgroup.isRoot ? ROOT_FILES : CORE_FILES;
    return [...core, CPU_STAT, ...(cgroup.isRoot ? [] : controllerFiles(cgroup))];
  }

  override get nlink(): number {
    return 2 + this.cgroup.children.size;
  }

  override refresh(): void {
    refreshOwner(this, this.cgroup, "");
  }

  override setattr(_task: Task, changes: Attributes): number {
    return changeOwner(this, this.cgroup, "", changes);
  }

  mayEnter(_task: Task, opener: Credentials, group: ThreadGroup): number {
    const procs = this.cgroup.owners.get("cgroup.procs") ?? {
      uid: this.cgroup.uid,
      gid: this.cgroup.gid,
      mode: 0o644,
    };
    if (this.cgroup.isRemoved) return refuse(EBUSY, "cgroup: removed");
    if (!checkDac(opener, procs, MAY_WRITE)) return refuse(EACCES, "cgroup: not the caller's");
    return mayMove(opener, group, this.cgroup);
  }

  // --- names ----------------------------------------------------------------------------------

  #nodeOf(cgroup: Cgroup): CgroupNode {
    const { kernel, memoryOf } = this.subject;
    return new CgroupNode(this.filesystem, new CgroupSubject(kernel, cgroup, memoryOf));
  }

  protected override find(task: Task | null, name: string): Inode | null {
    const child = this.cgroup.children.get(name);
    return child === undefined ? super.find(task, name) : this.#nodeOf(child);
  }

  protected override has(name: string): boolean {
    return this.cgroup.children.has(name) || super.has(name);
  }

  override makeChild(entry: AnyEntry, subject: CgroupSubject): Inode {
    const inode = new CgroupFile(this.filesystem, inoOf(this.ino, entry.name), entry, subject);
    inode.refresh();
    return inode;
  }

  override dynamicNames(): ReadonlyMap<number, Name> {
    const names = new Map<number, Name>();
    for (const child of this.cgroup.children.values())
      names.set(child.id, { name: child.name, mode: DIRECTORY_MODE });
    return names;
  }

  // --- making and removing --------------------------------------------------------------------

  override create(task: Task | null, name: string, init: InodeInit): Inode | number {
    if ((init.mode & S_IFMT) !== S_IFDIR)
      return refuse(EACCES, "cgroup: only directories can be made");
    if (name.includes("\n")) return refuse(EINVAL, "cgroup: a line end in the name");
    if (super.has(name)) return -EEXIST;
    const { cgroup } = this;
    for (let at: Cgroup | null = cgroup; at !== null; at = at.parent) {
      const isTooDeep = cgroup.depth + 1 - at.depth > at.maxDepth;
      if (isTooDeep || [...at.tree()].length > at.maxDescendants)
        return refuse(EAGAIN, "cgroup: cgroup.max.depth or cgroup.max.descendants");
    }
    if (this.filesystem.hierarchy.isFull) return refuse(EAGAIN, "cgroup: too many");
    const id = this.filesystem.hierarchy.add();
    const uid = task?.credentials.fsuid ?? 0;
    const gid = task?.credentials.fsgid ?? 0;
    const child = new Cgroup(id, name, cgroup, uid, gid);
    cgroup.children.set(name, child);
    return this.#nodeOf(child);
  }

  override rmdir(_task: Task, name: string): number {
    const child = this.cgroup.children.get(name);
    if (child === undefined) return -ENOTEMPTY;
    if (child.children.size > 0 || child.living > 0)
      return refuse(EBUSY, "cgroup: processes or cgroups are in it");
    child.isRemoved = true;
    this.cgroup.children.delete(name);
    this.filesystem.hierarchy.remove();
    return 0;
  }

  override unlink(): number {
    return -EPERM;
  }
}
