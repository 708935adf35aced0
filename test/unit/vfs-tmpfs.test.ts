/** tmpfs: content inline and in a memfd, holes, seals, limits, reading directories that change, rename rules. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  EACCES,
  EBUSY,
  EEXIST,
  EFBIG,
  EINVAL,
  EISDIR,
  ENOENT,
  ENOSPC,
  ENOTDIR,
  ENOTEMPTY,
  ENXIO,
  EPERM,
} from "../../src/abi/errno.ts";
import {
  AT_FDCWD,
  AT_SYMLINK_FOLLOW,
  F_ADD_SEALS,
  F_GET_SEALS,
  F_GETFL,
  F_SEAL_GROW,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  O_ACCMODE,
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
  O_WRONLY,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  SEEK_CUR,
  SEEK_DATA,
  SEEK_END,
  SEEK_HOLE,
  SEEK_SET,
} from "../../src/abi/fcntl.ts";
import { MFD_ALLOW_SEALING } from "../../src/abi/mman.ts";
import { RLIMIT_FSIZE } from "../../src/abi/resource.ts";
import { SIGXFSZ } from "../../src/abi/signal.ts";
import { TMPFS_DEFAULTS, Tmpfs, TmpfsMemoryFiles } from "../../src/fs/tmpfs/filesystem.ts";
import type { Mapping } from "../../src/kernel/vfs/file.ts";
import { copy_file_range, sendfile } from "../../src/syscalls/file/copy.ts";
import { close } from "../../src/syscalls/file/descriptor.ts";
import { fallocate, ftruncate } from "../../src/syscalls/file/extent.ts";
import { fcntl } from "../../src/syscalls/file/fcntl.ts";
import { lseek, pread64, pwrite64 } from "../../src/syscalls/file/io.ts";
import { memfd_create } from "../../src/syscalls/file/memfd.ts";
import {
  linkat,
  mkdir,
  rename,
  renameat2,
  rmdir,
  symlink,
  unlink,
} from "../../src/syscalls/file/name.ts";
import {
  fgetxattr,
  fsetxattr,
  getxattr,
  listxattr,
  setxattr,
} from "../../src/syscalls/file/xattr.ts";
import { boot, type FakeTask, openHost, SCRATCH } from "./fake-task.ts";
import { entries, names, open, put, readFile, stat, take, writeFile } from "./file-calls.ts";

const host = openHost();

function fresh(size = Infinity, inodes = Infinity): FakeTask {
  const task = boot((kernel) => new Tmpfs(kernel.vfs, host, { ...TMPFS_DEFAULTS, size, inodes }));
  task.kernel.vfs.memoryFiles = new TmpfsMemoryFiles(task.kernel.vfs, host);
  return task;
}

const MIB = 1 << 20;

test("tmpfs: content grows from inline into a memfd and stays the same", () => {
  const task = fresh();
  const fd = open(task, "/f", O_CREAT | O_RDWR);
  let text = "";
  for (let i = 0; i < 20; i++) {
    const part = String.fromCharCode(97 + i).repeat(10000);
    assert.equal(put(task, fd, part), 10000);
    text += part;
  }
  assert.equal(readFile(task, "/f"), text);
  assert.equal(stat(task, "/f").size, 200000);
  assert.ok(stat(task, "/f").blocks >= 390);
  assert.equal(task.sys(lseek, fd, -5, SEEK_END), 199995);
  assert.equal(take(task, fd), "ttttt");
  assert.equal(take(task, fd), "");
  assert.equal(task.sys(lseek, fd, -200001, SEEK_CUR), -EINVAL);
  assert.equal(task.sys(fcntl, fd, F_GETFL, 0) & O_ACCMODE, O_RDWR);
  task.sys(close, fd);
});

test("tmpfs: holes read as zeroes and are found by lseek", () => {
  const task = fresh();
  const fd = open(task, "/sparse", O_CREAT | O_RDWR);
  assert.equal(task.sys(pwrite64, fd, task.put("end"), 3, 8 * MIB), 3);
  assert.equal(stat(task, "/sparse").size, 8 * MIB + 3);
  assert.ok(stat(task, "/sparse").blocks <= 16);
  assert.equal(task.sys(lseek, fd, 0, SEEK_DATA), 8 * MIB);
  assert.equal(task.sys(lseek, fd, 0, SEEK_HOLE), 0);
  assert.equal(task.sys(lseek, fd, 9 * MIB, SEEK_DATA), -ENXIO);
  assert.equal(task.sys(pread64, fd, SCRATCH, 4, 1000), 4);
  assert.deepEqual([...task.mm.u8.subarray(SCRATCH, SCRATCH + 4)], [0, 0, 0, 0]);
  assert.equal(task.sys(fallocate, fd, 0, 0, MIB), 0);
  assert.ok(stat(task, "/sparse").blocks >= 2048);
  assert.equal(task.sys(fallocate, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, MIB), 0);
  assert.equal(task.sys(lseek, fd, 0, SEEK_DATA), 8 * MIB);
  assert.equal(task.sys(ftruncate, fd, 10), 0);
  assert.equal(readFile(task, "/sparse"), "\0".repeat(10));
});

test("tmpfs: truncation clears what it cut, inline too", () => {
  const task = fresh();
  const fd = open(task, "/f", O_CREAT | O_RDWR);
  put(task, fd, "abcdefgh");
  task.sys(ftruncate, fd, 3);
  task.sys(ftruncate, fd, 6);
  assert.equal(readFile(task, "/f"), "abc\0\0\0");
  task.sys(lseek, fd, 0, SEEK_SET);
  task.sys(fcntl, fd, 4, O_APPEND);
  put(task, fd, "X");
  assert.equal(readFile(task, "/f"), "abc\0\0\0X");
});

test("tmpfs: a mapping has the rights of the open file and sees the same pages", () => {
  const task = fresh();
  writeFile(task, "/f", "mapped");
  const reader = task.files.get(open(task, "/f"))!.mapping(1, 1) as Mapping;
  assert.equal(host.fcntl(reader.hostFd, 3, 0) & O_ACCMODE, O_RDONLY);
  const file = task.files.get(open(task, "/f", O_RDWR))!;
  assert.equal(host.fcntl((file.mapping(3, 1) as Mapping).hostFd, 3, 0) & O_ACCMODE, O_RDWR);
  assert.equal(host.fcntl((file.mapping(3, 2) as Mapping).hostFd, 3, 0) & O_ACCMODE, O_RDONLY);
  const bytes = new Uint8Array(6);
  host.pread(reader.hostFd, bytes, 0);
  assert.equal(Buffer.from(bytes).toString(), "mapped");
});

test("memfd: seals are kept", () => {
  const task = fresh();
  const fd = task.sys(memfd_create, "name", MFD_ALLOW_SEALING);
  assert.equal(
    task.kernel.vfs.pathname(task.files.get(fd)!.path!, task.fs.root),
    "/memfd:name (deleted)",
  );
  put(task, fd, "12345");
  assert.equal(task.sys(fcntl, fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW), 0);
  assert.equal(task.sys(ftruncate, fd, 2), -EPERM);
  assert.equal(put(task, fd, "6"), -EPERM);
  assert.equal(task.sys(pwrite64, fd, task.put("x"), 1, 0), 1);
  assert.equal(task.sys(fcntl, fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
  assert.equal(task.sys(pwrite64, fd, task.put("x"), 1, 0), -EPERM);
  assert.equal(task.sys(fcntl, fd, F_GET_SEALS, 0), F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  const plain = task.sys(memfd_create, "plain", 0);
  assert.equal(task.sys(fcntl, plain, F_ADD_SEALS, F_SEAL_GROW), -EPERM);
});

test("tmpfs: size and inode limits, RLIMIT_FSIZE", () => {
  const task = fresh(16384, 4);
  assert.equal(writeFile(task, "/f", "x".repeat(20000)), 16384);
  assert.equal(writeFile(task, "/g", "x"), -ENOSPC);
  assert.equal(task.sys(unlink, "/f"), 0);
  assert.equal(writeFile(task, "/g", "x"), 1);
  assert.equal(writeFile(task, "/h", "x"), 1);
  assert.equal(writeFile(task, "/i", "x"), 1);
  assert.equal(writeFile(task, "/j", "x"), -ENOSPC);
  task.group.limits.set(RLIMIT_FSIZE, 4, 4);
  assert.equal(writeFile(task, "/g", "123456"), 4);
  const fd = open(task, "/g", O_WRONLY | O_APPEND);
  assert.equal(put(task, fd, "more"), -EFBIG);
  assert.deepEqual(task.kernel.signals, [SIGXFSZ]);
});

test("tmpfs: a directory can be emptied while it is read", () => {
  const task = fresh();
  for (let i = 0; i < 500; i++) writeFile(task, `/n${i}`, "");
  const fd = open(task, "/", O_DIRECTORY);
  let removed = 0;
  for (;;) {
    const n = entries(task, fd, 300).filter((entry) => entry.name.startsWith("n"));
    for (const { name } of n) assert.equal(task.sys(unlink, `/${name}`), 0);
    removed += n.length;
    if (n.length === 0) break;
  }
  assert.equal(removed, 500);
  assert.deepEqual(names(task, "/"), []);
});

test("rename: the rules of rename(2)", () => {
  const task = fresh();
  for (const d of ["/d", "/d/sub", "/e", "/full"]) task.sys(mkdir, d, 0o755);
  writeFile(task, "/full/x", "x");
  writeFile(task, "/f", "f");
  writeFile(task, "/g", "g");
  assert.equal(task.sys(rename, "/d", "/d/sub/d"), -EINVAL);
  assert.equal(task.sys(rename, "/d/sub", "/d"), -ENOTEMPTY);
  assert.equal(task.sys(rename, "/d", "/f"), -ENOTDIR);
  assert.equal(task.sys(rename, "/f", "/d"), -EISDIR);
  assert.equal(task.sys(rename, "/e", "/full"), -ENOTEMPTY);
  assert.equal(task.sys(rename, "/none", "/f"), -ENOENT);
  assert.equal(task.sys(rename, "/f/", "/h"), -ENOTDIR);
  assert.equal(task.sys(rename, "/d/.", "/h"), -EBUSY);
  assert.equal(task.sys(renameat2, AT_FDCWD, "/f", AT_FDCWD, "/g", RENAME_NOREPLACE), -EEXIST);
  assert.equal(task.sys(renameat2, AT_FDCWD, "/f", AT_FDCWD, "/d/sub", RENAME_EXCHANGE), 0);
  assert.equal(readFile(task, "/d/sub"), "f");
  assert.deepEqual(names(task, "/f"), []);
  assert.equal(task.sys(rename, "/d/sub", "/g"), 0);
  assert.equal(readFile(task, "/g"), "f");
  assert.equal(stat(task, "/d").nlink, 2);
  assert.equal(task.sys(rename, "/full", "/e"), 0);
  assert.deepEqual(names(task, "/e"), ["x"]);
  assert.equal(task.sys(rmdir, "/e"), -ENOTEMPTY);
  assert.equal(task.sys(rename, "/g", "/g"), 0);
});

test("tmpfs: O_TMPFILE gets a name by linkat", () => {
  const task = fresh();
  const fd = open(task, "/", O_TMPFILE | O_RDWR);
  put(task, fd, "later");
  assert.deepEqual(names(task, "/"), []);
  const file = task.files.get(fd)!;
  assert.equal(file.inode.getattr(task.kernel.vfs.stat), 0);
  assert.equal(task.kernel.vfs.stat.nlink, 0);
  assert.equal(task.sys(linkat, fd, "", AT_FDCWD, "/named", 0x1000), 0);
  task.sys(close, fd);
  assert.equal(readFile(task, "/named"), "later");
  assert.equal(task.sys(linkat, AT_FDCWD, "/named", AT_FDCWD, "/again", AT_SYMLINK_FOLLOW), 0);
});

test("xattr: namespaces, sizes and lists", () => {
  const task = fresh();
  writeFile(task, "/f", "");
  assert.equal(task.sys(setxattr, "/f", "user.a", task.put("value"), 5, 0), 0);
  assert.equal(task.sys(setxattr, "/f", "user.a", task.put("value"), 5, 1), -EEXIST);
  assert.equal(task.sys(setxattr, "/f", "bad.a", task.put("value"), 5, 0), -95);
  assert.equal(task.sys(getxattr, "/f", "user.a", SCRATCH, 0), 5);
  assert.equal(task.sys(getxattr, "/f", "user.a", SCRATCH, 3), -34);
  assert.equal(task.sys(getxattr, "/f", "user.b", SCRATCH, 30), -61);
  assert.equal(task.sys(listxattr, "/f", SCRATCH, 100), 7);
  const fd = open(task, "/f");
  assert.equal(task.sys(fsetxattr, fd, "user.empty", task.put(""), 0, 0), 0);
  assert.equal(task.sys(fgetxattr, fd, "user.empty", SCRATCH, 10), 0);
  task.sys(symlink, "f", "/l");
  assert.equal(task.sys(getxattr, "/l", "user.a", SCRATCH, 100), 5);
});

test("sendfile and copy_file_range move bytes and positions", () => {
  const task = fresh();
  writeFile(task, "/in", "0123456789".repeat(20000));
  const input = open(task, "/in");
  const output = open(task, "/out", O_CREAT | O_RDWR);
  assert.equal(task.sys(sendfile, output, input, 0, 150000), 150000);
  assert.equal(task.sys(lseek, input, 0, SEEK_CUR), 150000);
  assert.equal(task.sys(sendfile, output, input, 0, 1 << 30), 50000);
  assert.equal(readFile(task, "/out"), readFile(task, "/in"));
  const copy = open(task, "/copy", O_CREAT | O_WRONLY);
  task.mm.writeU64(SCRATCH, 5);
  assert.equal(task.sys(copy_file_range, input, SCRATCH, copy, 0, 10, 0), 10);
  assert.equal(task.mm.readU64(SCRATCH), 15);
  assert.equal(readFile(task, "/copy"), "5678901234");
  assert.equal(open(task, "/out", O_DIRECTORY), -ENOTDIR);
  assert.equal(EACCES > 0, true);
});
