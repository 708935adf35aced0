/** Overlay over a real host directory: copy-up, whiteouts, merged directories, renames, numbers, links. */
import assert from "node:assert/strict";
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { EEXIST, ENOENT, ENOTEMPTY } from "../../src/abi/errno.ts";
import {
  AT_FDCWD,
  AT_SYMLINK_NOFOLLOW,
  O_APPEND,
  O_DIRECTORY,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  RENAME_EXCHANGE,
  SEEK_SET,
} from "../../src/abi/fcntl.ts";
import { HOST_ROOT, HostFilesystem } from "../../src/fs/host/filesystem.ts";
import type { OverlayFilesystem } from "../../src/fs/overlay/filesystem.ts";
import { makeOverlayRoot } from "../../src/fs/overlay/root.ts";
import { chmod, chown } from "../../src/syscalls/file/attributes.ts";
import { close } from "../../src/syscalls/file/descriptor.ts";
import { ftruncate, truncate } from "../../src/syscalls/file/extent.ts";
import { lseek } from "../../src/syscalls/file/io.ts";
import {
  link as linkCall,
  mkdir,
  rename,
  renameat2,
  rmdir,
  symlink,
  unlink,
} from "../../src/syscalls/file/name.ts";
import { fstat } from "../../src/syscalls/file/stat.ts";
import { boot, type FakeTask, openHost, SCRATCH } from "./fake-task.ts";
import { entries, link, names, open, put, readFile, stat, take, writeFile } from "./file-calls.ts";

const host = openHost();
const base = mkdtempSync(join(tmpdir(), "overlay-"));
after(() => rmSync(base, { recursive: true }));
let count = 0;

function fresh(attributeNs = 1e9): { task: FakeTask; dir: string; overlay: OverlayFilesystem } {
  const dir = join(base, `lower${++count}`);
  mkdirSync(join(dir, "etc/conf.d"), { recursive: true });
  mkdirSync(join(dir, "empty"));
  writeFileSync(join(dir, "etc/passwd"), "root:x:0:0\n");
  writeFileSync(join(dir, "etc/hosts"), "127.0.0.1 localhost\n");
  writeFileSync(join(dir, "etc/conf.d/one"), "1");
  writeFileSync(join(dir, "twin-a"), "twins");
  linkSync(join(dir, "twin-a"), join(dir, "twin-b"));
  symlinkSync("etc/passwd", join(dir, "pw"));
  let overlay: OverlayFilesystem | null = null;
  const task = boot((kernel) => {
    const lower = HostFilesystem.open(kernel.vfs, host, dir, {
      ...HOST_ROOT,
      attributeNs,
      descriptors: 8,
    });
    assert.ok(typeof lower !== "number");
    overlay = makeOverlayRoot(kernel.vfs, host, [lower.root]);
    return overlay;
  });
  return { task, dir, overlay: overlay! };
}

test("overlay: lower files are read and never written", () => {
  const { task, dir } = fresh();
  assert.equal(readFile(task, "/pw"), "root:x:0:0\n");
  const before = stat(task, "/etc/passwd");
  const fd = open(task, "/etc/passwd", O_WRONLY | O_APPEND);
  assert.equal(put(task, fd, "me:x:1:1\n"), 9);
  assert.equal(readFile(task, "/etc/passwd"), "root:x:0:0\nme:x:1:1\n");
  assert.equal(readFileSync(join(dir, "etc/passwd"), "latin1"), "root:x:0:0\n");
  const afterwards = stat(task, "/etc/passwd");
  assert.equal(afterwards.ino, before.ino);
  assert.equal(afterwards.dev, before.dev);
  assert.deepEqual(names(task, "/etc"), ["conf.d", "hosts", "passwd"]);
});

