/**
 * The kernel against sequences of random system calls, the same ones each time. A longer search:
 * `tvisor do -- test/security/.build/call-sequences-* SEED 1000 300`; what a round needs is its seed.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { attack, Sandbox } from "./harness.ts";

const ROUNDS = 20;
const CALLS = 200;

for (const seed of [1, 2, 3])
  test(`call sequences: the kernel survives what it is asked (seed ${seed})`, async () => {
    const program = await attack("call-sequences");
    const sandbox = new Sandbox([program, String(seed), String(ROUNDS), String(CALLS)]);
    const status = await sandbox.end(60_000);
    assert.doesNotMatch(sandbox.stderr, /bug in tvisor/);
    assert.match(sandbox.stdout, /alive/, `stopped after ${sandbox.stdout}: ${sandbox.stderr}`);
    assert.equal(status, 0);
  });
