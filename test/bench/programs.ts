/** Compiles the C programs of micro/ when a row first names one, and puts their paths into its words. */
import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { compile } from "../compile.ts";

const MICRO = join(import.meta.dirname, "micro");
const NAMES = globSync("*.c", { cwd: MICRO }).map((file) => basename(file, ".c"));
const NAMED = new RegExp(`@(${NAMES.join("|")})\\b`, "g");

/** The words with the path of the compiled micro/NAME.c wherever they say `@NAME`. */
export async function withPrograms(words: string[]): Promise<string[]> {
  const paths = new Map<string, string>();
  for (const [, name] of words.flatMap((word) => [...word.matchAll(NAMED)]))
    paths.set(name, await program(name));
  return words.map((word) => word.replace(NAMED, (_, name) => paths.get(name)!));
}

function program(name: string): Promise<string> {
  return compile({
    source: join(MICRO, `${name}.c`),
    buildDirectory: join(import.meta.dirname, ".build"),
    flags: ["-static", "-pthread"],
    headers: [join(MICRO, "timing.h")],
  });
}
