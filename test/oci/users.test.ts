/**
 * Users of containers beside those of parity/users.ts: ID-mapped mounts, against such a mount of the host's under runc;
 * an ordinary user's containers, as `spec --rootless` makes them, against runc's; user namespaces by path.
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { launcher } from "../compare.ts";
import { run } from "../process.ts";
import { type Config, makeBundle, plainConfig, whyNoReference } from "./bundle.ts";

const USER = 1000;
const HOST = 100000;
const LIMIT_MS = 30_000;
const place = mkdtempSync(join(tmpdir(), "tvisor-users-"));
chmodSync(place, 0o755);
const reason = whyNoReference();
const skip = reason === "" ? false : reason;
const noMounts = skip === false ? whyNoMappedMounts() : skip;
const started: string[] = [];

after(() => {
  for (const id of started)
    spawnSync(launcher(), ["--root", join(place, "state"), "delete", "--force", id]);
  rmSync(place, { recursive: true, force: true });
});

interface Outcome {
  readonly status: number;
  readonly output: string;
  readonly stderr: string;
}

let count = 0;

async function inContainer(
  runtime: string,
  config: Config,
  script: string,
  uid = 0,
): Promise<Outcome> {
  const bundle = join(place, `bundle-${++count}`);
  config.process.args = ["sh", "-c", script];
  makeBundle(bundle, config);
  const owner = config.linux.namespaces.some(({ type }: Config) => type === "user")
    ? (config.linux.uidMappings?.[0]?.hostID ?? HOST)
    : 0;
  execFileSync("chown", ["-R", `${owner}:${owner}`, join(bundle, "rootfs")]);
  const become = ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
  const state = join(place, `state-${runtime === "runc" ? "runc" : "tvisor"}-${uid}`);
  mkdirSync(state, { recursive: true });
  chownSync(state, uid, uid);
  const prefix = uid === 0 ? [] : become;
  const command = [...prefix, runtime, "--root", state, "run", "-b", bundle, `users-${count}`];
  const env = { PATH: process.env["PATH"], HOME: place };
  const { status, stdout, stderr } = await run(command, { cwd: bundle, timeoutMs: LIMIT_MS, env });
  rmSync(bundle, { recursive: true, force: true });
  return { status, output: stdout, stderr };
}

function withUsers(config: Config, path?: string): Config {
  config.linux.namespaces.push(path === undefined ? { type: "user" } : { type: "user", path });
  if (path === undefined)
    config.linux.uidMappings = config.linux.gidMappings = [
      { containerID: 0, hostID: HOST, size: 65536 },
    ];
  return config;
}

// --- ID-mapped mounts -----------------------------------------------------------------------------

const MAPS = [{ containerID: 0, hostID: HOST, size: 5000 }];
const owners = "stat -c '%u:%g %a %n' /v /v/* | sort -k3";

/** A directory with files of several owners. */
function source(name: string): string {
  const directory = join(place, name);
  mkdirSync(directory);
  chmodSync(directory, 0o755);
  for (const [file, uid, mode] of [
    ["root", 0, 0o600],
    ["ada", USER, 0o600],
    ["far", 70000, 0o666],
  ] as const) {
    writeFileSync(join(directory, file), "x");
    chownSync(join(directory, file), uid, uid);
    chmodSync(join(directory, file), mode);
  }
  return directory;
}

function whyNoMappedMounts(): string | false {
  execFileSync("cc", ["-o", join(place, "idmap"), join(import.meta.dirname, "idmap.c")]);
  const directory = join(place, "probe");
  mkdirSync(directory);
  const { status, stderr } = spawnSync(
    join(place, "idmap"),
    [directory, directory, `0 ${HOST} 5000`],
    {
      encoding: "utf8",
    },
  );
  if (status !== 0) return `the host maps no ids of mounts here: ${stderr.trim()}`;
  execFileSync("umount", [directory]);
  return false;
}

