/**
 * \`tvisor do\`: run one command on this machine's files, read-only below a layer in memory.
 * Streams, exit status and signals pass through; nothing of tvisor's own goes to stdout.
 */
import { openSync, readFileSync, writeSync } from "node:fs";
import os from "node:os";
import { resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { WEXITSTATUS, WIFEXITED, WTERMSIG } from "../abi/wait.ts";
import { byteString } from "../host/bytes.ts";
import { KernelCrash, StartFailure } from "../sentry/failure.ts";
import { OneProgram, type OneProgramSpec, type Volume } from "../sentry/one-program.ts";
import type { TierNumber } from "../sentry/tier.ts";
import { NO_TIMING, StartTiming, type Timing } from "../sentry/timing.ts";
import { print, printError } from "./print.ts";

export const USAGE = `Usage: tvisor do [OPTIONS] -- CMD [ARG…]

Runs CMD on this machine's files in a sandbox: it sees them, and what it writes stays in memory
and is gone at the end. The exit status is CMD's own (128 + N when signal N ended it).

Options:
  -i                       keep standard input open (it always is; accepted for habit)
  -t                       give CMD a terminal of its own
  --root DIR               use DIR as the root directory instead of /
  --cwd DIR                start in DIR (default: where you are)
  --env K=V                set a variable for CMD; may be repeated
  --user UID[:GID]         run CMD as this user (default: you)
  --volume SRC:DST[:ro]    let CMD see and, without :ro, change SRC of this machine at DST
  --network none|host      none: only loopback inside (default); host: this machine's network
  --hostname NAME          what CMD sees as its host name
  --tier N                 refuse to run where this machine's walls are weaker: 0, 1 or 2; \`tvisor doctor\`
  --strace[=LIST]          show system calls on stderr; LIST limits them: openat,read
  --debug-log FILE         write the kernel's own messages to FILE, and what --strace shows
  --stats                  say on stderr, at the end, how system calls came to the kernel
  --timing                 say on stderr, at the end, how long each step of the start took

Example:
  tvisor do --volume "$PWD:$PWD" -- make -j2
`;

/** Written to directly: Node's own streams are not to be set up once the process is locked in. */
const STDERR = 2;
const USAGE_ERROR = 128;

class UsageError extends Error {}

export async function main(argv: string[]): Promise<number> {
  try {
    const spec = parse(argv);
    if (spec === null) {
      print(USAGE);
      return 0;
    }
    const program = new OneProgram(spec);
    const code = exitCode(program.run());
    if (spec.timing !== NO_TIMING) printError(spec.timing.report());
    if (spec.stats === true) printError(program.statsReport());
    return code;
  } catch (error) {
    if (error instanceof UsageError) {
      printError(`tvisor do: ${error.message}. See \`tvisor do --help\`.\n`);
      return USAGE_ERROR;
    }
    if (error instanceof StartFailure) {
      printError(`tvisor do: ${error.message}\n`);
      return error.exitCode;
    }
    if (error instanceof KernelCrash) {
      printError(
        `tvisor: this is a bug in tvisor, not in the program it ran: ${error.message}\n${error.state}\n`,
      );
      return USAGE_ERROR;
    }
    throw error;
  }
}

function exitCode(status: number): number {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

function parse(argv: string[]): (OneProgramSpec & { timing: Timing }) | null {
  const cut = argv.indexOf("--");
  const before = cut < 0 ? argv : argv.slice(0, cut);
  // --strace takes an optional value, which parseArgs does not know.
  const options = before.map((word) => (word === "--strace" ? "--strace=all" : word));
  let parsed: ReturnType<typeof parseOptions>;
  try {
    parsed = parseOptions(options);
  } catch (error) {
    throw new UsageError((error as Error).message.replace(/\.$/, ""));
  }
  const { values, positionals } = parsed;
  if (values.help === true) return null;
  const command = cut < 0 ? positionals : [...positionals, ...argv.slice(cut + 1)];
  if (command.length === 0) throw new UsageError("no command was given: write it after --");
  if (values.network !== "none" && values.network !== "host")
    throw new UsageError(`--network is none or host, not "${values.network}"`);
  const { uid, gid, groups } = parseUser(values.user);
  const debugLog = openDebugLog(values["debug-log"]);
  return {
    root: values.root,
    hostname: values.hostname ?? os.hostname(),
    network: values.network,
    volumes: (values.volume ?? []).map(parseVolume),
    program: {
      argv: command.map(byteString),
      envp: environment(values.env ?? []).map(byteString),
      cwd: byteString(values.cwd ?? (values.root === "/" ? process.cwd() : "/")),
      uid,
      gid,
      groups,
    },
    terminal: values.tty === true,
    tier: parseTier(values.tier),
    strace: parseStrace(values.strace),
    straceTo: debugLog ?? STDERR,
    report: (message) => void (debugLog !== null && writeSync(debugLog, `${message}\n`)),
    stats: values.stats === true,
    timing: values.timing === true ? new StartTiming() : NO_TIMING,
  };
}

function parseOptions(args: string[]) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h" },
      interactive: { type: "boolean", short: "i" },
      tty: { type: "boolean", short: "t" },
      root: { type: "string", default: "/" },
      cwd: { type: "string" },
      env: { type: "string", multiple: true },
      user: { type: "string" },
      volume: { type: "string", multiple: true },
      network: { type: "string", default: "none" },
      hostname: { type: "string" },
      tier: { type: "string", default: "0" },
      strace: { type: "string" },
      "debug-log": { type: "string" },
      stats: { type: "boolean" },
      timing: { type: "boolean" },
    },
  });
}

