/**
 * The front (native/front): what it does of a container's commands without Node, what it leaves to Node,
 * and that no record it may find makes it do what Node would not.
 *  - Node is played by a program that exits with 77: who sees that status knows whom the front has asked.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { launcher, projectRoot } from "../compare.ts";
import { makeBundle, plainConfig } from "./bundle.ts";
import { noContainers } from "./commands.ts";

const FRONT = join(projectRoot, "native/build/tvisor-front");
const ASKED_NODE = 77;
const place = mkdtempSync(join(tmpdir(), "tvisor-front-"));
const state = join(place, "state");
const node = join(place, "node");
const whyNot = noContainers;

after(() => rmSync(place, { recursive: true, force: true }));
mkdirSync(state);
writeFileSync(
  node,
  `#!/bin/sh
# What is started early tells nothing.
case "$*" in *" boot "*) exit;; esac
echo "$TVISOR_SANDBOX|$*" >>${place}/asked
exit ${ASKED_NODE}
`,
);
chmodSync(node, 0o755);

/** The exit status. */
function front(...words: string[]): number | null {
  const options = ["--no-warnings", "main.cjs", "--"];
  return spawnSync(FRONT, [node, ...options, ...words], { timeout: 20_000 }).status;
}

const ask = (...words: string[]) => front("--root", state, ...words);

/** What Node was asked last, without options; and the sandbox that was started early for it. */
function asked(): { words: string; sandbox: string } {
  const [sandbox = "", words = ""] = readFileSync(join(place, "asked"), "utf8")
    .replace(/\n$/, "")
    .split("\n")
    .at(-1)!
    .split("|");
  return { words: words.replace("--no-warnings main.cjs ", ""), sandbox };
}

interface Sleeper {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly startTime: string;
}

/** A process that plays a sandbox which answers nobody. */
function sleeper(): Sleeper {
  const child = spawn("/bin/sleep", ["100"], { stdio: "ignore" });
  const stat = readFileSync(`/proc/${child.pid}/stat`, "latin1");
  const startTime = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]!;
  return { child, pid: child.pid!, startTime };
}

const isRunning = ({ child }: Sleeper) => child.exitCode === null && child.signalCode === null;

function record(id: string, changes: object): string {
  return JSON.stringify({
    version: 1,
    id,
    bundle: '/odd "bundle" \\ of {[,:]}',
    rootfs: "/rootfs",
    created: "2026-01-01T00:00:00.000Z",
    owner: 0,
    annotations: { "a.b": '{"x":["}"]}', "": "" },
    sandbox: id,
    mayBeJoined: false,
    process: null,
    cgroups: [],
    hooks: {},
    resources: { memory: { limit: 1 } },
    ...changes,
  });
}

function keep(id: string, text: string): void {
  mkdirSync(join(state, id), { recursive: true });
  writeFileSync(join(state, id, "state.json"), text);
}

test("front: what is not plain is Node's, word for word", () => {
  for (const words of [
    ["state", "a"],
    ["--unknown", "start", "a"],
    ["--root"],
    ["start"],
    ["start", "a", "b"],
    ["start", "--help"],
    ["start", "nobody"],
    ["start", ".."],
    ["kill", "a"],
    ["kill", "a", "TERM"],
    ["kill", "a", "65"],
    ["delete", "--all", "a"],
    ["delete", "a", "b"],
    ["delete", "no/body"],
    ["--log", "x", "--log-format=json", "delete", "", " "],
  ]) {
    assert.equal(ask(...words), ASKED_NODE, words.join(" "));
    assert.equal(asked().words, ["--root", state, ...words].join(" "));
    assert.equal(asked().sandbox, "");
  }
});

test("front: delete --force of nothing, of what has ended, of what runs", async () => {
  assert.equal(ask("delete", "--force", "nobody"), 0);
  const groups = ["one", "two"].map((name) => join(place, name));
  for (const each of groups) mkdirSync(each);
  const alive = sleeper();
  const { pid, startTime } = alive;
  keep("alive", record("alive", { process: { pid, startTime }, cgroups: groups }));
  writeFileSync(join(state, "alive", "sandbox.log"), "");
  const ended = once(alive.child, "exit");
  assert.equal(ask("delete", "--force", "alive"), 0);
  assert.deepEqual(await ended, [null, "SIGKILL"]);
  assert.deepEqual(groups.map(existsSync), [false, false]);
  keep("ended", record("ended", { process: { pid, startTime } }));
  assert.equal(ask("delete", "ended"), 0);
  assert.deepEqual(readdirSync(state), []);
});

test("front: who has the number of a sandbox that has ended is left alone", () => {
  const other = sleeper();
  try {
    keep("old", record("old", { process: { pid: other.pid, startTime: "1" } }));
    assert.equal(ask("delete", "--force", "old"), 0);
    assert.equal(isRunning(other), true);
    assert.deepEqual(readdirSync(state), []);
  } finally {
    other.child.kill();
  }
});

