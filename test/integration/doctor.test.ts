/**
 * `tvisor doctor` says what a sandbox gets here, and `do --tier` refuses less than was demanded.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { launcher } from "../compare.ts";

/** A machine that refuses namespaces gives tier 0. */
const BARE = { ...process.env, TVISOR_NAMESPACES: "off" };

function tvisor(args: string[], env: NodeJS.ProcessEnv = process.env) {
  return spawnSync(launcher(), args, { encoding: "utf8", env, timeout: 60_000 });
}

function examined(env?: NodeJS.ProcessEnv) {
  const { status, stdout, stderr } = tvisor(["doctor", "--json"], env);
  assert.equal(status, 0, stderr);
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

test("doctor: a machine on which the tests run can run tvisor, in some tier", () => {
  const { canRun, problem, machine, tier } = examined();
  assert.equal(canRun, true);
  assert.equal(problem, null);
  assert.equal(machine.node, process.version);
  assert.ok([0, 1, 2].includes(tier.tier));
  for (const { what, costs, remedy } of tier.missing) assert.ok(what && costs && remedy);
});

test("doctor: without namespaces it is tier 0, and the text says what that costs", () => {
  const { tier } = examined(BARE);
  assert.equal(tier.tier, 0);
  assert.ok(tier.missing.some(({ what }: { what: string }) => what === "namespaces"));
  const { status, stdout } = tvisor(["doctor"], BARE);
  assert.equal(status, 0);
  assert.match(stdout, /^tvisor can run here\. Tier 0: /m);
  assert.match(stdout, /^ {2}namespaces\n {6}costs: .*\n {6}remedy: /m);
});

test("doctor: as root in namespaces of its own, stubs are another user below an empty root", (context) => {
  if (process.getuid!() !== 0) return context.skip("needs root");
  const { tier } = examined();
  if (!tier.has.some((what: string) => what.startsWith("namespaces")))
    return context.skip("this host grants no namespaces");
  assert.ok(tier.has.includes("an empty root directory for guests' processes"));
});

test("do --tier: the tier that there is will do, and every weaker one", () => {
  const { tier } = examined();
  for (let demanded = 0; demanded <= tier.tier; demanded++) {
    const { status, stdout } = tvisor(["do", "--tier", `${demanded}`, "--", "echo", "ran"]);
    assert.deepEqual([status, stdout], [0, "ran\n"]);
  }
});

test("do --tier: where the machine gives less nothing runs, and one sentence says why", () => {
  for (const demanded of ["1", "2"]) {
    const { status, stdout, stderr } = tvisor(
      ["do", "--tier", demanded, "--", "echo", "ran"],
      BARE,
    );
    assert.deepEqual([status, stdout], [128, ""]);
    assert.match(
      stderr,
      new RegExp(
        `^tvisor do: tier ${demanded} was demanded, and this machine gives tier 0; missing: namespaces.*\n$`,
      ),
    );
  }
});

test("do --tier: what is no tier is refused", () => {
  const { status, stderr } = tvisor(["do", "--tier", "3", "--", "true"]);
  assert.equal(status, 128);
  assert.match(stderr, /--tier is 0, 1 or 2, not "3"/);
});

test("do --timing: a table on stderr of steps that add up, and nothing on stdout", () => {
  const { status, stdout, stderr } = tvisor(["do", "--timing", "--", "echo", "ran"]);
  assert.deepEqual([status, stdout], [0, "ran\n"]);
  const rows = [...stderr.matchAll(/^ *([\d.]+) +([\d.]+) {2}(.+)$/gm)];
  assert.deepEqual(
    rows
      .map(([, , , step]) => step)
      .filter((step) => /^(gateway|kernel|exec|the program)$/.test(step!)),
    ["gateway", "kernel", "exec", "the program"],
  );
  const sum = rows.reduce((total, [, , took]) => total + Number(took), 0);
  const all = Number(/([\d.]+) +in all$/m.exec(stderr)![1]);
  // Each row is rounded to a tenth.
  assert.ok(Math.abs(sum - all) < 0.1 * rows.length, `${sum} is not ${all}`);
});

test("do --stats: nearly all calls of a busy program come from patched sites", () => {
  const script = "for ((i = 0; i < 2000; i++)); do read -r line < /dev/null; done; true";
  const { status, stdout, stderr } = tvisor(["do", "--stats", "--", "bash", "-c", script]);
  assert.equal(status, 0);
  assert.equal(stdout, "");
  const found = /^system calls: (\d+), from patched sites: (\d+) \((.*) %\)$/m.exec(stderr);
  assert.ok(found, stderr);
  const [all, patched, share] = found.slice(1).map(Number);
  assert.ok(patched! <= all! && all! > 4000, stderr);
  // Where the host lets nobody read a GS base, none is.
  if (patched! > 0) assert.ok(share! > 95, stderr);
});
