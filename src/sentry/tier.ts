/**
 * Tier: how strong the walls are that this machine lets us build (docs/threat-model.md), in words, for
 * `tvisor doctor` and for whoever asked for a stronger one than there is.
 *  - tier 0: seccomp on stubs and kernel, which every host has; Landlock where there is;
 *  - tier 1: the stubs live in namespaces of their own, below an empty root;
 *  - tier 2: and they are a user of their own (needs root).
 */
import type { Warden } from "../platform/stub/warden.ts";

export interface Tier {
  tier: 0 | 1 | 2;
  has: string[];
  missing: string[];
}

/** What a sandbox got: known once its warden has been met. */
export function tierOf(warden: Warden, landlockAbi: number): Tier {
  const has = [
    "seccomp filters on guests and on the kernel process",
    "no new privileges",
    "no core files",
  ];
  const missing: string[] = [];
  const tell = (is: boolean, there: string, absent: string) =>
    (is ? has : missing).push(is ? there : absent);
  tell(
    landlockAbi >= 1,
    `Landlock (version ${landlockAbi}): the kernel process reaches only the files it was given`,
    "Landlock: this host's kernel has none (Linux 5.13), or it is not among its security modules",
  );
  if (landlockAbi >= 1)
    tell(
      landlockAbi >= 6,
      "Landlock keeps the kernel process from signalling anybody outside",
      "Landlock cannot restrict signals here (Linux 6.12)",
    );
  tell(
    warden.namespaces > 0,
    `guests have pid, mount, network, ipc and uts namespaces${warden.namespaces === 2 ? ", and a user namespace" : ""}`,
    "namespaces: this host refuses them to us; let unprivileged users make user namespaces, or run as root",
  );
  tell(
    warden.hasEmptyRoot,
    "guests' processes see an empty root directory",
    "an empty root directory for guests' processes",
  );
  tell(
    warden.user !== 0,
    `guests' processes are user ${warden.user}, who owns nothing`,
    "a user of their own for guests' processes: needs root that may change user, trace and signal",
  );
  missing.push("control groups: memory and processes of a sandbox are not limited by the host");
  const isTier1 = warden.namespaces > 0 && warden.hasEmptyRoot;
  return { tier: isTier1 ? (warden.user !== 0 ? 2 : 1) : 0, has, missing };
}