function mounted(config: Config, from: string, more: object): Config {
  config.mounts.push({ destination: "/v", type: "bind", source: from, options: ["bind"], ...more });
  return config;
}

/** What was left: owners on the host. */
function leftIn(directory: string): string {
  return execFileSync("find", [directory, "-mindepth", "1", "-printf", "%P %U:%G %m\n"], {
    encoding: "utf8",
  })
    .split("\n")
    .sort()
    .join("\n");
}

const WORK = `${owners}; touch /v/new; echo $?; mkdir /v/dir; chown 7:8 /v/dir; echo $?; chown 6000 /v/new; echo $?
  cat /v/ada /v/root; rm /v/far; echo $?; echo y > /v/far; echo $?; chmod 640 /v/ada; echo $?; ln /v/ada /v/link; echo $?
  mv /v/link /v/moved; echo $?; grep -c ',idmapped' /proc/self/mountinfo; ${owners}`;

test("ID-mapped mounts: a bind mount shows and keeps owners as one of the host's under runc", {
  skip: noMounts,
}, async () => {
  for (const [name, more, change] of [
    ["maps of its own", { uidMappings: MAPS, gidMappings: MAPS }, withUsers],
    ["those of the container", { options: ["bind", "idmap"] }, withUsers],
    ["of all below", { options: ["rbind", "ridmap"] }, withUsers],
    ["without a user namespace", { uidMappings: MAPS, gidMappings: MAPS }, (c: Config) => c],
  ] as const) {
    const theirs = source(`theirs-${name}`);
    const seen = join(place, `seen-${name}`);
    mkdirSync(seen);
    const count = "options" in more ? 65536 : 5000;
    execFileSync(join(place, "idmap"), [theirs, seen, `0 ${HOST} ${count}`]);
    const reference = await inContainer("runc", mounted(change(plainConfig([])), seen, {}), WORK);
    execFileSync("umount", [seen]);
    assert.equal(reference.status, 0, reference.stderr);
    const ours = source(`ours-${name}`);
    const config = mounted(change(plainConfig([])), ours, more);
    const outcome = await inContainer(launcher(), config, WORK);
    assert.equal(outcome.output, reference.output, `${name}: ${outcome.stderr}`);
    assert.equal(leftIn(ours), leftIn(theirs), name);
  }
});

test("ID-mapped mounts: a tmpfs takes part, what shows the kernel does not", { skip }, async () => {
  const shown = await inContainer(
    launcher(),
    withUsers(mounted(plainConfig([]), "tmpfs", { type: "tmpfs", options: ["idmap", "mode=755"] })),
    "stat -c %u:%g /v",
  );
  // As Linux refuses the filesystem's own user namespace.
  assert.equal(shown.status, 1);
  assert.match(
    shown.stderr,
    /the mount on \/v cannot be ID-mapped: its files have the container's ids already/,
  );
  const own = await inContainer(
    launcher(),
    mounted(plainConfig([]), "tmpfs", {
      type: "tmpfs",
      options: ["idmap", "mode=755", "uid=5"],
      uidMappings: [{ containerID: 0, hostID: HOST, size: 10 }],
      gidMappings: [{ containerID: 0, hostID: HOST, size: 10 }],
    }),
    "stat -c %u:%g /v",
  );
  assert.equal(own.output, `${HOST + 5}:${HOST}\n`, own.stderr);
  const proc = await inContainer(
    launcher(),
    withUsers(mounted(plainConfig([]), "proc", { type: "proc", options: ["idmap"] })),
    "true",
  );
  assert.match(proc.stderr, /the mount on \/v cannot be ID-mapped: proc does not take part/);
});

