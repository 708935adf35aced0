/** Which sites are patched, and what comes there. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Island, jumpTo, trampoline } from "./island.ts";
import { planAfter, planBefore, reached, type Site } from "./site.ts";

const GETPPID = [0xb8, 0x6e, 0, 0, 0, 0x0f, 0x05];

function code(...bytes: number[]): Uint8Array {
  return Uint8Array.from(bytes);
}

/** The plan for the `syscall` that ends `bytes`. */
function before(...bytes: number[]): Site | null {
  return planBefore(code(...bytes), bytes.length - 2);
}

test("before: the move is replaced when the walk meets it", () => {
  const site = before(0xf3, 0x0f, 0x1e, 0xfa, 0x90, ...GETPPID);
  assert.deepEqual([...site!.original], GETPPID.slice(0, 5));
});

test("before: a move that is the tail of another instruction is none", () => {
  assert.equal(before(0x41, ...GETPPID), null, "mov $nr, %r8d");
  assert.equal(before(0x48, 0xc7, 0x05, 0, 0, 0, ...GETPPID), null, "in a displacement");
});

test("before: no move, another register's, or a distance between: left alone", () => {
  assert.equal(before(0x31, 0xc0, 0x0f, 0x05), null, "xor %eax, %eax");
  assert.equal(before(0xb9, 1, 0, 0, 0, 0x0f, 0x05), null, "mov $1, %ecx");
  assert.equal(before(0xb8, 1, 0, 0, 0, 0x90, 0x0f, 0x05), null, "a nop between");
});

test("before: bytes that are no instruction on the way end the walk", () => {
  assert.equal(before(0x06, ...GETPPID), null);
});

/** As the C library has read(2): xor %eax, %eax; syscall; cmp $-4096, %rax; ja; ret. */
const READ = [
  0x31, 0xc0, 0x0f, 0x05, 0x48, 0x3d, 0, 0xf0, 0xff, 0xff, 0x77, 0x01, 0xc3, 0x90, 0xc3,
];

test("after: whole instructions behind the call go with it", () => {
  const site = planAfter(code(...READ), 2)!;
  assert.deepEqual([...site.original], READ.slice(2, 7));
  assert.deepEqual([...site.moved], READ.slice(4, 10));
  assert.equal(site.lead, 0);
});

test("after: jumps, calls and operands relative to rip stay where they are, and so does the site", () => {
  const call = [0x0f, 0x05];
  assert.equal(planAfter(code(...call, 0x85, 0xc0, 0x78, 0x10, 0xc3), 0), null, "test, js");
  assert.equal(planAfter(code(...call, 0xe8, 0, 0, 0, 0, 0xc3), 0), null, "call");
  assert.equal(planAfter(code(...call, 0x48, 0x8d, 0x05, 0, 0, 0, 0, 0xc3), 0), null, "lea (%rip)");
  assert.equal(planAfter(code(...call, 0xf7, 0x25, 0, 0, 0, 0, 0xc3), 0), null, "mul (%rip)");
});

test("after: a function with a jump through a register is left alone", () => {
  assert.equal(planAfter(code(...READ, 0xff, 0xe0), 2), null, "jmp *%rax");
  assert.equal(planAfter(code(...READ, 0x3e, 0xff, 0xe0), 2), null, "notrack jmp *%rax");
  assert.equal(planAfter(code(...READ, 0xff, 0x24, 0xc5, 0, 0, 0, 0), 2), null, "jmp *table");
  assert.notEqual(planAfter(code(...READ, 0xff, 0xd0), 2), null, "a call through one comes back");
});

test("after: direct jumps from anywhere are seen", () => {
  const text = new Uint8Array(4096).fill(0x90);
  const isReached = () => {
    const [found, other] = reached(text, [
      { first: 1001, last: 1004 },
      { first: 3500, last: 3504 },
    ]);
    assert.equal(other, false);
    return found;
  };
  assert.equal(isReached(), false);
  text.set([0xeb, 10], 990);
  assert.equal(isReached(), true, "jmp rel8 from before");
  text.fill(0x90);
  text.set([0x74, 0x9b], 1100);
  assert.equal(isReached(), true, "je rel8 from behind");
  text.fill(0x90);
  text.set([0x0f, 0x85], 3000);
  new DataView(text.buffer).setInt32(3002, 1004 - 3006, true);
  assert.equal(isReached(), true, "jne rel32");
  text.fill(0x90);
  text[20] = 0xe9;
  new DataView(text.buffer).setInt32(21, 1000 - 25, true);
  assert.equal(isReached(), false, "to the jump itself");
});

test("trampoline: does the move, returns behind the call, enters by the island's first word", () => {
  const island = 0x3f0000;
  const at = island + 8;
  const begin = 0x401000;
  const bytes = trampoline(island, at, { begin, site: before(...GETPPID)! });
  const view = new DataView(bytes.buffer);
  assert.deepEqual([...bytes.subarray(0, 5)], GETPPID.slice(0, 5));
  assert.deepEqual([...bytes.subarray(5, 8)], [0x48, 0x8d, 0x0d]);
  assert.equal(at + 12 + view.getInt32(8, true), begin + 7);
  assert.deepEqual([...bytes.subarray(12, 14)], [0xff, 0x25]);
  assert.equal(at + 18 + view.getInt32(14, true), island);
  const jump = jumpTo(begin, at);
  assert.equal(begin + 5 + new DataView(jump.buffer).getInt32(1, true), at);
});

test("trampoline: with a call of its own, what was moved, and the way back", () => {
  const island = 0x3f0000;
  const at = island + 8;
  const begin = 0x401002;
  const site = planAfter(code(...READ), 2)!;
  const bytes = trampoline(island, at, { begin, site });
  const view = new DataView(bytes.buffer);
  assert.equal(at + 7 + view.getInt32(3, true), at + 15, "rcx is behind the call");
  assert.deepEqual([...bytes.subarray(13, 15)], [0x0f, 0x05]);
  assert.deepEqual([...bytes.subarray(15, 21)], READ.slice(4, 10));
  assert.equal(bytes[21], 0xe9);
  assert.equal(at + 26 + view.getInt32(22, true), begin + 8);
});

test("island: each place in a trampoline has its place in the guest's code, and back", () => {
  const begin = 0x401002;
  const site = planAfter(code(...READ), 2)!;
  const island = new Island(0x3f0000, 0x3f4000, [{ begin, site }]);
  const at = island.trampolineAt(0);
  assert.equal(island.placeOf(at), begin, "before the call: at it");
  assert.equal(island.placeOf(at + 13), begin);
  assert.equal(island.placeOf(at + 15), begin + 2, "behind it");
  assert.equal(island.placeOf(at + 21), begin + 8, "behind what was moved");
  assert.equal(island.placeOf(0x3f0000 - 1), -1);
  assert.equal(island.exitFor(0, begin + 2), at + 15);
  assert.equal(island.exitFor(0, begin), -1, "the call itself jumps here");
  assert.equal(island.exitFor(0, begin + 8), -1, "that has not moved");
});
