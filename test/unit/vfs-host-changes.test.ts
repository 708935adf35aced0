/** What the host changes behind our back: no cache of names, listings or attributes may hide it for long. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ENOENT, ENOSYS } from "../../src/abi/errno.ts";
import { AT_FDCWD } from "../../src/abi/fcntl.ts";
import { HOST_ROOT, HOST_VOLUME, HostFilesystem } from "../../src/fs/host/filesystem.ts";
import { makeOverlayRoot } from "../../src/fs/overlay/root.ts";
import { Tmpfs } from "../../src/fs/tmpfs/filesystem.ts";
import { chdir, getcwd } from "../../src/syscalls/file/directory.ts";
import { mkdir, unlink } from "../../src/syscalls/file/name.ts";
import { boot, type FakeTask, openHost, SCRATCH } from "./fake-task.ts";
import { link, names, readFile, stat, writeFile } from "./file-calls.ts";

const host = openHost();
const base = mkdtempSync(join(tmpdir(), "changes-"));
after(() => rmSync(base, { recursive: true }));
let count = 0;

/** Long enough that a change time says whether there was a change. */
const SETTLED_MS = 80;

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function directory(): string {
  const dir = join(base, String(++count));
  mkdirSync(join(dir, "sub/deep"), { recursive: true });
  writeFileSync(join(dir, "file"), "content");
  writeFileSync(join(dir, "sub/deep/leaf"), "leaf");
  return dir;
}

/** The change times of host files are compared with the wall clock: it must be the host's. */
function useRealTime(task: FakeTask): FakeTask {
  task.kernel.clock.monotonicNs = () => performance.now() * 1e6;
  task.kernel.clock.realtime = (out) => {
    const ms = Date.now();
    out[0] = Math.floor(ms / 1000);
    out[1] = (ms % 1000) * 1e6;
  };
  return task;
}

function volume(dir: string): FakeTask {
  const task = boot((kernel) => {
    const fs = HostFilesystem.open(kernel.vfs, host, dir, HOST_VOLUME);
    assert.ok(typeof fs !== "number");
    return fs;
  });
  return useRealTime(task);
}

const BELIEVED_MS = 30;

function overlay(dir: string): FakeTask {
  const task = boot((kernel) => {
    const options = { ...HOST_ROOT, attributeNs: BELIEVED_MS * 1e6 };
    const lower = HostFilesystem.open(kernel.vfs, host, dir, options);
    assert.ok(typeof lower !== "number");
    return makeOverlayRoot(kernel.vfs, host, [lower.root]);
  });
  return useRealTime(task);
}

for (const settledMs of [0, SETTLED_MS]) {
  const when = settledMs === 0 ? "within a tick of the clock" : "in a directory long unchanged";

  test(`a volume shows names that come and go ${when}`, () => {
    const dir = directory();
    const task = volume(dir);
    for (let round = 0; round < (settledMs === 0 ? 50 : 3); round++) {
      assert.equal(stat(task, "/sub/new").error, -ENOENT);
      assert.deepEqual(names(task, "/sub"), ["deep"]);
      sleep(settledMs);
      assert.equal(stat(task, "/sub/new").error, -ENOENT);
      writeFileSync(join(dir, "sub/new"), "now");
      assert.equal(stat(task, "/sub/new").size, 3);
      assert.deepEqual(names(task, "/sub"), ["deep", "new"]);
      sleep(settledMs);
      assert.equal(readFile(task, "/sub/new"), "now");
      unlinkSync(join(dir, "sub/new"));
    }
  });

  test(`a volume shows what a name is now, replaced ${when}`, () => {
    const dir = directory();
    const task = volume(dir);
    for (let round = 0; round < (settledMs === 0 ? 50 : 3); round++) {
      const text = `round ${round}`;
      writeFileSync(join(dir, "fresh"), text);
      renameSync(join(dir, "fresh"), join(dir, "file"));
      assert.equal(readFile(task, "/file"), text);
      sleep(settledMs);
      assert.equal(stat(task, "/file").size, text.length);
    }
    rmSync(join(dir, "file"));
    symlinkSync("sub/deep/leaf", join(dir, "file"));
    assert.equal(link(task, "/file"), "sub/deep/leaf");
    assert.equal(readFile(task, "/file"), "leaf");
    rmSync(join(dir, "file"));
    mkdirSync(join(dir, "file"));
    assert.deepEqual(names(task, "/file"), []);
  });
}

test("a volume shows attributes and content as they are now", () => {
  const dir = directory();
  const task = volume(dir);
  assert.equal(stat(task, "/file").size, 7);
  sleep(SETTLED_MS);
  appendFileSync(join(dir, "file"), "+more");
  assert.equal(stat(task, "/file").size, 12);
  assert.equal(readFile(task, "/file"), "content+more");
  chmodSync(join(dir, "file"), 0o601);
  assert.equal(stat(task, "/file").mode & 0o777, 0o601);
  utimesSync(join(dir, "file"), 5, 6);
  assert.equal(stat(task, "/file").mtime, 6);
  linkSync(join(dir, "file"), join(dir, "sub/twin"));
  assert.equal(stat(task, "/file").nlink, 2);
});

test("a volume's own changes and the host's meet", () => {
  const dir = directory();
  const task = volume(dir);
  assert.equal(task.sys(mkdir, "/made", 0o755), 0);
  writeFileSync(join(dir, "made/by-host"), "h");
  assert.equal(writeFile(task, "/made/by-guest", "g"), 1);
  assert.deepEqual(names(task, "/made"), ["by-guest", "by-host"]);
  assert.equal(task.sys(unlink, "/made/by-host"), 0);
  writeFileSync(join(dir, "made/by-host"), "again");
  assert.equal(readFile(task, "/made/by-host"), "again");
});

