/** Where Placement lets guests run, and when the kernel has a processor to itself. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Host } from "../../host/host.ts";
import { Placement } from "./placement.ts";

/** A host that only tells how long the kernel ran, and takes note of where it is to run. */
class FakeHost {
  cpuNs = 0;
  readonly affinities: string[] = [];

  clockGettime(_clock: number, out: Float64Array): number {
    out[0] = 0;
    out[1] = this.cpuNs;
    return 0;
  }

  setAffinity(cpus: readonly number[]): number {
    this.affinities.push(cpus.join());
    return 0;
  }
}

const WINDOW = 10e6;

function made(processors: readonly number[]) {
  const host = new FakeHost();
  return { host, placement: new Placement(host as unknown as Host, processors) };
}

/** Busy windows until the kernel has a processor of its own, 50 at most. */
function makeBusy(host: FakeHost, placement: Placement): number {
  let now = 0;
  for (let i = 0; i < 50 && placement.own < 0; i++) {
    now += WINDOW;
    host.cpuNs += 0.6 * WINDOW;
    placement.observe({ processor: 5, posts: 1000, sleeps: 300, spun: 0, slept: 0.3 }, now);
  }
  return now;
}

test("placement: guests are kept off the kernel's processor, but never off all of theirs", () => {
  const { host, placement } = made([4, 5, 6]);
  assert.deepEqual(placement.choose([4, 5, 6]), [4, 5, 6]);
  makeBusy(host, placement);
  assert.equal(placement.own, 5);
  assert.deepEqual(host.affinities, ["5"]);
  assert.deepEqual(placement.choose([4, 5, 6]), [4, 6]);
  assert.deepEqual(placement.choose([4]), [4]);
  assert.deepEqual(placement.choose([5]), [5]);
});

test("placement: a silent kernel gives its processor back, and says that guests have to be told", () => {
  const { host, placement } = made([4, 5]);
  const now = makeBusy(host, placement);
  const { generation } = placement;
  const idle = { processor: 5, posts: 0, sleeps: 1, spun: 0, slept: 1 };
  assert.equal(placement.observe(idle, now + WINDOW), true);
  assert.equal(placement.own, -1);
  assert.equal(placement.generation, generation + 1);
  assert.deepEqual(host.affinities, ["5", "4,5"]);
  assert.equal(placement.observe(idle, now + 2 * WINDOW), false);
});

test("placement: with one processor there is nothing to choose", () => {
  const { host, placement } = made([0]);
  makeBusy(host, placement);
  assert.equal(placement.own, -1);
  assert.deepEqual(host.affinities, []);
});
