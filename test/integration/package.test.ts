/**
 * Packages work where they are put, owned by root and used by somebody else.
 *  - npm's: beside the packages that it needs, installed by its own script; without a compiler by what it
 *    brought, and with one when that is for another machine.
 *  - Debian's and the tarball of tools/package.sh: unpacked anywhere.
 *  - All three on a bare machine: a root with busybox and the C++ library, and nothing else.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
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
import { dirname, join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { projectRoot } from "../compare.ts";

const NEEDED = /^(node-linux-.*|node-api-headers)$/;
const NOBODY = 65534;
const place = mkdtempSync(join(tmpdir(), "tvisor-package-"));
chmodSync(place, 0o755);
after(() => rmSync(place, { recursive: true }));

const BUSYBOX = "/bin/busybox";
const noBareRoot =
  process.geteuid!() !== 0 || !existsSync(BUSYBOX) ? "needs root, and busybox-static" : false;

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

/** A root with what a machine has at least: a shell, small tools, and what C++ programs are linked with. */
function makeBareRoot(): string {
  const root = mkdtempSync(join(place, "bare-"));
  for (const name of ["bin", "usr/bin", "proc", "sys", "dev", "tmp", "etc", "opt", "root"])
    mkdirSync(join(root, name), { recursive: true });
  chmodSync(root, 0o755);
  copyFileSync(BUSYBOX, join(root, "bin/busybox"));
  for (const name of execFileSync(BUSYBOX, ["--list"], { encoding: "utf8" }).trim().split("\n"))
    if (name !== "busybox") symlinkSync("/bin/busybox", join(root, "bin", name));
  const linked = execFileSync("ldd", [process.execPath], { encoding: "utf8" });
  for (const [, library] of linked.matchAll(/(\/\S+)\s+\(0x/g)) {
    mkdirSync(join(root, dirname(library!)), { recursive: true });
    copyFileSync(realpathSync(library!), join(root, library!));
  }
  return root;
}

/** A command on that machine, with its own mounts: they go with it. */
function onBareRoot(root: string, script: string): string {
  const inside =
    'mount --bind "$0" "$0" && mount --rbind /proc "$0/proc" && mount --rbind /dev "$0/dev" && ' +
    'mkdir -p "$0/old" && cd "$0" && pivot_root . old && ' +
    'exec chroot . /bin/sh -ec "umount -l /old; cd /; $1"';
  const words = ["--mount", "sh", "-c", inside, root, script];
  const { status, stdout, stderr } = spawnSync("unshare", words, {
    encoding: "utf8",
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root" },
    timeout: 120_000,
  });
  assert.equal(status, 0, `${stdout}${stderr}`);
  return stdout;
}

/** It has no compiler, runs a program, and tells engines of itself. */
function worksBare(root: string, program: string): void {
  const script = `! command -v cc gcc node npm dpkg
${program} do -- true
${program} do -- sh -c 'echo from inside; exit 0'
${program} install --docker-config /etc/daemon.json >/dev/null
${program} install --docker-config /etc/daemon.json | grep -q "right as it is"
${program} uninstall --docker-config /etc/daemon.json >/dev/null
test ! -e /etc/daemon.json
rm -rf /tmp/box; mkdir -p /tmp/box/rootfs/bin && cp /bin/busybox /tmp/box/rootfs/bin/echo
${program} spec --bundle /tmp/box -- /bin/echo from a container
${program} run --bundle /tmp/box bare </dev/null`;
  assert.equal(onBareRoot(root, script), "from inside\nfrom a container\n");
}

test("npm's package installs on a bare machine", { skip: noNpm || noBareRoot }, () => {
  const root = makeBareRoot();
  const from = installArchive(mkdtempSync(join(place, "npm-")));
  // What it needs are links to ours.
  execFileSync("cp", ["-RL", dirname(from), join(root, "opt/node_modules")]);
  const { install } = JSON.parse(readFileSync(join(from, "package.json"), "utf8")).scripts;
  onBareRoot(root, `cd /opt/node_modules/tvisor; ${install}`);
  worksBare(root, "/opt/node_modules/tvisor/bin/tvisor");
});

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
  if (noBareRoot === false) {
    const bare = makeBareRoot();
    execFileSync("dpkg-deb", ["-x", debian, bare]);
    copyFileSync(tarball, join(bare, "opt/tvisor.tar.gz"));
    onBareRoot(bare, `cd /opt; tar xzf tvisor.tar.gz; mv ${unpacked} unpacked`);
    worksBare(bare, "/usr/bin/tvisor");
    worksBare(bare, "/opt/unpacked/bin/tvisor");
  }
  const config = join(place, "daemon.json");
  execFileSync(join(root, "usr/bin/tvisor"), ["install", "--docker-config", config]);
  const { path } = JSON.parse(readFileSync(config, "utf8")).runtimes.tvisor;
  assert.equal(realpathSync(path), join(root, "usr/lib/tvisor/bin/tvisor"));
});
