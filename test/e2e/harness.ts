/**
 * Compares whole programs: the same shell script on Linux and under tvisor.
 *  - `compare(script)` fails the test when standard output or the exit code differ.
 *  - `tty: true` runs it on a pseudo-terminal; `tty: [{after, type}]` also types, each text when its
 *    pattern has appeared after the one before.
 *  - `packages` names the Debian packages it needs. Each must stand in test/packages.txt.
 */
import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { compareRuns, failure, projectRoot } from "../compare.ts";
import { compile } from "../compile.ts";
import type { RunResult } from "../process.ts";

const TIME_LIMIT_MS = 60_000;

export interface Typing {
  after: RegExp;
  type: string;
}

export interface ScriptOptions {
  shell?: string;
  packages?: string[];
  timeoutMs?: number;
  tty?: boolean | Typing[];
}

/** Runs the script twice and returns tvisor's run, which is equal to Linux's. */
export async function compare(script: string, options: ScriptOptions = {}): Promise<RunResult> {
  const { shell = "bash", packages = [], timeoutMs = TIME_LIMIT_MS, tty = false } = options;
  const absent = missing(packages);
  if (absent) throw failure(absent);
  const typing = Array.isArray(tty) ? tty : [];
  const { tvisor, difference } = await compareRuns([shell, "-c", script], {
    timeoutMs,
    ...(tty ? { wrap: [await compilePty()] } : {}),
    ...(typing.length > 0 ? { responder: () => typist(typing) } : {}),
  });
  if (difference) throw failure(`${difference}\nthe script:\n${script}`);
  return tvisor;
}

/**
 * A sentence when one of the packages is absent, for `{ skip: missing(["python3"]) }`; else false.
 * In CI nothing may be skipped for want of a package, so there it is an error.
 */
export function missing(packages: string[]): string | false {
  const evidence = readPackages();
  const absent = packages.filter((name) => {
    const files = evidence.get(name);
    if (!files) throw new Error(`${name} does not stand in test/packages.txt; add it there`);
    return !files.every(isPresent);
  });
  if (absent.length === 0) return false;
  const sentence = `needs Debian's ${absent.join(", ")}; install with apt-get install ${absent.join(" ")}`;
  if (process.env["CI"]) throw new Error(sentence);
  return sentence;
}

function readPackages(): Map<string, string[]> {
  const evidence = new Map<string, string[]>();
  for (const line of readFileSync(join(projectRoot, "test/packages.txt"), "utf8").split("\n")) {
    const [name, file] = line.trim().split(/\s+/);
    if (name && !name.startsWith("#")) evidence.set(name, [...(evidence.get(name) ?? []), file]);
  }
  return evidence;
}

function isPresent(file: string): boolean {
  const places = file.startsWith("/")
    ? [file]
    : process.env["PATH"]!.split(delimiter).map((folder) => join(folder, file));
  return places.some((place) => {
    try {
      accessSync(place, constants.F_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Types each text once its pattern has appeared in what came after the last one. */
function typist(typing: Typing[]): (stdout: string) => string | undefined {
  const rest = [...typing];
  let seen = 0;
  return (stdout) => {
    if (rest.length === 0) return undefined;
    const found = rest[0].after.exec(stdout.slice(seen));
    if (!found) return undefined;
    seen += found.index + found[0].length;
    return rest.shift()!.type;
  };
}

function compilePty(): Promise<string> {
  const here = import.meta.dirname;
  return compile({
    source: join(here, "pty.c"),
    buildDirectory: join(here, ".build"),
    flags: ["-lutil"],
    headers: [],
  });
}
