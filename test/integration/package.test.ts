/**
 * Packages work where they are put, owned by root and used by somebody else.
 *  - npm's: beside the packages that it needs, installed by its own script; without a compiler by what it
 *    brought, and with one when that is for another machine.
 *  - Debian's and the tarball of tools/package.sh: unpacked anywhere.
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
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { projectRoot } from "../compare.ts";

const NEEDED = /^(node-linux-.*|node-api-headers)$/;
const NOBODY = 65534;
const place = mkdtempSync(join(tmpdir(), "tvisor-package-"));
chmodSync(place, 0o755);
after(() => rmSync(place, { recursive: true }));

const has = (program: string) => spawnSync(program, ["--version"]).status === 0;
const noNpm = has("npm") ? false : "there is no npm to pack with";
const noDebian = has("dpkg-deb") ? false : "there is no dpkg-deb to make a package with";

/** As root, if we are, and as somebody else. */
function runs(program: string): void {
  const isRoot = process.getuid!() === 0;
  for (const user of isRoot ? [0, NOBODY] : [process.getuid!()]) {
    const { status, stdout, stderr } = spawnSync(program, ["do", "--timing", "--", "id", "-u"], {
      encoding: "utf8",
      cwd: "/",
      ...(isRoot ? { uid: user, gid: user } : {}),
    });
    assert.deepEqual([status, stdout], [0, `${user}\n`], stderr);
    assert.match(stderr, / {2}kernel loaded as compiled code$/m);
  }
}

/** What `npm install` does with the archive, below `directory`: without a network, and no more than that. */
function installArchive(directory: string): string {
  const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", directory];
  const archive = execFileSync("npm", pack, { cwd: projectRoot, encoding: "utf8" }).trim();
  const root = join(directory, "node_modules/tvisor");
  mkdirSync(root, { recursive: true });
  execFileSync("tar", ["xzf", join(directory, archive), "-C", root, "--strip-components=1"]);
  const ours = realpathSync(join(projectRoot, "node_modules"));
  for (const name of readdirSync(ours))
    if (NEEDED.test(name)) symlinkSync(join(ours, name), join(directory, "node_modules", name));
  return root;
}

function runInstallScript(root: string, compiler: string): void {
  const { install } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts;
  const env = { ...process.env, CC: compiler };
  execFileSync("sh", ["-c", install], { cwd: root, env, stdio: ["ignore", "ignore", "inherit"] });
}

for (const [title, compiler, machine] of [
  ["brings what needs a compiler", "there-is-no-compiler", null],
  ["is compiled where it brought another machine's", "cc", "another"],
] as const)
  test(`npm's package ${title}`, { skip: noNpm }, () => {
    const root = installArchive(mkdtempSync(join(place, "npm-")));
    chmodSync(join(root, "../.."), 0o755);
    if (machine !== null) writeFileSync(join(root, "native/build/machine"), `${machine}\n`);
    runInstallScript(root, compiler);
    runs(join(root, "bin/tvisor"));
  });

test("Debian's package and the tarball run where they are unpacked", { skip: noDebian }, () => {
  const script = join(projectRoot, "tools/package.sh");
  const made = execFileSync("sh", [script, place], {
    env: { ...process.env, LEVEL: "1" },
    encoding: "utf8",
  })
    .trim()
    .split("\n");
  const [tarball, debian] = made as [string, string];
  execFileSync("tar", ["xzf", tarball, "-C", place]);
  const unpacked = readdirSync(place).find((name) => /^tvisor-\d[\d.]*$/.test(name));
  runs(join(place, unpacked!, "bin/tvisor"));
  const root = join(place, "debian");
  execFileSync("dpkg-deb", ["-x", debian, root]);
  runs(join(root, "usr/bin/tvisor"));
  const listed = execFileSync("dpkg-deb", ["-c", debian], { encoding: "utf8" });
  assert.doesNotMatch(listed, /^(?!.{10} root\/root ).+/m, "all belongs to root");
  const config = join(place, "daemon.json");
  execFileSync(join(root, "usr/bin/tvisor"), ["install", "--docker-config", config]);
  const { path } = JSON.parse(readFileSync(config, "utf8")).runtimes.tvisor;
  assert.equal(realpathSync(path), join(root, "usr/lib/tvisor/bin/tvisor"));
});
