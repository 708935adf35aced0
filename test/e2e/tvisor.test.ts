/** tvisor's own behaviour as a command: what it passes on, what it keeps apart, what it refuses. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { launcher } from "../compare.ts";
import { PROGRAM_PATH } from "./harness.ts";

const LIMIT_MS = 15_000;
const place = mkdtempSync(join(tmpdir(), "tvisor-own-"));
chmodSync(place, 0o755);
after(() => rmSync(place, { recursive: true, force: true }));

interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs a command; `input` goes to its standard input, which is empty otherwise. */
async function call(command: string[], input: string | Buffer = ""): Promise<Outcome> {
  const child = spawn(command[0], command.slice(1), {
    cwd: place,
    env: { PATH: PROGRAM_PATH, HOME: place, LANG: "C.UTF-8" },
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  child.stdin.on("error", () => {}).end(input);
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  const [code, signal] = await once(child, "close");
  return { code, signal, ...output };
}

const tvisor = (options: string[], ...command: string[]) =>
  call([launcher(), "do", ...options, "--", ...command]);
const sh = (script: string, ...options: string[]) => tvisor(options, "sh", "-c", script);

test("the exit code is the command's, and 128 + N when signal N ended it", async () => {
  for (const code of [0, 1, 2, 77, 126, 127, 128, 200, 255]) {
    assert.equal((await sh(`exit ${code}`)).code, code);
  }
  for (const number of [1, 2, 6, 9, 11, 15]) {
    assert.equal((await sh(`kill -${number} $$`)).code, 128 + number);
  }
});

test("a command that is not there gives 127, one that cannot run 126, and both one line", async () => {
  for (const [word, code] of [
    ["nosuchprogram", 127],
    ["/nonexistent/x", 127],
    ["/etc/passwd", 126],
    ["/etc", 126],
  ] as const) {
    const outcome = await tvisor([], word);
    assert.equal(outcome.code, code, `${word}: ${outcome.stderr}`);
    assert.match(outcome.stderr, /^tvisor do: [^\n]+\n$/);
    assert.equal(outcome.stdout, "");
  }
});

test("wrong usage gives one clear line and 128", async () => {
  for (const [words, told] of [
    [["do"], /no command/],
    [["do", "--"], /no command/],
    [["do", "--nosuchoption", "--", "true"], /nosuchoption/],
    [["do", "--network", "moon", "--", "true"], /moon/],
    [["do", "--user", "root", "--", "true"], /UID/],
    [["do", "--env", "novalue", "--", "true"], /NAME=VALUE/],
    [["do", "--volume", "x", "--", "true"], /volume/],
    [["do", "--root", "/nonexistent", "--", "true"], /nonexistent/],
    [["do", "--cwd", "/nonexistent", "--", "true"], /nonexistent/],
    [["do", "--volume", "/nonexistent:/mnt", "--", "true"], /nonexistent/],
    [["nosuchcommand"], /nosuchcommand/],
  ] as const) {
    const outcome = await call([launcher(), ...words]);
    assert.equal(outcome.code, 128, `${words.join(" ")}: ${outcome.stderr}`);
    assert.match(outcome.stderr, told);
    assert.match(outcome.stderr, /^tvisor[^\n]*\n$/, words.join(" "));
    assert.equal(outcome.stdout, "");
  }
});

test("standard input comes from a pipe, a file, or is closed", async () => {
  const big = Buffer.alloc(3_000_000, "x");
  assert.equal((await call([launcher(), "do", "--", "wc", "-c"], big)).stdout.trim(), "3000000");
  writeFileSync(join(place, "in"), "line 1\nline 2\n");
  const here = `${launcher()} do --`;
  const run = (script: string) => call(["bash", "-c", script]);
  assert.equal((await run(`${here} cat < in`)).stdout, "line 1\nline 2\n");
  assert.equal((await run(`(read x; ${here} cat) < in`)).stdout, "line 2\n");
  assert.equal((await run(`${here} sh -c 'read x; echo $x' < in`)).stdout, "line 1\n");
  const closed = await run(`${here} sh -c 'cat; echo $?' <&-`);
  assert.match(closed.stdout, /^[01]\n$/);
  const noOutput = await run(`${here} sh -c 'echo x; exit 3' >&-`);
  assert.equal(noOutput.code, 3);
});

test("standard output to a file is appended or written where the file's position is", async () => {
  const here = `${launcher()} do --`;
  await call(["bash", "-c", `(echo a; ${here} echo b; echo c) > out; ${here} echo d >> out`]);
  assert.equal(readFileSync(join(place, "out"), "utf8"), "a\nb\nc\nd\n");
});

test("a big output goes through a slow reader, and an early close is SIGPIPE", async () => {
  const here = `${launcher()} do --`;
  const slow = await call([
    "bash",
    "-c",
    `${here} head -c 2000000 /dev/zero | (sleep 0.5; n=$(wc -c); echo $n); echo \${PIPESTATUS[0]}`,
  ]);
  assert.equal(slow.stdout, "2000000\n0\n");
  const early = await call(["bash", "-c", `${here} yes | head -n 1; echo \${PIPESTATUS[0]}`]);
  assert.equal(early.stdout, "y\n141\n");
  const ignored = await call([
    "bash",
    "-c",
    `${here} bash -c 'trap "" PIPE; while echo x; do :; done 2>/dev/null; exit 9' | head -n 1; echo \${PIPESTATUS[0]}`,
  ]);
  assert.equal(ignored.stdout, "x\n9\n");
});

test("SIGINT, SIGTERM and SIGHUP to tvisor reach the command", async () => {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    for (const [script, code] of [
      [`trap 'echo got; exit 5' ${name.slice(3)}; echo ready; while :; do sleep 0.05; done`, 5],
      ["echo ready; exec sleep 30", { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[name]],
    ] as const) {
      const child = spawn(launcher(), ["do", "--", "bash", "-c", script], { cwd: place });
      let stdout = "";
      const ended = once(child, "close");
      for await (const text of child.stdout) {
        stdout += text;
        if (stdout === "ready\n") child.kill(name);
      }
      const [status, signal] = await ended;
      const seen = signal === name ? code : status;
      assert.equal(seen, code, `${name}: ${status} ${signal}`);
      if (code === 5) assert.equal(stdout, "ready\ngot\n");
    }
  }
});

test("--env, --cwd, --hostname and --user set what the command sees", async () => {
  const { stdout } = await sh(
    "echo $A $PWD; pwd; hostname; uname -n; id -u; id -g; echo ${HOME:-none}",
    "--env=A=b",
    "--env=A=c=d",
    "--cwd=/usr/bin",
    "--hostname=box",
    "--user=1234:567",
  );
  assert.equal(stdout, `c=d /usr/bin\n/usr/bin\nbox\nbox\n1234\n567\n${place}\n`);
});

test("a volume is written through with the right owner, a read-only one is not", async () => {
  const volume = join(place, "volume");
  mkdirSync(volume);
  writeFileSync(join(volume, "old"), "old\n");
  const script = `cat /mnt/old && echo new > /mnt/new && mkdir /mnt/d && mv /mnt/old /mnt/d/ &&
    chmod 640 /mnt/new && ln /mnt/new /mnt/hard && ln -s new /mnt/sym && rm /mnt/hard && cat /mnt/sym`;
  const outcome = await sh(script, `--volume=${volume}:/mnt`);
  assert.equal(outcome.stdout, "old\nnew\n", outcome.stderr);
  assert.equal(readFileSync(join(volume, "new"), "utf8"), "new\n");
  assert.equal(readFileSync(join(volume, "d/old"), "utf8"), "old\n");
  assert.equal(statSync(join(volume, "new")).uid, process.getuid!());
  assert.equal(statSync(join(volume, "new")).mode & 0o777, 0o640);
  const refused = await sh(
    "cat /mnt/new; echo x > /mnt/y; echo x >> /mnt/new; rm /mnt/new; mkdir /mnt/z; echo $?",
    `--volume=${volume}:/mnt:ro`,
  );
  assert.equal(refused.stdout, "new\n1\n");
  assert.match(refused.stderr, /Read-only file system/);
  assert.equal(existsSync(join(volume, "y")), false);
  const made = await sh("ls /does/not/exist/yet; ls /srv/x", `--volume=${volume}:/srv/x`);
  assert.equal(made.stdout, "d\nnew\nsym\n", made.stderr);
});

test("--root makes another directory the root", async () => {
  const root = join(place, "tiny");
  mkdirSync(join(root, "bin"), { recursive: true });
  writeFileSync(join(root, "bin/busybox"), readFileSync("/bin/busybox"), { mode: 0o755 });
  const outcome = await tvisor(
    [`--root=${root}`],
    "/bin/busybox",
    "sh",
    "-c",
    "pwd; /bin/busybox ls /bin; /bin/busybox ls /etc/passwd; echo x > /new && /bin/busybox cat /new; /bin/busybox ls -d /proc/self /dev/null",
  );
  assert.equal(outcome.stdout, "/\nbusybox\nx\n/dev/null\n/proc/self\n", outcome.stderr);
  assert.equal(existsSync(join(root, "new")), false);
});

test("the host's files are untouched by what the command removes and changes", async () => {
  const tree = join(place, "tree");
  mkdirSync(join(tree, "d"), { recursive: true });
  writeFileSync(join(tree, "d/file"), "kept\n", { mode: 0o644 });
  const before = statSync(join(tree, "d/file"));
  const { stdout } = await sh(
    `cd ${tree}; echo changed > d/file; chmod 600 d/file; touch -d @0 d/file; mv d/file d/moved; rm -rf d; mkdir d; echo other > d/file; cat d/file; rm -rf /usr/share/doc /etc/passwd; ls /etc/passwd 2>&1 | wc -l; ls -d /usr/share/doc 2>/dev/null; truncate -s 0 /etc/group; echo over`,
  );
  assert.equal(stdout, "other\n1\nover\n");
  const now = statSync(join(tree, "d/file"));
  assert.equal(readFileSync(join(tree, "d/file"), "utf8"), "kept\n");
  assert.deepEqual([now.mode, now.mtimeMs, now.ino], [before.mode, before.mtimeMs, before.ino]);
  assert.ok(existsSync("/etc/passwd") && statSync("/etc/group").size > 0);
});

test("--network none cannot reach a listener of the host, host can, both ways", async () => {
  const server = createServer((socket) => socket.end("from the host\n"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const script = `exec 3<>/dev/tcp/127.0.0.1/${port} && cat <&3`;
  const none = await tvisor([], "bash", "-c", script);
  assert.equal(none.stdout, "");
  assert.notEqual(none.code, 0);
  const host = await tvisor(["--network=host"], "bash", "-c", script);
  assert.equal(host.stdout, "from the host\n", host.stderr);
  server.close();
});

test("it works for an ordinary user", {
  skip: process.getuid!() !== 0 && "needs root",
}, async () => {
  const home = join(place, "home");
  mkdirSync(home);
  chownSync(home, 65534, 65534);
  const asUser = (...words: string[]) =>
    call([
      ...[
        "setpriv",
        "--reuid",
        "65534",
        "--regid",
        "65534",
        "--clear-groups",
        "env",
        `HOME=${home}`,
      ],
      ...[launcher(), "do", ...words],
    ]);
  const outcome = await asUser(
    ...["--cwd", home, "--", "bash", "-c"],
    "id -u; echo x > f; cat f; touch /etc/x 2>/dev/null; echo $?; cat /etc/shadow 2>/dev/null; echo $?; (sleep 0.1; exit 3) & wait $!; echo $?; seq 3 | wc -l",
  );
  assert.equal(outcome.stdout, "65534\nx\n1\n1\n3\n3\n", outcome.stderr);
  assert.equal(existsSync(join(home, "f")), false);
  const volume = await asUser("--volume", `${home}:/mnt`, "--", "sh", "-c", "echo kept > /mnt/g");
  assert.equal(volume.code, 0, volume.stderr);
  assert.equal(statSync(join(home, "g")).uid, 65534);
});

test("no process of a sandbox outlives it", async () => {
  const marker = `3${process.pid}.25`;
  const { code } = await sh(`sleep ${marker} & setsid sleep ${marker} & exit 4`);
  assert.equal(code, 4);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal((await call(["pgrep", "-f", `sleep ${marker}`])).stdout, "");
});
