/** The struct language: C layout, exact values, nothing left over from what the buffer held. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sigaction } from "../../src/abi/signal.ts";
import { major, makedev, minor, showMode, stat } from "../../src/abi/stat.ts";
import {
  array,
  bits64,
  bytes,
  i8,
  i16,
  i64,
  pad,
  struct,
  u8,
  u16,
  u32,
  u64,
} from "../../src/abi/struct.ts";
import { itimerspec, timespec } from "../../src/abi/time.ts";

function viewOf(size: number, fill = 0): DataView {
  return new DataView(new Uint8Array(size).fill(fill).buffer);
}

test("struct: fields are aligned and the tail is padded as in C", () => {
  const mixed = struct("mixed", { a: u8, b: u16, c: u8, d: u64, e: u8 });
  assert.deepEqual(mixed.at, { a: 0, b: 2, c: 4, d: 8, e: 16 });
  assert.equal(mixed.size, 24);
  assert.equal(mixed.align, 8);
});

test("struct: packed leaves no gaps", () => {
  const packed = struct("packed", { events: u32, data: bits64 }, { packed: true });
  assert.deepEqual(packed.at, { events: 0, data: 4 });
  assert.equal(packed.size, 12);
  assert.equal(packed.align, 1);
});

test("struct: explicit offsets make a union", () => {
  const union = struct("union", { kind: u32, word: u32, half: u16 }, { at: { half: 4 }, size: 16 });
  assert.equal(union.at.half, 4);
  assert.equal(union.size, 16);
  const view = viewOf(16);
  union.write(view, 0, { kind: 1, half: 7 });
  assert.deepEqual(union.read(view, 0), { kind: 1, word: 7, half: 7 });
});

test("struct: fields beyond the declared size are refused", () => {
  assert.throws(() => struct("small", { a: u64 }, { size: 4 }), RangeError);
});

test("struct: read gives back what write was given", () => {
  const layout = struct("all", {
    a: u8,
    b: i8,
    c: u16,
    d: i16,
    e: u32,
    f: i64,
    g: u64,
    h: bits64,
    i: bytes(3),
    j: array(u16, 2),
    k: timespec,
    l: array(timespec, 2),
    m: pad(5),
  });
  const value = {
    a: 255,
    b: -1,
    c: 65535,
    d: -2,
    e: 0xffffffff,
    f: -(2 ** 53 - 1),
    g: 2 ** 53 - 1,
    h: { lo: 0xffffffff, hi: 0x80000000 },
    i: Uint8Array.of(1, 2, 3),
    j: [1, 2],
    k: { tv_sec: -1, tv_nsec: 999_999_999 },
    l: [
      { tv_sec: 1, tv_nsec: 2 },
      { tv_sec: 3, tv_nsec: 4 },
    ],
  };
  const view = viewOf(layout.size + 8, 0xaa);
  layout.write(view, 8, value);
  assert.deepEqual(layout.read(view, 8), value);
  assert.equal(view.getUint32(4, true), 0xaaaaaaaa, "bytes in front are untouched");
});

test("struct: padding and absent fields are written as zeroes", () => {
  const layout = struct("gap", { a: u8, b: u32, c: timespec });
  const view = viewOf(layout.size, 0xff);
  layout.write(view, 0, { a: 1, c: { tv_sec: 5 } });
  assert.deepEqual(new Uint8Array(view.buffer, 0, 8), Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0));
  assert.deepEqual(layout.read(view, 0), { a: 1, b: 0, c: { tv_sec: 5, tv_nsec: 0 } });
  const full = viewOf(16, 0xff);
  timespec.write(full, 0, { tv_nsec: 1 });
  assert.deepEqual(timespec.read(full, 0), { tv_sec: 0, tv_nsec: 1 });
});

test("struct: short bytes and arrays are filled up with zeroes, long ones are cut", () => {
  const layout = struct("name", { name: bytes(4), list: array(u8, 2) });
  const view = viewOf(6, 0xff);
  layout.write(view, 0, { name: Uint8Array.of(65), list: [1] });
  assert.deepEqual(new Uint8Array(view.buffer), Uint8Array.of(65, 0, 0, 0, 1, 0));
  layout.write(view, 0, { name: new Uint8Array(9).fill(66), list: [1, 2, 3] });
  assert.deepEqual(new Uint8Array(view.buffer), Uint8Array.of(66, 66, 66, 66, 1, 2));
});

test("struct: bytes are copied out, not shared with the buffer", () => {
  const layout = struct("copy", { data: bytes(2) });
  const view = viewOf(2);
  const { data } = layout.read(view, 0);
  view.setUint8(0, 9);
  assert.deepEqual(data, Uint8Array.of(0, 0));
});

test("struct: all ones in a u64 survive reading and writing", () => {
  const limit = struct("limit", { value: u64 });
  const view = viewOf(8, 0xff);
  assert.equal(limit.read(view, 0).value, 2 ** 64);
  const out = viewOf(8);
  limit.write(out, 0, { value: 2 ** 64 });
  assert.deepEqual(new Uint8Array(out.buffer), new Uint8Array(8).fill(0xff));
  limit.write(out, 0, { value: -4096 });
  assert.equal(out.getBigInt64(0, true), -4096n);
});

test("struct: the shapes that everything depends on", () => {
  assert.equal(stat.size, 144);
  assert.equal(sigaction.size, 32);
  assert.equal(itimerspec.size, 32);
});

test("stat: device numbers come apart as they were put together", () => {
  for (const [high, low] of [
    [8, 1],
    [136, 300],
    [0xfff, 0xfffff],
  ] as const) {
    assert.equal(major(makedev(high, low)), high);
    assert.equal(minor(makedev(high, low)), low);
  }
  assert.equal(makedev(8, 1), 0x801);
});

test("stat: showMode() names the type and prints permissions in octal", () => {
  assert.equal(showMode(0o100644), "S_IFREG|0644");
  assert.equal(showMode(0o755), "0755");
});
