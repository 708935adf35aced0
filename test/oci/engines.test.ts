/**
 * containerd (by ctr) and podman run containers on tvisor, each with directories of the test's own.
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launcher } from "../compare.ts";
import { makeRoot } from "./bundle.ts";
import { CONTAINERD, endDaemon, startContainerd, unmountBelow, until } from "./daemon.ts";

const COMMAND_MS = 60_000;
const UP_MS = 20_000;
const place = mkdtempSync(join(tmpdir(), "tvisor-engines-"));
const root = join(place, "root");
const noRoot = process.geteuid!() !== 0 || !existsSync("/bin/busybox");
const need = (program: string) =>
  noRoot
    ? "needs root, and busybox-static"
    : existsSync(program)
      ? false
      : `${program} is not installed`;
const noContainerd = need(CONTAINERD);
const noPodman = need("/usr/bin/podman");
let daemon: ChildProcess | null = null;

interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

function call(command: string, words: string[], input = ""): Outcome {
  const env = { ...process.env, CONTAINERS_STORAGE_CONF: join(place, "storage.conf") };
  const options = { input, encoding: "utf8", timeout: COMMAND_MS, env } as const;
  const { status, stdout, stderr } = spawnSync(command, words, options);
  return { code: status, out: stdout, err: stderr };
}

before(() => {
  if (!noRoot) makeRoot(root);
});

after(async () => {
  if (daemon !== null) await endDaemon(daemon);
  unmountBelow(place);
  rmSync(place, { recursive: true, force: true });
});

// --- containerd ---------------------------------------------------------------------------------

const address = join(place, "containerd.sock");
const ctr = (...words: string[]) => call("/usr/bin/ctr", ["-a", address, ...words]);
const run = (words: string[], name: string, ...command: string[]) =>
  ctr(
    "run",
    ...[...words, "--env", "PATH=/bin", "--runc-binary", launcher()],
    ...["--rootfs", root, name, ...command],
  );

test("containerd: run, exec, pause, kill, delete", { skip: noContainerd }, async () => {
  daemon = startContainerd(place, address);
  await until("containerd", () => ctr("version").code === 0, UP_MS);
  const once = run(["--rm"], "once", "sh", "-c", "uname -r; exit 4");
  assert.match(once.out, /tvisor/, once.err);
  assert.equal(once.code, 4);
  assert.equal(run(["-d"], "stays", "sleep", "1000").code, 0);
  assert.match(ctr("tasks", "ls").out, /stays +\d+ +RUNNING/);
  assert.equal(ctr("tasks", "exec", "--exec-id", "e1", "stays", "echo", "inside").out, "inside\n");
  assert.equal(ctr("tasks", "exec", "--exec-id", "e2", "stays", "sh", "-c", "exit 9").code, 9);
  assert.match(ctr("tasks", "metrics", "stays").out, /memory/);
  assert.equal(ctr("tasks", "pause", "stays").code, 0);
  assert.match(ctr("tasks", "ls").out, /PAUSED/);
  assert.equal(ctr("tasks", "resume", "stays").code, 0);
  assert.equal(ctr("tasks", "kill", "-s", "KILL", "stays").code, 0);
  await until("the end of the task", () => /STOPPED/.test(ctr("tasks", "ls").out), UP_MS);
  ctr("tasks", "rm", "stays");
  assert.equal(ctr("containers", "rm", "stays").code, 0);
  assert.equal(run(["--rm", "--net-host"], "net", "true").code, 0);
  assert.equal(run(["--rm", "--memory-limit", "268435456"], "limited", "true").code, 0);
});

// --- podman -------------------------------------------------------------------------------------

const podman = (words: string[], input = "") =>
  call(
    "/usr/bin/podman",
    [
      "--cgroup-manager=cgroupfs",
      "--events-backend=file",
      "--runtime",
      launcher(),
      "--tmpdir",
      join(place, "podman-tmp"),
      ...words,
    ],
    input,
  );

function ok(...words: string[]): string {
  const { code, out, err } = podman(words);
  assert.equal(code, 0, `podman ${words.join(" ")}: ${err}`);
  return out;
}

test("podman: run, exec, logs, cp, stop, a pod", { skip: noPodman }, async () => {
  writeFileSync(
    join(place, "storage.conf"),
    `[storage]\ndriver = "vfs"\ngraphroot = "${place}/graph"\nrunroot = "${place}/run"\n`,
  );
  execFileSync("tar", ["-C", root, "-cf", join(place, "root.tar"), "."]);
  ok("import", join(place, "root.tar"), "box");
  const none = ["--network", "none"];
  assert.equal(ok("run", "--rm", ...none, "box", "echo", "hi"), "hi\n");
  assert.equal(podman(["run", "--rm", ...none, "box", "sh", "-c", "exit 3"]).code, 3);
  assert.equal(podman(["run", "--rm", ...none, "box", "nosuchprogram"]).code, 127);
  assert.equal(podman(["run", "--rm", "-i", ...none, "box", "cat"], "typed").out, "typed");
  const script = "trap 'exit 7' TERM; while true; do echo tick; sleep 0.1; done";
  ok("run", "-d", "--name", "server", ...none, "box", "sh", "-c", script);
  await until("a line of the log", () => ok("logs", "server").includes("tick"), UP_MS);
  assert.equal(ok("exec", "server", "echo", "in"), "in\n");
  assert.equal(podman(["exec", "server", "sh", "-c", "exit 5"]).code, 5);
  // podman looks in the mount namespace of the process that stands for the container: nothing is there.
  assert.match(podman(["cp", "server:/etc/passwd", join(place, "no")]).err, /could not be found/);
  ok("pause", "server");
  ok("unpause", "server");
  ok("stop", "-t", "5", "server");
  assert.equal(ok("inspect", "-f", "{{.State.ExitCode}}", "server"), "7\n");
  ok("cp", "server:/etc/passwd", join(place, "passwd"));
  assert.match(readFileSync(join(place, "passwd"), "utf8"), /ada/);
  ok("rm", "server");
  ok(
    "pod",
    "create",
    "--name",
    "pod",
    ...none,
    "--infra-image",
    "box",
    "--infra-command",
    "sleep 1000",
  );
  ok("run", "-d", "--pod", "pod", "--name", "member", "box", "sleep", "1000");
  assert.match(ok("exec", "member", "ps"), /sleep 1000/);
  ok("pod", "rm", "-f", "pod");
  assert.equal(ok("ps", "-aq"), "");
});
