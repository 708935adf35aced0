/** install and uninstall: configuration of engines is changed once, and as it was again afterwards. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { launcher } from "../compare.ts";

const place = mkdtempSync(join(tmpdir(), "tvisor-install-"));
after(() => rmSync(place, { recursive: true, force: true }));

function tvisor(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(launcher(), words, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

const read = (name: string) => readFileSync(join(place, name), "utf8");

test("Docker: an entry comes, once, and goes; what was there stays", () => {
  const file = join(place, "daemon.json");
  writeFileSync(file, JSON.stringify({ "log-level": "warn", runtimes: { other: { path: "/x" } } }));
  const before = JSON.parse(read("daemon.json"));
  tvisor("install", "--docker", file, "--", "--debug-log=/tmp/log");
  const { runtimes } = JSON.parse(read("daemon.json"));
  assert.match(runtimes.tvisor.path, /bin\/tvisor$/);
  assert.deepEqual(runtimes.tvisor.runtimeArgs, ["--debug-log=/tmp/log"]);
  assert.deepEqual(runtimes.other, { path: "/x" });
  assert.match(tvisor("install", "--docker", file, "--", "--debug-log=/tmp/log"), /right as it is/);
  tvisor("uninstall", "--docker", file);
  assert.deepEqual(JSON.parse(read("daemon.json")), before);
  assert.match(tvisor("uninstall", "--docker", file), /right as it is/);
});

test("Docker: a file that is not there is made", () => {
  const file = join(place, "new", "daemon.json");
  tvisor("install", "--docker", file, "--runtime", "other-name");
  assert.deepEqual(Object.keys(JSON.parse(read("new/daemon.json")).runtimes), ["other-name"]);
});

test("Docker: a file that is not JSON is left alone", () => {
  const file = join(place, "broken.json");
  writeFileSync(file, "{");
  const { status, stderr } = spawnSync(launcher(), ["install", "--docker", file], {
    encoding: "utf8",
  });
  assert.equal(status, 1);
  assert.match(stderr, /not JSON/);
  assert.equal(read("broken.json"), "{");
});

test("containerd: a marked part comes, once, and goes", () => {
  const file = join(place, "config.toml");
  const before = 'version = 2\n[grpc]\n  address = "/x"\n';
  writeFileSync(file, before);
  tvisor("install", "--containerd", file);
  const once = read("config.toml");
  assert.match(once, /runtimes\.tvisor\.options\]\n {2}BinaryName = ".*bin\/tvisor"/);
  tvisor("install", "--containerd", file);
  assert.equal(read("config.toml"), once);
  tvisor("uninstall", "--containerd", file);
  assert.equal(read("config.toml"), before);
});

test("podman: a file of its own comes and goes", () => {
  const file = join(place, "tvisor.conf");
  tvisor("install", "--podman", file);
  assert.match(read("tvisor.conf"), /"tvisor" = \[".*bin\/tvisor"\]/);
  tvisor("uninstall", "--podman", file);
  assert.equal(existsSync(file), false);
});
