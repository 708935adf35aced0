/**
 * The harness must see what it is there to see, before tvisor itself is the launcher.
 * Each test uses a launcher that runs the command on Linux, or one that falsifies it.
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { compareRuns, projectRoot } from "./compare.ts";
import { compareCase, compileCase, findCases, readCase } from "./conformance/harness.ts";
import { compare, missing } from "./e2e/harness.ts";
import { run } from "./process.ts";

describe("harness", () => {
  const directory = mkdtempSync(join(tmpdir(), "tvisor-harness-"));
  const original = process.env["TVISOR_BIN"];

  before(() => {
    process.env["TVISOR_BIN"] = join(projectRoot, "test/passthrough");
    mkdirSync(join(directory, "topic"));
  });
  after(() => {
    if (original === undefined) delete process.env["TVISOR_BIN"];
    else process.env["TVISOR_BIN"] = original;
    rmSync(directory, { recursive: true });
  });

  /** Lets one piece of work see a launcher made of these lines of shell. */
  async function withLauncher<T>(lines: string, work: () => Promise<T>): Promise<T> {
    const honest = process.env["TVISOR_BIN"]!;
    const path = join(directory, "launcher");
    writeFileSync(path, `#!/bin/sh\nshift 2\n${lines}\n`, { mode: 0o755 });
    process.env["TVISOR_BIN"] = path;
    try {
      return await work();
    } finally {
      process.env["TVISOR_BIN"] = honest;
    }
  }

  function writeCase(name: string, text: string): string {
    const path = join(directory, "topic", `${name}.c`);
    writeFileSync(path, text);
    return path;
  }

  async function compareText(name: string, text: string) {
    const each = readCase(writeCase(name, text));
    return compareCase(each, await compileCase(each, join(directory, ".build")), 5_000);
  }

  test("readCase() reads the title and the directives", () => {
    const path = writeCase(
      "threads",
      "/* topic: two threads meet.\n *\n * pthread_join(3).\n */\n// flags: -pthread -lm\n// args: one two\n// as: user\n// static\nint main(void) { return 0; }\n",
    );
    assert.deepEqual(readCase(path), {
      name: "topic/threads",
      title: "two threads meet.",
      source: path,
      flags: ["-pthread", "-lm", "-static"],
      args: ["one", "two"],
      asUser: true,
    });
    assert.deepEqual(
      findCases("hread", directory).map((each) => each.name),
      ["topic/threads"],
    );
    assert.deepEqual(findCases("absent", directory), []);
  });

  test("a case without a title, or with an unknown directive, fails alone", async () => {
    const bare = readCase(writeCase("bare", "int main(void) { return 0; }\n"));
    assert.match(bare.problem ?? "", /bare\.c: it has no title: open it/);
    await assert.rejects(compileCase(bare), /no title/);
    assert.match(readCase(writeCase("as", "// x\n// as: root\n")).problem ?? "", /only "as: user"/);
  });

  test("an honest launcher makes no difference", async () => {
    const { difference, native } = await compareText(
      "args",
      '// prints its arguments\n// args: a b\n#include <stdio.h>\nint main(int c, char **v) { printf("%d %s %s\\n", c, v[1], v[2]); return 7; }\n',
    );
    assert.equal(difference, "");
    assert.equal(native.stdout, "3 a b\n");
    assert.equal(native.status, 7);
  });

  test("a death by signal is equal to exit code 128 + signal", async () => {
    const source = "// dies\n#include <stdlib.h>\nint main(void) { abort(); }\n";
    assert.equal((await compareText("dies", source)).native.ending, "killed by SIGABRT");
    const { difference } = await withLauncher('"$@" 2>/dev/null\nexit $?', () =>
      compareText("dies", source),
    );
    assert.equal(difference, "");
  });

  test("a case as user runs as uid 65534", {
    skip: process.getuid?.() !== 0 && "needs root",
  }, async () => {
    const { native, difference } = await compareText(
      "user",
      '// who am I\n// as: user\n#include <fcntl.h>\n#include <stdio.h>\n#include <unistd.h>\nint main(void) { printf("%d %d %d\\n", getuid(), getegid(), open("own", O_CREAT | O_RDWR, 0600) >= 0); return 0; }\n',
    );
    assert.equal(native.stdout, "65534 65534 1\n");
    assert.equal(difference, "");
  });

  test("compile errors carry the compiler's words", async () => {
    await assert.rejects(
      compareText("broken", "// broken\nint main(void) { return x; }\n"),
      /undeclared/,
    );
  });

  test("different output is shown as a diff, with tvisor's standard error", async () => {
    const { difference } = await withLauncher(
      'echo "kernel: no such thing" >&2\n"$@" | sed s/two/2/',
      () => compareRuns(["printf", "one\\ntwo\\nthree\\n"], { timeoutMs: 5_000 }),
    );
    assert.match(difference, /from line 2/);
    assert.match(difference, /- "two"\n\s+\+ "2"/);
    assert.match(difference, /kernel: no such thing/);
  });

  test("a different exit code is a difference", async () => {
    const { difference } = await withLauncher("exit 3", () =>
      compareRuns(["true"], { timeoutMs: 5_000 }),
    );
    assert.match(difference, /linux: {2}exit 0\n {2}tvisor: exit 3/);
  });

  test("bytes that are not UTF-8 are compared as bytes", async () => {
    const { difference } = await withLauncher('printf "a\\377\\n"', () =>
      compareRuns(["printf", "a\\376\\n"], { timeoutMs: 5_000 }),
    );
    assert.match(difference, /- "a\u00fe"\n\s+\+ "a\u00ff"/);
  });

  test("a launcher that hangs is killed with its children and reported", async () => {
    const started = performance.now();
    const { difference } = await withLauncher("sleep 77 & sleep 77", () =>
      compareRuns(["true"], { timeoutMs: 300 }),
    );
    assert.match(difference, /tvisor: time limit of 0\.3 s is over/);
    assert.ok(performance.now() - started < 5_000);
  });

  test("both runs see the same fresh directory, and it is gone afterwards", async () => {
    const { native, tvisor } = await compareRuns(["sh", "-c", "pwd; ls; touch left"], {
      timeoutMs: 5_000,
    });
    assert.equal(native.stdout, tvisor.stdout);
    const place = native.stdout.trim();
    assert.notEqual((await run(["ls", place], { cwd: "/", timeoutMs: 5_000 })).status, 0);
  });

  test("compare() passes an equal script and fails a different one", async () => {
    assert.equal((await compare('echo "$((6 * 7))"; exit 4')).status, 4);
    await withLauncher("echo 43", async () => {
      await assert.rejects(compare("echo 42"), /- "42"/);
    });
  });

  test("compare() gives a terminal when asked for one", async () => {
    assert.equal((await compare("test -t 0 || echo no terminal")).stdout, "no terminal\n");
    assert.match(
      (await compare("tty; stty size", { tty: true })).stdout,
      /^\/dev\/pts\/\d+\r\n24 80\r\n$/,
    );
  });

  test("compare() types what it is told, when it is asked", async () => {
    const { stdout } = await compare(
      'read -p "name? " name; read -p "age? " age; echo "<$name $age>"',
      {
        tty: [
          { after: /name\? /, type: "ada\n" },
          { after: /age\? /, type: "36\n" },
        ],
      },
    );
    assert.match(stdout, /<ada 36>/);
  });

  test("compare() on a terminal hands on Ctrl-C", async () => {
    const { stdout, status } = await compare(
      "trap 'echo caught; exit 5' INT; echo ready; sleep 20",
      {
        tty: [{ after: /ready/, type: "\x03" }],
        timeoutMs: 10_000,
      },
    );
    assert.match(stdout, /caught/);
    assert.equal(status, 5);
  });

  test("missing() knows only the packages of the list", () => {
    assert.throws(() => missing(["no-such-package"]), /packages\.txt/);
    assert.equal(missing(["gcc"]), false);
  });
});
