/**
 * Compiles the C programs of the tests, once per content.
 * The name of a program holds the hash of everything that goes into it, so a stale one is never run.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { failure } from "./compare.ts";

const execute = promisify(execFile);

export interface CompileOptions {
  source: string;
  buildDirectory: string;
  flags: string[];
  /** Files that the source includes: a change in one makes a new program. */
  headers: string[];
}

/** Path of the program. Throws with the compiler's words when the source is refused. */
export async function compile({ source, buildDirectory, flags, headers }: CompileOptions) {
  const hash = createHash("sha256").update(JSON.stringify([flags, process.arch]));
  for (const file of [source, ...headers]) hash.update(readFileSync(file)).update("\0");
  const name = `${basename(source, ".c")}-${hash.digest("hex").slice(0, 16)}`;
  const program = join(buildDirectory, name);
  if (existsSync(program)) return program;

  mkdirSync(buildDirectory, { recursive: true });
  const unfinished = `${program}.${process.pid}.tmp`;
  try {
    // Libraries among the flags are found only when they follow the source.
    await execute("cc", ["-O1", "-Wall", "-Werror", source, "-o", unfinished, ...flags]);
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT") throw new Error("there is no C compiler; install gcc and libc6-dev");
    throw failure(`cc refuses ${source}:\n${stderr}`);
  }
  renameSync(unfinished, program); // A second test run may be compiling the same source.
  return program;
}
