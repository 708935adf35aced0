/** The system call table: complete, without doubles, and with the numbers of the C headers. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fd, int, size } from "../../src/syscalls/args.ts";
import { read } from "../../src/syscalls/file/rows-io.ts";
import {
  decodeArgs,
  KIND_I32,
  KIND_I64,
  KIND_U32,
  KIND_U64,
  syscall,
} from "../../src/syscalls/row.ts";
import { byNumber, rowOf, rows } from "../../src/syscalls/table.ts";
import { compatibilityPage } from "../../tools/gen-compat.ts";

/** The last number of Linux 6.18: file_setattr. */
const NEWEST = 469;

test("table: every number that Linux gave out has a row", () => {
  for (let nr = 0; nr <= NEWEST; nr++) {
    const given = nr <= 336 || nr >= 424;
    assert.equal(rowOf(nr) !== undefined, given, `number ${nr}`);
  }
  assert.equal(rowOf(100_000), undefined);
  assert.equal(rowOf(-1), undefined);
});

test("table: rows are where their numbers say and no name is there twice", () => {
  for (const row of rows) assert.equal(rowOf(row.x64), row);
  assert.equal(new Set(rows.map((row) => row.name)).size, rows.length);
});

test("table: two rows with one number are refused", () => {
  const first = syscall("first", { x64: 1, args: [], support: "none" });
  const second = syscall("second", { x64: 1, args: [], support: "none" });
  assert.throws(() => byNumber([first, second]), /both first and second/);
});

test("table: names and numbers are those of asm/unistd_64.h", (context) => {
  const source = "#include <asm/unistd_64.h>\n";
  const { stdout, status } = spawnSync("cc", ["-E", "-dM", "-"], {
    input: source,
    encoding: "utf8",
  });
  assert.equal(status, 0);
  const numbers = [...stdout.matchAll(/^#define __NR_(\w+) (\d+)$/gm)];
  assert.ok(numbers.length > 300);
  for (const [, name, number] of numbers) {
    const row = rowOf(Number(number));
    if (row === undefined && Number(number) > NEWEST) context.diagnostic(`${name} is newer`);
    else assert.equal(row?.name, name, `number ${number}`);
  }
});

test("syscall: nonsense is refused when the row is made", () => {
  const seven = Array.from({ length: 7 }, (_, index) => int(`a${index}`));
  assert.throws(() => syscall("long", { x64: 1, args: seven, support: "none" }), /six/);
  const run = () => 0;
  assert.throws(() => syscall("odd", { x64: 1, args: [], support: "none", run }), /handler/);
  assert.throws(() => syscall("odd", { x64: 1, args: [], support: "full" }), /handler/);
});

test("syscall: a length argument is found by its name", () => {
  assert.equal(read.args[1]?.memory?.lengthArg, 2);
  assert.equal(read.args[1]?.memory?.direction, "out");
  assert.deepEqual([...read.kinds], [KIND_I32, KIND_U64, KIND_U64]);
});

test("decodeArgs: each register is read in order and by its kind", () => {
  const value = (kind: 0 | 1 | 2 | 3) => ({ ...int("x"), kind });
  const row = syscall("kinds", {
    x64: 1,
    args: [
      value(KIND_I32),
      value(KIND_U32),
      value(KIND_I64),
      value(KIND_U64),
      value(KIND_I64),
      value(KIND_U64),
    ],
    support: "none",
  });
  const base = 4;
  const regs = new Int32Array(base + 46);
  const set = (register: number, lo: number, hi: number) => {
    regs[base + register * 2] = lo;
    regs[base + register * 2 + 1] = hi;
  };
  set(8, -1, 77); // rdi: the upper half of an int is ignored
  set(9, -1, 77); // rsi
  set(12, -2, -1); // rdx
  set(2, 5, 1); // r10
  set(0, 0, 0x7fff); // r8
  set(1, -1, -1); // r9
  const out = new Float64Array(6);
  decodeArgs(row, regs, base, out);
  assert.deepEqual([...out], [-1, 0xffffffff, -2, 2 ** 32 + 5, 0x7fff * 2 ** 32, 2 ** 64]);
});

test("decodeArgs: arguments that a row does not declare are zero", () => {
  const row = syscall("short", { x64: 1, args: [fd("fd"), size("n")], support: "none" });
  const out = new Float64Array(6).fill(9);
  decodeArgs(row, new Int32Array(46).fill(1), 0, out);
  assert.deepEqual([...out], [1, 2 ** 32 + 1, 0, 0, 0, 0]);
});

test("compatibilityPage: counts levels and lists every row", () => {
  const page = compatibilityPage([
    syscall("done", { x64: 1, args: [], support: "full", run: () => 0 }),
    syscall("half", { x64: 2, args: [], support: { partial: "no | yet" }, run: () => 0 }),
    syscall("never", { x64: 3, args: [], support: "none", note: "reason" }),
  ]);
  assert.match(page, /\| full \| 1 \|/);
  assert.match(page, /\| 2 \| half \| partial \| no \\\| yet \|/);
  assert.match(page, /\| 3 \| never \| none \| reason \|/);
});
