/** When Trials tries the other way, and what it keeps. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Observation, Trials } from "./trials.ts";

const BUSY: Observation = { rate: 100, sleeps: 30, busy: 0.6, queued: 0.1 };

/** Feeds windows: with the kernel apart `apart` times as many calls come. True for each window apart. */
function windows(trials: Trials, count: number, apart: number, like = BUSY): boolean[] {
  const seen: boolean[] = [];
  let isApart = false;
  for (let i = 0; i < count; i++) {
    const faster = isApart ? { rate: like.rate * apart, sleeps: 0 } : {};
    isApart = trials.observe({ ...like, ...faster });
    seen.push(isApart);
  }
  return seen;
}

const share = (seen: boolean[]) => seen.filter((each) => each).length / seen.length;

test("trials: what answers twice as many calls is kept, and seldom put in question", () => {
  const seen = windows(new Trials(), 2000, 2);
  assert.ok(share(seen) > 0.95, `apart ${share(seen)} of the time`);
  assert.equal(seen.at(-1), true);
});

test("trials: guests that compute keep all processors, and are seldom disturbed", () => {
  const seen = windows(new Trials(), 1000, 0.6);
  assert.ok(share(seen) < 0.05, `apart ${share(seen)} of the time`);
  assert.equal(seen.at(-1), false);
  // It is tried again, at doubling distances.
  const begun = seen.flatMap((each, i) => (each && seen[i - 1] !== true ? [i] : []));
  const distances = begun.slice(1).map((each, i) => each - begun[i]!);
  assert.ok(
    distances.every((each, i) => i === 0 || each > 1.5 * distances[i - 1]!),
    begun.join(" "),
  );
});

test("trials: a little more is not worth a processor", () => {
  assert.ok(share(windows(new Trials(), 2000, 1.1)) < 0.05);
});

test("trials: a kernel with little to do, or that neither sleeps nor waits, is left alone", () => {
  for (const like of [
    { ...BUSY, busy: 0.1 },
    { ...BUSY, sleeps: 1, queued: 0 },
  ])
    assert.equal(share(windows(new Trials(), 200, 2, like)), 0);
});

test("trials: apart ends as soon as the kernel has little to do", () => {
  const trials = new Trials();
  while (!trials.observe(BUSY));
  assert.equal(trials.observe({ rate: 1, sleeps: 1, busy: 0.01, queued: 0 }), false);
});

test("trials: what was right once is found to be wrong when the guests change", () => {
  const trials = new Trials();
  assert.equal(windows(trials, 100, 2).at(-1), true);
  assert.equal(windows(trials, 1200, 0.6).at(-1), false);
});
