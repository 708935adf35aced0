/** Blocks are used again, once nobody uses them, and never by two. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Block, BlockPool } from "./blocks.ts";
import { KernelBug } from "./failure.ts";

test("blocks: what was given back goes out again, the smallest that is large enough", () => {
  const pool = new BlockPool();
  const small = pool.take(10);
  const large = pool.take(5000);
  assert.ok(small.bytes.length >= 10 && small.bytes.length < large.bytes.length);
  small.unref();
  assert.notEqual(pool.take(5000), small);
  assert.equal(pool.take(1), small);
  assert.notEqual(pool.take(1), small);
});

test("blocks: a block with two users stays out until both are done", () => {
  const pool = new BlockPool();
  const block = pool.take(100).ref();
  block.unref();
  assert.notEqual(pool.take(100), block);
  block.unref();
  assert.equal(pool.take(100), block);
});

test("blocks: giving back twice is a bug of ours, and so is a use after that", () => {
  const block = new BlockPool().take(1);
  block.unref();
  assert.throws(() => block.unref(), KernelBug);
  assert.throws(() => block.ref(), KernelBug);
});

test("blocks: what a block is exchanged for has its bytes in their places", () => {
  const pool = new BlockPool();
  const small = pool.take(4);
  small.bytes.set([1, 2, 3, 4]);
  const large = small.enlarge(1, 3, 4096);
  assert.deepEqual([...large.bytes.subarray(1, 3)], [2, 3]);
  assert.equal(pool.take(4), small);
  large.unref();
  assert.equal(pool.take(4096), large);
  assert.equal(new Block(Uint8Array.of(7)).enlarge(0, 1, 10).bytes[0], 7);
});

test("blocks: very large ones, and those of no pool, are nobody's to keep", () => {
  const pool = new BlockPool();
  const huge = pool.take(1 << 20);
  assert.equal(huge.bytes.length, 1 << 20);
  huge.unref();
  assert.notEqual(pool.take(1 << 20), huge);
  new Block(new Uint8Array(4096)).unref();
});

test("blocks: free ones are bounded", () => {
  const pool = new BlockPool();
  const blocks = Array.from({ length: 100 }, () => pool.take(65536));
  for (const block of blocks) block.unref();
  const again = Array.from({ length: 100 }, () => pool.take(65536));
  const kept = again.filter((block) => blocks.includes(block)).length;
  assert.ok(kept > 0 && kept < 100, `${kept} of 100 were kept`);
});
