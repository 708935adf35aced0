/** The launcher finds its own folder however it is called, and says what to do when Node is missing. */
import assert from "node:assert/strict";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { projectRoot } from "./compare.ts";
import { type RunResult, run } from "./process.ts";

describe("launcher", () => {
  const place = mkdtempSync(join(tmpdir(), "tvisor-launcher-"));
  after(() => rmSync(place, { recursive: true }));

  // A copy of the launcher beside a program that only tells how it was called.
  mkdirSync(join(place, "app/bin"), { recursive: true });
  mkdirSync(join(place, "app/src/cli"), { recursive: true });
  mkdirSync(join(place, "links"));
  copyFileSync(join(projectRoot, "bin/tvisor"), join(place, "app/bin/tvisor"));
  writeFileSync(join(place, "app/package.json"), '{ "type": "module" }');
  writeFileSync(
    join(place, "app/src/cli/main.ts"),
    "const told: string = JSON.stringify([process.version, ...process.argv.slice(2)]);\nconsole.log(told);\n",
  );
  symlinkSync(join(place, "app/bin/tvisor"), join(place, "links/absolute"));
  symlinkSync("../app/bin/tvisor", join(place, "links/relative"));
  symlinkSync("relative", join(place, "links/chain"));
  symlinkSync("app", join(place, "folder"));

  const call = (command: string[], path = process.env["PATH"]!): Promise<RunResult> =>
    run(command, { cwd: place, timeoutMs: 10_000, env: { PATH: path } });

  test("without the pinned Node it says what to do and exits 128", async () => {
    const { status, stdout, stderr } = await call(["app/bin/tvisor", "do"]);
    assert.equal(status, 128);
    assert.equal(stdout, "");
    assert.match(stderr, /^tvisor: .*npm install.*\n$/);
  });

  test("it passes its arguments on, called by path, by link and by name", async () => {
    symlinkSync(join(projectRoot, "node_modules"), join(place, "app/node_modules"));
    const expected = `${JSON.stringify([process.version, "do", "--", "a b", ""])}\n`;
    for (const self of [
      "app/bin/tvisor",
      "./links/absolute",
      "links/relative",
      "links/chain",
      "folder/bin/tvisor",
    ]) {
      const { stdout, stderr } = await call([self, "do", "--", "a b", ""]);
      assert.equal(stdout, expected, self);
      assert.equal(stderr, "", self);
    }
    const path = `${join(place, "links")}:${process.env["PATH"]}`;
    assert.equal((await call(["sh", "-c", 'chain do -- "a b" ""'], path)).stdout, expected);
  });

  test("installed as a package it runs the bundled file on the Node beside it", async () => {
    mkdirSync(join(place, "node_modules/tvisor/bin"), { recursive: true });
    mkdirSync(join(place, "node_modules/tvisor/dist/cli"), { recursive: true });
    for (const name of readdirSync(join(projectRoot, "node_modules"))) {
      if (!name.startsWith("node-linux-")) continue;
      symlinkSync(join(projectRoot, "node_modules", name), join(place, "node_modules", name));
    }
    copyFileSync(join(projectRoot, "bin/tvisor"), join(place, "node_modules/tvisor/bin/tvisor"));
    writeFileSync(join(place, "node_modules/tvisor/dist/cli/main.cjs"), 'console.log("bundle");');
    writeFileSync(join(place, "node_modules/tvisor/package.json"), '{"type":"module"}');
    symlinkSync("node_modules/tvisor/bin/tvisor", join(place, "command"));
    for (const self of ["node_modules/tvisor/bin/tvisor", "./command"]) {
      const { stdout, stderr } = await call([self]);
      assert.equal(stdout, "bundle\n", stderr);
    }
  });
});
