/**
 * Lockdown: the kernel process gives up what it does not need. In this order:
 *  - limits(): no core files, as many descriptors as the machine lets us have;
 *  - restrict() (landlock.ts) before any other process is started, so that all are in its domain;
 *  - dropCapabilities() (capabilities.ts) when the stubs' world is made;
 *  - seal(): the seccomp filter (filter.ts) on all threads, before the first guest instruction.
 * Nothing of it can be taken back. The calls of this file are made before the filter is in force.
 */
import { getU64, setU64 } from "../abi/struct.ts";
import { HostError } from "../base/failure.ts";
import { buildFilter } from "./filter.ts";
import type { Host } from "./host.ts";
import type { Setup } from "./rule.ts";

const SYS_PRLIMIT64 = 302;
const SYS_SECCOMP = 317;
const SECCOMP_SET_MODE_FILTER = 1;
const SECCOMP_FILTER_FLAG_TSYNC = 1;
const RLIMIT_CORE = 4;
const RLIMIT_NOFILE = 7;
const FILTER_SPACE = 16384;
/** What every Linux gives. */
const FEW_DESCRIPTORS = 1024;

export class Lockdown {
  readonly #host: Host;
  #isSealed = false;

  constructor(host: Host) {
    this.#host = host;
  }

  get isSealed(): boolean {
    return this.#isSealed;
  }

  /** How many descriptors this process may have from now on: `most`, or with 0 all that the machine gives. */
  limits(most = 0): number {
    const { arena, gateway, structAt } = this.#host;
    const at = this.#host.address(structAt);
    // A core file would hold the memory of every guest.
    arena.u8.fill(0, structAt, structAt + 16);
    gateway.sys(SYS_PRLIMIT64, 0, RLIMIT_CORE, at, 0);
    if (gateway.sys(SYS_PRLIMIT64, 0, RLIMIT_NOFILE, 0, at) < 0) return FEW_DESCRIPTORS;
    const soft = getU64(arena.view, structAt);
    const given = getU64(arena.view, structAt + 8);
    const hard = most === 0 ? given : Math.min(most, given);
    setU64(arena.view, structAt, hard);
    setU64(arena.view, structAt + 8, hard);
    return gateway.sys(SYS_PRLIMIT64, 0, RLIMIT_NOFILE, at, 0) < 0 ? soft : hard;
  }

  /** From here on only the calls of the two tables. With `reportOnly` violations fail and are told. */
  seal(setup: Setup, reportOnly = false): void {
    const { arena, gateway } = this.#host;
    gateway.catchViolations(reportOnly ? 1 : 0);
    const program = buildFilter(setup);
    const at = arena.scratch(FILTER_SPACE);
    if (program.length + 16 > FILTER_SPACE)
      throw new RangeError("the lock-down filter outgrew its place");
    arena.u8.set(program, at + 16);
    // struct sock_fprog
    arena.view.setUint16(at, program.length / 8, true);
    setU64(arena.view, at + 8, this.#host.address(at + 16));
    const flags = SECCOMP_FILTER_FLAG_TSYNC;
    const fprog = this.#host.address(at);
    const rc = gateway.sys(SYS_SECCOMP, SECCOMP_SET_MODE_FILTER, flags, fprog);
    // A positive result names a thread that could not follow.
    if (rc !== 0)
      throw new HostError(
        "seccomp",
        rc < 0 ? -rc : 3,
        "this host's kernel must allow seccomp filters",
      );
    this.#isSealed = true;
  }
}
