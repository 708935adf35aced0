/**
 * Compares whole programs: the same script on Linux and under tvisor.
 *  - `family("git")` makes a test of every script in the folder git/. Its first comment line is the
 *    title; `# packages: a b` names the Debian packages it needs, `# network: host` the network,
 *    `# optional: java` a program that is too big to install for a test: without it the test is skipped.
 *  - `compare(script)` fails the test when standard output or the exit code differ.
 *  - `tty: true` runs it on a pseudo-terminal, under tvisor with -t; `tty: [{after, type}]` also types, each text when its
 *    pattern has appeared after the one before. `show` makes of what appeared what is compared.
 *  - Debian's programs come first in PATH, and `node` is the pinned one.
 *  - Each package must stand in test/packages.txt; in CI nothing is skipped for want of one.
 */
import { accessSync, chmodSync, constants, copyFileSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import { compareRuns, failure, projectRoot } from "../compare.ts";
import { compile } from "../compile.ts";
import type { RunResult } from "../process.ts";
import { expectedFailures } from "./expected-failures.ts";

const TIME_LIMIT_MS = 30_000;
const HERE = import.meta.dirname;

/** Where the scripts look for programs. */
export const PROGRAM_PATH = [
  dirname(process.execPath),
  "/usr/sbin:/usr/bin:/sbin:/bin:/usr/games",
  "/usr/local/go/bin",
].join(delimiter);

export interface Typing {
  after: RegExp;
  type: string;
}

export interface ScriptOptions {
  shell?: string;
  packages?: string[];
  timeoutMs?: number;
  tty?: boolean | Typing[];
  /** For `tvisor do`, before the command. */
  flags?: string[];
  /** Takes out of what was printed what is compared, for example the words among escape sequences. */
  show?: (stdout: string) => string;
}

/** Runs the script twice and returns tvisor's run, which is equal to Linux's. */
export function compare(script: string, options: ScriptOptions = {}): Promise<RunResult> {
  return compareCommand([options.shell ?? "bash", "-c", script], options, script);
}

/** Makes a test of each script in the folder: its first line names the interpreter. */
export function family(name: string): void {
  const folder = join(HERE, name);
  for (const file of readdirSync(folder).sort()) {
    const { title, packages, optional, flags } = readHeader(join(folder, file));
    const absent = optional.find((program) => !isPresent(program));
    if (absent !== undefined) {
      test(`${name}/${file}: ${title}`, { skip: `this machine has no ${absent}` }, () => {});
      continue;
    }
    scenario(`${name}/${file}: ${title}`, packages, () => {
      const prepare = (directory: string) => {
        // Beside the working directory, which the script finds empty.
        copyFileSync(join(folder, file), join(dirname(directory), file));
        chmodSync(join(dirname(directory), file), 0o755);
      };
      return compareCommand(
        [`../${file}`],
        { packages, flags, prepare },
        `test/e2e/${name}/${file}`,
      );
    });
  }
}

/** A test that may stand in expected-failures.ts under its title, up to the colon. */
export function scenario(title: string, packages: string[], body: () => Promise<unknown>): void {
  const reason = expectedFailures[title.split(":")[0]];
  test(title, { skip: missing(packages) }, async (context) => {
    if (reason === undefined) {
      await body();
      return;
    }
    try {
      await body();
    } catch {
      context.todo(reason);
      return;
    }
    throw failure("it passes now: take it off test/e2e/expected-failures.ts");
  });
}

interface Header {
  title: string;
  packages: string[];
  optional: string[];
  flags: string[];
}

function readHeader(path: string): Header {
  const comments = readFileSync(path, "utf8")
    .split("\n")
    .slice(1)
    .map((line) => /^(?:#|\/\/|--) (.*)$/.exec(line)?.[1] ?? "");
  const words = (key: string) =>
    comments.flatMap((line) =>
      line.startsWith(`${key}: `) ? line.slice(key.length + 2).split(" ") : [],
    );
  if (!comments[0]) throw new Error(`${path} needs a title: a comment on its second line`);
  return {
    title: comments[0].replace(/\.$/, ""),
    packages: words("packages"),
    optional: words("optional"),
    flags: words("network").flatMap((network) => ["--network", network]),
  };
}

interface CommandOptions extends ScriptOptions {
  prepare?: (directory: string) => void;
}

async function compareCommand(
  command: string[],
  options: CommandOptions,
  told: string,
): Promise<RunResult> {
  const { packages = [], timeoutMs = TIME_LIMIT_MS, tty = false, prepare, show } = options;
  const absent = missing(packages);
  if (absent) throw failure(absent);
  const typing = Array.isArray(tty) ? tty : [];
  const { tvisor, difference } = await compareRuns(command, {
    timeoutMs,
    environment: { PATH: PROGRAM_PATH },
    flags: [...(tty ? ["-t"] : []), ...(options.flags ?? [])],
    ...(prepare ? { prepare } : {}),
    ...(show ? { show } : {}),
    ...(tty ? { wrap: [await compilePty()] } : {}),
    ...(typing.length > 0 ? { responder: () => typist(typing) } : {}),
  });
  if (difference) throw failure(`${difference}\nthe script: ${told}`);
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

export function isPresent(file: string): boolean {
  const places = file.startsWith("/")
    ? [file]
    : PROGRAM_PATH.split(delimiter).map((folder) => join(folder, file));
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
  return compile({
    source: join(HERE, "pty.c"),
    buildDirectory: join(HERE, ".build"),
    flags: ["-lutil"],
    headers: [],
  });
}
