/** Lists of uidMappings: what is wrong with one is told by its path. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkMappings } from "./id-mappings.ts";

type Range = readonly [number, number, number];

function complaints(...ranges: Range[]): string[] {
  const errors: string[] = [];
  const list = ranges.map(([containerID, hostID, size]) => ({ containerID, hostID, size }));
  checkMappings(list, "at", errors);
  return errors;
}

test("mappings: right ones", () => {
  assert.deepEqual(complaints(), []);
  assert.deepEqual(complaints([0, 1000, 1], [1, 100000, 65536]), []);
  assert.deepEqual(complaints([10, 0, 10], [0, 10, 10]), []);
  assert.deepEqual(complaints([0, 0, 2 ** 32 - 1]), []);
});

test("mappings: empty ranges, and those beyond the last id", () => {
  assert.deepEqual(complaints([0, 0, 0]), ["at[0].size must not be 0"]);
  assert.deepEqual(complaints([1, 0, 2 ** 32 - 1]), ["at[0] must end below 4294967295"]);
  assert.deepEqual(complaints([0, 4294967290, 6]), ["at[0] must end below 4294967295"]);
});

test("mappings: an id that is there twice, on either side", () => {
  assert.deepEqual(complaints([0, 0, 10], [9, 100, 5]), [
    "at[1] gives a containerID again that at[0] has",
  ]);
  assert.deepEqual(complaints([0, 100, 10], [20, 95, 6]), [
    "at[0] gives a hostID again that at[1] has",
  ]);
});

test("mappings: an id within an earlier, longer range", () => {
  assert.equal(complaints([0, 0, 100], [10, 200, 5], [50, 300, 5]).length, 2);
});

test("mappings: not more than a kernel takes", () => {
  const many = Array.from({ length: 341 }, (_, i) => [i, i, 1] as const);
  assert.equal(complaints(...many).length, 1);
  assert.deepEqual(complaints(...many.slice(1)), []);
});
