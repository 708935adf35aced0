/** `do --strace`: what a trace shows of a call's arguments, of what it gave back, and why it was refused. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { launcher } from "../compare.ts";
import { run } from "../process.ts";

const place = mkdtempSync(join(tmpdir(), "tvisor-strace-"));
after(() => rmSync(place, { recursive: true, force: true }));
writeFileSync(join(place, "greeting"), "good\tmorning\n", { mode: 0o640 });

const trace = (options: string[], ...command: string[]) =>
  run([launcher(), "do", ...options, "--", ...command], { cwd: place, timeoutMs: 20_000 });

/** The lines of a trace that tell of `name`. */
const callsOf = (text: string, name: string) =>
  text.split("\n").filter((line) => / \S+: /.test(line) && line.includes(`: ${name}(`));

test("a call's results are shown as the program got them", async () => {
  const { stdout, stderr, status } = await trace(["--strace"], "cat", "greeting");
  assert.equal(status, 0, stderr);
  assert.equal(stdout, "good\tmorning\n");
  const open = callsOf(stderr, "openat").find((line) => line.includes('"greeting"'));
  assert.match(open ?? "", /cat: openat\(AT_FDCWD, "greeting", O_RDONLY, 000\) = 3$/);
  const reads = callsOf(stderr, "read");
  assert.ok(
    reads.some((line) => line.includes('read(3, "good\\tmorning\\n", ') && line.endsWith(" = 13")),
    reads.join("\n"),
  );
  // The program's interpreter and libraries begin with ELF's magic number.
  assert.ok(
    reads.some((line) => line.includes('"\\177ELF')),
    reads.join("\n"),
  );
  const stats = callsOf(stderr, "newfstatat").concat(callsOf(stderr, "fstat"));
  const ofFile = stats.find((line) => line.includes("st_size=13,"));
  assert.match(ofFile ?? stats.join("\n"), /st_nlink=1, st_mode=33184, .*\}.* = 0$/);
  assert.match(stderr, /cat: write\(1, "good\\tmorning\\n", 13\) = 13\n/);
  assert.match(stderr, /exit_group\(0\) = \?\n$/);
});

test("a refusal is shown with its reason", async () => {
  const { stderr } = await trace(["--strace=openat"], "cat", "missing", "greeting/below");
  assert.match(stderr, /"missing", O_RDONLY, 000\) = -1 ENOENT \(No such file or directory/);
  assert.match(stderr, /"greeting\/below", O_RDONLY, 000\) = -1 ENOTDIR \(Not a directory/);
});

test("a list shows those calls only, and every process", async () => {
  const { stderr } = await trace(
    ["--strace=execve,wait4"],
    "sh",
    "-c",
    "cat greeting | cat; exec true",
  );
  const lines = stderr.split("\n").filter((line) => line !== "");
  assert.ok(
    lines.every((line) => /^\[\d+\] \w+: (execve|wait4)\(/.test(line)),
    stderr,
  );
  // A program that was found is told of once, and one that was not with the reason.
  const execs = callsOf(stderr, "execve");
  const programs = execs.filter((line) => line.endsWith(" = 0"));
  assert.deepEqual(
    programs.map((line) => /\["(\w+)"/.exec(line)?.[1]).sort(),
    ["cat", "cat", "true"],
    stderr,
  );
  assert.ok(
    execs.every((line) => / = (0|-1 ENOENT .*)$/.test(line)),
    stderr,
  );
});

test("with a debug log, the trace goes there and stderr stays the program's", async () => {
  const { stderr, stdout } = await trace(
    ["--strace=openat", "--debug-log", join(place, "log")],
    "sh",
    "-c",
    "cat greeting; echo mine >&2",
  );
  assert.equal(stdout, "good\tmorning\n");
  assert.equal(stderr, "mine\n");
  assert.match(readFileSync(join(place, "log"), "utf8"), /openat\(AT_FDCWD, "greeting"/);
});
