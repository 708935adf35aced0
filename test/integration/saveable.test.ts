/**
 * The kernel's state can be saved (docs/architecture.md): in a kernel whose guests wait in thirty kinds
 * of calls, everything that hangs from it is plain data of registered classes.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { compile } from "../compile.ts";
import { walk } from "./object-graph.ts";
import { EXCEPTIONS, OUTSIDE, OWNERS, registered } from "./saveable.ts";

const HERE = import.meta.dirname;
const ROOT = join(HERE, "../..");
/** The parent and its thirty children; a child each of the two that wait for one, and a thread. */
const TASKS = 34;

test("saveable: all that hangs from a kernel in which everybody waits is plain data", async () => {
  const program = await compile({
    source: join(HERE, "waiting.c"),
    buildDirectory: join(HERE, ".build"),
    flags: ["-static", "-pthread", "-Wno-unused-result"],
    headers: [],
  });
  const child = join(HERE, "saveable-child.ts");
  const said = execFileSync(process.execPath, ["--no-warnings", child, program], {
    encoding: "utf8",
    timeout: 120_000,
  });
  const { tasks, waiting, found } = JSON.parse(said);
  assert.deepEqual({ tasks, waiting }, { tasks: TASKS, waiting: true });
  assert.deepEqual(found, []);
});

test("saveable: every registered class and every exception names a class that is there", () => {
  const sources = globSync("src/**/*.ts", { cwd: ROOT })
    .map((path) => readFileSync(join(ROOT, path), "utf8"))
    .join("\n");
  const names = [registered, OUTSIDE, OWNERS, EXCEPTIONS].flatMap(Object.keys);
  for (const name of names) {
    const [className] = name.split(".");
    assert.ok(
      new RegExp(`\\bclass ${className}\\b`).test(sources),
      `there is no class ${className}`,
    );
  }
});

test("saveable: the walk sees private fields, collections and what is inside them", () => {
  class Holder {
    readonly #secret = new Map<string, unknown>([["key", [() => 1]]]);
    #method() {
      return this.#secret;
    }
    get size() {
      return this.#method().size;
    }
  }
  const paths: string[] = [];
  walk(new Holder(), {
    visit(_value, path) {
      paths.push(path);
      return true;
    },
    enters: () => true,
  });
  assert.deepEqual(paths, [
    "Holder",
    "Holder.#secret",
    "Holder.#secret.get(key)",
    "Holder.#secret.get(key)[0]",
  ]);
});
