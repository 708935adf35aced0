/**
 * state: what the runtime tells of a container (runtime.md, "State"), and what tvisor keeps of it on
 * disk besides. What a container's status is, its sandbox knows, while that lives: it is not in the record.
 * A member more, or less, is for native/front/container.c too.
 */
import type { Hooks, Resources } from "./spec.ts";

export type Status = "creating" | "created" | "running" | "paused" | "stopped";

export interface State {
  readonly ociVersion: string;
  readonly id: string;
  readonly status: Status;
  readonly pid: number;
  readonly bundle: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A process of the host that cannot be confused with a later one of the same number. */
export interface HostProcess {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat. */
  readonly startTime: string;
}

/** The unit of systemd that a container is on the host. */
export interface UnitRecord {
  readonly name: string;
  /** Whose manager made it: the system's, or that of the user who made the container. */
  readonly manager: "system" | "user";
  /** It was there before, and stays when the container goes. */
  readonly isShared: boolean;
}

export interface ContainerRecord {
  readonly version: 1;
  readonly id: string;
  readonly bundle: string;
  readonly rootfs: string;
  readonly created: string;
  readonly owner: number;
  readonly annotations: Readonly<Record<string, string>>;
  /** The container whose sandbox this one lives in: itself, but in a pod. */
  readonly sandbox: string;
  /** It is the first of a pod, whose others join its sandbox. */
  readonly mayBeJoined: boolean;
  /** The sandbox; null until it is there. */
  process: HostProcess | null;
  /** Directories of control groups that were made for it, to be removed with it. */
  cgroups: readonly string[];
  /** With --systemd-cgroup. */
  unit?: UnitRecord;
  /** Those that are still to come. */
  readonly hooks: Hooks;
  resources: Resources;
  /** Files: what its sandbox writes, and what commands about it do; "" for none that is known. */
  readonly logs?: { readonly sandbox: string; readonly runtime: string };
}

export const OCI_VERSION = "1.2.0";
