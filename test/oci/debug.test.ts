/** `tvisor debug`: stacks of what runs, and its system calls, shown and not shown any more. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeBundle, plainConfig } from "./bundle.ts";
import { noContainers, tvisorAt } from "./commands.ts";

const place = mkdtempSync(join(tmpdir(), "tvisor-debug-"));
const skip = noContainers;

const tvisor = tvisorAt(join(place, "state"));

before(() => {
  if (skip !== false) return;
  const bundle = join(place, "bundle");
  makeBundle(bundle, plainConfig(["sh", "-c", "while :; do sleep 1; done"]));
  assert.equal(tvisor(["run", "--detach", "--bundle", bundle, "seen"], "ignore").status, 0);
});
after(() => {
  if (skip === false) tvisor(["delete", "--force", "seen"]);
  rmSync(place, { recursive: true, force: true });
});

const exec = (...words: string[]) => assert.equal(tvisor(["exec", "seen", ...words]).status, 0);
const linesOf = (path: string) => readFileSync(path, "utf8").split("\n");

test("debug: stacks of all tasks, with where each is in its program", { skip }, () => {
  const { stdout, stderr, status } = tvisor(["debug", "--stacks", "seen"]);
  assert.deepEqual([status, stderr], [0, ""]);
  assert.match(stdout, /^kernel: \d+ tasks/);
  // The shell waits for its child; busybox is static, so its code is the program's own file.
  assert.match(
    stdout,
    /task \d+ \(sh\): sleeping, thread stopped, .*\n {4}at \/bin\/\w+\+0x[0-9a-f]+\n/,
  );
});

test("debug: system calls are shown from when it is asked for until it is taken back", {
  skip,
}, () => {
  const calls = join(place, "calls");
  assert.equal(tvisor(["debug", "--strace", "all", "--output", calls, "seen"]).status, 0);
  exec("cat", "/etc/passwd");
  assert.ok(
    linesOf(calls).some(
      (line) =>
        line.includes('cat: open("/etc/passwd", O_RDONLY') ||
        line.includes('cat: openat(AT_FDCWD, "/etc/passwd", O_RDONLY'),
    ),
    readFileSync(calls, "utf8").slice(-3000),
  );
  assert.equal(tvisor(["debug", "--strace=off", "seen"]).status, 0);
  const before = linesOf(calls).length;
  exec("true");
  assert.equal(linesOf(calls).length, before);

  const some = join(place, "some");
  assert.equal(tvisor(["debug", "--strace=execve", "-o", some, "seen"]).status, 0);
  exec("sh", "-c", "cat /etc/passwd; true");
  assert.equal(tvisor(["debug", "--strace=off", "seen"]).status, 0);
  const names = linesOf(some).filter((line) => line !== "");
  assert.ok(
    names.length > 0 && names.every((line) => line.includes(": execve(")),
    names.join("\n"),
  );
});

test("debug: what is wrong is said in a sentence", { skip }, () => {
  for (const [words, said] of [
    [["debug", "seen"], /say what to look at/],
    [["debug", "--stacks", "nobody"], /container does not exist/],
    [["debug", "--strace=all", "-o", "/dev/null", "seen"], /has to be a plain file/],
    [["debug", "--strace=all", "-o", join(place, "no/such"), "seen"], /cannot open the output/],
  ] as const) {
    const { status, stderr } = tvisor([...words]);
    assert.equal(status, 1, stderr);
    assert.match(stderr, said);
  }
});
