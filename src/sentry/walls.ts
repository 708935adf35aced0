/**
 * Walls: the kernel process locks itself in (docs/threat-model.md, "The second wall").
 *  - beforeProcesses(): limits, no new privileges, Landlock: in force for whatever is started later.
 *  - beforeGuests(): capabilities go, and the seccomp filter comes, on all threads.
 * A wall that this machine cannot build is left out, except the seccomp filter, which every host has.
 * For who works on tvisor: TVISOR_LOCKDOWN=report tells of refused calls instead of ending, and
 * TVISOR_NAMESPACES=off does without namespaces, as a host would that refuses them.
 */
import { readFileSync, writeSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  CAP_CHOWN,
  CAP_DAC_OVERRIDE,
  CAP_DAC_READ_SEARCH,
  CAP_FOWNER,
  CAP_FSETID,
  CAP_KILL,
  CAP_NET_BIND_SERVICE,
  CAP_NET_RAW,
  CAP_SETGID,
  CAP_SETUID,
  CAP_SYS_PTRACE,
} from "../abi/capability.ts";
import { dropCapabilities, permittedCapabilities } from "../host/capabilities.ts";
import type { Host } from "../host/host.ts";
import {
  type FileGrant,
  MAY_READ,
  MAY_USE,
  MAY_USE_DEVICE,
  MAY_WRITE,
  restrict,
} from "../host/landlock.ts";
import { Lockdown } from "../host/lockdown.ts";
import { openProcessDirectory } from "../host/process-directory.ts";
import type { StubPlatform } from "../platform/stub/platform.ts";
import type { Isolation } from "../platform/stub/warden.ts";
import { type Tier, tierOf } from "./tier.ts";

/** A file or directory of the machine, by path or descriptor. */
export interface GivenFile {
  readonly at: string | number;
  readonly isWritable: boolean;
  /** A stream or terminal: used as it is, nothing is made in it. */
  readonly isStream?: boolean;
}

/** What of the machine the sandbox was given. */
export interface WorldSpec {
  readonly files: readonly GivenFile[];
  readonly network: "none" | "host";
  /** Guests may connect to the host's unix sockets in `files`. */
  readonly hostSockets?: boolean;
  /** Most descriptors of the host; 0 for as many as there are. */
  readonly descriptors?: number;
  /** Where command lines connect; none for `do`. */
  readonly controlSocket?: number;
}

/** A range that no distribution gives to anybody; each sandbox has a user of its own in it. */
const STUB_USERS = 1_879_048_192;
const STREAMS = [0, 1, 2];
/** As the command line has it for failures of tvisor itself. */
const EXIT_TVISOR = 128;

export class Walls {
  readonly #host: Host;
  readonly #spec: WorldSpec;
  readonly #lockdown: Lockdown;
  readonly #hasWritableVolumes: boolean;
  /** How many descriptors the kernel process may have. */
  descriptors = 0;
  /** The Landlock version in force, 0 for none. */
  landlock = 0;

  constructor(host: Host, spec: WorldSpec) {
    this.#host = host;
    this.#spec = spec;
    this.#lockdown = new Lockdown(host);
    this.#hasWritableVolumes = spec.files.some((file) => file.isWritable);
  }

  beforeProcesses(): void {
    this.descriptors = this.#lockdown.limits(this.#spec.descriptors ?? 0);
    this.landlock = restrict(this.#host, this.#grants(), this.#spec.network === "host");
  }

  #grants(): FileGrant[] {
    const { files } = this.#spec;
    const processes = openProcessDirectory(this.#host);
    if (processes >= 0) this.#host.useProcessDirectory(processes);
    return [
      ...files.map((file) => ({ at: file.at, may: rightsOf(file) })),
      ...STREAMS.map((at) => ({ at, may: MAY_USE_DEVICE })),
      // The memory of stubs is written there. Where only processes can be shown, the rest is read-only.
      { at: "/proc", may: processes < 0 ? MAY_USE : MAY_READ },
      ...(processes < 0 ? [] : [{ at: processes, may: MAY_USE }]),
      // What Node loads late, and the warden.
      { at: fileURLToPath(new URL("../..", import.meta.url)), may: MAY_READ },
      { at: "/dev/null", may: MAY_USE_DEVICE },
      { at: "/sys/devices/system/cpu", may: MAY_READ },
      { at: "/sys/fs/cgroup", may: MAY_READ },
    ];
  }

  /** What this machine gave; once the warden is met. */
  tier(platform: StubPlatform): Tier {
    return tierOf(platform.warden, this.landlock);
  }

  /** What the warden shall ask of the host for the stubs. */
  isolation(): Isolation {
    const wants = process.env["TVISOR_NAMESPACES"] !== "off";
    return {
      namespaces: wants,
      user: this.#canSwitchUser() ? STUB_USERS + (process.pid % 2 ** 22) : 0,
    };
  }

  /** As root, if the kernel process can still signal and look into stubs that are someone else. */
  #canSwitchUser(): boolean {
    const held = permittedCapabilities(this.#host);
    const needed = [CAP_SETUID, CAP_SETGID, CAP_KILL, CAP_SYS_PTRACE, CAP_DAC_OVERRIDE];
    if (!needed.every((capability) => (held >> BigInt(capability)) % 2n === 1n)) return false;
    // A container may know only some users.
    return ["uid_map", "gid_map"].every((name) =>
      /^\s*0\s+\d+\s+4294967295\s*$/.test(readFileSync(`/proc/self/${name}`, "latin1")),
    );
  }

  beforeGuests(platform: StubPlatform): void {
    dropCapabilities(this.#host, this.#keptCapabilities());
    const setup = {
      network: this.#spec.network === "host",
      volumes: this.#hasWritableVolumes,
      hostSockets: this.#spec.hostSockets === true,
      ownPid: process.pid,
      stubGroup: -platform.warden.stubGroup,
      controlSocket: this.#spec.controlSocket ?? -1,
    };
    this.#lockdown.seal(setup, process.env["TVISOR_LOCKDOWN"] === "report");
    // Node's own way out needs io_uring, which no filter can see through. Comes last of the listeners;
    // what Node would print after them is said here.
    process.on("exit", (code) => this.#host.gateway.exit(code));
    process.on("uncaughtExceptionMonitor", (error) => {
      writeSync(2, `tvisor: internal error: ${error.stack ?? error}\n`);
      process.exit(EXIT_TVISOR);
    });
  }

  #keptCapabilities(): bigint {
    const kept = [CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_KILL, CAP_SYS_PTRACE];
    if (this.#hasWritableVolumes) kept.push(CAP_CHOWN, CAP_FOWNER, CAP_FSETID);
    if (this.#spec.network === "host") kept.push(CAP_NET_BIND_SERVICE, CAP_NET_RAW);
    return kept.reduce((set, capability) => set | (1n << BigInt(capability)), 0n);
  }
}

function rightsOf({ isWritable, isStream }: GivenFile): number {
  if (isStream === true) return MAY_USE_DEVICE;
  return isWritable ? MAY_WRITE : MAY_READ;
}
