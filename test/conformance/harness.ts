/**
 * Finds, compiles and compares the conformance cases: C programs that must act under tvisor as on Linux.
 *  - A case is `<topic>/<name>.c`. It opens with a comment whose first line is its title.
 *  - Comment lines of its own say how to build and run it: `// flags: -pthread`, `// args: one two`,
 *    `// as: user` (uid 65534), `// static`.
 *  - Equal means: the same standard output and the same exit status or signal.
 */
import { chmodSync, copyFileSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Comparison, compareRuns, failure, giveTo } from "../compare.ts";
import { compile } from "../compile.ts";

const TIME_LIMIT_MS = 30_000;
const NOBODY = 65534;
/** Compilers and cases that run at once; cases that measure time need the machine nearly to themselves. */
export const JOBS = 2;

const HERE = import.meta.dirname;
const BUILD = join(HERE, ".build");

export interface Case {
  /** "topic/name" */
  name: string;
  title: string;
  source: string;
  flags: string[];
  args: string[];
  asUser: boolean;
  /** What is wrong with the source itself. Its own test reports it; the others still run. */
  problem?: string;
}

/** All cases in the order of their names, or those whose name contains `filter`. */
export function findCases(filter = "", directory = HERE): Case[] {
  return globSync("*/*.c", { cwd: directory })
    .sort()
    .map((path) => readCase(join(directory, path)))
    .filter((each) => each.name.includes(filter));
}

export function readCase(source: string): Case {
  const problems: string[] = [];
  const text = readFileSync(source, "utf8");
  const topic = basename(dirname(source));
  const found = new Map<string, string>();
  for (const [, key, value] of text.matchAll(
    /^\/\/[ \t]*(flags|args|as|static)\b:?[ \t]*(.*)$/gm,
  )) {
    found.set(key, value.trim());
  }
  const words = (key: string) => found.get(key)?.split(/\s+/).filter(Boolean) ?? [];
  const as = found.get("as");
  if (as !== undefined && as !== "user")
    problems.push(`"as: ${as}" is not known: only "as: user" is`);
  const title = readTitle(text, topic);
  if (!title) problems.push("it has no title: open it with a comment that says what it shows");
  return {
    name: `${topic}/${basename(source, ".c")}`,
    title: title ?? "(no title)",
    source,
    flags: [...words("flags"), ...(found.has("static") ? ["-static"] : [])],
    args: words("args"),
    asUser: as === "user",
    ...(problems.length > 0 ? { problem: `${source}: ${problems.join("; ")}` } : {}),
  };
}

function readTitle(text: string, topic: string): string | undefined {
  const title = /^\s*(?:\/\*+|\/\/)[\s*]*([^\n]*?)\s*(?:\*\/)?\n/.exec(text)?.[1];
  // The test's name has the topic already.
  return title?.startsWith(`${topic}: `) ? title.slice(topic.length + 2) : title || undefined;
}

/** Why this case cannot run here, or undefined when it can. */
export function obstacle(each: Case): string | undefined {
  return each.asUser && process.getuid?.() !== 0 ? "only root can become another user" : undefined;
}

/** Starts to compile all cases, `JOBS` at once. The promises are in the order of the cases. */
export function compileAll(cases: Case[]): Promise<string>[] {
  const lanes = Array.from({ length: JOBS }, () => Promise.resolve());
  return cases.map((each, index) => {
    const program = lanes[index % JOBS].then(() => compileCase(each));
    lanes[index % JOBS] = program.then(
      () => undefined,
      () => undefined,
    );
    return program;
  });
}

export async function compileCase(each: Case, buildDirectory = BUILD): Promise<string> {
  if (each.problem) throw failure(each.problem);
  const folder = dirname(each.source);
  return compile({
    source: each.source,
    buildDirectory: join(buildDirectory, basename(folder)),
    flags: [`-I${HERE}`, ...each.flags],
    headers: [...globSync(join(HERE, "*.h")), ...globSync(join(folder, "*.h"))].sort(),
  });
}

/** Runs a compiled case on Linux and under tvisor. */
export async function compareCase(
  each: Case,
  program: string,
  timeoutMs = TIME_LIMIT_MS,
): Promise<Comparison> {
  const dropRights = each.asUser ? await compileHelper() : "";
  return compareRuns([...(each.asUser ? ["./as-user"] : []), "./case", ...each.args], {
    timeoutMs,
    prepare: (directory) => {
      place(program, join(directory, "case"));
      if (!each.asUser) return;
      place(dropRights, join(directory, "as-user"));
      giveTo(NOBODY, directory);
    },
  });
}

function compileHelper(): Promise<string> {
  const source = join(HERE, "as-user.c");
  return compile({ source, buildDirectory: BUILD, flags: ["-static"], headers: [] });
}

function place(program: string, path: string): void {
  copyFileSync(program, path);
  chmodSync(path, 0o755);
}
