/** `tvisor logs`: what tvisor wrote about a container, of one that lives, one that has ended, and one that ends. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { launcher } from "../compare.ts";
import { makeBundle, plainConfig } from "./bundle.ts";
import { noContainers, tvisorAt } from "./commands.ts";

const place = mkdtempSync(join(tmpdir(), "tvisor-logs-"));
const skip = noContainers;
after(() => {
  if (skip === false) tvisor(["delete", "--force", "a", "b", "c", "d", "e"]);
  rmSync(place, { recursive: true, force: true });
});

const ROOT = ["--root", join(place, "state")];

const tvisor = tvisorAt(join(place, "state"));

/** A container that runs `script`. */
function start(id: string, script: string, before: string[] = [], options: string[] = []): void {
  const bundle = join(place, `bundle-${id}`);
  makeBundle(bundle, plainConfig(["sh", "-c", script]));
  const { status } = tvisor([...before, "run", "-d", "-b", bundle, ...options, id], "ignore");
  assert.equal(status, 0);
}

function logs(...words: string[]): string[] {
  const { status, stdout, stderr } = tvisor(["logs", ...words]);
  assert.deepEqual([status, stderr], [0, ""]);
  return stdout.split("\n").filter((line) => line !== "");
}

const entries = (...words: string[]) =>
  logs("--format", "json", ...words).map((line) => JSON.parse(line) as Record<string, string>);

async function ended(id: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (/"status": "stopped"/.test(tvisor(["state", id]).stdout)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`${id} does not end`);
}

test("logs: of what runs, of what has ended; text and JSON", { skip }, async () => {
  const log = join(place, "runtime.log");
  const at = ["--log", log, "--log-format", "json", "--debug"];
  start("a", "while [ ! -e /stop ]; do sleep 0.1; done; exit 3", at);
  const running = entries("a");
  const all = running.map(({ source, level, msg }) => `${source} ${level} ${msg}`);
  assert.ok(
    all.some((line) => /^sandbox info container a is made: sh -c/.test(line)),
    all.join("\n"),
  );
  assert.ok(
    all.some((line) => /^runtime debug run -d -b/.test(line)),
    all.join("\n"),
  );
  const times = running.map(({ time }) => Date.parse(time!));
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  tvisor(["exec", "a", "touch", "/stop"]);
  await ended("a");
  const lines = logs("--sandbox", "a");
  assert.match(lines.at(-1)!, /^\d{4}-\S+Z sandbox info container a ended with status 3$/);
  assert.match(logs("--runtime", "-n", "1", "a").join(), /^\S+Z runtime debug /);
  // Each request was told, as the container was made with --debug.
  assert.match(lines.join("\n"), /sandbox debug exec in a of touch \/stop: done/);
});

test("logs: the last lines, and what is newer", { skip }, async () => {
  start("b", "sleep 100");
  const log = join(place, "state/b/sandbox.log");
  appendFileSync(
    log,
    `${JSON.stringify({ level: "info", msg: "old", time: "2001-01-01T00:00:00Z" })}\nits second line\n`,
  );
  const count = logs("b").length;
  assert.deepEqual(logs("b").slice(0, 2), [
    "2001-01-01T00:00:00Z sandbox info old",
    "2001-01-01T00:00:00Z sandbox trace its second line",
  ]);
  assert.deepEqual(logs("-n", "0", "b"), []);
  assert.deepEqual(logs("--lines=1", "b"), logs("b").slice(-1));
  assert.deepEqual(logs("--lines", "1000", "b"), logs("b"));
  assert.equal(logs("--since", "10m", "b").length, count - 2);
  assert.equal(logs("--since", "2000-12-31", "b").length, count);
  assert.equal(logs("--since", "2001-01-01T00:00:01Z", "b").length, count - 2);
  assert.equal(logs("--since", "978307201", "b").length, count - 2);
  assert.deepEqual(logs("--since", "2999-01-01", "b"), []);
});

function follow(...words: string[]): { child: ChildProcess; said: () => string } {
  const child = spawn(launcher(), [...ROOT, "logs", "--follow", ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout!.on("data", (chunk) => (text += chunk));
  return { child, said: () => text };
}

test("logs: followed until the sandbox ends; its level changes meanwhile", { skip }, async () => {
  start("c", "sleep 100");
  const { child, said } = follow("c");
  assert.equal(tvisor(["exec", "c", "true"]).status, 0);
  assert.equal(tvisor(["debug", "--log-level", "debug", "c"]).status, 0);
  assert.equal(tvisor(["exec", "c", "echo", "seen"], "ignore").status, 0);
  assert.equal(tvisor(["debug", "--log-level", "error", "c"]).status, 0);
  assert.equal(tvisor(["exec", "c", "echo", "unseen"], "ignore").status, 0);
  assert.equal(tvisor(["debug", "--log-level=info", "c"]).status, 0);
  for (let i = 0; i < 100 && !said().includes("seen"); i++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(child.exitCode, null);
  const exit = once(child, "exit");
  assert.equal(tvisor(["kill", "c", "KILL"]).status, 0);
  assert.deepEqual(await exit, [0, null]);
  assert.match(said(), /container c is made/);
  assert.match(said(), /debug exec in c of echo seen: done/);
  assert.doesNotMatch(said(), /unseen|of true/);
  assert.match(said(), /container c ended with status 137\n$/);
  // Of what has ended there is nothing to wait for.
  assert.ok(logs("--follow", "c").length > 0);
});

test("logs: --debug-log is a pattern, and stays when the container goes", { skip }, () => {
  const directory = join(place, "debug/");
  spawnSync("mkdir", [directory]);
  start("d", "sleep 100", ["--debug", "--debug-log", directory]);
  assert.match(logs("--sandbox", "d").join("\n"), /container d is made/);
  const named = join(place, "%ID%-%COMMAND%.log");
  start("e", "sleep 100", ["--debug-log", named, "--debug-log-format", "json-k8s"]);
  assert.ok(existsSync(join(place, "e-boot.log")));
  assert.match(logs("--sandbox", "e").join("\n"), /container e is made/);
  assert.equal(tvisor(["delete", "--force", "d"]).status, 0);
  const files = readdirSync(directory).map((name) => name.replace(/\d{8}-\d{6}\.\d+/, "TIME"));
  assert.deepEqual(files.sort(), ["tvisor.TIME.d.boot.log", "tvisor.TIME.d.run.log"]);
});

test("logs: what is wrong is said in a sentence", { skip }, () => {
  for (const [words, said] of [
    [["nobody"], /container does not exist/],
    [["--runtime", "b"], /wrote no log: give them --log FILE/],
    [["--since", "yesterday", "b"], /--since takes a time or how long ago/],
    [["--lines", "-1", "b"], /--lines takes 0 or more/],
    [["--lines", "x", "b"], /takes a whole number/],
    [["--format", "xml", "b"], /invalid format option/],
  ] as const) {
    const { status, stderr } = tvisor(["logs", ...words]);
    assert.equal(status, 1, stderr);
    assert.match(stderr, said);
  }
  const { stdout } = tvisor(["logs", "--help"]);
  assert.match(stdout, /docker logs/);
});
