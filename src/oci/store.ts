/**
 * Store: what is kept on disk of each container, below the state directory (`--root`):
 *   ID/state.json    the record, replaced as a whole, so that a reader never sees half of one
 *   ID/control       the socket of its sandbox
 * make() claims an id for good or says who has it. A directory without a record is what a killed
 * `create` leaves; remove() takes it away too. Locking is the command line's matter.
 */
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { ContainerRecord } from "./state.ts";

const RECORD = "state.json";
export const CONTROL_SOCKET = "control";
const MOST_ID = 1024;

/** A failure that the caller's user should read, as a sentence. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

export class Store {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  directory(id: string): string {
    return join(this.root, checkId(id));
  }

  /** Claim the id. */
  make(id: string): void {
    const path = this.directory(id);
    mkdirSync(this.root, { recursive: true, mode: 0o700 });
    try {
      mkdirSync(path, { mode: 0o711 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      throw new StoreError("container with given ID already exists");
    }
    chmodSync(path, 0o711);
  }

  /** Is there anything of this id, if only a directory? */
  has(id: string): boolean {
    try {
      return statSync(this.directory(id)).isDirectory();
    } catch {
      return false;
    }
  }

  /** The record; null when `create` was killed before there was one. */
  find(id: string): ContainerRecord | null {
    if (!this.has(id)) throw new StoreError("container does not exist");
    let text: string;
    try {
      text = readFileSync(join(this.directory(id), RECORD), "utf8");
    } catch {
      return null;
    }
    return JSON.parse(text) as ContainerRecord;
  }

  load(id: string): ContainerRecord {
    const record = this.find(id);
    if (record === null)
      throw new StoreError(
        "container was never created: the command that made it ended early; delete it with --force",
      );
    return record;
  }

  save(record: ContainerRecord): void {
    const path = join(this.directory(record.id), RECORD);
    // The name is this process's own: two writers never share one.
    const next = `${path}.${process.pid}`;
    writeFileSync(next, JSON.stringify(record), { mode: 0o600 });
    renameSync(next, path);
  }

  remove(id: string): void {
    rmSync(this.directory(id), { recursive: true, force: true });
  }

  /** Ids in the order of their names. */
  ids(): string[] {
    let names: string[];
    try {
      names = readdirSync(this.root);
    } catch {
      return [];
    }
    return names.filter((name) => isId(name) && this.has(name)).sort();
  }
}

function isId(id: string): boolean {
  return /^[\w+.-]+$/.test(id) && id !== "." && id !== ".." && id.length <= MOST_ID;
}

export function checkId(id: string): string {
  if (id === "") throw new StoreError("container id cannot be empty");
  if (!isId(id)) throw new StoreError(`invalid id format: ${id}`);
  return id;
}
