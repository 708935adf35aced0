/**
 * The user's streams, opened once more by their names: as nginx's logs are, which are links to
 * /dev/stdout. Pipes and files, on Linux and in tvisor.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { launcher } from "../compare.ts";

const place = mkdtempSync(join(tmpdir(), "tvisor-streams-"));
after(() => rmSync(place, { recursive: true }));

const OURS = [launcher(), "do", "--"];
const LIMIT_MS = 20_000;
const PIPED = `printf 'one\\ntwo\\n' | "$@" 2>&1 | cat; echo end`;

function run(prefix: readonly string[], script: string, stdio: (number | "pipe")[]) {
  const [program = "", ...words] = [...prefix, "sh", "-c", script];
  const options = { stdio, input: "one\ntwo\n", encoding: "utf8", timeout: LIMIT_MS } as const;
  return spawnSync(program, words, options);
}

for (const script of [
  "echo out >/dev/stdout; echo err >/dev/stderr",
  "echo out >>/dev/stdout; echo more >>/proc/self/fd/1",
  "ln -s /dev/stdout /tmp/access.log; echo GET >/tmp/access.log; rm /tmp/access.log",
  "cat /dev/stdin; echo end",
  'read line </proc/self/fd/0; echo "$line"; cat /dev/stdin',
  "exec 5>/dev/stdout; exec >/dev/null; echo still there >&5",
  "cat </dev/stdin >/dev/stdout | tr a-z A-Z",
  "stat -L -c %F /dev/stdout /dev/stdin",
])
  test(`pipes: ${script}`, () => {
    // What Node gives a child are sockets; a shell's are pipes.
    const [there, here] = [[], OURS].map((prefix) => {
      const words = ["-c", PIPED, "-", ...prefix, "sh", "-c", script];
      return spawnSync("/bin/sh", words, { encoding: "utf8", timeout: LIMIT_MS }).stdout;
    });
    assert.equal(here, there);
  });

test("a socket cannot be opened once more", () => {
  const script = "echo out >/dev/stdout";
  const [there, here] = [[], OURS].map((prefix) => run(prefix, script, ["pipe", "pipe", "pipe"]));
  assert.deepEqual([here!.status, here!.stderr], [there!.status, there!.stderr]);
});

for (const script of [
  "echo 1234567890; echo hi >/dev/stdout; echo x",
  "echo 1234567890; echo hi >>/dev/stdout",
  "echo a; : >/dev/stdout",
  "head -c 3 /dev/stdin; cat",
])
  test(`files: ${script}`, () => {
    const [there, here] = [[], OURS].map((prefix, i) => {
      const [input, output] = ["in", "out"].map((name) => join(place, `${name}${i}`));
      writeFileSync(input!, "one\ntwo\n");
      const files = [openSync(input!, "r"), openSync(output!, "w")];
      const { status, stderr } = run(prefix, script, [...files, "pipe"]);
      for (const fd of files) closeSync(fd);
      return [status, stderr, readFileSync(output!, "latin1")];
    });
    assert.deepEqual(here, there);
  });
