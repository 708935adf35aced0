/** How many host calls the operations on files cost: a call more on a warm path is a regression. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { AT_FDCWD, O_CREAT, O_WRONLY } from "../../src/abi/fcntl.ts";
import { HOST_ROOT, HOST_VOLUME, HostFilesystem } from "../../src/fs/host/filesystem.ts";
import { makeOverlayRoot } from "../../src/fs/overlay/root.ts";
import type { Gateway } from "../../src/host/gateway.ts";
import { faccessat } from "../../src/syscalls/file/attributes.ts";
import { close } from "../../src/syscalls/file/descriptor.ts";
import { mkdir, rename, unlink } from "../../src/syscalls/file/name.ts";
import { boot, type FakeTask, openHost } from "./fake-task.ts";
import { link, names, open, put, readFile, stat, take } from "./file-calls.ts";

const host = openHost();
const base = mkdtempSync(join(tmpdir(), "calls-"));
after(() => rmSync(base, { recursive: true }));

/** Host calls made since the last reading. */
let calls = 0;
const { sys } = host.gateway;
const counting: Gateway = {
  ...host.gateway,
  sys: (...numbers) => {
    calls++;
    return sys(...numbers);
  },
};
Object.assign(host, { gateway: counting });

const FILES = 20;

function tree(name: string): string {
  const dir = join(base, name);
  mkdirSync(join(dir, "a/b"), { recursive: true });
  for (let i = 0; i < FILES; i++) writeFileSync(join(dir, `a/b/f${i}`), `file ${i}`);
  symlinkSync("a/b/f1", join(dir, "link"));
  return dir;
}

function useRealTime(task: FakeTask): FakeTask {
  task.kernel.clock.monotonicNs = () => performance.now() * 1e6;
  task.kernel.clock.realtime = (out) => {
    // So much later that no directory was changed just now.
    out[0] = Math.floor(Date.now() / 1000) + 10;
    out[1] = 0;
  };
  return task;
}

function overlay(dir: string): FakeTask {
  return useRealTime(
    boot((kernel) => {
      const lower = HostFilesystem.open(kernel.vfs, host, dir, HOST_ROOT);
      assert.ok(typeof lower !== "number");
      return makeOverlayRoot(kernel.vfs, host, [lower.root]);
    }),
  );
}

function volume(dir: string): FakeTask {
  return useRealTime(
    boot((kernel) => {
      const fs = HostFilesystem.open(kernel.vfs, host, dir, HOST_VOLUME);
      assert.ok(typeof fs !== "number");
      return fs;
    }),
  );
}

/** The host calls of `run`. */
function cost(run: () => unknown): number {
  calls = 0;
  run();
  return calls;
}

test("host calls: a warm root costs none but to read content", () => {
  const task = overlay(tree("warm"));
  readFile(task, "/a/b/f1");
  stat(task, "/a/b/none");
  link(task, "/link");
  names(task, "/a/b");
  assert.equal(
    cost(() => stat(task, "/a/b/f1")),
    0,
  );
  assert.equal(
    cost(() => stat(task, "/link")),
    0,
  );
  assert.equal(
    cost(() => stat(task, "/a/b/none")),
    0,
  );
  assert.equal(
    cost(() => task.sys(faccessat, AT_FDCWD, "/a/b/f1", 4)),
    0,
  );
  assert.equal(
    cost(() => link(task, "/link")),
    0,
  );
  assert.equal(
    cost(() => task.sys(close, open(task, "/a/b/f1"))),
    0,
  );
  assert.equal(
    cost(() => names(task, "/a/b")),
    0,
  );
  const fd = open(task, "/a/b/f1");
  assert.equal(
    cost(() => take(task, fd, 100)),
    1,
  );
});

test("host calls: walking a tree the first time", () => {
  const task = overlay(tree("cold"));
  stat(task, "/a");
  // The root is looked at, and asked for a again; a and b are opened and looked at, a is asked for b,
  // and b is read to its end.
  assert.equal(
    cost(() => names(task, "/a/b")),
    9,
  );
  const looks = cost(() => {
    for (let i = 0; i < FILES; i++) assert.equal(stat(task, `/a/b/f${i}`).error, 0);
  });
  assert.equal(looks, FILES);
  // Opened, seen to be the same, read.
  const reads = cost(() => {
    const fd = open(task, "/a/b/f2");
    take(task, fd, 100);
    task.sys(close, fd);
  });
  assert.equal(reads, 3);
});

test("host calls: a volume asks once for each directory on the way", () => {
  const dir = tree("volume");
  const task = volume(dir);
  utimesSync(join(dir, "a/b"), 1, 1);
  for (let i = 0; i < 2; i++) {
    readFile(task, "/a/b/f1");
    stat(task, "/a/b/none");
    names(task, "/a/b");
  }
  // The root, a and b; then the file.
  assert.equal(
    cost(() => stat(task, "/a/b/f1")),
    4,
  );
  assert.equal(
    cost(() => stat(task, "/a/b/none")),
    3,
  );
  assert.equal(
    cost(() => stat(task, "/a/b/f3")),
    3,
  );
  assert.equal(
    cost(() => task.sys(close, open(task, "/a/b/f1"))),
    3,
  );
  assert.equal(
    cost(() => names(task, "/a/b")),
    3,
  );
  const made = cost(() => {
    const fd = open(task, "/a/b/new", O_CREAT | O_WRONLY);
    put(task, fd, "text");
    task.sys(close, fd);
  });
  // Three directories, make, look at what was made, write, close: that the name was free is known.
  assert.equal(made, 7);
  assert.ok(cost(() => task.sys(rename, "/a/b/new", "/a/b/newer")) <= 6);
  assert.ok(cost(() => task.sys(unlink, "/a/b/newer")) <= 5);
  assert.ok(cost(() => task.sys(mkdir, "/a/b/dir", 0o755)) <= 6);
});