test("an overlay shows the lower layer's names once its belief is over", () => {
  const dir = directory();
  const task = overlay(dir);
  assert.equal(stat(task, "/sub/new").error, -ENOENT);
  assert.deepEqual(names(task, "/sub"), ["deep"]);
  assert.equal(stat(task, "/file").size, 7);
  sleep(SETTLED_MS);
  assert.equal(stat(task, "/file").size, 7);
  writeFileSync(join(dir, "sub/new"), "now");
  rmSync(join(dir, "file"));
  sleep(SETTLED_MS);
  assert.equal(readFile(task, "/sub/new"), "now");
  assert.deepEqual(names(task, "/sub"), ["deep", "new"]);
  assert.equal(stat(task, "/file").error, -ENOENT);
});

test("an overlay opens the file that took a name while the old one was believed", () => {
  const dir = directory();
  const task = overlay(dir);
  assert.equal(stat(task, "/file").size, 7);
  writeFileSync(join(dir, "fresh"), "another file");
  renameSync(join(dir, "fresh"), join(dir, "file"));
  assert.equal(readFile(task, "/file"), "another file");
  assert.equal(stat(task, "/file").size, 12);
});

test("an overlay keeps what the guest changed, whatever happens below", () => {
  const dir = directory();
  const task = overlay(dir);
  assert.equal(task.sys(unlink, "/file"), 0);
  assert.equal(writeFile(task, "/sub/deep/leaf", "mine"), 4);
  assert.equal(task.sys(mkdir, "/sub/own", 0o755), 0);
  assert.equal(task.sys(chdir, "/sub/own"), 0);
  sleep(SETTLED_MS);
  writeFileSync(join(dir, "file"), "back");
  mkdirSync(join(dir, "sub/own"));
  rmSync(join(dir, "sub/deep/leaf"));
  writeFileSync(join(dir, "sub/deep/other"), "");
  sleep(SETTLED_MS);
  assert.equal(stat(task, "/file").error, -ENOENT);
  assert.equal(readFile(task, "/sub/deep/leaf"), "mine");
  assert.deepEqual(names(task, "/sub/deep"), ["leaf", "other"]);
  assert.deepEqual(names(task, "."), []);
  assert.equal(task.sys(getcwd, SCRATCH, 100), "/sub/own".length + 1);
});

test("a working directory stays what it is while its neighbours change", () => {
  const dir = directory();
  const task = overlay(dir);
  assert.equal(task.sys(chdir, "/sub/deep"), 0);
  for (let round = 0; round < 3; round++) {
    writeFileSync(join(dir, `sub/neighbour${round}`), "");
    sleep(SETTLED_MS);
    assert.equal(readFile(task, "/sub/deep/leaf"), "leaf");
    assert.equal(task.sys(getcwd, SCRATCH, 100), "/sub/deep".length + 1);
    assert.equal(readFile(task, "leaf"), "leaf");
  }
});

test("a mount stays where it is when the host takes the directory below it away", () => {
  const dir = directory();
  for (const task of [overlay(dir), volume(dir)]) {
    const { vfs } = task.kernel;
    const at = vfs.resolve(task.task, AT_FDCWD, "/sub/deep");
    assert.ok(typeof at !== "number");
    vfs.mountAt(new Tmpfs(vfs, host), at);
    assert.equal(writeFile(task, "/sub/deep/ours", "mounted"), 7);
    renameSync(join(dir, "sub/deep"), join(dir, "sub/away"));
    sleep(SETTLED_MS);
    assert.equal(readFile(task, "/sub/deep/ours"), "mounted");
    assert.deepEqual(names(task, "/sub/deep"), ["ours"]);
    renameSync(join(dir, "sub/away"), join(dir, "sub/deep"));
  }
});

test("a file with the number of one that is gone is another file", () => {
  const dir = directory();
  const task = overlay(dir);
  symlinkSync("first", join(dir, "link"));
  assert.equal(link(task, "/link"), "first");
  assert.equal(readFile(task, "/file"), "content");
  assert.equal(writeFile(task, "/file", "copied up"), 9);
  assert.equal(stat(task, "/sub/deep/leaf").size, 4);
  for (const name of ["link", "file", "sub/deep/leaf"]) rmSync(join(dir, name));
  // The host's next files get the numbers that are free now.
  symlinkSync("second", join(dir, "link"));
  for (let i = 0; i < 5; i++) writeFileSync(join(dir, `other${i}`), `other ${i}`);
  sleep(SETTLED_MS);
  assert.equal(link(task, "/link"), "second");
  for (let i = 0; i < 5; i++) assert.equal(readFile(task, `/other${i}`), `other ${i}`);
  assert.equal(readFile(task, "/file"), "copied up");
});

test("what became a FIFO, a link or a directory is never opened as the file it was", () => {
  const dir = directory();
  const task = overlay(dir);
  const name = join(dir, "sub/deep/leaf");
  const become: [() => void, number | string][] = [
    [() => void execFileSync("mkfifo", [name]), -ENOSYS],
    [() => symlinkSync("../../file", name), "content"],
    [() => mkdirSync(name), ""],
  ];
  for (const [make, answer] of become) {
    assert.equal(stat(task, "/sub/deep/leaf").size, 4);
    rmSync(name, { recursive: true });
    make();
    assert.equal(readFile(task, "/sub/deep/leaf"), answer);
    rmSync(name, { recursive: true });
    writeFileSync(name, "leaf");
    sleep(SETTLED_MS);
  }
});
