/**
 * containerd runs images on tvisor as on runc: a daemon of the test's own and `ctr`; each row is done with
 * both runtimes, and what it says is the same.
 *  - The image is an OCI archive made here. Its snapshots are copies ("native"): no overlay is needed.
 *  - Pods are said by annotations here; cri.test.ts has them by the CRI.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launcher } from "../compare.ts";
import { makeRoot, whyNoReference } from "./bundle.ts";
import { groupsNamed, removeGroup } from "./cgroups.ts";
import { CONTAINERD, endDaemon, startContainerd, unmountBelow } from "./daemon.ts";
import { layerOf, makeImage } from "./image.ts";

const IMAGE = "localhost/box:latest";
/** Its containers' control groups have this name too. */
const NAMESPACE = `tvisor-test-${process.pid}`;
const COMMAND_MS = 60_000;
const place = mkdtempSync(join(tmpdir(), "tvisor-containerd-"));
const address = join(place, "containerd.sock");
const shared = join(place, "shared");
const skip = whyNot();
let daemon: ChildProcess | null = null;

function whyNot(): string | false {
  if (process.geteuid!() !== 0) return "containerd needs root";
  if (!existsSync(CONTAINERD)) return "containerd is not installed";
  return whyNoReference() || false;
}

interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

function ctr(words: string[], input = ""): Outcome {
  const { status, stdout, stderr } = spawnSync(
    "/usr/bin/ctr",
    ["-a", address, "-n", NAMESPACE, ...words],
    {
      input,
      encoding: "utf8",
      timeout: COMMAND_MS,
    },
  );
  return { code: status, out: stdout, err: stderr };
}

function ok(...words: string[]): string {
  const { code, out, err } = ctr(words);
  assert.equal(code, 0, `ctr ${words.join(" ")}: ${err}`);
  return out;
}

/** The words of a run on a runtime. */
const run = (runtime: string, ...words: string[]) => [
  "run",
  "--snapshotter",
  "native",
  "--runtime",
  "io.containerd.runc.v2",
  "--runc-binary",
  runtime,
  ...words,
];

function until(what: string, holds: () => boolean): void {
  for (let turn = 0; turn < 150; turn++) {
    if (holds()) return;
    spawnSync("sleep", ["0.1"]);
  }
  assert.fail(`${what} did not come`);
}

before(() => {
  if (skip !== false) return;
  makeRoot(join(place, "root"));
  mkdirSync(shared);
  writeFileSync(join(shared, "in"), "given\n");
  const layer = layerOf(join(place, "root"));
  daemon = startContainerd(place, address);
  until("containerd", () => ctr(["version"]).code === 0);
  ok(
    "images",
    "import",
    "--snapshotter",
    "native",
    makeImage(join(place, "image"), IMAGE, layer, { Env: ["PATH=/bin"] }),
  );
});

after(async () => {
  if (daemon !== null) await endDaemon(daemon);
  unmountBelow(place);
  rmSync(place, { recursive: true, force: true });
  for (const group of groupsNamed(NAMESPACE)) removeGroup(group);
});

type Row = (runtime: string) => unknown;

/** One container that runs a script and goes. */
function once(options: string[], script: string): Row {
  return (runtime) => {
    const { code, out } = ctr(run(runtime, "--rm", ...options, IMAGE, "one", "sh", "-c", script));
    return { code, out };
  };
}

function compare(rows: Readonly<Record<string, Row>>): void {
  for (const [title, row] of Object.entries(rows))
    test(`containerd: ${title}`, { skip }, () => {
      assert.deepEqual(row(launcher()), row("/usr/sbin/runc"));
    });
}

test("containerd: the kernel is tvisor's", { skip }, () => {
  assert.match(ok(...run(launcher(), "--rm", IMAGE, "one", "uname", "-r")), /tvisor/);
});

