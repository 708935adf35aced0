/** Which sites are patched, and what comes there. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { jumpTo, trampoline } from "./island.ts";
import { planSite } from "./site.ts";

const GETPPID = [0xb8, 0x6e, 0, 0, 0, 0x0f, 0x05];

function code(...bytes: number[]): Uint8Array {
  return Uint8Array.from(bytes);
}

test("site: the move before the call is replaced when the walk meets it", () => {
  const site = planSite(code(0xf3, 0x0f, 0x1e, 0xfa, 0x90, ...GETPPID));
  assert.deepEqual([...site!.original], GETPPID.slice(0, 5));
});

test("site: a move that is the tail of another instruction is none", () => {
  assert.equal(planSite(code(0x41, ...GETPPID)), null, "mov $nr, %r8d");
  assert.equal(planSite(code(0x48, 0xc7, 0x05, 0, 0, 0, ...GETPPID)), null, "in a displacement");
});

test("site: no move, another register's, or a distance between: left alone", () => {
  assert.equal(planSite(code(0x31, 0xc0, 0x0f, 0x05)), null, "xor %eax, %eax");
  assert.equal(planSite(code(0xb9, 1, 0, 0, 0, 0x0f, 0x05)), null, "mov $1, %ecx");
  assert.equal(planSite(code(0xb8, 1, 0, 0, 0, 0x90, 0x0f, 0x05)), null, "a nop between");
});

test("site: bytes that are no instruction on the way end the walk", () => {
  assert.equal(planSite(code(0x06, ...GETPPID)), null);
});

test("trampoline: does the move, returns behind the call, enters by the island's first word", () => {
  const island = 0x3f0000;
  const at = island + 8;
  const site = 0x401000;
  const bytes = trampoline(island, at, site, Uint8Array.from(GETPPID.slice(0, 5)));
  const view = new DataView(bytes.buffer);
  assert.deepEqual([...bytes.subarray(0, 5)], GETPPID.slice(0, 5));
  assert.deepEqual([...bytes.subarray(5, 8)], [0x48, 0x8d, 0x0d]);
  assert.equal(at + 12 + view.getInt32(8, true), site + 7);
  assert.deepEqual([...bytes.subarray(12, 14)], [0xff, 0x25]);
  assert.equal(at + 18 + view.getInt32(14, true), island);
  const jump = jumpTo(site, at);
  assert.equal(site + 5 + new DataView(jump.buffer).getInt32(1, true), at);
});
