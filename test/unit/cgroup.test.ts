/**
 * Cgroup: counts go up the hierarchy but not to the root, pids.max of any ancestor refuses, and paths are as one sees
 * them from another node.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Cgroup } from "../../src/kernel/cgroup/cgroup.ts";

function start(): { root: Cgroup; a: Cgroup; b: Cgroup; c: Cgroup } {
  const root = new Cgroup(1, "", null, 0, 0);
  const make = (name: string, parent: Cgroup) => {
    const made = new Cgroup(2, name, parent, 0, 0);
    parent.children.set(name, made);
    return made;
  };
  const a = make("a", root);
  const b = make("b", a);
  return { root, a, b, c: make("c", root) };
}

test("cgroup: tasks count in and above a node, but not in the root", () => {
  const { root, a, b, c } = start();
  b.addTasks(3);
  b.addTasks(-1);
  assert.deepEqual([root.tasks, a.tasks, b.tasks, c.tasks], [0, 2, 2, 0]);
  assert.equal(a.mostTasks, 3);
});

test("cgroup: pids.max of an ancestor refuses, and the one that asked counts it", () => {
  const { a, b } = start();
  a.pidsMax = 2;
  b.addTasks(1);
  assert.equal(b.mayFork(), true);
  b.addTasks(1);
  assert.equal(b.mayFork(), false);
  assert.deepEqual([a.pidsRefused, b.pidsRefused], [0, 1]);
});

test("cgroup: controllers come from the parent", () => {
  const { a, b } = start();
  assert.equal(a.controllers.length, 0);
  a.parent!.enabled.add("pids").add("cpu");
  assert.deepEqual(a.controllers, ["cpu", "pids"]);
  assert.equal(b.controllers.length, 0);
});

test("cgroup: paths as seen from another node", () => {
  const { root, a, b, c } = start();
  assert.equal(b.pathFrom(root), "/a/b");
  assert.equal(b.pathFrom(a), "/b");
  assert.equal(b.pathFrom(b), "/");
  assert.equal(root.pathFrom(b), "/../..");
  assert.equal(c.pathFrom(b), "/../../c");
});

test("cgroup: cgroup.events changes when the first comes and the last goes", () => {
  const { a, b } = start();
  b.addLiving(1);
  b.addLiving(1);
  assert.equal(a.changes, 1);
  b.addLiving(-2);
  assert.equal(a.changes, 2);
});
