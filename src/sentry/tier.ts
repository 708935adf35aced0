/**
 * Tier: how strong the walls are that this machine lets us build (docs/threat-model.md), in words, for
 * `tvisor doctor` and for whoever demands one (`tvisor do --tier`).
 *  - tier 0: seccomp on stubs and kernel, which every host has; Landlock where there is;
 *  - tier 1: the stubs live in namespaces of their own, below an empty root;
 *  - tier 2: and they are a user of their own (needs root).
 */
import type { Warden } from "../platform/stub/warden.ts";

export type TierNumber = 0 | 1 | 2;

/** Something that is not there: what that costs, and how to get it. */
export interface Missing {
  what: string;
  costs: string;
  remedy: string;
}

export interface Tier {
  tier: TierNumber;
  has: string[];
  missing: Missing[];
}

/** What a sandbox got: known once its warden has been met. */
export function tierOf(warden: Warden, landlockAbi: number): Tier {
  const has = [
    "seccomp filters around guests and around the kernel process",
    "no new privileges, no core files",
  ];
  const missing: Missing[] = [];
  const tell = (is: boolean, there: string, absent: Missing) => {
    if (is) has.push(there);
    else missing.push(absent);
  };
  tell(
    landlockAbi >= 1,
    `Landlock (version ${landlockAbi}): the kernel process reaches only the files it was given`,
    {
      what: "Landlock",
      costs: "a kernel process that was taken over could read every file that you can read",
      remedy: "Linux 5.13 or newer, with landlock among its security modules",
    },
  );
  if (landlockAbi >= 1)
    tell(landlockAbi >= 6, "Landlock for signals: the kernel process can signal nobody outside", {
      what: "Landlock for signals",
      costs: "a kernel process that was taken over could kill your other processes",
      remedy: "Linux 6.12 or newer",
    });
  tell(
    warden.namespaces > 0,
    `namespaces: pid, mount, network, ipc, uts${warden.namespaces === 2 ? ", user" : ""}`,
    {
      what: "namespaces",
      costs:
        "a guest that broke its filter would see this machine's processes and network, and could outlive the sandbox",
      remedy: "let unprivileged users make user namespaces, or run as root",
    },
  );
  tell(warden.hasEmptyRoot, "an empty root directory for guests' processes", {
    what: "an empty root directory for guests' processes",
    costs: "a guest that broke its filter would see this machine's files",
    remedy: "the same as for namespaces",
  });
  tell(warden.user !== 0, "a user of their own, who owns nothing, for guests' processes", {
    what: "a user of their own for guests' processes",
    costs: "a guest that broke its filter would be you",
    remedy: "run as root that may change user, trace and signal",
  });
  missing.push({
    what: "control groups",
    costs: "the host limits neither memory nor processes of a sandbox beyond your own limits",
    remedy: "start tvisor in a control group of your own, for example by systemd-run --scope",
  });
  const isTier1 = warden.namespaces > 0 && warden.hasEmptyRoot;
  return { tier: isTier1 ? (warden.user !== 0 ? 2 : 1) : 0, has, missing };
}

/** Why `tier` is weaker than what was demanded, as one sentence. */
export function refusal({ tier, missing }: Tier, demanded: TierNumber): string {
  const parts = missing.filter(({ what }) => what !== "control groups").map(({ what }) => what);
  return (
    `tier ${demanded} was demanded, and this machine gives tier ${tier}; ` +
    `missing: ${parts.join(", ")}. \`tvisor doctor\` says how to get them`
  );
}