test("overlay: chmod, chown, truncate copy up with content and times", () => {
  const { task } = fresh();
  const before = stat(task, "/etc/hosts");
  assert.equal(task.sys(chmod, "/etc/hosts", 0o600), 0);
  assert.equal(task.sys(chown, "/etc/hosts", 5, 6), 0);
  const s = stat(task, "/etc/hosts");
  assert.deepEqual(
    [s.mode & 0o7777, s.uid, s.gid, s.ino, s.mtime],
    [0o600, 5, 6, before.ino, before.mtime],
  );
  assert.equal(readFile(task, "/etc/hosts"), "127.0.0.1 localhost\n");
  assert.equal(task.sys(truncate, "/etc/passwd", 4), 0);
  assert.equal(readFile(task, "/etc/passwd"), "root");
  assert.equal(task.sys(chmod, "/etc/conf.d", 0o700), 0);
  assert.equal(readFile(task, "/etc/conf.d/one"), "1");
  const fd = open(task, "/etc/conf.d/one", O_RDWR);
  assert.equal(task.sys(ftruncate, fd, 0), 0);
  assert.equal(readFile(task, "/etc/conf.d/one"), "");
});

test("overlay: a file opened before copy-up keeps reading the lower one", () => {
  const { task } = fresh();
  const old = open(task, "/etc/passwd", O_RDONLY);
  assert.equal(writeFile(task, "/etc/passwd", "new"), 3);
  assert.equal(take(task, old), "root:x:0:0\n");
  assert.equal(task.sys(fstat, old, SCRATCH), 0);
  assert.equal(readFile(task, "/etc/passwd"), "new");
});

test("overlay: whiteouts, and names made again over them", () => {
  const { task } = fresh();
  assert.equal(task.sys(unlink, "/etc/hosts"), 0);
  assert.equal(stat(task, "/etc/hosts").error, -ENOENT);
  assert.deepEqual(names(task, "/etc"), ["conf.d", "passwd"]);
  task.kernel.vfs.dentries.shrink();
  assert.equal(stat(task, "/etc/hosts").error, -ENOENT);
  assert.equal(writeFile(task, "/etc/hosts", "again"), 5);
  assert.equal(readFile(task, "/etc/hosts"), "again");
  assert.equal(task.sys(unlink, "/etc/hosts"), 0);
  assert.deepEqual(names(task, "/etc"), ["conf.d", "passwd"]);
});

test("overlay: a directory made over a removed one is opaque", () => {
  const { task } = fresh();
  assert.equal(task.sys(rmdir, "/etc/conf.d"), -ENOTEMPTY);
  assert.equal(task.sys(unlink, "/etc/conf.d/one"), 0);
  assert.equal(task.sys(rmdir, "/etc/conf.d"), 0);
  assert.equal(stat(task, "/etc/conf.d").error, -ENOENT);
  assert.equal(task.sys(mkdir, "/etc/conf.d", 0o755), 0);
  assert.deepEqual(names(task, "/etc/conf.d"), []);
  task.kernel.vfs.dentries.shrink();
  assert.equal(stat(task, "/etc/conf.d/one").error, -ENOENT);
  assert.deepEqual(names(task, "/etc/conf.d"), []);
});

test("overlay: renaming files and lower directories", () => {
  const { task } = fresh();
  const ino = stat(task, "/etc/conf.d").ino;
  assert.equal(task.sys(rename, "/etc/hosts", "/hosts"), 0);
  assert.equal(readFile(task, "/hosts"), "127.0.0.1 localhost\n");
  assert.equal(stat(task, "/etc/hosts").error, -ENOENT);
  assert.equal(task.sys(rename, "/etc", "/etc2"), 0);
  assert.equal(stat(task, "/etc").error, -ENOENT);
  assert.deepEqual(names(task, "/etc2"), ["conf.d", "passwd"]);
  task.kernel.vfs.dentries.shrink();
  assert.deepEqual(names(task, "/etc2"), ["conf.d", "passwd"]);
  assert.equal(readFile(task, "/etc2/conf.d/one"), "1");
  assert.equal(stat(task, "/etc2/conf.d").ino, ino);
  assert.equal(task.sys(rename, "/etc2/conf.d", "/conf"), 0);
  task.kernel.vfs.dentries.shrink();
  assert.equal(readFile(task, "/conf/one"), "1");
  assert.equal(writeFile(task, "/conf/two", "2"), 1);
  assert.deepEqual(names(task, "/conf"), ["one", "two"]);
  assert.deepEqual(names(task, "/etc2"), ["passwd"]);
  assert.equal(task.sys(mkdir, "/etc", 0o755), 0);
  assert.deepEqual(names(task, "/etc"), []);
  assert.equal(task.sys(rename, "/empty", "/etc"), 0);
  assert.deepEqual(names(task, "/"), ["conf", "etc", "etc2", "hosts", "pw", "twin-a", "twin-b"]);
});

