/**
 * globals: options before the command, with runc's and runsc's names where they mean the same. Each does
 * what its help says (help.ts), or is refused with a sentence: global-flags.ts has the names.
 *  - Some may be said for one container by annotations (annotations.ts): withFlags() reads those.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import type { FileAccess } from "../../control/messages.ts";
import type { LogForm } from "../../oci/log-line.ts";
import { FlagError, Flags, type FlagTable } from "./flags.ts";
import { GLOBAL_FLAGS, REFUSED_FLAGS } from "./global-flags.ts";
import { NO_OVERLAY, type OverlayChoice, parseOverlay } from "./overlay-choice.ts";

export interface Globals {
  readonly root: string;
  readonly log: string;
  readonly logFormat: LogForm;
  readonly debug: boolean;
  /** A pattern: log-path.ts. */
  readonly debugLog: string;
  readonly debugLogFormat: LogForm;
  /** Commands that `debug` is for; empty for all, "!name" for all but that. */
  readonly debugCommands: readonly string[];
  readonly alsoToStderr: boolean;
  /** System calls to tell of; null for none. */
  readonly strace: readonly string[] | null;
  /** Bytes of data that are shown of each. */
  readonly straceLength: number;
  readonly network: "sandbox" | "host" | "none";
  /** May a container have CAP_NET_RAW? */
  readonly netRaw: boolean;
  readonly overlay: OverlayChoice;
  readonly rootAccess: FileAccess;
  readonly mountAccess: FileAccess;
  /** May guests connect to unix sockets of the host that lie in their directories? */
  readonly hostSockets: boolean;
  readonly allowSuid: boolean;
  readonly ociSeccomp: boolean;
  readonly systemdCgroup: boolean;
  readonly ignoreCgroups: boolean;
  /** How many descriptors of the host a sandbox may have; 0 for as many as there are. */
  readonly fdLimit: number;
  readonly allowFlagOverride: boolean;
}

export interface Parsed {
  readonly globals: Globals;
  readonly rest: readonly string[];
  readonly asks: "version" | "help" | null;
}

const DEFAULT_STRACE_LENGTH = 32;
const MOST_STRACE_LENGTH = 4096;
/** A sandbox does not start with fewer. */
const FEWEST_DESCRIPTORS = 256;

const TABLE: FlagTable = {
  ...GLOBAL_FLAGS,
  ...Object.fromEntries(Object.entries(REFUSED_FLAGS).map(([name, { kind }]) => [name, kind])),
  version: "truth",
  help: "truth",
};

export function parseGlobals(argv: readonly string[]): Parsed {
  const flags = new Flags(argv, TABLE, { v: "version", h: "help" });
  return {
    globals: readGlobals(flags),
    rest: flags.words,
    asks: flags.is("version") ? "version" : flags.is("help") ? "help" : null,
  };
}

/** The same with some flags said otherwise, as words of a command line. */
export function withFlags(globals: Globals, words: readonly string[]): Globals {
  const flags = new Flags(words, TABLE);
  const changed = Object.fromEntries(
    Object.entries(readGlobals(flags)).filter(([field]) =>
      (FIELDS[field as keyof Globals] ?? []).some((name) => flags.has(name)),
    ),
  );
  return { ...globals, ...changed };
}

/** Which flags a field is read from, where annotations may say them. */
const FIELDS: Readonly<Partial<Record<keyof Globals, readonly string[]>>> = {
  debug: ["debug"],
  debugCommands: ["debug-command"],
  strace: ["strace", "strace-syscalls"],
  straceLength: ["strace-log-size"],
  network: ["network"],
  netRaw: ["net-raw"],
  overlay: ["overlay2", "overlay"],
  rootAccess: ["file-access"],
  mountAccess: ["file-access-mounts"],
  hostSockets: ["host-uds"],
  allowSuid: ["allow-suid"],
  ociSeccomp: ["oci-seccomp"],
  fdLimit: ["fdlimit"],
};

