/** What happens to patched sites when mappings change, other threads run, or somebody looks. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Patcher, Patches } from "./patches.ts";
import type { Site } from "./site.ts";
import type { TextFile } from "./text-file.ts";

const ENTRY = 0x7fff00000100;
const MOVE = Uint8Array.of(0xb8, 0x6e, 0, 0, 0);
const NR = 0x6e;
const START = 0x401000;
const END = 0x402000;
const SITE = 0x401010;
const BEHIND = SITE + 7;

/** Memory that is one sparse table, and a thread that can do everything. */
class FakeSpace implements Patcher {
  hasCompany = false;
  readonly bytes = new Map<number, number>();
  readonly barriers: number[] = [];
  readonly writes: { address: number; bytes: number[] }[] = [];

  constructor() {
    for (const [i, byte] of MOVE.entries()) this.bytes.set(SITE + i, byte);
  }
  rawMmap(address: number): number {
    return address;
  }
  membarrier(command: number): number {
    this.barriers.push(command);
    return 0;
  }
  writeText(address: number, bytes: Uint8Array): boolean {
    this.writes.push({ address, bytes: [...bytes] });
    for (const [i, byte] of bytes.entries()) this.bytes.set(address + i, byte);
    return true;
  }
  readText(address: number, length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, i) => this.bytes.get(address + i) ?? 0);
  }
  readonly relocated: number[][] = [];
  relocate(start: number, end: number): void {
    this.relocated.push([start, end]);
  }
  get first(): number {
    return this.bytes.get(SITE)!;
  }
}

const before: Site = { form: "before", lead: 5, original: MOVE, moved: new Uint8Array(0) };
const file = {
  before: () => before,
  after: () => null,
} as unknown as TextFile;

function patched(space = new FakeSpace(), text = file): { space: FakeSpace; patches: Patches } {
  const patches = new Patches(ENTRY);
  patches.mapped(START, END, text, 0x1000, null);
  patches.trapped(space, BEHIND, NR);
  assert.equal(space.first, 0xb8, "one trap is not worth it");
  patches.trapped(space, BEHIND, NR);
  return { space, patches };
}

test("patches: the second trap of a site patches it", () => {
  const { space, patches } = patched();
  assert.equal(space.first, 0xe9);
  assert.equal(patches.count, 1);
});

test("patches: bytes that are not the file's, or a call that is not the move's, are left alone", () => {
  const space = new FakeSpace();
  space.bytes.set(SITE + 1, 0x6f);
  const changed = new Patches(ENTRY);
  changed.mapped(START, END, file, 0x1000, null);
  for (let i = 0; i < 3; i++) changed.trapped(space, BEHIND, 0x6f);
  assert.equal(space.first, 0xb8);
  const other = new FakeSpace();
  const patches = new Patches(ENTRY);
  patches.mapped(START, END, file, 0x1000, null);
  for (let i = 0; i < 3; i++) patches.trapped(other, BEHIND, NR + 1);
  assert.equal(other.first, 0xb8);
});

test("patches: a call from memory that is no text of a file is never patched", () => {
  const space = new FakeSpace();
  const patches = new Patches(ENTRY);
  for (let i = 0; i < 5; i++) patches.trapped(space, BEHIND, NR);
  assert.deepEqual(space.writes, []);
});

test("patches: while other threads run, a breakpoint stands there and barriers come between", () => {
  const space = new FakeSpace();
  space.hasCompany = true;
  patched(space);
  const atSite = space.writes.filter(({ address }) => address >= SITE && address < SITE + 5);
  assert.deepEqual(
    atSite.map(({ address, bytes }) => [address - SITE, bytes.length]),
    [
      [0, 1],
      [1, 4],
      [0, 1],
    ],
  );
  assert.equal(atSite[0]!.bytes[0], 0xcc);
  assert.equal(space.first, 0xe9);
  assert.deepEqual(space.barriers, [0x40, 0x20, 0x20, 0x20]);
});

test("patches: a breakpoint is ours while a site is replaced among others, and at no other time", () => {
  const { space, patches } = patched();
  assert.equal(patches.wasReplaced(space, SITE + 1), false, "nobody else ran");
  const company = new FakeSpace();
  company.hasCompany = true;
  const others = patched(company).patches;
  assert.equal(others.wasReplaced(company, SITE + 1), true);
  company.bytes.set(SITE, 0xcc);
  assert.equal(others.wasReplaced(company, SITE + 1), false, "one that stands there");
  others.forget(START, END);
  company.bytes.set(SITE, 0xb8);
  assert.equal(others.wasReplaced(company, SITE + 1), false, "the text is gone");
});

test("patches: memory that may be written gets its instructions back", () => {
  const { space, patches } = patched();
  patches.restore(space, START, END);
  assert.equal(space.first, 0xb8);
  assert.equal(patches.count, 0);
});

test("patches: a mapping over the island gives every site its instruction back first", () => {
  const { space, patches } = patched();
  const island = space.writes[0]!.address;
  patches.replacing(space, island + 0x1000, island + 0x2000);
  assert.equal(space.first, 0xb8);
  assert.equal(patches.placeOf(island + 8), island + 8, "and the island is forgotten");
});

