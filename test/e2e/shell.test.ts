/** The first programs a visitor tries: a shell, its pipes and jobs, and an interpreter. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, missing } from "./harness.ts";

test("shell: expands, loops and gives its exit code", async () => {
  const { stdout, status } = await compare("for i in 1 2 3; do echo $((i * i)); done; exit 7");
  assert.equal(stdout, "1\n4\n9\n");
  assert.equal(status, 7);
});

test("shell: pipes, substitutions and here-documents carry data", async () => {
  const { stdout } = await compare(`
    printf '%s\\n' pear apple fig | sort | tr a-z A-Z | head -n 2
    echo "words: $(wc -w <<< 'one two three')"
    cat <<'END' | tac
first
second
END
  `);
  assert.equal(stdout, "APPLE\nFIG\nwords: 3\nsecond\nfirst\n");
});

test("shell: files are written, read, linked, renamed and removed", async () => {
  await compare(`
    mkdir -p a/b && echo hello > a/b/file && ln -s b/file a/link && cat a/link
    mv a/b/file a/b/moved; cat a/link 2>/dev/null || echo dangling
    ln a/b/moved a/hard && stat -c '%h %s %A' a/hard
    rm -r a && ls -A
  `);
});

test("shell: background jobs are waited for and killed", async () => {
  await compare(`
    sleep 0.1 & wait $!; echo "slept: $?"
    sleep 60 & kill -TERM $!; wait $!; echo "killed: $?"
    (exit 3) & wait $!; echo "left: $?"
  `);
});

test("shell: a trap runs when a signal comes", async () => {
  const { stdout } = await compare("trap 'echo got USR1' USR1; kill -USR1 $$; echo after");
  assert.equal(stdout, "got USR1\nafter\n");
});

test("shell: on a terminal it asks and reads an answer", async () => {
  await compare('test -t 0 && stty size; read -r -p "name? " name; echo "hello $name"', {
    tty: [{ after: /name\? /, type: "ada\n" }],
  });
});

test("python: computes", { skip: missing(["python3"]) }, async () => {
  const { stdout } = await compare('python3 -c "print(6*7)"', { packages: ["python3"] });
  assert.equal(stdout, "42\n");
});