test("overlay: exchange of a lower directory and a lower file", () => {
  const { task } = fresh();
  assert.equal(task.sys(renameat2, AT_FDCWD, "/etc", AT_FDCWD, "/twin-a", RENAME_EXCHANGE), 0);
  task.kernel.vfs.dentries.shrink();
  assert.equal(readFile(task, "/etc"), "twins");
  assert.equal(readFile(task, "/twin-a/passwd"), "root:x:0:0\n");
});

test("overlay: hard links survive copy-up", () => {
  const { task } = fresh();
  assert.equal(stat(task, "/twin-a").nlink, 2);
  const fd = open(task, "/twin-a", O_WRONLY | O_APPEND);
  put(task, fd, "!");
  task.sys(close, fd);
  assert.equal(readFile(task, "/twin-b"), "twins!");
  task.kernel.vfs.dentries.shrink();
  assert.equal(readFile(task, "/twin-b"), "twins!");
  assert.equal(stat(task, "/twin-b").ino, stat(task, "/twin-a").ino);
  assert.equal(stat(task, "/twin-b").nlink, 2);
  assert.equal(task.sys(linkCall, "/twin-b", "/twin-c"), 0);
  assert.equal(stat(task, "/twin-a").nlink, 3);
  assert.equal(task.sys(unlink, "/twin-a"), 0);
  assert.equal(task.sys(rename, "/twin-b", "/twin-d"), 0);
  assert.equal(readFile(task, "/twin-d"), "twins!");
  assert.equal(stat(task, "/twin-c").nlink, 2);
  assert.equal(task.sys(unlink, "/twin-c"), 0);
  assert.equal(task.sys(unlink, "/twin-d"), 0);
  assert.deepEqual(names(task, "/"), ["empty", "etc", "pw"]);
});

test("overlay: an unlinked lower file that is still open can be changed", () => {
  const { task } = fresh();
  const fd = open(task, "/etc/passwd", O_RDONLY);
  assert.equal(task.sys(unlink, "/etc/passwd"), 0);
  assert.equal(task.files.get(fd)!.inode.getattr(task.kernel.vfs.stat), 0);
  assert.equal(task.kernel.vfs.stat.nlink, 0);
  assert.equal(take(task, fd), "root:x:0:0\n");
  const inode = task.files.get(fd)!.inode;
  assert.equal(inode.setxattr(task.task, "user.x", new Uint8Array(1), 0), 0);
  assert.equal(stat(task, "/etc/passwd").error, -ENOENT);
});

test("overlay: d_ino is st_ino, before and after copy-up", () => {
  const { task } = fresh();
  task.sys(chmod, "/etc/passwd", 0o600);
  writeFile(task, "/etc/fresh", "");
  task.sys(mkdir, "/etc/dir", 0o755);
  task.sys(symlink, "x", "/etc/link");
  const fd = open(task, "/etc", O_DIRECTORY);
  for (const { name, ino } of entries(task, fd).filter((entry) => entry.name !== ".."))
    assert.equal(ino, stat(task, `/etc/${name}`, AT_SYMLINK_NOFOLLOW).ino, name);
  task.sys(lseek, fd, 0, SEEK_SET);
  writeFile(task, "/etc/later", "");
  assert.ok(entries(task, fd).some((entry) => entry.name === "later"));
  assert.equal(link(task, "/etc/link"), "x");
  assert.equal(task.sys(mkdir, "/etc/dir", 0o755), -EEXIST);
});