test("front: a record that it does not know whole is Node's", () => {
  const other = sleeper();
  const { pid, startTime } = other;
  const process = { pid, startTime };
  try {
    for (const changes of [
      { version: 2 },
      { id: "another" },
      { sandbox: "another" },
      { more: 1 },
      { process: null },
      { process: { pid: 0, startTime } },
      { process: { pid: 1e300, startTime } },
      { process: { pid: `${pid}`, startTime } },
      { cgroups: ["with \\ escapes"] },
      { cgroups: [1] },
      { cgroups: {} },
      { hooks: { poststop: [{ path: "/bin/true" }] } },
      { hooks: { unheard: [] } },
      { hooks: null },
    ]) {
      keep("odd", record("odd", { process, ...changes }));
      assert.equal(ask("delete", "--force", "odd"), ASKED_NODE, JSON.stringify(changes));
    }
    assert.equal(isRunning(other), true);
  } finally {
    other.child.kill();
  }
});

test("front: half a record, or one with a byte more, is Node's", () => {
  const other = sleeper();
  const { pid, startTime } = other;
  const whole = record("half", {
    process: { pid, startTime },
    hooks: { prestart: [{ path: "/x" }] },
  });
  try {
    for (let length = 0; length < whole.length; length++) {
      keep("half", whole.slice(0, length));
      assert.equal(ask("start", "half"), ASKED_NODE, whole.slice(0, length));
      if (length % 4 === 0) assert.equal(ask("delete", "--force", "half"), ASKED_NODE);
    }
    for (const more of [whole.slice(0, -1), `${whole}}`, `${whole} `, `[${whole}]`]) {
      keep("half", more);
      assert.equal(ask("delete", "--force", "half"), ASKED_NODE, more);
    }
    assert.equal(isRunning(other), true);
  } finally {
    other.child.kill();
  }
});

test("front: create has a sandbox process beside it, unless it joins a pod", async () => {
  const bundle = join(place, "pod");
  mkdirSync(bundle);
  const config = join(bundle, "config.json");
  const member = { annotations: { "io.kubernetes.cri.container-type": "container" } };
  for (const [title, text, words, isEarly] of [
    ["plain", "{}", ["--bundle", bundle, "early"], true],
    ["options", "{}", ["-b", bundle, "--no-pivot", "--pid-file", "p", "early"], true],
    ["no id", "{}", ["--bundle", bundle], false],
    ["an option of another version", "{}", ["--bundle", bundle, "--new", "early"], false],
    ["no bundle", "{}", ["--bundle", `${bundle}/none`, "early"], false],
    ["a member of a pod", JSON.stringify(member, null, 2), ["--bundle", bundle, "early"], false],
  ] as const) {
    writeFileSync(config, text);
    assert.equal(ask("create", ...words), ASKED_NODE, title);
    assert.match(asked().sandbox, isEarly ? /^\d+ \d+$/ : /^$/, title);
  }
});

test("front: a container's life without Node", { skip: whyNot }, async () => {
  const bundle = join(place, "bundle");
  makeBundle(bundle, plainConfig(["sh", "-c", "trap 'exit 3' TERM; while :; do sleep 1; done"]));
  const create = () => {
    const words = ["--root", state, "create", "--bundle", bundle, "life"];
    return spawnSync(launcher(), words, { stdio: "ignore", timeout: 30_000 }).status;
  };
  assert.equal(create(), 0);
  assert.equal(ask("start", "life"), 0);
  assert.equal(ask("start", "life"), ASKED_NODE, "a second start is refused");
  assert.equal(ask("delete", "life"), ASKED_NODE, "a running one is not deleted");
  assert.equal(ask("kill", "life", "15"), 0);
  for (let waited = 0; ask("kill", "life", "0") === 0; waited++) assert.ok(waited < 1000);
  assert.equal(ask("delete", "life"), 0);
  assert.equal(create(), 0);
  assert.equal(ask("delete", "life"), 0, "one that was never started");
  assert.deepEqual(readdirSync(state), ["half", "odd"]);
});

test("a sandbox that does not answer is given up on, and can be deleted", {
  skip: whyNot,
}, async () => {
  const bundle = join(place, "silent");
  makeBundle(bundle, plainConfig(["sleep", "100"]));
  const start = (...words: string[]) =>
    spawn(launcher(), ["--root", state, ...words], { stdio: ["ignore", "ignore", "pipe"] });
  const run = spawn(launcher(), ["--root", state, "run", "-d", "--bundle", bundle, "silent"], {
    stdio: "ignore",
  });
  assert.deepEqual(await once(run, "exit"), [0, null]);
  const { pid } = JSON.parse(readFileSync(join(state, "silent/state.json"), "utf8")).process;
  process.kill(pid, "SIGSTOP");
  // One by the front, one by Node.
  const outcomes = [start("kill", "silent", "15"), start("pause", "silent")].map(async (child) => {
    const [said, [status]] = await Promise.all([text(child.stderr), once(child, "exit")]);
    assert.match(said, /the sandbox of silent does not answer; `tvisor delete --force` ends it/);
    assert.equal(status, 1);
  });
  await Promise.all(outcomes);
  assert.equal(ask("delete", "--force", "silent"), 0);
});