test("ID-mapped mounts: what the config must say is told by its path", { skip }, async () => {
  for (const [more, message] of [
    [{ options: ["bind", "idmap"] }, /mounts\[6\]\.options has idmap, which needs uidMappings/],
    [{ uidMappings: MAPS }, /mounts\[6\] must have both uidMappings and gidMappings, or neither/],
    [
      { uidMappings: [{ ...MAPS[0], size: 0 }], gidMappings: MAPS },
      /mounts\[6\]\.uidMappings\[0\]\.size must not be 0/,
    ],
    [
      { uidMappings: [...MAPS, { containerID: 9, hostID: 0, size: 1 }], gidMappings: MAPS },
      /mounts\[6\]\.uidMappings\[1\] gives a containerID again that mounts\[6\]\.uidMappings\[0\] has/,
    ],
  ] as const) {
    const config = mounted(plainConfig([]), "/tmp", more);
    const { status, stderr } = await inContainer(launcher(), config, "true");
    assert.equal(status, 1);
    assert.match(stderr, message);
  }
});

// --- an ordinary user -----------------------------------------------------------------------------

function specOf(runtime: string, uid: number): Config {
  const directory = mkdtempSync(join(place, "spec-"));
  chownSync(directory, uid, uid);
  const become = [`--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
  execFileSync("setpriv", [...become, runtime, "spec", "--rootless"], {
    cwd: directory,
    env: { PATH: process.env["PATH"], HOME: directory },
  });
  return JSON.parse(readFileSync(join(directory, "config.json"), "utf8"));
}

function rootless(runtime = "runc"): Config {
  const config = specOf(runtime, USER);
  config.process.terminal = false;
  config.root.readonly = false;
  return config;
}

/** Why runc runs no container of an ordinary user. */
async function whyNoRootless(): Promise<string> {
  const { status, stderr } = await inContainer("runc", rootless(), "true", USER);
  return status === 0 ? "" : stderr;
}

test("rootless: `spec --rootless` says what runc's says", { skip }, () => {
  const theirs = specOf("runc", USER);
  const ours = specOf(launcher(), USER);
  const kinds = (config: Config) => config.linux.namespaces.map(({ type }: Config) => type).sort();
  assert.deepEqual(ours.mounts, theirs.mounts);
  assert.deepEqual(ours.linux.uidMappings, theirs.linux.uidMappings);
  assert.deepEqual(ours.linux.gidMappings, theirs.linux.gidMappings);
  assert.equal(ours.linux.resources, undefined);
  // As where control groups are of version 2.
  assert.deepEqual(kinds(ours), [...new Set([...kinds(theirs), "cgroup"])].sort());
});

const ROOTLESS = `cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; id; touch /f; mkdir /d
  stat -c '%u:%g %a %n' / /f /d /bin /dev /dev/null /dev/pts /dev/shm /sys /proc /sys/kernel
  chown 1 /f; echo $?; chown 0:0 /f; echo $?; mknod /n c 1 3; echo $?; grep -E '^(Cap|Groups)' /proc/self/status
  hostname other; echo $?; echo allow > /proc/self/setgroups; echo $?; echo x > /dev/null; ls /sys`;

test("rootless: a container of an ordinary user answers as runc's", { skip }, async (t) => {
  const why = await whyNoRootless();
  if (why !== "") return t.skip(`runc runs no containers of an ordinary user here: ${why}`);
  const reference = await inContainer("runc", rootless(), ROOTLESS, USER);
  const ours = await inContainer(launcher(), rootless(), ROOTLESS, USER);
  assert.equal(ours.output, reference.output, ours.stderr);
  assert.equal(ours.status, reference.status);
  const own = await inContainer(
    launcher(),
    rootless(launcher()),
    "id -u; cat /proc/self/uid_map",
    USER,
  );
  assert.match(own.output, /^0\n\s+0\s+1000\s+1\n$/, own.stderr);
});

test("rootless: ids of others are refused, with what to do", { skip }, async () => {
  const many = rootless();
  many.linux.uidMappings.push({ containerID: 1, hostID: HOST, size: 65536 });
  const refused = await inContainer(launcher(), many, "true", USER);
  assert.equal(refused.status, 1);
  assert.match(
    refused.stderr,
    /linux\.uidMappings takes ids that are not this user's: .*run as root/,
  );
  const groups = rootless();
  groups.process.user.additionalGids = [0];
  const denied = await inContainer(launcher(), groups, "true", USER);
  assert.equal(denied.status, 1);
  assert.match(denied.stderr, /process\.user\.additionalGids cannot be set/);
});

// --- user namespaces by path ----------------------------------------------------------------------

/** A process of the host in a user namespace of its own. */
async function stranger(): Promise<ChildProcess> {
  const child = spawn("unshare", ["--user", "sh", "-c", "echo; exec sleep 60"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout!, "data");
  for (const name of ["uid_map", "gid_map"])
    writeFileSync(`/proc/${child.pid}/${name}`, `0 ${HOST} 300\n`);
  return child;
}

test("user namespaces by path: one of the host's gives its maps", { skip }, async () => {
  const child = await stranger();
  try {
    const config = withUsers(plainConfig([]), `/proc/${child.pid}/ns/user`);
    const { output, stderr } = await inContainer(
      launcher(),
      config,
      "cat /proc/self/uid_map; id -u",
    );
    assert.match(output, /^\s+0\s+100000\s+300\n0\n$/, stderr);
  } finally {
    child.kill("SIGKILL");
  }
  const unknown = withUsers(plainConfig([]), "/run/nowhere");
  const { stderr } = await inContainer(launcher(), unknown, "true");
  assert.match(stderr, /the user namespace \/run\/nowhere: .*no such file/i);
});

test("user namespaces by path: a pod's members share theirs", { skip }, async () => {
  const state = join(place, "state");
  const tvisor = (...words: string[]) =>
    spawnSync(launcher(), ["--root", state, ...words], {
      encoding: "utf8",
      timeout: LIMIT_MS,
      stdio: ["ignore", "pipe", "pipe"],
    });
  const create = (id: string, config: Config) => {
    const bundle = join(place, id);
    makeBundle(bundle, config);
    execFileSync("chown", ["-R", `${HOST}:${HOST}`, join(bundle, "rootfs")]);
    started.unshift(id);
    const words = [
      "--root",
      state,
      "create",
      "-b",
      bundle,
      "--pid-file",
      join(place, `${id}.pid`),
      id,
    ];
    const { status } = spawnSync(launcher(), words, { stdio: "ignore", timeout: LIMIT_MS });
    assert.equal(status, 0, `create ${id}`);
  };
  const pod = `pod-${process.pid}`;
  const first = withUsers(plainConfig(["sleep", "100"]));
  first.annotations = { "io.kubernetes.cri.container-type": "sandbox" };
  create(pod, first);
  tvisor("start", pod);
  const pid = readFileSync(join(place, `${pod}.pid`), "utf8");
  for (const [id, path] of [
    ["joins", `/proc/${pid}/ns/user`],
    ["alone", undefined],
  ] as const) {
    const member = withUsers(plainConfig(["sleep", "100"]), path);
    if (path === undefined) member.linux.uidMappings[0] = { containerID: 0, hostID: 0, size: 500 };
    member.annotations = {
      "io.kubernetes.cri.container-type": "container",
      "io.kubernetes.cri.sandbox-id": pod,
    };
    create(id, member);
    tvisor("start", id);
  }
  const asked = (id: string, script: string) => tvisor("exec", id, "sh", "-c", script).stdout;
  const links = "readlink /proc/self/ns/user";
  assert.equal(asked("joins", links), asked(pod, links));
  assert.notEqual(asked("alone", links), asked(pod, links));
  assert.equal(asked("joins", "cat /proc/self/uid_map"), asked(pod, "cat /proc/self/uid_map"));
  assert.match(asked("alone", "cat /proc/self/uid_map"), /^\s+0\s+0\s+500\n$/);
  assert.match(asked("joins", "touch /f; stat -c %u:%g /f"), /^0:0\n$/);
});
