/** The layer check must catch what it is there for: each test builds a small tree with one wrong import. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { checkLayers } from "./check-layers.ts";

async function complaintsAbout(files: Record<string, string>): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), "tvisor-layers-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return (await checkLayers(root)).join("\n");
  } finally {
    rmSync(root, { recursive: true });
  }
}

test("layers: an import of a lower floor is allowed", async () => {
  const complaints = await complaintsAbout({
    "src/base/bytes.ts": "export const one = 1;",
    "src/kernel/pipe.ts": 'import { one } from "../base/bytes.ts"; export const two = one + 1;',
  });
  assert.equal(complaints, "");
});

test("layers: an import of a higher floor is caught, with its remedy", async () => {
  const complaints = await complaintsAbout({
    "src/fs/tmpfs/inode.ts": "export const tmpfs = 1;",
    "src/kernel/vfs/mount.ts":
      'import { tmpfs } from "../../fs/tmpfs/inode.ts"; export const m = tmpfs;',
  });
  assert.match(complaints, /src\/kernel\/vfs\/mount\.ts imports src\/fs\/tmpfs\/inode\.ts/);
  assert.match(complaints, /plug point/);
});

test("layers: a type import of a higher floor is caught too", async () => {
  const complaints = await complaintsAbout({
    "src/kernel/task.ts": "export interface Task { id: number }",
    "src/base/queue.ts":
      'import type { Task } from "../kernel/task.ts"; export type Queue = Task[];',
    "src/base/late.ts": 'export type Late = import("../kernel/task.ts").Task;',
  });
  assert.match(complaints, /src\/base\/queue\.ts imports/);
  assert.match(complaints, /src\/base\/late\.ts imports/);
});

test("layers: an import of a sibling is caught", async () => {
  const complaints = await complaintsAbout({
    "src/fs/tmpfs/inode.ts": "export const tmpfs = 1;",
    "src/syscalls/open.ts": 'import { tmpfs } from "../fs/tmpfs/inode.ts"; export const m = tmpfs;',
  });
  assert.match(complaints, /src\/syscalls\/open\.ts imports/);
});

test("layers: the kernel may enter the platform only by its contract", async () => {
  const complaints = await complaintsAbout({
    "src/platform/contract.ts": "export interface Platform { run(): void }",
    "src/platform/stub/slot.ts": "export const slot = 1;",
    "src/kernel/good.ts":
      'import type { Platform } from "../platform/contract.ts"; export type P = Platform;',
    "src/kernel/bad.ts": 'import { slot } from "../platform/stub/slot.ts"; export const s = slot;',
  });
  assert.match(complaints, /src\/kernel\/bad\.ts imports/);
  assert.doesNotMatch(complaints, /good\.ts/);
});

test("layers: the kernel may not use Node's modules or a package; the host may use Node's", async () => {
  const complaints = await complaintsAbout({
    "src/host/files.ts":
      'import { readFileSync } from "node:fs"; export const read = readFileSync;',
    "src/kernel/time.ts": 'import { hrtime } from "node:process"; export const now = hrtime;',
    "src/kernel/parse.ts": 'import { parse } from "acorn"; export const p = parse;',
  });
  assert.match(complaints, /src\/kernel\/time\.ts imports .*process/);
  assert.match(complaints, /src\/kernel\/parse\.ts imports .*acorn/);
  assert.doesNotMatch(complaints, /src\/host/);
});

test("layers: files that import each other at run time are caught", async () => {
  const complaints = await complaintsAbout({
    "src/kernel/task/a.ts": 'import { b } from "./b.ts"; export const a = () => b;',
    "src/kernel/task/b.ts": 'import { a } from "./a.ts"; export const b = () => a;',
  });
  assert.match(complaints, /at run time: src\/kernel\/task\/a\.ts, src\/kernel\/task\/b\.ts/);
});

test("layers: a circle of types is allowed in the kernel and within a folder, and caught elsewhere", async () => {
  const circle = (one: string, other: string) => ({
    [`src/${one}/a.ts`]: `import type { B } from "../../${other}/b.ts"; export type A = B | 1;`,
    [`src/${other}/b.ts`]: `import type { A } from "../../${one}/a.ts"; export type B = A | 2;`,
  });
  assert.equal(await complaintsAbout(circle("kernel/task", "kernel/signal")), "");
  assert.equal(await complaintsAbout(circle("fs/tmpfs", "fs/tmpfs")), "");
  assert.match(
    await complaintsAbout(circle("fs/tmpfs", "fs/overlay")),
    /import each other's types/,
  );
});

test("layers: a folder without a row in layers.json is caught", async () => {
  const complaints = await complaintsAbout({
    "src/base/bytes.ts": "export const one = 1;",
    "src/extra/thing.ts": 'import { one } from "../base/bytes.ts"; export const two = one;',
  });
  assert.match(complaints, /needs a row in tools\/layers\.json/);
});

test("layers: every row of layers.json imports only rows of the same floor or lower", () => {
  const { floors } = JSON.parse(readFileSync(`${import.meta.dirname}/layers.json`, "utf8"));
  const floorOf = new Map<string, number>(
    floors.map((row: { folder: string; floor: number }) => [row.folder, row.floor]),
  );
  for (const { folder, floor, imports } of floors) {
    for (const name of imports as string[]) {
      const below = floorOf.get(name.split("/")[0]);
      assert.ok(below !== undefined, `${folder} imports ${name}, which has no row`);
      assert.ok(
        below < floor || folder === "abi",
        `${folder} imports ${name}, which is not below it`,
      );
    }
  }
});
