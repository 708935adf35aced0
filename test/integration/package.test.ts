/**
 * The package works where npm puts it: beside the packages that it needs, built by its own install
 * script, owned by root and used by somebody else.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { projectRoot } from "../compare.ts";

const NEEDED = /^(node-linux-.*|node-api-headers)$/;
const NOBODY = 65534;

const hasNpm = spawnSync("npm", ["--version"]).status === 0;

test("package: packed, unpacked among its neighbours and installed, it runs", {
  skip: hasNpm ? false : "there is no npm to pack with",
}, () => {
  const place = mkdtempSync(join(tmpdir(), "tvisor-package-"));
  try {
    chmodSync(place, 0o755);
    const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", place];
    const archive = execFileSync("npm", pack, { cwd: projectRoot, encoding: "utf8" }).trim();
    const modules = join(place, "node_modules");
    mkdirSync(modules);
    execFileSync("tar", ["xzf", archive], { cwd: place });
    const root = join(modules, "tvisor");
    renameSync(join(place, "package"), root);
    const ours = realpathSync(join(projectRoot, "node_modules"));
    for (const name of readdirSync(ours))
      if (NEEDED.test(name)) symlinkSync(join(ours, name), join(modules, name));

    const { install } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts;
    execFileSync("sh", ["-c", install], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
    const isRoot = process.getuid!() === 0;
    for (const user of isRoot ? [0, NOBODY] : [process.getuid!()]) {
      const { status, stdout, stderr } = spawnSync(
        join(root, "bin/tvisor"),
        ["do", "--timing", "--", "id", "-u"],
        { encoding: "utf8", cwd: "/", ...(isRoot ? { uid: user, gid: user } : {}) },
      );
      assert.deepEqual([status, stdout], [0, `${user}\n`], stderr);
      assert.match(stderr, / {2}program's compiled code loaded$/m);
    }
  } finally {
    rmSync(place, { recursive: true });
  }
});
