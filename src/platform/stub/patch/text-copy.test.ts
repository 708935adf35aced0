/** A patched copy of a segment: what is in it, and when there is none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Host } from "../../../host/host.ts";
import type { Site } from "./site.ts";
import { TextCopy } from "./text-copy.ts";

const ENTRY = 0x7fff00000123;
const PAGE = 4096;
const MOVE = Uint8Array.of(0xb8, 0x6e, 0, 0, 0);
const SITE: Site = { form: "before", lead: 5, original: MOVE, moved: new Uint8Array(0) };

/** A host with one memory file. */
function fakeHost(): { host: Host; file: Uint8Array; sealed: number[] } {
  const file = new Uint8Array(2 * PAGE);
  const sealed: number[] = [];
  const host = {
    io: { length: 1000 },
    memfdCreate: () => 7,
    pwrite: (_fd: number, bytes: Uint8Array, at: number) => {
      file.set(bytes, at);
      return bytes.length;
    },
    fcntl: (_fd: number, command: number, seals: number) => {
      sealed.push(command, seals);
      return 0;
    },
    close: () => 0,
  } as unknown as Host;
  return { host, file, sealed };
}

function segment(end: number, calls: number[]) {
  const bytes = new Uint8Array(2 * PAGE).fill(0x90, 0, end);
  for (const call of calls) bytes.set([...MOVE, 0x0f, 0x05], call - 5);
  return { bytes, end, sites: new Map(calls.map((call) => [call, SITE])) };
}

test("text copy: each site jumps to a trampoline behind the text, and the file is sealed", () => {
  const { host, file, sealed } = fakeHost();
  const copy = TextCopy.make(host, ENTRY, segment(PAGE + 1001, [100, 5000]))!;
  assert.equal(copy.islandOffset, PAGE + 1008);
  assert.deepEqual(
    copy.planted.map(({ begin }) => begin),
    [95, 4995],
  );
  const view = new DataView(file.buffer);
  assert.equal(Number(view.getBigUint64(copy.islandOffset, true)), ENTRY);
  for (const begin of [95, 4995]) {
    assert.equal(file[begin], 0xe9);
    const target = begin + 5 + view.getInt32(begin + 1, true);
    assert.ok(target > copy.islandOffset && target < 2 * PAGE);
    assert.deepEqual([...file.subarray(target, target + 5)], [...MOVE]);
    assert.deepEqual([...file.subarray(begin + 5, begin + 7)], [0x0f, 0x05]);
  }
  assert.deepEqual(sealed, [1033, 0xf]);
});

test("text copy: as many sites as there is room for", () => {
  const { host } = fakeHost();
  const calls = Array.from({ length: 100 }, (_, i) => 100 + 20 * i);
  const copy = TextCopy.make(host, ENTRY, segment(2 * PAGE - 400, calls))!;
  assert.equal(copy.planted.length, 8);
});

test("text copy: none without room, with something behind the text, or without a site that is there", () => {
  const { host } = fakeHost();
  assert.equal(TextCopy.make(host, ENTRY, segment(2 * PAGE - 20, [100])), null, "no room");
  const used = segment(PAGE, [100]);
  used.bytes[2 * PAGE - 1] = 1;
  assert.equal(TextCopy.make(host, ENTRY, used), null, "the file has something there");
  const other = segment(PAGE, [100]);
  other.bytes[96] = 0x27;
  assert.equal(TextCopy.make(host, ENTRY, other), null, "another call's number");
});
