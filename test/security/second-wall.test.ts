/**
 * The second wall, seen from outside and tried from inside: what the kernel process has given up while
 * its guest runs, and what a taken-over one would still reach.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Host } from "../../src/host/host.ts";
import { landlockAbi } from "../../src/host/landlock.ts";
import { processes, Sandbox } from "./harness.ts";

const ROOT = join(import.meta.dirname, "../..");
const STUB_DESCRIPTOR = /^(anon_inode:\[eventfd\]|socket:\[\d+\])$/;
const isRoot = process.getuid?.() === 0;
const abi = landlockAbi(new Host(`${ROOT}/native/build/gateway.node`));
const noLandlock = abi < 1 ? "this host has no Landlock" : false;

function status(path: string): Map<string, string> {
  const lines = readFileSync(path, "latin1").split("\n");
  return new Map(lines.map((line) => line.split(":\t") as [string, string]));
}

/** What a stub holds open besides its doorbell and control socket, if it still does after a while. */
async function strayDescriptor(pid: number): Promise<string> {
  let stray = "";
  for (let tries = 0; tries < 40; tries++) {
    stray = "";
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      try {
        const target = readlinkSync(`/proc/${pid}/fd/${fd}`);
        if (!STUB_DESCRIPTOR.test(target)) stray = target;
      } catch {
        // closed since it was listed
      }
    }
    if (stray === "") break;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  return stray;
}

test("second wall: every thread of the kernel process is filtered, and keeps few capabilities", async () => {
  const sandbox = new Sandbox(["sh", "-c", "echo up; sleep 1"]);
  await sandbox.until("up");
  // CHOWN, SETUID, NET_ADMIN, SYS_MODULE, SYS_RAWIO, SYS_ADMIN, MKNOD, …: none of them.
  const mayHold = (1n << 1n) | (1n << 2n) | (1n << 5n) | (1n << 19n);
  for (const tid of readdirSync(`/proc/${sandbox.pid}/task`)) {
    const facts = status(`/proc/${sandbox.pid}/task/${tid}/status`);
    assert.equal(facts.get("Seccomp"), "2", facts.get("Name"));
    assert.equal(facts.get("NoNewPrivs"), "1", facts.get("Name"));
    for (const set of ["CapEff", "CapPrm"])
      assert.equal(BigInt(`0x${facts.get(set)}`) & ~mayHold, 0n, facts.get("Name"));
  }
  assert.match(readFileSync(`/proc/${sandbox.pid}/limits`, "latin1"), /Max core file size +0 +0/);
  assert.equal(await sandbox.end(5000), 0);
});

test("second wall: stubs have no capability, no files, and are first to go when memory is short", async () => {
  const sandbox = new Sandbox(["sh", "-c", "echo up; sleep 1"]);
  await sandbox.until("up");
  const session = sandbox.warden!.pid;
  const stubs = processes().filter(
    (each) => each.session === session && each.comm === "tvisor-stub",
  );
  assert.ok(stubs.length >= 2);
  for (const { pid } of stubs) {
    const facts = status(`/proc/${pid}/status`);
    for (const set of ["CapEff", "CapPrm", "CapInh", "CapAmb"])
      assert.equal(BigInt(`0x${facts.get(set)}`), 0n, set);
    assert.equal(facts.get("Seccomp"), "2");
    assert.equal(facts.get("NoNewPrivs"), "1");
    assert.equal(readFileSync(`/proc/${pid}/oom_score_adj`, "latin1").trim(), "500");
    // Nothing but the doorbell and the control socket, nor anything left over from a fork. A file that
    // is being mapped passes through for a moment: a program that is still starting has such moments.
    assert.equal(await strayDescriptor(pid), "");
  }
  assert.equal(await sandbox.end(5000), 0);
});

