/**
 * Docker runs containers on tvisor: a daemon of the test's own, with tvisor as its default runtime and an
 * image of the test's own root.
 *  - It has no default bridge; a network that the test makes stands for it.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as nap } from "node:timers/promises";
import { launcher } from "../compare.ts";
import { until } from "./daemon.ts";
import { Dockerd, whyNoDocker } from "./dockerd.ts";

const UP_MS = 30_000;
const COMMAND_MS = 60_000;
const LONGEST_MS = 800;
const KILLS = Number(process.env["TVISOR_KILLS"] ?? 10);
const MANY = Number(process.env["TVISOR_MANY"] ?? 12);
const place = mkdtempSync(join(tmpdir(), "tvisor-docker-"));
const skip = whyNoDocker() || false;
let daemon: Dockerd | null = null;

const docker = (words: string[], input = "") => daemon!.run(words, input);
const ok = (...words: string[]) => daemon!.ok(...words);
const run = (...words: string[]) => docker(["run", "--rm", ...words]);

before(async () => {
  if (skip === false) daemon = await Dockerd.start(place, [["tvisor", launcher()]]);
});

after(async () => {
  if (daemon !== null) await daemon.end();
  else rmSync(place, { recursive: true });
});

test("docker run: output, exit status, what cannot be run", { skip }, () => {
  assert.deepEqual(run("box", "echo", "hi"), { code: 0, stdout: "hi\n", stderr: "" });
  assert.match(run("box", "uname", "-r").stdout, /tvisor/);
  assert.equal(run("box", "sh", "-c", "exit 9").code, 9);
  assert.equal(run("box", "nosuchprogram").code, 127);
  assert.equal(run("box", "/etc").code, 126);
  assert.equal(docker(["run", "--rm", "-i", "box", "cat"], "typed").stdout, "typed");
});

test("docker run: users, capabilities, limits, names, environment", { skip }, () => {
  assert.equal(run("--user", "1000:2000", "box", "id", "-u").stdout, "1000\n");
  assert.match(
    run("--cap-drop", "ALL", "box", "grep", "CapEff", "/proc/self/status").stdout,
    /0{16}/,
  );
  assert.equal(run("--hostname", "name", "box", "hostname").stdout, "name\n");
  assert.equal(run("-e", "A=b", "box", "sh", "-c", "echo $A").stdout, "b\n");
  assert.equal(run("-w", "/tmp", "box", "pwd").stdout, "/tmp\n");
  assert.equal(run("--ulimit", "nofile=99:100", "box", "sh", "-c", "ulimit -n").stdout, "99\n");
  assert.equal(run("-m", "256m", "--pids-limit", "300", "--cpus", "1", "box", "true").code, 0);
  assert.equal(
    run("--init", "box", "true").code === 0 || !existsSync("/usr/bin/docker-init"),
    true,
  );
  assert.equal(
    run("--sysctl", "kernel.shm_rmid_forced=1", "box", "cat", "/proc/sys/kernel/shm_rmid_forced")
      .stdout,
    "1\n",
  );
});

test("docker run: volumes, tmpfs, read-only roots", { skip }, () => {
  const shared = mkdtempSync(join(place, "shared-"));
  writeFileSync(join(shared, "in"), "given");
  assert.equal(
    run("-v", `${shared}:/v`, "box", "sh", "-c", "cat /v/in; echo made > /v/out").stdout,
    "given",
  );
  assert.equal(readFileSync(join(shared, "out"), "utf8"), "made\n");
  assert.equal(run("-v", `${shared}:/v:ro`, "box", "touch", "/v/x").code, 1);
  assert.match(run("--tmpfs", "/t:size=1m", "box", "df", "/t").stdout, /1024/);
  assert.equal(run("--read-only", "box", "touch", "/x").code, 1);
  ok("volume", "create", "kept");
  run("-v", "kept:/k", "box", "sh", "-c", "echo stays > /k/f");
  assert.equal(run("-v", "kept:/k", "box", "cat", "/k/f").stdout, "stays\n");
});

test("a container that runs: logs, exec, top, stats, cp, pause, stop", { skip }, async () => {
  const script =
    "trap 'echo bye; exit 7' TERM; i=0; while true; do echo tick $((i=i+1)); sleep 0.1; done";
  ok("run", "-d", "--name", "server", "box", "sh", "-c", script);
  await until("a line of the log", () => ok("logs", "server").includes("tick 3"), UP_MS);
  assert.equal(ok("exec", "server", "echo", "in"), "in\n");
  assert.equal(docker(["exec", "server", "sh", "-c", "exit 5"]).code, 5);
  assert.equal(docker(["exec", "-i", "server", "tr", "a-z", "A-Z"], "text").stdout, "TEXT");
  assert.equal(
    ok(
      "exec",
      "-u",
      "1000",
      "-w",
      "/tmp",
      "-e",
      "A=b",
      "server",
      "sh",
      "-c",
      "id -u; pwd; echo $A",
    ),
    "1000\n/tmp\nb\n",
  );
  ok("exec", "-d", "server", "sh", "-c", "echo detached > /made");
  await until(
    "a detached exec",
    () => docker(["exec", "server", "cat", "/made"]).stdout === "detached\n",
    UP_MS,
  );
  assert.match(ok("top", "server"), /PID/);
  assert.match(ok("stats", "--no-stream", "server"), /server/);
  writeFileSync(join(place, "sent"), "sent");
  ok("cp", join(place, "sent"), "server:/sent");
  assert.equal(ok("exec", "server", "cat", "/sent"), "sent");
  ok("exec", "server", "sh", "-c", "echo back > /back");
  ok("cp", "server:/back", join(place, "back"));
  assert.equal(readFileSync(join(place, "back"), "utf8"), "back\n");
  ok("pause", "server");
  assert.match(ok("ps", "--format", "{{.Status}}"), /Paused/);
  ok("unpause", "server");
  ok("update", "--memory", "512m", "--memory-swap", "512m", "server");
  ok("stop", "-t", "10", "server");
  assert.equal(ok("inspect", "-f", "{{.State.ExitCode}}", "server"), "7\n");
  assert.match(ok("logs", "server"), /bye\n$/);
  ok("start", "server");
  ok("kill", "server");
  assert.equal(ok("inspect", "-f", "{{.State.ExitCode}}", "server"), "137\n");
  assert.match(ok("diff", "server"), /A \/made/);
  ok("commit", "server", "box-made");
  assert.equal(run("box-made", "cat", "/made").stdout, "detached\n");
  ok("rm", "server");
});

test("docker stop kills what does not listen", { skip }, () => {
  ok("run", "-d", "--name", "deaf", "box", "sleep", "1000");
  ok("stop", "-t", "1", "deaf");
  assert.equal(ok("inspect", "-f", "{{.State.ExitCode}}", "deaf"), "137\n");
  ok("rm", "deaf");
});

test("a health check", { skip }, async () => {
  ok(
    "run",
    "-d",
    "--name",
    "healthy",
    "--health-cmd",
    "test -e /tmp",
    "--health-interval",
    "1s",
    "box",
    "sleep",
    "1000",
  );
  await until(
    "a healthy container",
    () => ok("inspect", "-f", "{{.State.Health.Status}}", "healthy") === "healthy\n",
    UP_MS,
  );
  ok("rm", "-f", "healthy");
});

test("networks: none, the host's, and two containers on one of their own", { skip }, async () => {
  assert.doesNotMatch(run("--network", "none", "box", "ip", "-o", "addr").stdout, /eth/);
  assert.equal(run("--network", "host", "box", "hostname").code, 0);
  if (docker(["network", "create", "pair"]).code !== 0) return; // this host has no bridges
  ok(
    "run",
    "-d",
    "--network",
    "pair",
    "--name",
    "peer",
    "box",
    "sh",
    "-c",
    "while true; do echo hello | nc -l -p 80; done",
  );
  assert.match(run("--network", "pair", "box", "ip", "-o", "addr").stdout, /eth0/);
  await until(
    "an answer over the network",
    () => run("--network", "pair", "box", "nc", "-w", "2", "peer", "80").stdout === "hello\n",
    UP_MS,
  );
  ok("rm", "-f", "peer");
  ok("network", "rm", "pair");
});

test("a terminal", { skip }, () => {
  const { stdout, status } = spawnSync(
    "script",
    [
      "-qec",
      `/usr/bin/docker -H ${daemon!.socket} run --rm -it box sh -c 'tty; echo $((6*7)); exit 3'`,
      "/dev/null",
    ],
    { encoding: "utf8", timeout: COMMAND_MS },
  );
  assert.match(stdout, /\/dev\/pts\/0\r?\n42/);
  assert.equal(status, 3);
});

/** What a container may leave on the host: mounts, control groups, what its runtime keeps of it. */
function traces(): string[] {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  const groups = spawnSync("find", ["/sys/fs/cgroup", "-type", "d", "-path", "*/docker/*"], {
    encoding: "utf8",
  }).stdout.split("\n");
  const kept = spawnSync("find", [join(place, "exec"), "-path", "*/moby/*"], { encoding: "utf8" });
  return [...mounts.filter((line) => line.includes(place)), ...groups, ...kept.stdout.split("\n")];
}

