/**
 * globals: options before the command, with runc's and runsc's names where they mean the same. Those
 * that name a choice which tvisor does not have are accepted, so that an engine's configuration for
 * another runtime works, and told in the log.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { Flags, type FlagTable } from "./flags.ts";

export interface Globals {
  readonly root: string;
  readonly log: string;
  readonly logFormat: "text" | "json";
  readonly debug: boolean;
  readonly debugLog: string;
  /** System calls to tell of; null for none. */
  readonly strace: readonly string[] | null;
  readonly network: "sandbox" | "host" | "none";
  readonly systemdCgroup: boolean;
  /** Keep what containers write to their root in memory. */
  readonly overlayInMemory: boolean;
  readonly ignoreCgroups: boolean;
  /** Said, and without effect. */
  readonly ignored: readonly string[];
}

const USED: FlagTable = {
  root: "text",
  log: "text",
  "log-format": "text",
  debug: "truth",
  "debug-log": "text",
  strace: "truth",
  "strace-syscalls": "text",
  network: "text",
  "systemd-cgroup": "truth",
  overlay2: "text",
  "ignore-cgroups": "truth",
};

const IGNORED: FlagTable = {
  criu: "text",
  rootless: "truth",
  platform: "text",
  "file-access": "text",
  "file-access-mounts": "text",
  "host-uds": "text",
  "host-fifo": "text",
  directfs: "truth",
  overlay: "truth",
  "oci-seccomp": "truth",
  "allow-flag-override": "truth",
  "debug-log-format": "text",
  "debug-command": "text",
  "log-packets": "truth",
  "strace-log-size": "text",
  "watchdog-action": "text",
  "panic-signal": "text",
  "net-raw": "truth",
  gso: "truth",
  dcache: "text",
  fdlimit: "text",
  "metric-server": "text",
  alsologtostderr: "truth",
};

export interface Parsed {
  readonly globals: Globals;
  readonly rest: readonly string[];
  readonly asks: "version" | "help" | null;
}

export function parseGlobals(argv: readonly string[]): Parsed {
  const table = { ...USED, ...IGNORED, version: "truth", help: "truth" } as const;
  const flags = new Flags(argv, table, { v: "version", h: "help" });
  const format = flags.text("log-format");
  const network = flags.text("network");
  return {
    globals: {
      root: flags.text("root") || defaultRoot(),
      log: flags.text("log") === "/dev/stderr" ? "" : flags.text("log"),
      logFormat: format.startsWith("json") ? "json" : "text",
      debug: flags.is("debug"),
      debugLog: flags.text("debug-log"),
      strace: flags.is("strace") ? flags.text("strace-syscalls").split(",").filter(Boolean) : null,
      network: network === "host" || network === "none" ? network : "sandbox",
      systemdCgroup: flags.is("systemd-cgroup"),
      overlayInMemory: /:(memory|self|dir=)/.test(flags.text("overlay2")),
      ignoreCgroups: flags.is("ignore-cgroups"),
      ignored: Object.keys(IGNORED).filter((name) => flags.has(name)),
    },
    rest: flags.words,
    asks: flags.is("version") ? "version" : flags.is("help") ? "help" : null,
  };
}

/** As runc has it: root of a user namespace, which engines without root are, has a directory of its own. */
function defaultRoot(): string {
  const user = process.geteuid!();
  const own = process.env["XDG_RUNTIME_DIR"];
  const hasOwn = own !== undefined && own !== "";
  if (hasOwn && (user !== 0 || isInUserNamespace())) return `${own}/tvisor`;
  return user === 0 ? "/run/tvisor" : `/tmp/tvisor-${user}`;
}

/** The first one maps everybody to himself. */
export function isInUserNamespace(): boolean {
  try {
    return !/^\s*0\s+0\s+4294967295$/m.test(readFileSync("/proc/self/uid_map", "utf8"));
  } catch {
    return false;
  }
}
