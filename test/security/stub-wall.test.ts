/**
 * The first wall, attacked by a guest that knows everything about the stub beside it: whatever it
 * does, the host is as before, only its own address space dies, and a sibling keeps answering.
 */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { attack, BESIDE, processes, Sandbox, survivors } from "./harness.ts";

async function besideSibling(command: string[]): Promise<string> {
  const sandbox = new Sandbox(["sh", "-c", BESIDE, "sh", ...command]);
  const status = await sandbox.end(10_000);
  assert.equal(status, 0, `${sandbox.stdout}\n${sandbox.stderr}`);
  assert.match(sandbox.stdout, /sibling fine/);
  assert.doesNotMatch(sandbox.stderr, /bug in tvisor/);
  return sandbox.stdout;
}

for (const rounds of ["03", "46", "79"])
  test(`stub wall: no system call made with the stub's own instruction changes the host (${rounds})`, async () => {
    const directory = mkdtempSync(join(tmpdir(), "tvisor-wall-"));
    try {
      const sandbox = new Sandbox([await attack("every-call"), join(directory, "made"), rounds]);
      const status = await sandbox.end(10_000);
      assert.match(sandbox.stdout, /alive/, sandbox.stderr);
      assert.equal(status, 0);
      assert.ok(!existsSync(join(directory, "made")));
      assert.deepEqual(readdirSync(directory), []);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

const TARGETS = { sl: "slots", header: "header", bits: "post bits", se: "sequences", st: "stacks" };
for (const [argument, name] of Object.entries(TARGETS))
  test(`stub wall: random bytes over its ${name} kill no one but the guest that writes them`, async () => {
    await besideSibling([await attack("scribble"), argument]);
  });

/** With pid namespaces and without: then the warden's kill of the process group is what ends them. */
const HIDDEN = [
  ["fork", {}],
  ["both", {}],
  ["fork", { TVISOR_NAMESPACES: "off" }],
  ["both", { TVISOR_NAMESPACES: "off" }],
] as const;
for (const [what, env] of HIDDEN)
  test(`stub wall: hidden children do not outlive the kernel process: ${what} ${JSON.stringify(env)}`, async () => {
    const sandbox = new Sandbox([await attack("hidden-fork"), what], { env });
    await sandbox.until("ready");
    assert.doesNotMatch(sandbox.stdout, /refused/);
    const session = sandbox.warden!.pid;
    assert.ok(processes().filter((each) => each.session === session).length >= 2);
    sandbox.child.kill("SIGKILL");
    await sandbox.ended;
    assert.deepEqual(await survivors(session), []);
  });

test("stub wall: hidden children do not outlive a guest that has ended", async () => {
  const sandbox = new Sandbox([await attack("hidden-fork"), "both", "leave"]);
  await sandbox.until("ready");
  const session = sandbox.warden?.pid;
  assert.equal(await sandbox.end(5000), 0);
  if (session !== undefined) assert.deepEqual(await survivors(session), []);
});
