/**
 * Family: a directory of alike things that are counted at run time (cpu0, cpu1, …; lo): rows of its
 * own, then one member directory for each. A Member is the subject of such a directory.
 */

import { S_IFMT } from "../../abi/stat.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import type { ProcSystem } from "../proc/subject.ts";
import { type Entry, inoOf, type Name, type Parent, type Subject } from "../pseudo/entry.ts";
import { PseudoDirectory } from "../pseudo/inode.ts";

export class Member implements Subject {
  readonly alive = true;
  readonly uid = 0;
  readonly gid = 0;
  readonly system: ProcSystem;
  readonly index: number;
  readonly name: string;

  constructor(system: ProcSystem, index: number, name: string) {
    this.system = system;
    this.index = index;
    this.name = name;
  }
}

/** How the members of a family are found, and what each of them has. */
export interface Kind {
  readonly names: (system: ProcSystem) => readonly string[];
  readonly member: Entry<Member>;
}

class FamilyDirectory extends PseudoDirectory {
  declare readonly subject: ProcSystem;
  readonly #kind: Kind;

  constructor(parent: Parent, entry: Entry<ProcSystem>, system: ProcSystem, kind: Kind) {
    super(parent.filesystem, inoOf(parent.ino, entry.name), entry, system);
    this.#kind = kind;
  }

  protected override find(task: Task | null, name: string): Inode | null {
    const row = super.find(task, name);
    if (row !== null) return row;
    const index = this.#kind.names(this.subject).indexOf(name);
    if (index < 0) return null;
    const entry = { ...this.#kind.member, name };
    return this.makeChild(entry, new Member(this.subject, index, name));
  }

  protected override has(name: string): boolean {
    return super.has(name) || this.#kind.names(this.subject).includes(name);
  }

  override dynamicNames(): ReadonlyMap<number, Name> {
    const mode = this.#kind.member.mode & (S_IFMT | 0o7777);
    return new Map(this.#kind.names(this.subject).map((name, i) => [i, { name, mode }]));
  }
}

/** A row whose directory has `rows` and the members of `kind`. */
export function family(
  name: string,
  mode: number,
  rows: readonly Entry<ProcSystem>[],
  kind: Kind,
): Entry<ProcSystem> {
  return {
    name,
    mode,
    table: rows,
    make: (parent, entry, system) => new FamilyDirectory(parent, entry, system, kind),
  };
}
