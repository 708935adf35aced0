/**
 * PidTable and PidNamespace: numbers are given in every namespace from the inside out, taken back when nobody has
 * them, and remembered until the kernel gives them out again.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EEXIST, EINVAL, ENOMEM } from "../../src/abi/errno.ts";
import { PidNamespace } from "../../src/kernel/ns/pid-namespace.ts";
import { FIRST_USER_NAMESPACE } from "../../src/kernel/ns/user-namespace.ts";
import { PidTable } from "../../src/kernel/task/pid-table.ts";
import type { ThreadGroup } from "../../src/kernel/task/thread-group.ts";

const INIT = {} as ThreadGroup;

function start(): { pids: PidTable; outer: PidNamespace; inner: PidNamespace } {
  const pids = new PidTable();
  const outer = new PidNamespace(1, FIRST_USER_NAMESPACE, pids.first);
  const inner = new PidNamespace(2, FIRST_USER_NAMESPACE, outer);
  pids.first.last = 100;
  pids.first.init = INIT;
  return { pids, outer, inner };
}

test("pids: a number in each namespace from the inside out", () => {
  const { pids, outer, inner } = start();
  const first = pids.allocate(outer);
  outer.init = INIT;
  const second = pids.allocate(inner);
  assert.deepEqual([first, second], [101, 102]);
  assert.deepEqual([outer.numberOf(first), inner.numberOf(first)], [1, 0]);
  assert.deepEqual([outer.numberOf(second), inner.numberOf(second)], [2, 1]);
  assert.deepEqual([outer.named(2), inner.named(1), inner.named(2)], [second, second, 0]);
  assert.equal(pids.first.numberOf(7), 7);
});

test("pids: wishes are for the innermost, and fail as a whole", () => {
  const { pids, outer, inner } = start();
  assert.equal(pids.allocate(outer, [5]), -EINVAL);
  pids.allocate(outer);
  outer.init = inner.init = INIT;
  const pid = pids.allocate(inner, [7, 8, 900]);
  assert.equal(pid, 900);
  assert.deepEqual([outer.numberOf(pid), inner.numberOf(pid)], [8, 7]);
  assert.equal(pids.allocate(inner, [9, 8]), -EEXIST);
  assert.equal(inner.named(9), 0);
  assert.equal(pids.allocate(outer, [1, 1, 1]), -EINVAL);
  outer.isDying = true;
  assert.equal(pids.allocate(outer), -ENOMEM);
});

test("pids: what nobody has can be given again, and is remembered till then", () => {
  const { pids, outer } = start();
  const pid = pids.allocate(outer);
  outer.init = INIT;
  pids.remove(pid);
  assert.equal(outer.named(1), 0);
  assert.equal(outer.numberOf(pid), 1);
  assert.equal(pids.allocate(pids.first, [pid]), pid);
  assert.equal(outer.numberOf(pid), 0);
});
