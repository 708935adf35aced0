/**
 * src/abi against a C compiler: the value of every constant, the size of every struct, the place
 * and size of every field. The machine's headers may be older than the newest Linux that src/abi
 * knows, so what they do not know is left out and reported.
 * UAPI_INCLUDE=dir:dir puts newer kernel headers in front of the machine's.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Fields, Struct } from "../../src/abi/struct.ts";
import { growing, type HeaderInfo, headers } from "./abi-headers.ts";

const ABI = join(import.meta.dirname, "../../src/abi");
/** Files that no header can check: languages, and text. */
const WITHOUT_HEADERS = ["errno-text", "flags", "struct"];

interface Probe {
  /** What it checks, for messages. */
  readonly what: string;
  /** The C expression. */
  readonly expression: string;
  readonly expected: number;
  /** Identifiers in it that old headers may not know. */
  readonly needs: readonly string[];
}

let directory = "";
before(() => {
  directory = mkdtempSync(join(tmpdir(), "abi-layout-"));
});
after(() => {
  rmSync(directory, { recursive: true, force: true });
});

const skip = process.arch === "x64" ? false : "src/abi describes amd64";

test("every file of src/abi has its headers", () => {
  const present = readdirSync(ABI).filter((name) => name.endsWith(".ts"));
  const expected = [...headers.map((info) => info.module), ...WITHOUT_HEADERS];
  assert.deepEqual(present.sort(), expected.map((name) => `${name}.ts`).sort());
});

for (const info of headers) {
  test(`src/abi/${info.module}.ts says what the C headers say`, { skip }, async (context) => {
    const exports: Record<string, unknown> = await import(join(ABI, `${info.module}.ts`));
    const probes = probesOf(exports, info);
    const results = compileAndRun(info, probes);
    for (const { what, expected } of probes) {
      const found = results.get(what);
      if (found === undefined) continue;
      const grown = found > expected && growing.has(what.replace(/ size$/, ""));
      assert.ok(grown || isSame(expected, found), `${what} is ${found} in C and ${expected} here`);
    }
    const unknown = probes.filter((probe) => !results.has(probe.what)).map((probe) => probe.what);
    if (unknown.length > 0) context.diagnostic(`not in the headers: ${unknown.join(", ")}`);
    assert.ok(results.size >= probes.length / 4, "the headers know this file at all");
  });
}

function probesOf(exports: Record<string, unknown>, info: HeaderInfo): Probe[] {
  const probes: Probe[] = [];
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value === "number" && /^_{0,2}[A-Z]/.test(name)) {
      if (info.skip?.[name] === undefined) {
        probes.push({ what: name, expression: name, expected: value, needs: [name] });
      }
    } else if (isStruct(value)) probes.push(...structProbes(value, info));
  }
  return probes;
}

function structProbes(layout: Struct<Fields>, info: HeaderInfo): Probe[] {
  const name = layout.name;
  const type = info.types?.[name] ?? `struct ${name}`;
  const tag = type.replace("struct ", "");
  const probes: Probe[] = [];
  const value = layout.read(new DataView(new ArrayBuffer(layout.size)), 0);
  const fields = Object.entries(layout.fields).filter(
    ([field]) => field in value && info.fields?.[`${name}.${field}`] !== "",
  );
  const spelled = fields.map(([field]) => info.fields?.[`${name}.${field}`] ?? field);
  for (const [index, [field, fieldType]] of fields.entries()) {
    const member = spelled[index] as string;
    const needs = [tag, ...member.split(".")];
    probes.push({
      what: `${name}.${field} offset`,
      expression: `__builtin_offsetof(${type}, ${member})`,
      expected: layout.at[field] as number,
      needs,
    });
    // A flexible or longer C member has no size to compare; those are declared as bytes here.
    if (fieldType.size <= 8) {
      probes.push({
        what: `${name}.${field} size`,
        expression: `sizeof(((${type} *)0)->${member})`,
        expected: fieldType.size,
        needs,
      });
    }
  }
  // A struct that has grown since the headers were written has another size there.
  const needs = [tag, ...spelled.flatMap((member) => member.split("."))];
  probes.push({
    what: `${name} size`,
    expression: `sizeof(${type})`,
    expected: layout.size,
    needs,
  });
  return probes;
}

/** Compiles until nothing is left that the headers do not know; at most a few rounds. */
function compileAndRun(info: HeaderInfo, probes: readonly Probe[]): Map<string, number> {
  const source = join(directory, `${info.module}.c`);
  const program = join(directory, info.module);
  const include = (process.env["UAPI_INCLUDE"] ?? "").split(":").filter((path) => path !== "");
  const flags = ["-w", "-fmax-errors=0", ...include.flatMap((path) => ["-isystem", path])];
  let known = probes;
  let words = "";
  for (let round = 0; round < 12; round++) {
    writeFileSync(source, programOf(info, known));
    const compiled = spawnSync("cc", [...flags, "-o", program, source], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
    });
    words = compiled.stderr;
    if (compiled.status === 0) return valuesOf(program);
    const unknown = unknownNames(words);
    const rest = known.filter((probe) => !probe.needs.some((name) => unknown.has(name)));
    if (rest.length === known.length) break;
    known = rest;
  }
  throw new Error(`cc refuses the probes of ${info.module}:\n${words.slice(0, 4000)}`);
}

function programOf(info: HeaderInfo, probes: readonly Probe[]): string {
  const lines = probes.map(
    ({ what, expression }) => `printf("%s=%lld\\n", "${what}", (long long)(${expression}));`,
  );
  return [
    "#define _GNU_SOURCE 1",
    "#include <stddef.h>",
    ...info.includes.map(
      (header) => `#if __has_include(<${header}>)\n#include <${header}>\n#endif`,
    ),
    info.prelude ?? "",
    "int printf(const char *, ...);",
    "int main(void) {",
    ...lines,
    "return 0;",
    "}",
  ].join("\n");
}

function valuesOf(program: string): Map<string, number> {
  const { stdout } = spawnSync(program, { encoding: "utf8" });
  const values = new Map<string, number>();
  for (const line of stdout.split("\n")) {
    const [what, value] = line.split("=");
    if (what !== undefined && value !== undefined) values.set(what, Number(value));
  }
  return values;
}

function unknownNames(words: string): Set<string> {
  const patterns = [
    /'(\w+)' undeclared/g,
    /no member named '(\w+)'/g,
    /(?:undefined|incomplete) type 'struct (\w+)'/g,
    /use of undeclared identifier '(\w+)'/g,
  ];
  return new Set(
    patterns.flatMap((pattern) => [...words.matchAll(pattern)].map((match) => match[1] as string)),
  );
}

function isSame(ours: number, theirs: number): boolean {
  if (ours === theirs) return true;
  // The C side prints everything as signed; unsigned words and longs come out negative.
  if (theirs < 0 && ours === theirs + 2 ** 32) return true;
  return theirs < 0 && ours === theirs + 2 ** 64;
}

function isStruct(value: unknown): value is Struct<Fields> {
  return typeof value === "object" && value !== null && "at" in value && "fields" in value;
}