test("second wall: where the host grants namespaces, stubs are in their own, below an empty root", async (context) => {
  const sandbox = new Sandbox(["sh", "-c", "echo up; sleep 1"]);
  await sandbox.until("up");
  const warden = sandbox.warden!.pid;
  const own = (name: string) => readlinkSync(`/proc/self/ns/${name}`);
  if (readlinkSync(`/proc/${warden}/ns/pid`) === own("pid")) {
    context.skip("this host refuses namespaces to us");
    await sandbox.end(5000);
    return;
  }
  const stub = processes().find((each) => each.session === warden && each.comm === "tvisor-stub")!;
  for (const name of ["pid", "mnt", "net", "ipc", "uts"])
    assert.notEqual(readlinkSync(`/proc/${stub.pid}/ns/${name}`), own(name), name);
  assert.match(status(`/proc/${warden}/status`).get("NSpid")!, /\t1$/);
  assert.throws(() => readdirSync(`/proc/${stub.pid}/root`));
  assert.equal(existsSync(`/proc/${stub.pid}/root/etc`), false);
  if (isRoot) assert.notEqual(status(`/proc/${stub.pid}/status`).get("Uid")!.split("\t")[0], "0");
  assert.equal(await sandbox.end(5000), 0);
});

/** A process that raises its walls as a sandbox on `/` does, and then runs `body`. */
function walled(body: string, volume = "") {
  const volumes = volume === "" ? "[]" : `[{ source: ${JSON.stringify(volume)}, readOnly: false }]`;
  const program = `
    import assert from "node:assert/strict";
    import { Host } from "${ROOT}/src/host/host.ts";
    import { Walls } from "${ROOT}/src/sentry/walls.ts";
    const host = new Host("${ROOT}/native/build/gateway.node");
    const volumes = ${volumes}.map(({ source, readOnly }) => ({ at: source, isWritable: !readOnly }));
    const walls = new Walls(host, { network: "none", files: [{ at: "/", isWritable: false }, ...volumes] });
    walls.beforeProcesses();
    ${body}
    process.exit(0);`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--no-warnings", "--input-type=module", "-e", program],
    { encoding: "utf8" },
  );
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
}

test("second wall: Landlock leaves nothing writable but the volumes", { skip: noLandlock }, () => {
  const directory = mkdtempSync(join(tmpdir(), "tvisor-landlock-"));
  const volume = join(directory, "volume");
  spawnSync("mkdir", [volume]);
  writeFileSync(join(directory, "file"), "kept");
  try {
    walled(
      `const open = (path, flags) => host.openat(-100, path, flags, 0o600);
      assert.equal(open("${directory}/made", 0o102), -13);
      assert.equal(open("${directory}/file", 0o1), -13);
      assert.equal(open("${directory}/file", 0o1000), -13);
      assert.equal(host.unlinkat(-100, "${directory}/file", 0), -13);
      assert.equal(host.renameat2(-100, "${directory}/file", -100, "${volume}/file", 0), -13);
      assert.equal(open("/proc/sys/kernel/core_pattern", 0o1), -13);
      assert.ok(open("${directory}/file", 0) >= 0);
      assert.ok(open("${volume}/made", 0o102) >= 0);`,
      volume,
    );
    assert.deepEqual(readdirSync(directory).sort(), ["file", "volume"]);
    assert.equal(readFileSync(join(directory, "file"), "latin1"), "kept");
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("second wall: the memory of other processes is out of reach", { skip: noLandlock }, () => {
  walled(`assert.equal(host.openProcess(${process.pid}, "mem", 0o2), -13);
    assert.equal(host.openat(-100, "/proc/${process.pid}/mem", 0o0), -13);`);
});

test("second wall: other processes cannot be signalled", {
  skip: abi < 6 ? "this host's Landlock cannot restrict signals" : false,
}, () => {
  walled(`const other = host.pidfdOpen(${process.pid});
    assert.equal(host.pidfdSendSignal(other, 9), -1);`);
});