function readGlobals(flags: Flags): Globals {
  refuse(flags);
  const log = flags.text("log");
  return {
    root: resolve(flags.text("root") || defaultRoot()),
    log: log === "" || log === "/dev/stderr" ? "" : resolve(log),
    logFormat: formatOf(flags, "log-format"),
    debug: flags.is("debug"),
    debugLog: patternOf(flags.text("debug-log")),
    debugLogFormat: formatOf(flags, "debug-log-format"),
    debugCommands: listOf(flags, "debug-command"),
    alsoToStderr: flags.is("alsologtostderr"),
    strace: flags.is("strace") ? listOf(flags, "strace-syscalls") : null,
    straceLength:
      countOf(flags, "strace-log-size", [0, MOST_STRACE_LENGTH]) ?? DEFAULT_STRACE_LENGTH,
    network: wordOf(flags, "network", ["sandbox", "host", "none"]),
    netRaw: isNot(flags, "net-raw"),
    overlay: overlayOf(flags),
    rootAccess: wordOf(flags, "file-access", ["default", "exclusive", "shared"]),
    mountAccess: wordOf(flags, "file-access-mounts", ["default", "exclusive", "shared"]),
    hostSockets: hostSocketsOf(flags),
    allowSuid: isNot(flags, "allow-suid"),
    ociSeccomp: isNot(flags, "oci-seccomp"),
    systemdCgroup: flags.is("systemd-cgroup"),
    ignoreCgroups: flags.is("ignore-cgroups"),
    fdLimit: countOf(flags, "fdlimit", [FEWEST_DESCRIPTORS, 2 ** 31]) ?? 0,
    allowFlagOverride: flags.is("allow-flag-override"),
  };
}

/** Flags that ask for what there is not. */
function refuse(flags: Flags): void {
  for (const [name, { kind, accepts, why }] of Object.entries(REFUSED_FLAGS)) {
    if (!flags.has(name)) continue;
    const said = kind === "truth" ? String(flags.is(name)) : flags.text(name);
    if (said !== accepts) throw new FlagError(`--${name}=${said} is not supported: ${why}`);
  }
  const platform = flags.text("platform");
  if (platform !== "" && platform !== "systrap")
    throw new FlagError(
      `--platform=${platform} is not supported: guests are kept by seccomp, which runsc calls systrap`,
    );
  if (flags.has("directfs") && !flags.is("directfs"))
    throw new FlagError(
      "--directfs=false is not supported: there is no process between files and kernel",
    );
  if (flags.has("rootless") && !["true", "false", "auto"].includes(flags.text("rootless")))
    throw new FlagError(`--rootless takes true, false or auto, not "${flags.text("rootless")}"`);
}

/** Commands go to other directories later: from here on it is absolute. The last slash stays. */
function patternOf(pattern: string): string {
  if (pattern === "") return "";
  return resolve(pattern) + (pattern.endsWith("/") ? "/" : "");
}

/** True unless it is said not to be. */
function isNot(flags: Flags, name: string): boolean {
  return !flags.has(name) || flags.is(name);
}

/** One of these words; the first when nothing is said. */
function wordOf<T extends string>(flags: Flags, name: string, words: readonly T[]): T {
  const said = flags.text(name);
  if (said === "") return words[0]!;
  const found = words.find((word) => word === said);
  if (found === undefined)
    throw new FlagError(
      `--${name} takes ${words.slice(0, -1).join(", ")} or ${words.at(-1)}, not "${said}"`,
    );
  return found;
}

function formatOf(flags: Flags, name: string): LogForm {
  return wordOf(flags, name, ["text", "json", "json-k8s"]);
}

function listOf(flags: Flags, name: string): string[] {
  return flags.text(name).split(",").filter(Boolean);
}

/** A whole number in a range; null when nothing is said, or -1 as runsc has it. */
function countOf(flags: Flags, name: string, [least, most]: [number, number]): number | null {
  const value = flags.number(name, -1);
  if (value === -1) return null;
  if (value < least || value > most)
    throw new FlagError(`--${name} takes a number from ${least} to ${most}, not ${value}`);
  return value;
}

function hostSocketsOf(flags: Flags): boolean {
  const said = wordOf(flags, "host-uds", ["none", "open", "create", "all"]);
  if (said === "create" || said === "all")
    throw new FlagError(
      `--host-uds=${said} is not supported: sockets that guests make are the sandbox's; open is`,
    );
  return said === "open";
}

function overlayOf(flags: Flags): OverlayChoice {
  if (flags.text("overlay2") !== "") return parseOverlay(flags.text("overlay2"));
  return flags.is("overlay") ? { ...NO_OVERLAY, of: "all" } : NO_OVERLAY;
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
