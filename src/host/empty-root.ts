/**
 * EmptyRoot: a mount namespace whose root holds nothing but /proc, for the sandbox process to end up in.
 * An engine that enters the mount namespace of a container's process, to copy files for one, then finds
 * nothing, rather than this machine's own files under the container's name.
 *  - prepare() makes it and comes back, before Landlock, which allows no mounts afterwards.
 *  - enter() goes there, before capabilities are dropped. Descriptors lead where they led.
 * Both work on the calling thread, the one that runs the kernel. -errno where we may not: then the
 * process stays where it is.
 */
import { O_CLOEXEC } from "../abi/fcntl.ts";
import {
  MNT_DETACH,
  MS_BIND,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
  MS_REMOUNT,
} from "../abi/mount.ts";
import { CLONE_FS, CLONE_NEWNS } from "../abi/sched.ts";
import type { Host } from "./host.ts";

const SYS_CHDIR = 80;
const SYS_MKDIR = 83;
const SYS_RMDIR = 84;
const SYS_PIVOT_ROOT = 155;
const SYS_MOUNT = 165;
const SYS_UMOUNT2 = 166;
const SYS_UNSHARE = 272;
const SYS_SETNS = 308;
const AT_FDCWD = -100;
const OWN_NAMESPACE = "/proc/thread-self/ns/mnt";
/** Something that every machine has, to mount over where nobody else sees it. */
const PLACE = "/sys";
const TEXT = 64;
const TEXTS = 3;
const QUIET = MS_NOSUID | MS_NODEV | MS_NOEXEC;

export class EmptyRoot {
  readonly #host: Host;
  readonly #texts: number;
  #namespace = -1;

  constructor(host: Host) {
    this.#host = host;
    this.#texts = host.arena.scratch(TEXT * TEXTS);
  }

  prepare(): number {
    const host = this.#host;
    const home = host.openat(AT_FDCWD, OWN_NAMESPACE, O_CLOEXEC);
    if (home < 0) return home;
    let rc = host.gateway.sys(SYS_UNSHARE, CLONE_NEWNS);
    if (rc === 0) {
      rc = this.#build();
      const made = rc < 0 ? rc : host.openat(AT_FDCWD, OWN_NAMESPACE, O_CLOEXEC);
      const back = host.gateway.sys(SYS_SETNS, home, CLONE_NEWNS);
      rc = Math.min(made, back, 0);
      if (rc === 0) this.#namespace = made;
      else if (made >= 0) host.close(made);
    }
    host.close(home);
    return rc;
  }

  enter(): number {
    const { gateway } = this.#host;
    if (this.#namespace < 0) return 0;
    // Threads that were started since share our root directory.
    const rc = gateway.sys(SYS_UNSHARE, CLONE_FS);
    const entered = rc < 0 ? rc : gateway.sys(SYS_SETNS, this.#namespace, CLONE_NEWNS);
    this.#host.close(this.#namespace);
    this.#namespace = -1;
    return entered;
  }

  #build(): number {
    const { gateway } = this.#host;
    const steps = [
      () => this.#mount("none", "/", "", MS_REC | MS_PRIVATE),
      () => this.#mount("tmpfs", PLACE, "tmpfs", QUIET),
      () => gateway.sys(SYS_CHDIR, this.#text(0, PLACE)),
      () => gateway.sys(SYS_MKDIR, this.#text(0, "proc"), 0o555),
      () => gateway.sys(SYS_MKDIR, this.#text(0, "old"), 0o700),
      () => this.#mount("/proc", "proc", "", MS_BIND | MS_REC),
      () => gateway.sys(SYS_PIVOT_ROOT, this.#text(0, "."), this.#text(1, "old")),
      () => gateway.sys(SYS_CHDIR, this.#text(0, "/")),
      () => gateway.sys(SYS_UMOUNT2, this.#text(0, "/old"), MNT_DETACH),
      () => gateway.sys(SYS_RMDIR, this.#text(0, "/old")),
      () => this.#mount("none", "/", "", MS_REMOUNT | MS_RDONLY | QUIET),
    ];
    for (const step of steps) {
      const rc = step();
      if (rc < 0) return rc;
    }
    return 0;
  }

  #mount(source: string, target: string, type: string, flags: number): number {
    const [from, to] = [this.#text(0, source), this.#text(1, target)];
    const kind = type === "" ? 0 : this.#text(2, type);
    return this.#host.gateway.sys(SYS_MOUNT, from, to, kind, flags, 0);
  }

  #text(which: number, text: string): number {
    const at = this.#texts + which * TEXT;
    const { u8 } = this.#host.arena;
    u8.set(Buffer.from(`${text}\0`, "latin1"), at);
    return this.#host.address(at);
  }
}
