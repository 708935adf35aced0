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
  tvisor("install", "--docker-config", file, "--", "--debug-log=/tmp/log");
  const { runtimes } = JSON.parse(read("daemon.json"));
  assert.match(runtimes.tvisor.path, /bin\/tvisor$/);
  assert.deepEqual(runtimes.tvisor.runtimeArgs, ["--debug-log=/tmp/log"]);
  assert.deepEqual(runtimes.other, { path: "/x" });
  assert.match(
    tvisor("install", "--docker-config", file, "--", "--debug-log=/tmp/log"),
    /right as it is/,
  );
  tvisor("uninstall", "--docker-config", file);
  assert.deepEqual(JSON.parse(read("daemon.json")), before);
  assert.match(tvisor("uninstall", "--docker-config", file), /right as it is/);
});

test("Docker: a file that is not there is made", () => {
  const file = join(place, "new", "daemon.json");
  tvisor("install", "--docker-config", file, "--runtime", "other-name");
  assert.deepEqual(Object.keys(JSON.parse(read("new/daemon.json")).runtimes), ["other-name"]);
});

test("Docker: a file that is not JSON is left alone", () => {
  const file = join(place, "broken.json");
  writeFileSync(file, "{");
  const { status, stderr } = spawnSync(launcher(), ["install", "--docker-config", file], {
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
  tvisor("install", "--containerd-config", file);
  const once = read("config.toml");
  assert.match(once, /runtimes\.tvisor\.options\]\n {2}BinaryName = ".*bin\/tvisor"/);
  tvisor("install", "--containerd-config", file);
  assert.equal(read("config.toml"), once);
  tvisor("uninstall", "--containerd-config", file);
  assert.equal(read("config.toml"), before);
});

test("podman: a file of its own comes and goes", () => {
  const file = join(place, "tvisor.conf");
  tvisor("install", "--podman-config", file);
  assert.match(read("tvisor.conf"), /tvisor = \[".*bin\/tvisor"\]/);
  tvisor("uninstall", "--podman-config", file);
  assert.equal(existsSync(file), false);
});

test("what is in a file otherwise keeps its order, indentation and bytes", () => {
  const json = join(place, "kept.json");
  const toml = join(place, "kept.toml");
  const other = { path: "/x" };
  const config = { runtimes: { other }, "log-level": "warn", dns: ["192.0.2.1"] };
  const texts = [`${JSON.stringify(config, null, "\t")}\n`, JSON.stringify(config)];
  for (const text of texts) {
    writeFileSync(json, text);
    tvisor("install", "--docker-config", json);
    assert.deepEqual(Object.keys(JSON.parse(read("kept.json"))), Object.keys(config));
    assert.notEqual(read("kept.json"), text);
    tvisor("uninstall", "--docker-config", json);
    assert.equal(read("kept.json"), text);
  }
  const before = '# mine\nversion = 3  # new\n\n[grpc]\n  address = "/x"\n\n\n';
  writeFileSync(toml, before);
  tvisor("install", "--containerd-config", toml, "--runtime", "one");
  tvisor("install", "--containerd-config", toml, "--runtime", "two");
  assert.match(read("kept.toml"), /io\.containerd\.cri\.v1\.runtime".*runtimes\.two\]/);
  tvisor("uninstall", "--containerd-config", toml, "--runtime", "one");
  tvisor("uninstall", "--containerd-config", toml, "--runtime", "two");
  assert.equal(read("kept.toml"), before);
});

test("files that install made are gone after uninstall", () => {
  const files = [
    ["--docker-config", join(place, "made.json")],
    ["--containerd-config", join(place, "made.toml")],
    ["--podman-config", join(place, "made.conf")],
  ];
  tvisor("install", ...files.flat());
  assert.deepEqual(
    files.map(([, file]) => existsSync(file!)),
    [true, true, true],
  );
  tvisor("uninstall", ...files.flat());
  assert.deepEqual(
    files.map(([, file]) => existsSync(file!)),
    [false, false, false],
  );
});

test("a dry run says what would be written, and writes nothing", () => {
  const file = join(place, "dry.json");
  assert.match(
    tvisor("install", "--dry-run", "--docker-config", file),
    /would be made\n {2}\| \{\n[\s\S]*bin\/tvisor/,
  );
  assert.equal(existsSync(file), false);
});

/** What is written on standard error by an install that is refused, having changed nothing. */
function refused(...words: string[]): string {
  const { status, stderr } = spawnSync(launcher(), words, { encoding: "utf8" });
  assert.ok(status === 1 || status === 128, stderr);
  return stderr;
}

test("what would harm is refused with what to do instead, for all files at once", () => {
  const toml = join(place, "old.toml");
  const json = join(place, "untouched.json");
  const conf = join(place, "theirs.conf");
  writeFileSync(toml, "[grpc]\n");
  const both = ["--docker-config", json, "--containerd-config", toml];
  assert.match(refused("install", ...both), /old\.toml: .*version 2 or 3; write a new one/);
  assert.equal(existsSync(json), false);
  writeFileSync(
    toml,
    'version = 2\n[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.tvisor]\n',
  );
  assert.match(refused("install", "--containerd-config", toml), /has a runtime tvisor already/);
  tvisor("install", "--docker-config", json);
  writeFileSync(
    json,
    JSON.stringify({ ...JSON.parse(read("untouched.json")), "default-runtime": "tvisor" }),
  );
  assert.match(
    refused("uninstall", "--docker-config", json),
    /default-runtime; take that line out/,
  );
  writeFileSync(conf, "[engine]\n");
  assert.match(refused("uninstall", "--podman-config", conf), /not made by tvisor install/);
  assert.match(refused("install", "--runtime", "a b", "--podman-config", conf), /letters, digits/);
  assert.match(refused("install", "--dokcer", conf), /--help/);
});
