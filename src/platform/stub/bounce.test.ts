/** Who has which bounce buffer, and from when on until when there are any. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BounceBuffers } from "./bounce.ts";
import { BOUNCE_COUNT } from "./layout.ts";
import type { StubPlatform } from "./platform.ts";
import type { StubThread } from "./thread.ts";

const [one, two] = [{}, {}] as StubThread[];

function made() {
  const mapped: number[] = [];
  const arena = {
    mapBank: (fd: number) => mapped.push(fd) * 4096,
    unmapBank: () => {},
  };
  const buffers = new BounceBuffers({ arena } as unknown as StubPlatform);
  return { buffers, mapped };
}

/** As made(), after so many large copies that there are buffers. */
function warm() {
  const all = made();
  for (let i = 0; i < 100; i++) {
    const index = all.buffers.take(one!, 7);
    if (index >= 0) all.buffers.give(index);
  }
  assert.deepEqual(all.mapped, [7]);
  return all;
}

test("bounce: the first large copies get none, and nothing is mapped for them", () => {
  const { buffers, mapped } = made();
  assert.equal(buffers.take(one!, 7), -1);
  assert.deepEqual(mapped, []);
});

test("bounce: a buffer is one thread's until it is given back", () => {
  const { buffers } = warm();
  const taken = Array.from({ length: BOUNCE_COUNT }, (_, i) =>
    buffers.take(i % 2 ? one! : two!, 7),
  );
  assert.equal(new Set(taken).size, BOUNCE_COUNT);
  assert.ok(!taken.includes(-1));
  assert.equal(buffers.take(one!, 7), -1);
  buffers.giveAll(two!);
  assert.equal(buffers.take(one!, 7), taken[0]);
});

test("bounce: of a dead space nothing is mapped any more", () => {
  const { buffers, mapped } = warm();
  buffers.release();
  assert.equal(buffers.take(one!, 7), -1);
  assert.equal(mapped.length, 1);
});
