/**
 * Pods: containers that join the sandbox of another, as Kubernetes' annotations say. One kernel, one
 * network, shared names and IPC; roots and processes of their own, or a pid namespace that they share.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as nap } from "node:timers/promises";
import { launcher } from "../compare.ts";
import { type Config, makeBundle, plainConfig } from "./bundle.ts";
import { noContainers } from "./commands.ts";

const place = mkdtempSync(join(tmpdir(), "tvisor-pod-"));
const state = join(place, "state");
const pod = `pod-${process.pid}`;
const skip = noContainers;

interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

function tvisor(...words: string[]): Outcome {
  const result = spawnSync(launcher(), ["--root", state, ...words], {
    encoding: "utf8",
    timeout: 20_000,
  });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

/** Not by tvisor(): a container keeps the pipes that it is given. */
async function quietly(...words: string[]): Promise<void> {
  const child = spawn(launcher(), ["--root", state, ...words], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = await once(child, "exit");
  assert.equal(code, 0, words.join(" "));
}

const pidFile = (id: string) => join(place, `${id}.pid`);
const pidOf = (id: string) => Number(readFileSync(pidFile(id), "utf8"));

async function create(id: string, args: string[], change: (config: Config) => void): Promise<void> {
  const config = plainConfig(args);
  change(config);
  makeBundle(join(place, id), config);
  await quietly("create", "--bundle", join(place, id), "--pid-file", pidFile(id), id);
}

/** A container of the pod; its names, IPC and network are the first one's. */
function member(config: Config): void {
  config.annotations = {
    "io.kubernetes.cri.container-type": "container",
    "io.kubernetes.cri.sandbox-id": pod,
  };
  delete config.hostname;
  for (const namespace of config.linux.namespaces)
    if (["network", "ipc", "uts"].includes(namespace.type))
      namespace.path = `/proc/${pidOf(pod)}/ns/${namespace.type === "network" ? "net" : namespace.type}`;
}

const sleeper = ["sleep", "1000"];

before(async () => {
  if (skip !== false) return;
  await create(pod, sleeper, (config) => {
    config.hostname = "the-pod";
    config.annotations = { "io.kubernetes.cri.container-type": "sandbox" };
  });
  await quietly("start", pod);
});

after(() => {
  for (const id of existsSync(state) ? readdirSync(state) : []) tvisor("delete", "--force", id);
  rmSync(place, { recursive: true, force: true });
});

test("members share the kernel, the name and the network, and have their own roots", {
  skip,
}, async () => {
  await create(
    "one",
    ["sh", "-c", "echo mine > /only-one; while true; do echo hello | nc -l -p 80; done"],
    member,
  );
  await create("two", sleeper, member);
  await quietly("start", "one");
  await quietly("start", "two");
  const boot = "/proc/sys/kernel/random/boot_id";
  assert.equal(tvisor("exec", "one", "cat", boot).out, tvisor("exec", pod, "cat", boot).out);
  assert.equal(tvisor("exec", "two", "hostname").out, "the-pod\n");
  assert.equal(tvisor("exec", "two", "nc", "127.0.0.1", "80").out, "hello\n");
  assert.equal(tvisor("exec", "one", "cat", "/only-one").out, "mine\n");
  assert.notEqual(tvisor("exec", "two", "cat", "/only-one").code, 0);
  assert.equal(readFileSync(join(place, "one/rootfs/only-one"), "utf8"), "mine\n");
});

test("whoever enters the mount namespace of the sandbox finds nothing of this machine's", {
  skip,
}, () => {
  assert.deepEqual(readdirSync(`/proc/${pidOf(pod)}/root`), ["proc"]);
});

test("each has its own processes, and its own first one", { skip }, () => {
  assert.equal(tvisor("exec", "two", "sh", "-c", "echo $PPID; cat /proc/1/comm").out, "0\nsleep\n");
  assert.doesNotMatch(tvisor("exec", "two", "ps").out, /nc -l/);
  assert.match(tvisor("ps", "one").out, /nc -l/);
  assert.doesNotMatch(tvisor("ps", "one").out, /sleep 1000/);
});

test("a member may share another's processes", { skip }, async () => {
  await create("third", sleeper, (config) => {
    member(config);
    const pid = config.linux.namespaces.find(({ type }: { type: string }) => type === "pid");
    pid.path = `/proc/${pidOf("one")}/ns/pid`;
  });
  await quietly("start", "third");
  assert.match(tvisor("exec", "third", "ps").out, /nc -l/);
  await quietly("kill", "third", "KILL");
  await nap(200);
  await quietly("delete", "third");
});

test("one ends and starts again; the others do not notice", { skip }, async () => {
  await create("short", ["sh", "-c", "exit 6"], member);
  await quietly("start", "short");
  await nap(300);
  assert.match(tvisor("state", "short").out, /"stopped"/);
  await quietly("delete", "short");
  rmSync(join(place, "short"), { recursive: true });
  await create("short", ["sh", "-c", "sleep 1000"], member);
  await quietly("start", "short");
  assert.match(tvisor("state", "short").out, /"running"/);
  await quietly("kill", "short", "KILL");
  await nap(200);
  assert.match(tvisor("state", "short").out, /"stopped"/);
  assert.match(tvisor("state", "two").out, /"running"/);
  await quietly("delete", "short");
});

test("what stands for a member on the host ends with its exit status", { skip }, async () => {
  makeBundle(
    join(place, "status"),
    (() => {
      const config = plainConfig(["sh", "-c", "sleep 0.3; exit 6"]);
      member(config);
      return config;
    })(),
  );
  assert.equal(tvisor("run", "--bundle", join(place, "status"), "status").code, 6);
});

test("whoever stands for a member is killed: so is the member", { skip }, async () => {
  process.kill(pidOf("two"), "SIGKILL");
  await nap(300);
  assert.match(tvisor("state", "two").out, /"stopped"/);
  await quietly("delete", "two");
});

/** The host's number of the process of a container whose command line has this. */
async function hostPidOf(id: string, words: string): Promise<number> {
  for (let turn = 0; turn < 50; turn++) {
    const at = tvisor("ps", id)
      .out.split("\n")
      .slice(1)
      .findIndex((line) => line.includes(words));
    if (at >= 0) return JSON.parse(tvisor("ps", "--format", "json", id).out)[at];
    await nap(100);
  }
  assert.fail(`${id} has no process ${words}`);
}

test("members are in control groups of their own, and end when the host kills them there", {
  skip,
}, async () => {
  // xargs starts its programs by vfork(2): they are in spaces that are no copies, the second in a spare one.
  const script = "echo 0 | xargs sleep; sleep 0.5; echo 1000 | xargs sleep; exit 7";
  await create("victim", ["sh", "-c", script], member);
  await quietly("start", "victim");
  const hostPid = await hostPidOf("victim", "sleep 1000");
  const hostPids: number[] = JSON.parse(tvisor("ps", "--format", "json", "victim").out);
  assert.equal(hostPids.length, 3);
  const groupOf = (pid: number) => readFileSync(`/proc/${pid}/cgroup`, "utf8");
  for (const pid of [...hostPids, pidOf("victim")]) assert.match(groupOf(pid), /\/victim$/m);
  assert.doesNotMatch(groupOf(pidOf(pod)), /victim/);
  process.kill(hostPid, "SIGKILL");
  await nap(500);
  assert.match(tvisor("state", "victim").out, /"stopped"/);
  assert.match(tvisor("state", pod).out, /"running"/);
  await quietly("delete", "victim");
});

test("what a member has left in processes that it shares ends with it", { skip }, async () => {
  await create("leaves", ["sh", "-c", "sleep 2000 & setsid sleep 2000 & sleep 0.2"], (config) => {
    member(config);
    const pid = config.linux.namespaces.find(({ type }: { type: string }) => type === "pid");
    pid.path = `/proc/${pidOf("one")}/ns/pid`;
  });
  await quietly("start", "leaves");
  await nap(600);
  assert.match(tvisor("state", "leaves").out, /"stopped"/);
  assert.doesNotMatch(tvisor("exec", "one", "ps", "-o", "args").out, /sleep 2000/);
  assert.match(tvisor("state", "one").out, /"running"/);
  await quietly("kill", "--all", "leaves", "KILL");
  await quietly("delete", "leaves");
});

test("a pod that is not there cannot be joined", { skip }, () => {
  makeBundle(
    join(place, "lost"),
    (() => {
      const config = plainConfig(sleeper);
      config.annotations = {
        "io.kubernetes.cri.container-type": "container",
        "io.kubernetes.cri.sandbox-id": "nosuchpod",
      };
      return config;
    })(),
  );
  const { code, err } = tvisor("create", "--bundle", join(place, "lost"), "lost");
  assert.equal(code, 1);
  assert.match(err, /nosuchpod, which the container is to join, does not run/);
  assert.equal(tvisor("state", "lost").code, 1);
});

test("a member's log is its sandbox's; what the walls were not built for is refused", {
  skip,
}, async () => {
  await create("told", sleeper, member);
  const { code, out } = tvisor("logs", "told");
  assert.equal(code, 0);
  assert.match(out, new RegExp(`sandbox info container ${pod} is made`));
  tvisor("delete", "--force", "told");
  const refused = tvisor("--host-uds", "open", "create", "--bundle", join(place, "told"), "told");
  assert.equal(refused.code, 1);
  assert.match(refused.err, /the sandbox of the pod was started without --host-uds open/);
  assert.equal(tvisor("state", pod).code, 0);
});

test("the pod ends with its sandbox, members too", { skip }, async () => {
  await quietly("kill", pod, "KILL");
  await nap(500);
  assert.match(tvisor("state", "one").out, /"stopped"/);
  await quietly("delete", "one");
  await quietly("delete", pod);
  assert.deepEqual(readdirSync(state), []);
});