function environment(changes: string[]): string[] {
  const env = new Map<string, string>();
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined) env.set(name, value);
  for (const change of changes) {
    const cut = change.indexOf("=");
    if (cut <= 0) throw new UsageError(`--env takes NAME=VALUE, not "${change}"`);
    env.set(change.slice(0, cut), change.slice(cut + 1));
  }
  return [...env].map(([name, value]) => `${name}=${value}`);
}

function parseUser(text: string | undefined): { uid: number; gid: number; groups: number[] } {
  if (text === undefined)
    return { uid: process.geteuid!(), gid: process.getegid!(), groups: ownGroups() };
  const match = /^(\d+)(?::(\d+))?$/.exec(text);
  if (match === null) throw new UsageError(`--user takes UID or UID:GID as numbers, not "${text}"`);
  const uid = Number(match[1]);
  return { uid, gid: match[2] === undefined ? uid : Number(match[2]), groups: [] };
}

function parseTier(text: string): TierNumber {
  if (text !== "0" && text !== "1" && text !== "2")
    throw new UsageError(`--tier is 0, 1 or 2, not "${text}"`);
  return Number(text) as TierNumber;
}

function parseStrace(text: string | undefined): string[] | null {
  if (text === undefined) return null;
  return text === "all" ? [] : text.split(",");
}

/** Supplementary groups. Node's own call adds the primary one, which getgroups(2) does not. */
function ownGroups(): number[] {
  const line = /^Groups:[ \t]*(.*)$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1] ?? "";
  return line.split(/\s+/).filter(Boolean).map(Number);
}

/** Where the kernel's own sentences go. They are not for stderr, which is the program's. */
function openDebugLog(path: string | undefined): number | null {
  if (path === undefined) return null;
  try {
    return openSync(path, "a");
  } catch (error) {
    throw new UsageError(`cannot open the debug log: ${(error as Error).message}`);
  }
}

function parseVolume(text: string): Volume {
  const [source, target, mode, ...more] = text.split(":");
  const known = mode === undefined || mode === "ro" || mode === "rw";
  if (!source || !target || !known || more.length > 0 || !target.startsWith("/"))
    throw new UsageError(
      `--volume takes SRC:DST or SRC:DST:ro with an absolute DST, not "${text}"`,
    );
  return { source: resolve(source), target: byteString(target), readOnly: mode === "ro" };
}
