/**
 * DeviceProgram: the eBPF of container runtimes: what it answers, and what is no program.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BPF_DEVCG_ACC_MKNOD,
  BPF_DEVCG_ACC_READ,
  BPF_DEVCG_ACC_WRITE,
  bpf_insn,
} from "../../src/abi/bpf.ts";
import { S_IFBLK, S_IFCHR } from "../../src/abi/stat.ts";
import { Cgroup } from "../../src/kernel/cgroup/cgroup.ts";
import { DeviceProgram, mayUseDevice } from "../../src/kernel/cgroup/device-program.ts";

type Code = readonly [code: number, to: number, from: number, off: number, imm: number];

function load(...all: Code[]): DeviceProgram | null {
  const view = new DataView(new ArrayBuffer(all.length * bpf_insn.size));
  for (const [i, [code, to, from, off, imm]] of all.entries())
    bpf_insn.write(view, i * bpf_insn.size, { code, regs: to | (from << 4), off, imm });
  return DeviceProgram.load(1, view);
}

const EXIT: Code = [0x95, 0, 0, 0, 0];
const answer = (value: number): Code => [0xb7, 0, 0, 0, value];
const word = (to: number, off: number): Code => [0x61, to, 1, off, 0];

/** Character devices 1:3 may be read; nothing else may be done. */
const program = load(
  word(2, 0),
  [0x54, 2, 0, 0, 0xffff],
  word(3, 0),
  [0x74, 3, 0, 0, 16],
  word(4, 4),
  word(5, 8),
  [0x55, 2, 0, 5, 2],
  [0x55, 3, 0, 4, BPF_DEVCG_ACC_READ],
  [0x55, 4, 0, 3, 1],
  [0x55, 5, 0, 2, 3],
  answer(1),
  EXIT,
  answer(0),
  EXIT,
);

test("device programs: the question decides", () => {
  const root = new Cgroup(1, "", null, 0, 0);
  const child = new Cgroup(2, "a", root, 0, 0);
  assert.ok(program !== null);
  child.devicePrograms.push(program);
  assert.equal(mayUseDevice(child, S_IFCHR, 1, 3, BPF_DEVCG_ACC_READ), true);
  assert.equal(mayUseDevice(child, S_IFCHR, 1, 3, BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE), false);
  assert.equal(mayUseDevice(child, S_IFCHR, 1, 5, BPF_DEVCG_ACC_READ), false);
  assert.equal(mayUseDevice(child, S_IFBLK, 1, 3, BPF_DEVCG_ACC_READ), false);
  assert.equal(mayUseDevice(child, S_IFCHR, 1, 3, BPF_DEVCG_ACC_MKNOD), false);
  assert.equal(mayUseDevice(root, S_IFBLK, 8, 0, BPF_DEVCG_ACC_WRITE), true);
});

test("device programs: what cannot be run is not loaded", () => {
  assert.equal(load(answer(1)), null, "it falls out at the end");
  assert.equal(load(answer(1), [0x05, 0, 0, -2, 0], EXIT), null, "it jumps backwards");
  assert.equal(load([0x05, 0, 0, 7, 0], EXIT), null, "it jumps out");
  assert.equal(load([0x61, 0, 2, 0, 0], EXIT), null, "it reads through no pointer");
  assert.equal(load(word(0, 12), EXIT), null, "it reads beyond the question");
  assert.equal(load(word(0, 2), EXIT), null, "it reads what is not aligned");
  assert.equal(load([0x07, 1, 0, 0, 4], word(0, 0), EXIT), null, "it moves the pointer");
  assert.equal(load([0x85, 0, 0, 0, 1], EXIT), null, "it calls");
  assert.equal(load([0xb7, 12, 0, 0, 1], EXIT), null, "there is no such register");
  assert.equal(load([0xbf, 6, 1, 0, 0], [0x61, 0, 6, 4, 0], EXIT) !== null, true);
});

test("device programs: arithmetic is as wide as it says", () => {
  const root = new Cgroup(1, "", null, 0, 0);
  // 64 bits: -1 >> 32 is 0xffffffff, not 1. 32 bits: -1 + 2 is 1.
  const wide = load([0xb7, 0, 0, 0, -1], [0x77, 0, 0, 0, 32], EXIT)!;
  const narrow = load([0xb4, 0, 0, 0, -1], [0x04, 0, 0, 0, 2], EXIT)!;
  root.devicePrograms.push(narrow);
  assert.equal(mayUseDevice(root, S_IFCHR, 1, 3, BPF_DEVCG_ACC_READ), true);
  root.devicePrograms.push(wide);
  assert.equal(mayUseDevice(root, S_IFCHR, 1, 3, BPF_DEVCG_ACC_READ), false);
});