test("patches: text that is unmapped takes its sites along, without a write", () => {
  const { space, patches } = patched();
  const before = space.writes.length;
  patches.forget(START, END);
  assert.equal(patches.count, 0);
  assert.equal(space.writes.length, before);
});

test("patches: a copy of text shows the file's bytes, from any beginning", () => {
  const { space, patches } = patched();
  for (const [address, length] of [
    [SITE, 5],
    [SITE - 3, 6],
    [SITE + 2, 8],
  ] as const) {
    const copy = space.readText(address, length);
    patches.mask(address, copy, 0, length);
    for (let i = 0; i < length; i++) {
      const wanted = MOVE[address + i - SITE] ?? space.bytes.get(address + i) ?? 0;
      assert.equal(copy[i], wanted, `byte ${i} from ${address - SITE}`);
    }
  }
});

test("patches: a stop in a trampoline is a stop at its site", () => {
  const { space, patches } = patched();
  const trampoline = space.writes.find(({ bytes }) => bytes.length > 8)!.address;
  for (const offset of [0, 5, 12, 17]) assert.equal(patches.placeOf(trampoline + offset), SITE);
  assert.equal(patches.placeOf(0x1234), 0x1234);
});

test("patches: a forked space has the sites, and changing one leaves the other", () => {
  const { space, patches } = patched();
  const child = patches.fork();
  assert.equal(child.count, 1);
  child.forget(START, END);
  assert.equal(patches.count, 1);
  const copy = new FakeSpace();
  patches.fork().restore(copy, 0, Infinity);
  assert.equal(patches.count, 1);
  assert.equal(space.first, 0xe9);
});

test("patches: a guest that took the GS base is left alone", () => {
  const space = new FakeSpace();
  const patches = new Patches(ENTRY);
  patches.mapped(START, END, file, 0x1000, null);
  patches.isOff = true;
  for (let i = 0; i < 3; i++) patches.trapped(space, BEHIND, NR);
  assert.equal(space.first, 0xb8);
});

/** A call whose following instructions go with it, as read(2) has it in the C library. */
const AFTER: Site = {
  form: "after",
  lead: 0,
  original: Uint8Array.of(0x0f, 0x05, 0x48, 0x3d, 0),
  moved: Uint8Array.of(0x48, 0x3d, 0, 0xf0, 0xff, 0xff),
};

function fileWithAfter(asked: number[] = []): TextFile {
  return {
    before: () => null,
    after: (offset: number) => {
      asked.push(offset);
      return asked.length < 15 ? null : AFTER;
    },
  } as unknown as TextFile;
}

function spaceWithAfter(): FakeSpace {
  const space = new FakeSpace();
  for (const [i, byte] of [...AFTER.original, 0xf0, 0xff, 0xff].entries())
    space.bytes.set(SITE + i, byte);
  return space;
}

test("patches: the other form comes when the file knows it, and moves whoever stands behind", () => {
  const asked: number[] = [];
  const space = spaceWithAfter();
  const patches = new Patches(ENTRY);
  patches.mapped(START, END, fileWithAfter(asked), 0x1000, null);
  for (let i = 0; i < 15; i++) patches.trapped(space, SITE + 2, 0);
  assert.equal(space.first, 0x0f);
  assert.ok(asked.length > 0 && asked.every((offset) => offset === 0x1010));
  patches.trapped(space, SITE + 2, 0);
  assert.equal(space.first, 0xe9);
  assert.deepEqual(space.relocated, [[SITE + 1, SITE + 8]]);
  const exit = patches.exitFor(SITE + 2);
  assert.notEqual(exit, SITE + 2);
  assert.equal(patches.placeOf(exit), SITE + 2);
  assert.equal(patches.exitFor(SITE + 8), SITE + 8);
});

test("patches: a site whose move is a jump keeps its call, however often that traps", () => {
  const both = { ...fileWithAfter(), before: () => before } as unknown as TextFile;
  const { space, patches } = patched(new FakeSpace(), both);
  for (const [i, byte] of AFTER.original.entries()) space.bytes.set(SITE + 5 + i, byte);
  for (let i = 0; i < 40; i++) patches.trapped(space, BEHIND, NR);
  assert.equal(space.bytes.get(SITE + 5), 0x0f);
});

test("patches: the other form waits until no other thread runs", () => {
  const space = spaceWithAfter();
  space.hasCompany = true;
  const patches = new Patches(ENTRY);
  patches.mapped(START, END, fileWithAfter(), 0x1000, null);
  for (let i = 0; i < 20; i++) patches.trapped(space, SITE + 2, 0);
  assert.equal(space.first, 0x0f);
  space.hasCompany = false;
  patches.trapped(space, SITE + 2, 0);
  assert.equal(space.first, 0xe9);
});

test("patches: who stands in an island that goes is moved back first", () => {
  const space = spaceWithAfter();
  const patches = new Patches(ENTRY);
  patches.mapped(START, END, fileWithAfter(), 0x1000, null);
  for (let i = 0; i < 16; i++) patches.trapped(space, SITE + 2, 0);
  const island = space.writes[0]!.address;
  patches.replacing(space, island, island + 1);
  assert.deepEqual(space.relocated[1]?.[0], island);
  assert.equal(space.first, 0x0f);
  assert.equal(patches.exitFor(SITE + 2), SITE + 2);
});
