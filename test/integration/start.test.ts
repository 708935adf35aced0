/**
 * How tvisor starts: from one file and the code that V8 compiled for it, in whatever place it was
 * installed; without that code the same, only slower; from the sources as soon as one of them is newer.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { projectRoot } from "../compare.ts";

const place = mkdtempSync(join(tmpdir(), "tvisor-start-"));
after(() => rmSync(place, { recursive: true }));

/** A copy of the installation, without its sources, in a folder whose name a URL would have to quote. */
function installation(name: string): string {
  const root = join(place, name);
  mkdirSync(root);
  for (const part of ["bin", "dist", "native/build", "package.json"])
    cpSync(join(projectRoot, part), join(root, part), {
      recursive: true,
      preserveTimestamps: true,
    });
  symlinkSync(join(projectRoot, "node_modules"), join(root, "node_modules"));
  return root;
}

function start(root: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(join(root, "bin/tvisor"), args, {
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

const hello = ["do", "--", "echo", "hello"];
const said = { status: 0, stdout: "hello\n", stderr: "" };

const KEPT =
  / {2}tvisor loaded as compiled code\n(.*\n)* *[\d.]+ +[\d.]+ {2}kernel loaded as compiled code$/m;
const COMPILED = / {2}\w+ compiled, for want of kept code$/m;

test("start: the kept code is there and fits the options of the launcher", () => {
  const root = installation("kept");
  assert.match(start(root, "do", "--timing", "--", "true").stderr, KEPT);
  rmSync(root, { recursive: true });
});

test("start: it works in another place than that of its making", () => {
  const root = installation("a b#c?d%41");
  assert.deepEqual(start(root, ...hello), said);
  rmSync(root, { recursive: true });
});

test("start: every process has its own arguments, variables, directory and number", () => {
  const script = "echo $WORD; pwd; exit 7";
  for (const word of ["one", "two"]) {
    const { status, stdout } = spawnSync(
      join(projectRoot, "bin/tvisor"),
      ["do", "--", "sh", "-c", script],
      { encoding: "utf8", cwd: place, env: { ...process.env, WORD: word } },
    );
    assert.deepEqual([status, stdout], [7, `${word}\n${place}\n`]);
  }
});

test("start: without kept code, or with that of another program, it is compiled anew", () => {
  const root = installation("plain");
  for (const name of ["kernel", "tvisor"]) {
    const cache = join(root, `dist/cli/${name}.cache`);
    const kept = readFileSync(cache);
    const bytes = Uint8Array.from(kept);
    bytes[5]! ^= 1; // in the stamp
    for (const content of [bytes, bytes.subarray(0, 1000), Buffer.alloc(0), null]) {
      if (content === null) rmSync(cache);
      else writeFileSync(cache, content);
      assert.deepEqual(start(root, ...hello), said);
      assert.match(start(root, "do", "--timing", "--", "true").stderr, COMPILED);
    }
    writeFileSync(cache, kept);
  }
  rmSync(root, { recursive: true });
});

test("start: an installation that cannot be written to is all it needs", (context) => {
  if (process.getuid!() !== 0) return context.skip("only root can become somebody else");
  const root = installation("read-only");
  chmodSync(place, 0o755);
  const { status, stdout, stderr } = spawnSync(join(root, "bin/tvisor"), [...hello], {
    encoding: "utf8",
    uid: 65534,
    gid: 65534,
    cwd: "/",
  });
  assert.deepEqual({ status, stdout, stderr }, said);
  rmSync(root, { recursive: true });
});

test("start: a source that is newer than the bundle is run", () => {
  const root = installation("edited");
  cpSync(join(projectRoot, "src"), join(root, "src"), {
    recursive: true,
    preserveTimestamps: true,
  });
  const main = join(root, "src/cli/main.ts");
  writeFileSync(main, "console.log('source', ...process.argv.slice(2) as string[]);\n");
  const edited = { status: 0, stdout: "source do -- echo hello\n", stderr: "" };
  assert.deepEqual(start(root, ...hello), edited);
  utimesSync(main, 0, 0);
  assert.deepEqual(start(root, ...hello), said);
  rmSync(root, { recursive: true });
});
