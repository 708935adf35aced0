/** Classic BPF for seccomp: what is refused, and what programs compute. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sock_filter } from "../../src/abi/seccomp.ts";
import { BpfProgram, checkProgram, runProgram } from "../../src/kernel/seccomp/bpf.ts";

/** [code, jt, jf, k] */
type Instruction = readonly [number, number, number, number];

function program(...instructions: Instruction[]): BpfProgram {
  const bytes = new Uint8Array(instructions.length * sock_filter.size);
  const view = new DataView(bytes.buffer);
  for (const [i, [code, jt, jf, k]] of instructions.entries())
    sock_filter.write(view, i * sock_filter.size, { code, jt, jf, k });
  return new BpfProgram(bytes);
}

function run(...instructions: Instruction[]): number {
  const checked = program(...instructions);
  assert.equal(checkProgram(checked), true);
  const data = Uint32Array.from({ length: 16 }, (_, i) => i * 0x11111111);
  return runProgram(checked, data, new Uint32Array(16));
}

const RET_A: Instruction = [0x16, 0, 0, 0];
const load = (k: number): Instruction => [0x20, 0, 0, k];
const set = (k: number): Instruction => [0x00, 0, 0, k];
const setX = (k: number): Instruction => [0x01, 0, 0, k];

test("checkProgram() refuses what would leave the program or the data", () => {
  assert.equal(checkProgram(program()), false);
  assert.equal(checkProgram(program(set(1))), false, "no return");
  assert.equal(checkProgram(program(load(64), RET_A)), false, "beyond the data");
  assert.equal(checkProgram(program(load(6), RET_A)), false, "not aligned");
  assert.equal(checkProgram(program([0x05, 0, 0, 1], RET_A)), false, "jump out");
  assert.equal(checkProgram(program([0x05, 0, 0, 0xffffffff], RET_A)), false, "jump back");
  assert.equal(checkProgram(program([0x15, 0, 1, 5], RET_A)), false, "branch out");
  assert.equal(checkProgram(program([0x34, 0, 0, 0], RET_A)), false, "division by 0");
  assert.equal(checkProgram(program([0x60, 0, 0, 3], RET_A)), false, "memory before it is written");
  assert.equal(checkProgram(program([0xffff, 0, 0, 0], RET_A)), false, "no instruction");
});

test("runProgram() computes in unsigned words", () => {
  assert.equal(run(load(60), RET_A), 0xffffffff);
  assert.equal(run(set(0xffffffff), [0x04, 0, 0, 2], RET_A), 1, "add");
  assert.equal(run(set(1), [0x14, 0, 0, 2], RET_A), 0xffffffff, "subtract");
  assert.equal(run(set(0x10001), [0x24, 0, 0, 0x10001], RET_A), 0x20001, "multiply");
  assert.equal(run(set(0xfffffffe), [0x34, 0, 0, 2], RET_A), 0x7fffffff, "divide");
  assert.equal(run(set(0x80000000), [0x74, 0, 0, 31], RET_A), 1, "shift right");
  assert.equal(run(set(1), [0x64, 0, 0, 31], RET_A), 0x80000000, "shift left");
  assert.equal(run(set(5), [0x84, 0, 0, 0], RET_A), 0xfffffffb, "negate");
  assert.equal(run(set(0xff), setX(0xf0), [0xac, 0, 0, 0], RET_A), 0x0f, "exclusive or");
  assert.equal(run([0x80, 0, 0, 0], RET_A), 64, "length");
});

test("runProgram() moves through memory and X, and ends at division by zero", () => {
  assert.equal(run(set(7), [0x02, 0, 0, 4], set(0), [0x60, 0, 0, 4], RET_A), 7);
  assert.equal(run(set(7), [0x07, 0, 0, 0], set(0), [0x87, 0, 0, 0], RET_A), 7);
  assert.equal(run(set(7), setX(0), [0x3c, 0, 0, 0], set(9), RET_A), 0);
});

test("runProgram() compares without a sign", () => {
  const compare = (code: number, a: number, k: number) =>
    run(set(a), [code, 0, 1, k], [0x06, 0, 0, 1], [0x06, 0, 0, 2]);
  assert.equal(compare(0x25, 0x80000000, 1), 1, "greater");
  assert.equal(compare(0x35, 1, 0x80000000), 2, "greater or equal");
  assert.equal(compare(0x15, 0xffffffff, 0xffffffff), 1, "equal");
  assert.equal(compare(0x45, 0x80000001, 0x80000000), 1, "bits");
});