compare({
  "output and exit status": once([], "echo hi; exit 4"),
  "what there is not": (runtime) => {
    const { code, err } = ctr(run(runtime, "--rm", IMAGE, "one", "nosuch"));
    return [code, /unable to start container process.*/.exec(err)?.[0]];
  },
  "environment and directory": once(["--env", "A=b", "--cwd", "/tmp"], "echo $A; pwd"),
  "a mount to read only": once(
    ["--mount", `type=bind,src=${shared},dst=/v,options=rbind:ro`],
    "cat /v/in; touch /v/x; echo $?",
  ),
  "a root to read only": once(["--read-only"], "touch /x; echo $?"),
  capabilities: once(
    ["--cap-drop", "CAP_CHOWN", "--cap-add", "CAP_SYS_ADMIN"],
    "grep Cap /proc/self/status",
  ),
  privileged: once(["--privileged"], "grep CapEff /proc/self/status"),
  "a seccomp profile": once(["--seccomp"], "grep Seccomp: /proc/self/status"),
  limits: once(["--memory-limit", "67108864", "--cpus", "0.5"], "echo fits"),
  "a device": once(["--device", "/dev/null"], "stat -c '%A %t %T' /dev/null; echo > /dev/null"),
  "the host's network": once(["--net-host"], "hostname"),
  "a terminal": (runtime) => {
    const words = ["/usr/bin/ctr", "-a", address, "-n", NAMESPACE];
    words.push(...run(runtime, "--rm", "-t", IMAGE, "one", "sh", "-c", "tty; sleep 0.3; exit 3"));
    const line = words.map((word) => `'${word}'`).join(" ");
    const { status, stdout } = spawnSync("script", ["-qec", line, "/dev/null"], {
      encoding: "utf8",
      timeout: COMMAND_MS,
    });
    return [status, /\/dev\/\S+/.exec(stdout)?.[0]];
  },
});

const stateOf = (name: string) =>
  new RegExp(`^${name} +\\d+ +(\\S+)`, "m").exec(ok("tasks", "ls"))?.[1];
const exec = (name: string, ...command: string[]) => [
  "tasks",
  "exec",
  "--exec-id",
  "e",
  name,
  ...command,
];

function gone(name: string): string {
  until(`the end of ${name}`, () => stateOf(name) === "STOPPED");
  ctr(["tasks", "rm", name]); // its status is the task's own
  ok("containers", "rm", name);
  return ok("tasks", "ls") + ok("containers", "ls");
}

compare({
  "a task: exec, processes, numbers, pause, signals, its end": (runtime) => {
    const script = "trap 'exit 7' TERM; while true; do sleep 0.1; done";
    ok(...run(runtime, "-d", IMAGE, "task", "sh", "-c", script));
    const said = [
      stateOf("task"),
      ctr(exec("task", "sh", "-c", "echo in; exit 5")),
      ctr(exec("task", "cat"), "typed").out,
      ok(
        "tasks",
        "exec",
        "--user",
        "1000",
        "--cwd",
        "/tmp",
        "--exec-id",
        "e",
        "task",
        "sh",
        "-c",
        "id; pwd",
      ),
      /^memory\.usage_in_bytes +[1-9]/m.test(ok("tasks", "metrics", "task")),
      ok("tasks", "ps", "task").split("\n").length > 2,
    ];
    ok("tasks", "pause", "task");
    said.push(stateOf("task"));
    ok("tasks", "resume", "task");
    said.push(stateOf("task"));
    ok("tasks", "kill", "task");
    until("its end", () => stateOf("task") === "STOPPED");
    return [
      ...said,
      ctr(["tasks", "rm", "task"]).err.replace(/^time=\S+ /, ""),
      ok("containers", "rm", "task"),
    ];
  },
  "a pod: members share the network, come and go": (runtime) => {
    const pod = ["--annotation", "io.kubernetes.cri.container-type=sandbox"];
    ok(...run(runtime, "-d", ...pod, IMAGE, "pod", "sleep", "1000"));
    const pid = /^pod +(\d+)/m.exec(ok("tasks", "ls"))![1];
    const member = [
      ["--annotation", "io.kubernetes.cri.container-type=container"],
      ["--annotation", "io.kubernetes.cri.sandbox-id=pod"],
      ["--with-ns", `network:/proc/${pid}/ns/net`],
      ["--with-ns", `ipc:/proc/${pid}/ns/ipc`],
      ["--with-ns", `uts:/proc/${pid}/ns/uts`],
    ].flat();
    const server = "while true; do echo hello | nc -l -p 80; done";
    ok(...run(runtime, "-d", ...member, IMAGE, "one", "sh", "-c", server));
    const asks = run(runtime, "--rm", ...member, IMAGE, "two", "nc", "-w", "2", "127.0.0.1", "80");
    until("an answer", () => ctr(asks).out === "hello\n");
    const seen = ok(...exec("one", "ps", "-o", "args")).includes("sleep 1000");
    ok("tasks", "kill", "-s", "KILL", "one");
    const first = gone("one");
    const again = ok(...run(runtime, "--rm", ...member, IMAGE, "one", "echo", "again"));
    ok("tasks", "kill", "-s", "KILL", "pod");
    return [seen, first.includes("one"), again, gone("pod")];
  },
});
