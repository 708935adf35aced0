/** Host directories: a read-only tree, a writable volume, descriptors bounded and never left open. */
import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ENOENT, ENXIO, EPERM, EROFS, ESTALE } from "../../src/abi/errno.ts";
import { AT_FDCWD, O_APPEND, O_CREAT, O_RDWR, O_WRONLY } from "../../src/abi/fcntl.ts";
import { HOST_ROOT, HOST_VOLUME, HostFilesystem } from "../../src/fs/host/filesystem.ts";
import { chmod } from "../../src/syscalls/file/attributes.ts";
import { close } from "../../src/syscalls/file/descriptor.ts";
import { truncate } from "../../src/syscalls/file/extent.ts";
import {
  link,
  mkdir,
  mknod,
  rename,
  rmdir,
  symlink,
  unlink,
} from "../../src/syscalls/file/name.ts";
import { utimensat } from "../../src/syscalls/file/times.ts";
import { getxattr, setxattr } from "../../src/syscalls/file/xattr.ts";
import { boot, type FakeTask, openHost, SCRATCH } from "./fake-task.ts";
import { names, open, put, readFile, link as readLink, stat, writeFile } from "./file-calls.ts";

const host = openHost();
const base = mkdtempSync(join(tmpdir(), "hostfs-"));
after(() => rmSync(base, { recursive: true }));
let count = 0;

function directory(): string {
  const dir = join(base, String(++count));
  mkdirSync(join(dir, "sub/deep"), { recursive: true });
  writeFileSync(join(dir, "file"), "content");
  writeFileSync(join(dir, "sub/deep/leaf"), "leaf");
  symlinkSync("sub/deep", join(dir, "link"));
  return dir;
}

function mounted(dir: string, options = HOST_VOLUME): FakeTask {
  return boot((kernel) => {
    const fs = HostFilesystem.open(kernel.vfs, host, dir, options);
    assert.ok(typeof fs !== "number");
    return fs;
  });
}

function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

test("host: read-only trees are read and refuse changes", () => {
  const task = mounted(directory(), HOST_ROOT);
  assert.equal(readFile(task, "/link/leaf"), "leaf");
  assert.deepEqual(names(task, "/"), ["file", "link", "sub"]);
  assert.equal(open(task, "/file", O_WRONLY), -EROFS);
  assert.equal(open(task, "/new", O_CREAT), -EROFS);
  assert.equal(task.sys(unlink, "/file"), -EROFS);
  assert.equal(task.sys(chmod, "/file", 0o600), -EROFS);
});

test("host: a volume is written through", () => {
  const dir = directory();
  const task = mounted(dir);
  assert.equal(writeFile(task, "/new", "written", 0o640), 7);
  assert.equal(readFileSync(join(dir, "new"), "latin1"), "written");
  assert.equal(statSync(join(dir, "new")).mode & 0o777, 0o640);
  const fd = open(task, "/file", O_RDWR | O_APPEND);
  assert.equal(put(task, fd, "+more"), 5);
  assert.equal(readFileSync(join(dir, "file"), "latin1"), "content+more");
  assert.equal(stat(task, "/file").size, 12);
  assert.equal(task.sys(truncate, "/file", 3), 0);
  assert.equal(task.sys(mkdir, "/made", 0o777), 0);
  assert.equal(statSync(join(dir, "made")).mode & 0o777, 0o755);
  assert.equal(task.sys(symlink, "file", "/sym"), 0);
  assert.equal(readLink(task, "/sym"), "file");
  assert.equal(task.sys(link, "/file", "/made/hard"), 0);
  assert.equal(stat(task, "/made/hard").ino, stat(task, "/file").ino);
  assert.equal(stat(task, "/file").nlink, 2);
  assert.equal(task.sys(rename, "/made", "/sub/moved"), 0);
  assert.equal(readFile(task, "/sub/moved/hard"), "con");
  assert.equal(task.sys(rmdir, "/sub/deep"), -39);
  assert.equal(task.sys(chmod, "/file", 0o4711), 0);
  assert.equal(statSync(join(dir, "file")).mode & 0o7777, 0o4711);
  const times = new Uint8Array(32);
  times[16] = 99;
  assert.equal(task.sys(utimensat, AT_FDCWD, "/file", task.put(times), 0), 0);
  assert.equal(statSync(join(dir, "file")).mtimeMs, 99000);
  assert.equal(task.sys(unlink, "/file"), 0);
  assert.equal(existsSync(join(dir, "file")), false);
  task.sys(close, fd);
});

test("host: special files are ours, never the host's", () => {
  const dir = directory();
  const task = mounted(dir);
  assert.equal(task.sys(mknod, "/fifo", 0o10644, 0), 0);
  assert.ok(lstatSync(join(dir, "fifo")).isFIFO());
  assert.equal(task.sys(mknod, "/device", 0o20644, 0x103), -EPERM);
  assert.equal(task.sys(mknod, "/socket", 0o140644, 0), 0);
  assert.equal(open(task, "/socket"), -ENXIO);
});

test("host: changes behind our back are seen by a volume", () => {
  const dir = directory();
  const task = mounted(dir);
  assert.equal(stat(task, "/later").error, -ENOENT);
  writeFileSync(join(dir, "later"), "now");
  assert.equal(readFile(task, "/later"), "now");
  unlinkSync(join(dir, "later"));
  assert.equal(stat(task, "/later").error, -ENOENT);
  chmodSync(join(dir, "file"), 0o600);
  assert.equal(stat(task, "/file").mode & 0o777, 0o600);
  renameSync(join(dir, "sub"), join(dir, "gone"));
  assert.equal(stat(task, "/sub").error, -ENOENT);
  assert.equal(readFile(task, "/gone/deep/leaf"), "leaf");
});

test("host: another file under an old name is ESTALE, not somebody else's content", () => {
  const dir = directory();
  const task = mounted(dir, { ...HOST_ROOT, attributeNs: Infinity });
  assert.equal(stat(task, "/file").size, 7);
  renameSync(join(dir, "file"), join(dir, "kept"));
  writeFileSync(join(dir, "file"), "other");
  assert.equal(open(task, "/file"), -ESTALE);
});

test("host: descriptors are bounded, and all come back", () => {
  const dir = directory();
  for (let i = 0; i < 60; i++) {
    mkdirSync(join(dir, `d${i}/e`), { recursive: true });
    writeFileSync(join(dir, `d${i}/e/f`), String(i));
  }
  const before = openDescriptors();
  const task = mounted(dir, { ...HOST_ROOT, descriptors: 10 });
  for (let round = 0; round < 2; round++)
    for (let i = 0; i < 60; i++) assert.equal(readFile(task, `/d${i}/e/f`), String(i));
  assert.ok(openDescriptors() - before <= 14, `${openDescriptors() - before} descriptors`);
  const { filesystem } = task.fs.root.mount;
  task.kernel.vfs.dentries.shrink();
  filesystem.release();
  assert.equal(openDescriptors(), before);
});

test("host: extended attributes pass through where the host has them", () => {
  const task = mounted(directory());
  const rc = task.sys(setxattr, "/file", "user.k", task.put("v"), 1, 0);
  if (rc === -95) return;
  assert.equal(rc, 0);
  assert.equal(task.sys(getxattr, "/file", "user.k", SCRATCH, 10), 1);
});
