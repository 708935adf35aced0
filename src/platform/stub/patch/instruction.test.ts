/**
 * Instruction lengths, against objdump: every instruction of programs that this machine has anyway.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { realpathSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { instructionLength } from "./instruction.ts";

/** Each instruction of the text section as objdump has it: its bytes. */
function* disassemble(file: string): Generator<{ bytes: Uint8Array; text: string }> {
  const output = execFileSync("objdump", ["-d", "-w", "-j", ".text", file], {
    encoding: "latin1",
    maxBuffer: 2 ** 30,
  });
  for (const match of output.matchAll(/^\s*[0-9a-f]+:\t((?:[0-9a-f]{2} )+)\s*(.*)$/gm))
    yield {
      bytes: Uint8Array.from(match[1]!.trim().split(" "), (byte) => Number.parseInt(byte, 16)),
      text: match[2]!,
    };
}

function libc(): string {
  const maps = execFileSync("ldd", ["/bin/sh"], { encoding: "latin1" });
  return realpathSync(/libc\.so\S* => (\S+)/.exec(maps)![1]!);
}

test("instruction length: what objdump says, for all of libc and a shell", {
  skip: process.arch === "x64" ? false : "these programs have another processor's instructions",
}, () => {
  let count = 0;
  for (const file of [libc(), "/bin/bash"])
    for (const { bytes, text } of disassemble(file)) {
      if (text.includes("(bad)")) continue;
      const padded = new Uint8Array(bytes.length + 16);
      padded.set(bytes);
      assert.equal(instructionLength(padded, 0), bytes.length, text);
      count++;
    }
  assert.ok(count > 100_000, `only ${count} instructions were looked at`);
});

test("instruction length: prefixes, immediates and displacements of every size", () => {
  const cases: [string, number][] = [
    ["66 b8 34 12", 4], // mov $0x1234, %ax
    ["48 b8 1 2 3 4 5 6 7 8", 10], // movabs
    ["67 48 8b 44 8d 10", 6], // address size, SIB, displacement
    ["f7 05 1 2 3 4 5 6 7 8", 10], // test with RIP-relative operand and immediate
    ["f7 15 1 2 3 4", 6], // not has none
    ["64 48 8b 04 25 28 0 0 0", 9], // %fs:0x28
    ["c8 10 0 1", 4], // enter
    ["62 f1 7c 48 10 41 2", 7], // EVEX with compressed displacement
    ["c4 e3 79 14 c0 1", 6], // VEX map 3: immediate
    ["a1 1 2 3 4 5 6 7 8", 9], // mov from a full address
  ];
  for (const [hex, length] of cases) {
    const bytes = Uint8Array.from(`${hex} 90 90 90`.split(" "), (byte) =>
      Number.parseInt(byte, 16),
    );
    assert.equal(instructionLength(bytes, 0), length, hex);
  }
});

test("instruction length: no instruction, an unknown one or a cut one has length 0", () => {
  for (const hex of [
    "06",
    "0f 04",
    "8f e8",
    "66 e8 1 2 3 4",
    "48 8b",
    "66 66 66 66 66 66 66 66 66 66 66 66 66 66 66 90",
  ]) {
    const bytes = Uint8Array.from(hex.split(" "), (byte) => Number.parseInt(byte, 16));
    assert.equal(instructionLength(bytes, 0), 0, hex);
  }
});
