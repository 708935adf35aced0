/**
 * Every conformance case as one test: Linux is the judge.
 * TVISOR_CASE=substring runs only the cases whose name contains it.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { failure } from "../compare.ts";
import { expectedFailures } from "./expected-failures.ts";
import { compareCase, compileAll, findCases, JOBS, obstacle } from "./harness.ts";

const filter = process.env["TVISOR_CASE"] ?? "";
const cases = findCases(filter);
const programs = compileAll(cases);
// A refusal is reported by the test of its case; until then nobody waits for the promise.
for (const program of programs) program.catch(() => {});

test("conformance: expected-failures.ts names only cases that exist", () => {
  const names = new Set(findCases().map((each) => each.name));
  for (const name of Object.keys(expectedFailures)) {
    assert.ok(names.has(name), `${name} is not a case: remove it from expected-failures.ts`);
  }
});

test("conformance: the filter finds a case", { skip: !filter && "no filter is set" }, () => {
  assert.ok(cases.length > 0, `no case's name contains "${filter}"`);
});

describe("conformance", { concurrency: JOBS }, () => {
  for (const [index, each] of cases.entries()) {
    const skip = obstacle(each) ?? false;
    test(`${each.name}: ${each.title}`, { skip }, async (t) => {
      const program = await programs[index];
      const { difference } = await compareCase(each, program);
      const reason = expectedFailures[each.name];
      if (reason !== undefined) {
        assert.notEqual(difference, "", `it passes: remove ${each.name} from expected-failures.ts`);
        t.todo(reason);
      }
      if (difference) throw failure(difference);
    });
  }
});
