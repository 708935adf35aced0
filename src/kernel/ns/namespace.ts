/**
 * Namespace: what all kinds of namespaces have: a number that /proc/PID/ns shows, and the user namespace
 * that owns it, in which a task needs capabilities to change it (namespaces(7), user_namespaces(7)).
 */
import type { UserNamespace } from "./user-namespace.ts";

/** The numbers of the first namespaces, include/uapi/linux/nsfs.h. */
export const FIRST_NET = 4026531833;
export const FIRST_TIME = 4026531834;
export const FIRST_CGROUP = 4026531835;
export const FIRST_PID = 4026531836;
export const FIRST_USER = 4026531837;
export const FIRST_UTS = 4026531838;
export const FIRST_IPC = 4026531839;
export const FIRST_MNT = 4026531840;

export abstract class Namespace {
  /** The inode number of its file. */
  readonly id: number;
  /** Null for the first user namespace alone. Changes for the sandbox's network only, before anything runs in it. */
  owner: UserNamespace | null;

  constructor(id: number, owner: UserNamespace | null) {
    this.id = id;
    this.owner = owner;
  }

  /** Kinds that hold on to something count who uses them: sets of namespaces, and open files. */
  ref(): void {}

  unref(): void {}

  /** The name of its link in /proc/PID/ns. */
  abstract get kind(): string;

  /** CLONE_NEW*. */
  abstract get flag(): number;
}
