/** Path walk: links, dot-dot, roots, trailing slashes, RESOLVE_*, search permission, the dentry bound. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  EACCES,
  EEXIST,
  EISDIR,
  ELOOP,
  ENAMETOOLONG,
  ENOENT,
  ENOTDIR,
  EXDEV,
} from "../../src/abi/errno.ts";
import {
  AT_FDCWD,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  RESOLVE_BENEATH,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV,
} from "../../src/abi/fcntl.ts";
import { Tmpfs } from "../../src/fs/tmpfs/filesystem.ts";
import { Credentials } from "../../src/kernel/cred/credentials.ts";
import { LOOKUP_FOLLOW } from "../../src/kernel/vfs/namei.ts";
import { chmod } from "../../src/syscalls/file/attributes.ts";
import { close } from "../../src/syscalls/file/descriptor.ts";
import { chdir, chroot, getcwd } from "../../src/syscalls/file/directory.ts";
import {
  link as linkCall,
  mkdir,
  rename,
  rmdir,
  symlink,
  unlink,
} from "../../src/syscalls/file/name.ts";
import { openat2 } from "../../src/syscalls/file/open.ts";
import { boot, type FakeTask, openHost, SCRATCH, sibling } from "./fake-task.ts";
import { link, names, open, readFile, stat, writeFile } from "./file-calls.ts";

const host = openHost();

function tree(bound = 65536): FakeTask {
  const task = boot((kernel) => new Tmpfs(kernel.vfs, host), bound);
  for (const directory of ["/a", "/a/b", "/a/b/c", "/other"])
    assert.equal(task.sys(mkdir, directory, 0o755), 0);
  writeFile(task, "/a/b/file", "hello");
  return task;
}

function cwd(task: FakeTask): string | number {
  const n = task.sys(getcwd, SCRATCH, 4096);
  return n < 0 ? n : Buffer.from(task.mm.u8.subarray(SCRATCH, SCRATCH + n - 1)).toString("latin1");
}

test("walk: components, dots and repeated slashes", () => {
  const task = tree();
  assert.equal(readFile(task, "/a/b/file"), "hello");
  assert.equal(readFile(task, "//a/./b/../b//file"), "hello");
  assert.equal(stat(task, "/../../a").error, 0);
  assert.equal(stat(task, "/a/b/file/").error, -ENOTDIR);
  assert.equal(stat(task, "/a/b/file/x").error, -ENOTDIR);
  assert.equal(stat(task, "/a/none").error, -ENOENT);
  assert.equal(stat(task, "").error, -ENOENT);
  assert.equal(stat(task, `/${"n".repeat(256)}`).error, -ENAMETOOLONG);
});

test("walk: symbolic links, relative, absolute, chained, looping", () => {
  const task = tree();
  task.sys(symlink, "b/file", "/a/rel");
  task.sys(symlink, "/a/rel", "/abs");
  task.sys(symlink, "loop", "/loop");
  task.sys(symlink, "/a/b", "/dir");
  task.sys(symlink, "gone", "/dangling");
  assert.equal(readFile(task, "/abs"), "hello");
  assert.equal(readFile(task, "/dir/../b/file"), "hello");
  assert.equal(stat(task, "/loop").error, -ELOOP);
  assert.equal(link(task, "/abs"), "/a/rel");
  assert.equal(open(task, "/abs", O_NOFOLLOW), -ELOOP);
  assert.equal(stat(task, "/dangling").error, -ENOENT);
  assert.ok(open(task, "/dangling", O_CREAT) >= 0);
  assert.equal(readFile(task, "/gone"), "");
  assert.equal(open(task, "/dangling", O_CREAT | O_EXCL), -EEXIST);
  assert.equal(open(task, "/dir/", O_CREAT), -EISDIR);
  for (let i = 0; i < 41; i++)
    task.sys(symlink, i === 0 ? "/a/b/file" : `/chain${i - 1}`, `/chain${i}`);
  assert.equal(readFile(task, "/chain39"), "hello");
  assert.equal(stat(task, "/chain40").error, -ELOOP);
});

test("walk: working directory, its removal and its name", () => {
  const task = tree();
  assert.equal(task.sys(chdir, "/a/b/c"), 0);
  assert.equal(cwd(task), "/a/b/c");
  assert.equal(readFile(task, "../file"), "hello");
  assert.equal(task.sys(rename, "/a", "/z"), 0);
  assert.equal(cwd(task), "/z/b/c");
  assert.equal(task.sys(rmdir, "/z/b/c"), 0);
  assert.equal(cwd(task), -ENOENT);
  assert.equal(open(task, "new", O_CREAT), -ENOENT);
  assert.equal(readFile(task, "../file"), "hello");
});

test("walk: chroot holds dot-dot and absolute links", () => {
  const task = tree();
  task.sys(symlink, "/b/file", "/a/link");
  assert.equal(task.sys(chroot, "/a"), 0);
  assert.equal(task.sys(chdir, "/"), 0);
  assert.equal(readFile(task, "/../../b/file"), "hello");
  assert.equal(readFile(task, "/link"), "hello");
  assert.equal(stat(task, "/other").error, -ENOENT);
});

function resolveWith(task: FakeTask, path: string, resolve: number, dirfd = AT_FDCWD): number {
  const how = new Uint8Array(24);
  const view = new DataView(how.buffer);
  view.setUint32(0, O_RDONLY, true);
  view.setUint32(16, resolve, true);
  return task.sys(openat2, dirfd, path, task.put(how), 24);
}

test("walk: openat2 confines with RESOLVE_*", () => {
  const task = tree();
  task.sys(symlink, "/a/b/file", "/a/abs");
  task.sys(symlink, "../../other", "/a/b/up");
  task.sys(symlink, "b/file", "/a/rel");
  const dir = open(task, "/a", O_DIRECTORY | O_PATH);
  assert.ok(resolveWith(task, "b/file", RESOLVE_BENEATH, dir) >= 0);
  assert.ok(resolveWith(task, "b/../b/file", RESOLVE_BENEATH, dir) >= 0);
  assert.equal(resolveWith(task, "../a/b/file", RESOLVE_BENEATH, dir), -EXDEV);
  assert.equal(resolveWith(task, "/a/b/file", RESOLVE_BENEATH, dir), -EXDEV);
  assert.equal(resolveWith(task, "abs", RESOLVE_BENEATH, dir), -EXDEV);
  assert.equal(resolveWith(task, "b/up", RESOLVE_BENEATH, dir), -EXDEV);
  assert.ok(resolveWith(task, "/b/file", RESOLVE_IN_ROOT, dir) >= 0);
  assert.ok(resolveWith(task, "../../b/file", RESOLVE_IN_ROOT, dir) >= 0);
  assert.equal(resolveWith(task, "rel", RESOLVE_NO_SYMLINKS, dir), -ELOOP);
  const tmpfs = new Tmpfs(task.kernel.vfs, host);
  const at = task.kernel.vfs.resolve(task.task, AT_FDCWD, "/a/b/c", LOOKUP_FOLLOW);
  assert.ok(typeof at !== "number");
  task.kernel.vfs.mountAt(tmpfs, at);
  assert.equal(resolveWith(task, "b/c", RESOLVE_NO_XDEV, dir), -EXDEV);
});

test("walk: search permission is checked on every directory", () => {
  const task = tree();
  task.sys(chmod, "/a", 0o700);
  const user = sibling(task, Credentials.forUser(1000, 1000, []));
  assert.equal(stat(user, "/a/b/file").error, -EACCES);
  task.sys(chmod, "/a", 0o711);
  assert.equal(readFile(user, "/a/b/file"), "hello");
  assert.equal(open(user, "/a", O_DIRECTORY), -EACCES);
});

test("dentries: the cache stays within its bound and keeps what is used", () => {
  const task = tree(200);
  const { dentries } = task.kernel.vfs;
  const kept = open(task, "/a/b/file");
  for (let i = 0; i < 1000; i++) {
    assert.equal(writeFile(task, `/other/f${i}`, "x"), 1);
    assert.equal(stat(task, `/a/missing${i}`).error, -ENOENT);
  }
  assert.ok(dentries.count <= 200, `${dentries.count} dentries`);
  assert.equal((names(task, "/other") as string[]).length, 1000);
  assert.equal(readFile(task, "/a/b/file"), "hello");
  assert.equal(task.sys(rename, "/a/b", "/moved"), 0);
  assert.equal(readFile(task, "/moved/file"), "hello");
  task.sys(close, kept);
  for (let i = 0; i < 1000; i++) assert.equal(task.sys(unlink, `/other/f${i}`), 0);
  assert.deepEqual(names(task, "/other"), []);
  assert.ok(dentries.negatives <= dentries.count);
});

test("dentries: hard links and removed files", () => {
  const task = tree();
  assert.equal(task.sys(linkCall, "/a/b/file", "/second"), 0);
  assert.equal(stat(task, "/second").nlink, 2);
  assert.equal(stat(task, "/second").ino, stat(task, "/a/b/file").ino);
  const fd = open(task, "/second");
  task.sys(unlink, "/second");
  task.sys(unlink, "/a/b/file");
  assert.equal(stat(task, "/second").error, -ENOENT);
  assert.equal(task.files.get(fd)!.inode.getattr(task.kernel.vfs.stat), 0);
  assert.equal(task.kernel.vfs.stat.nlink, 0);
  task.sys(close, fd);
});
