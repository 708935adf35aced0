/** Who may do what: the permission table, capabilities, sticky and set-group-ID directories, access(2). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH } from "../../src/abi/capability.ts";
import { EACCES, EPERM, EROFS } from "../../src/abi/errno.ts";
import {
  AT_EACCESS,
  AT_FDCWD,
  O_CREAT,
  O_RDWR,
  O_WRONLY,
  R_OK,
  W_OK,
  X_OK,
} from "../../src/abi/fcntl.ts";
import { MS_BIND, MS_RDONLY, MS_REMOUNT } from "../../src/abi/mount.ts";
import { S_IFDIR, S_IFREG } from "../../src/abi/stat.ts";
import { Tmpfs } from "../../src/fs/tmpfs/filesystem.ts";
import { Credentials } from "../../src/kernel/cred/credentials.ts";
import { checkDac, MAY_EXEC, MAY_READ, MAY_WRITE } from "../../src/kernel/vfs/permission.ts";
import { access, chmod, chown, faccessat2 } from "../../src/syscalls/file/attributes.ts";
import { mount, umount2 } from "../../src/syscalls/file/mount.ts";
import { mkdir, mknod, rename, unlink } from "../../src/syscalls/file/name.ts";
import { utimensat } from "../../src/syscalls/file/times.ts";
import { boot, type FakeTask, openHost, sibling } from "./fake-task.ts";
import { open, put, readFile, stat, writeFile } from "./file-calls.ts";

const host = openHost();
const user = Credentials.forUser(1000, 1000, [50]);
const root = Credentials.forUser(0, 0, []);

function fresh(): [FakeTask, FakeTask] {
  const task = boot((kernel) => new Tmpfs(kernel.vfs, host));
  return [task, sibling(task, user)];
}

function withCapability(capability: number): Credentials {
  return user.with({ effective: { lo: (1 << capability) >>> 0, hi: 0 } });
}

const TABLE: readonly [string, Credentials, number, number, number, number, boolean][] = [
  ["owner bits only", user, S_IFREG | 0o077, 1000, 1000, MAY_READ, false],
  ["owner", user, S_IFREG | 0o400, 1000, 0, MAY_READ, true],
  ["group", user, S_IFREG | 0o040, 0, 1000, MAY_READ, true],
  ["supplementary group", user, S_IFREG | 0o020, 0, 50, MAY_WRITE, true],
  ["group bits hide others", user, S_IFREG | 0o007, 0, 50, MAY_READ, false],
  ["others", user, S_IFREG | 0o004, 0, 0, MAY_READ, true],
  ["others, two at once", user, S_IFREG | 0o004, 0, 0, MAY_READ | MAY_WRITE, false],
  ["root reads all", root, S_IFREG, 7, 7, MAY_READ | MAY_WRITE, true],
  ["root runs what somebody may", root, S_IFREG | 0o001, 7, 7, MAY_EXEC, true],
  ["root runs nothing else", root, S_IFREG | 0o666, 7, 7, MAY_EXEC, false],
  ["root searches", root, S_IFDIR, 7, 7, MAY_EXEC, true],
  ["read_search reads", withCapability(CAP_DAC_READ_SEARCH), S_IFREG, 0, 0, MAY_READ, true],
  ["read_search writes not", withCapability(CAP_DAC_READ_SEARCH), S_IFREG, 0, 0, MAY_WRITE, false],
  [
    "read_search searches",
    withCapability(CAP_DAC_READ_SEARCH),
    S_IFDIR,
    0,
    0,
    MAY_EXEC | MAY_READ,
    true,
  ],
  ["override writes", withCapability(CAP_DAC_OVERRIDE), S_IFREG, 0, 0, MAY_WRITE, true],
];

for (const [title, who, mode, uid, gid, mask, allowed] of TABLE)
  test(`permission: ${title}`, () =>
    assert.equal(checkDac(who, { mode, uid, gid }, mask), allowed));

test("sticky directory: only owners remove", () => {
  const [task, one] = fresh();
  const other = sibling(task, Credentials.forUser(1001, 1001, []));
  task.sys(mkdir, "/tmp", 0o777);
  task.sys(chmod, "/tmp", 0o1777);
  assert.equal(writeFile(one, "/tmp/f", "mine"), 4);
  assert.equal(other.sys(unlink, "/tmp/f"), -EPERM);
  assert.equal(other.sys(rename, "/tmp/f", "/tmp/g"), -EPERM);
  assert.equal(one.sys(unlink, "/tmp/f"), 0);
});

test("set-group-ID directory hands down its group", () => {
  const [task, one] = fresh();
  task.sys(mkdir, "/team", 0o777);
  task.sys(chown, "/team", 0, 50);
  task.sys(chmod, "/team", 0o2777);
  writeFile(one, "/team/f", "");
  one.sys(mkdir, "/team/d", 0o755);
  assert.deepEqual([stat(task, "/team/f").gid, stat(task, "/team/d").gid], [50, 50]);
  assert.equal(stat(task, "/team/d").mode & 0o7777, 0o2755);
});

test("chmod, chown and writes drop set-id bits as Linux does", () => {
  const [task, one] = fresh();
  task.sys(chmod, "/", 0o777);
  writeFile(one, "/f", "x", 0o755);
  assert.equal(one.sys(chmod, "/f", 0o6755), 0);
  assert.equal(stat(task, "/f").mode & 0o7777, 0o6755);
  const fd = open(one, "/f", O_WRONLY);
  assert.equal(put(one, fd, "y"), 1);
  assert.equal(stat(task, "/f").mode & 0o7777, 0o755);
  assert.equal(one.sys(chown, "/f", 1001, 0xffffffff), -EPERM);
  assert.equal(one.sys(chown, "/f", 0xffffffff, 50), 0);
  one.sys(chmod, "/f", 0o4755);
  task.sys(chown, "/f", 0, 0);
  assert.equal(stat(task, "/f").mode & 0o7777, 0o755);
  assert.equal(one.sys(chmod, "/f", 0o777), -EPERM);
  assert.equal(one.sys(mknod, "/null", 0o20666, 0x103), -EPERM);
});

test("access uses the real ids, faccessat2 with AT_EACCESS the effective ones", () => {
  const [task] = fresh();
  writeFile(task, "/secret", "x", 0o600);
  const setuid = sibling(task, root.with({ uid: 1000, gid: 1000 }));
  assert.equal(setuid.sys(access, "/secret", R_OK), -EACCES);
  assert.equal(setuid.sys(faccessat2, AT_FDCWD, "/secret", R_OK, AT_EACCESS), 0);
  assert.equal(task.sys(access, "/secret", X_OK), -EACCES);
  assert.equal(task.sys(access, "/secret", W_OK), 0);
});

test("mount: tmpfs, bind, read-only remount, busy umount", () => {
  const [task] = fresh();
  task.kernel.vfs.filesystemTypes.register({
    name: "tmpfs",
    nodev: true,
    mount: () => new Tmpfs(task.kernel.vfs, host),
  });
  for (const d of ["/m", "/b"]) task.sys(mkdir, d, 0o755);
  assert.equal(task.sys(mount, "none", "/m", "tmpfs", 0, 0), 0);
  writeFile(task, "/m/f", "in");
  assert.equal(task.sys(mount, "/m", "/b", 0, MS_BIND, 0), 0);
  assert.equal(readFile(task, "/b/f"), "in");
  assert.equal(task.sys(mount, 0, "/b", 0, MS_REMOUNT | MS_BIND | MS_RDONLY, 0), 0);
  assert.equal(open(task, "/b/f", O_RDWR), -EROFS);
  assert.equal(open(task, "/b/new", O_CREAT), -EROFS);
  assert.equal(task.sys(access, "/b/f", W_OK), -EROFS);
  assert.equal(writeFile(task, "/m/f", "still"), 5);
  const fd = open(task, "/m/f");
  assert.equal(task.sys(umount2, "/m", 0), -16);
  assert.equal(task.sys(umount2, "/m", 2), 0);
  assert.equal(stat(task, "/m/f").error, -2);
  assert.equal(readFile(task, "/b/f"), "still");
  task.files.close(task.task, fd);
  assert.equal(task.sys(umount2, "/b", 0), 0);
});

test("times: now for writers, any time for owners", () => {
  const [task, one] = fresh();
  writeFile(task, "/f", "x", 0o666);
  task.sys(chmod, "/f", 0o666);
  assert.equal(one.sys(utimensat, AT_FDCWD, "/f", 0, 0), 0);
  const times = new Uint8Array(32);
  times[16] = 77;
  assert.equal(one.sys(utimensat, AT_FDCWD, "/f", one.put(times), 0), -EPERM);
  assert.equal(task.sys(utimensat, AT_FDCWD, "/f", task.put(times), 0), 0);
  assert.equal(stat(task, "/f").mtime, 77);
});