function processesOfRuntime(): string[] {
  const { stdout } = spawnSync("ps", ["-eo", "args"], { encoding: "utf8" });
  return stdout.split("\n").filter((line) => line.includes(join(place, "exec/runtime")));
}

/** TVISOR_MANY says how many. */
test("many at once leave nothing behind", { skip }, async () => {
  const before = traces();
  const names = Array.from({ length: MANY }, (_, i) => `many-${i}`);
  const codes = names.map(async (name) => {
    const [program, words] = daemon!.command("run", "--rm", "--name", name, "box", "true");
    const [code] = await once(spawn(program, words), "exit");
    return code;
  });
  assert.deepEqual(new Set(await Promise.all(codes)), new Set([0]));
  assert.equal(ok("ps", "-aq"), "");
  await until("the end of every sandbox", () => processesOfRuntime().length === 0, UP_MS);
  await until("the end of every trace", () => traces().length <= before.length, UP_MS);
  assert.deepEqual(traces(), before);
});

/** Processes of ours for these containers: commands of the runtime, sandboxes, waiters. */
function ours(ids: readonly string[]): number[] {
  const names = [join(place, "exec/runtime"), ...ids];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        const isOurs = /\/(main\.cjs|main\.ts|tvisor-front|tvisor-waiter)\0/.test(words);
        return isOurs && names.some((name) => words.includes(name));
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** TVISOR_KILLS says how often; moments are spread over a start's whole time. */
test("whatever of ours is killed at whatever moment, Docker can take the container away", {
  skip,
}, async () => {
  const before = traces();
  for (let i = 0; i < KILLS; i++) {
    const name = `killed-${i}`;
    const [program, words] = daemon!.command("run", "-d", "--name", name, "box", "sleep", "100");
    const ended = once(spawn(program, words, { stdio: "ignore" }), "exit");
    await nap((LONGEST_MS * i) / KILLS);
    const victims = ours(ok("ps", "-aq", "--no-trunc").split("\n").filter(Boolean));
    const victim = victims[i % Math.max(victims.length, 1)];
    try {
      if (victim !== undefined) process.kill(victim, "SIGKILL");
    } catch {
      // It was faster.
    }
    await ended;
    const { code, stderr } = docker(["rm", "-f", name]);
    assert.equal(code, 0, `${name}: ${stderr}`);
  }
  assert.equal(ok("ps", "-aq"), "");
  await until("the end of every sandbox", () => processesOfRuntime().length === 0, UP_MS);
  await until("the end of every trace", () => traces().length <= before.length, UP_MS);
  assert.deepEqual(traces(), before);
});
