/**
 * The lock-down filter: what the tables list is allowed, the rest ends the process with a line that
 * names the call. Each case is a Node of its own that locks itself in and then misbehaves.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { calls } from "../../src/host/calls.ts";
import { engineCalls } from "../../src/host/engine-calls.ts";
import { allRows } from "../../src/host/filter.ts";

const ROOT = join(import.meta.dirname, "../..");
const VIOLATION = 128 + 31;

/** Run `body` after seal(); `host`, `sys` and `setup` are in its scope. */
function locked(body: string, setup: Record<string, unknown> = {}) {
  const program = `
    import { Host } from "${ROOT}/src/host/host.ts";
    import { Lockdown } from "${ROOT}/src/host/lockdown.ts";
    const host = new Host("${ROOT}/native/build/gateway.node");
    const sys = host.gateway.sys;
    const path = (text) => {
      host.arena.u8.set(Buffer.from(text + "\\0"), host.structAt);
      return host.address(host.structAt);
    };
    new Lockdown(host).seal({ network: false, volumes: false, ownPid: process.pid, stubGroup: -1, controlSocket: -1, ...${JSON.stringify(setup)} });
    process.on("exit", (code) => host.gateway.exit(code));
    ${body}`;
  return spawnSync(process.execPath, ["--no-warnings", "--input-type=module", "-e", program], {
    encoding: "utf8",
  });
}

const FORBIDDEN: [what: string, nr: number, body: string][] = [
  ["execve", 59, `sys(59, path("/bin/true"), 0, 0)`],
  ["execveat", 322, `sys(322, -100, path("/bin/true"), 0, 0, 0)`],
  ["socket", 41, "sys(41, 2, 1, 0)"],
  ["connect", 42, "sys(42, 0, 0, 0)"],
  ["a socket pair that is not local", 53, "sys(53, 2, 1, 0, 0)"],
  ["ptrace", 101, "sys(101, 16, 1, 0, 0)"],
  ["process_vm_writev", 311, "sys(311, 1, 0, 0, 0, 0, 0)"],
  ["fork", 57, "sys(57)"],
  ["vfork", 58, "sys(58)"],
  ["clone of a process", 56, "sys(56, 17, 0, 0, 0, 0)"],
  ["clone of a user namespace", 56, "sys(56, 0x10000000 + 17, 0, 0, 0, 0)"],
  ["unshare", 272, "sys(272, 0x10000000)"],
  ["setns", 308, "sys(308, 0, 0)"],
  ["mount", 165, "sys(165, 0, 0, 0, 0, 0)"],
  ["chroot", 161, `sys(161, path("/"))`],
  ["io_uring_setup", 425, "sys(425, 8, 0)"],
  ["io_uring_enter", 426, "sys(426, 3, 1, 0, 0, 0, 0)"],
  ["bpf", 321, "sys(321, 0, 0, 0)"],
  ["kill of anybody", 62, "sys(62, 1, 0)"],
  ["a signal by pidfd other than SIGKILL", 424, "sys(424, 0, 15, 0, 0)"],
  ["prctl(PR_SET_SECCOMP)", 157, "sys(157, 22, 2, 0)"],
  ["a limit raised", 302, "sys(302, 0, 7, host.address(host.structAt), 0)"],
  ["setuid", 105, "sys(105, 0)"],
  ["personality", 135, "sys(135, 0xffffffff)"],
  ["the 32-bit numbers of x32", 0x40000000, "sys(0x40000000, 0, 0, 0)"],
];

for (const [what, nr, body] of FORBIDDEN)
  test(`lock-down: ${what} ends the kernel process with a line that names it`, () => {
    const { status, stderr } = locked(`${body}; process.exit(0);`);
    const line = `tvisor: the kernel process made a host call it must not make: nr ${nr}\n`;
    assert.deepEqual({ status, stderr }, { status: VIOLATION, stderr: line });
  });

test("lock-down: what is refused softly gets the errno of its row", () => {
  const { status, stderr } = locked(`
    import assert from "node:assert/strict";
    assert.equal(sys(257, -100, path("/tmp/x"), 0o101, 0o600), -30, "openat with O_CREAT");
    assert.equal(sys(257, -100, path("/tmp/x"), 0o20200002, 0o600), -30, "openat with O_TMPFILE");
    assert.equal(sys(258, -100, path("/tmp/x"), 0o700), -30, "mkdirat");
    assert.equal(sys(16, 0, 0x5412, path("x")), -25, "TIOCSTI");
    assert.equal(sys(72, 0, 1024, 0), -1, "F_SETLEASE");
    assert.equal(sys(435, host.address(host.structAt), 88), -38, "clone3");
    process.exit(0);`);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
});

test("lock-down: a sandbox with writable volumes or the host's network may use them", () => {
  const { status, stderr } = locked(
    `import assert from "node:assert/strict";
    assert.equal(sys(258, -100, path("/proc/nothing"), 0o700), -2, "mkdirat");
    assert.ok(sys(41, 2, 1, 0) >= 0, "socket");
    process.exit(0);`,
    { network: true, volumes: true },
  );
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
});

test("lock-down: Node goes on: garbage, files, compilation, messages", () => {
  const { status, stdout, stderr } = locked(`
    const { readFileSync, writeSync } = await import("node:fs");
    let kept = [];
    for (let i = 0; i < 200; i++) kept.push(new Uint8Array(1 << 20).fill(i)), i % 20 === 0 && (kept = []);
    for (let i = 0; i < 300; i++) new Function("x", "for (let i = 0; i < 1e4; i++) x += i; return x")(i);
    const isSealed = /Seccomp:\\t2/.test(readFileSync("/proc/self/status", "utf8"));
    writeSync(1, \`\${isSealed} \${new Error("x").stack.length > 10}\\n\`);
    process.exit(7);`);
  assert.deepEqual({ status, stdout, stderr }, { status: 7, stdout: "true true\n", stderr: "" });
});

test("lock-down: every row has a reason and a number of its own", () => {
  const numbers = Object.values(calls).map((row) => row.nr);
  assert.equal(new Set(numbers).size, numbers.length);
  const engine = engineCalls.map((row) => row.nr);
  assert.equal(new Set(engine).size, engine.length);
  assert.deepEqual(
    engine.filter((nr) => numbers.includes(nr)),
    [],
    "the kernel's own row is enough",
  );
  for (const row of allRows()) assert.ok(row.why.length > 5, row.name);
});

test("lock-down: every row of calls.ts is used, and no number is called that has no row", () => {
  const sources = globSync("src/**/*.ts", { cwd: ROOT }).filter(
    (path) => !path.endsWith(".test.ts"),
  );
  const text = sources.map((path) => readFileSync(join(ROOT, path), "utf8")).join("\n");
  const gateway = globSync("native/gateway/*.c", { cwd: ROOT })
    .map((path) => readFileSync(join(ROOT, path), "latin1"))
    .join("\n");
  const unused = Object.entries(calls).filter(
    ([key, row]) =>
      !new RegExp(`\\bcalls\\.${key}\\.nr\\b`).test(text) && !gateway.includes(row.name),
  );
  assert.deepEqual(unused, []);
});
