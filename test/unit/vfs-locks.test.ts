/** flock, POSIX and OFD locks: ranges, owners, waiting, deadlock. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EAGAIN, EBADF, EDEADLK } from "../../src/abi/errno.ts";
import {
  F_GETLK,
  F_OFD_SETLK,
  F_RDLCK,
  F_SETLK,
  F_SETLKW,
  F_UNLCK,
  F_WRLCK,
  LOCK_EX,
  LOCK_NB,
  LOCK_SH,
  LOCK_UN,
  O_CREAT,
  O_RDONLY,
  O_RDWR,
} from "../../src/abi/fcntl.ts";
import { Tmpfs } from "../../src/fs/tmpfs/filesystem.ts";
import { Credentials } from "../../src/kernel/cred/credentials.ts";
import { PARKED } from "../../src/kernel/task/park.ts";
import { close, dup } from "../../src/syscalls/file/descriptor.ts";
import { fcntl } from "../../src/syscalls/file/fcntl.ts";
import { flock } from "../../src/syscalls/file/lock.ts";
import { boot, type FakeTask, openHost, SCRATCH, sibling } from "./fake-task.ts";
import { open, writeFile } from "./file-calls.ts";

const host = openHost();

function pair(): [FakeTask, FakeTask] {
  const a = boot((kernel) => new Tmpfs(kernel.vfs, host));
  const b = sibling(a, Credentials.forUser(0, 0, []));
  writeFile(a, "/f", "0123456789");
  writeFile(a, "/g", "0123456789");
  return [a, b];
}

function record(
  task: FakeTask,
  fd: number,
  command: number,
  type: number,
  start: number,
  length: number,
): number {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  view.setInt16(0, type, true);
  view.setInt32(8, start, true);
  view.setInt32(12, start < 0 ? -1 : 0, true);
  view.setInt32(16, length, true);
  view.setInt32(20, length < 0 ? -1 : 0, true);
  task.mm.write(SCRATCH, bytes);
  return task.sys(fcntl, fd, command, SCRATCH);
}

function found(task: FakeTask): number[] {
  const view = new DataView(task.mm.u8.buffer, SCRATCH, 32);
  return [
    view.getInt16(0, true),
    view.getInt32(8, true),
    view.getInt32(16, true),
    view.getInt32(24, true),
  ];
}

test("posix: ranges split, merge and conflict", () => {
  const [a, b] = pair();
  const fa = open(a, "/f", O_RDWR);
  const fb = open(b, "/f", O_RDWR);
  assert.equal(record(a, fa, F_SETLK, F_WRLCK, 0, 100), 0);
  assert.equal(record(a, fa, F_SETLK, F_UNLCK, 40, 20), 0);
  assert.equal(record(b, fb, F_SETLK, F_WRLCK, 40, 20), 0);
  assert.equal(record(b, fb, F_SETLK, F_RDLCK, 39, 1), -EAGAIN);
  assert.equal(record(b, fb, F_GETLK, F_RDLCK, 10, 100), 0);
  assert.deepEqual(found(b), [F_WRLCK, 0, 40, a.pid]);
  assert.equal(record(b, fb, F_SETLK, F_UNLCK, 0, 0), 0);
  assert.equal(record(a, fa, F_SETLK, F_WRLCK, 40, 20), 0);
  record(b, fb, F_GETLK, F_WRLCK, 50, 1);
  assert.deepEqual(found(b), [F_WRLCK, 0, 100, a.pid]);
  assert.equal(record(a, fa, F_SETLK, F_UNLCK, 100, -50), 0);
  record(b, fb, F_GETLK, F_WRLCK, 0, 0);
  assert.deepEqual(found(b), [F_WRLCK, 0, 50, a.pid]);
  assert.equal(record(b, fb, F_SETLK, F_WRLCK, 60, 0), 0);
});

test("posix: any close of the file gives up the locks", () => {
  const [a, b] = pair();
  const fa = open(a, "/f", O_RDWR);
  record(a, fa, F_SETLK, F_WRLCK, 0, 0);
  const again = open(a, "/f", O_RDONLY);
  const fb = open(b, "/f", O_RDWR);
  assert.equal(record(b, fb, F_SETLK, F_WRLCK, 0, 0), -EAGAIN);
  a.sys(close, again);
  assert.equal(record(b, fb, F_SETLK, F_WRLCK, 0, 0), 0);
  const reader = open(a, "/g");
  assert.equal(record(a, reader, F_SETLK, F_WRLCK, 0, 0), -EBADF);
});

test("posix: waiting and EDEADLK", () => {
  const [a, b] = pair();
  const files = (task: FakeTask) => [open(task, "/f", O_RDWR), open(task, "/g", O_RDWR)] as const;
  const [fa, ga] = files(a);
  const [fb, gb] = files(b);
  assert.equal(record(a, fa, F_SETLKW, F_WRLCK, 0, 0), 0);
  assert.equal(record(b, gb, F_SETLKW, F_WRLCK, 0, 0), 0);
  assert.equal(record(a, ga, F_SETLKW, F_WRLCK, 0, 0), PARKED);
  assert.equal(a.waitsOn.length, 1);
  assert.equal(record(b, fb, F_SETLKW, F_WRLCK, 0, 0), -EDEADLK);
  assert.equal(record(b, gb, F_SETLKW, F_UNLCK, 0, 0), 0);
  assert.equal(record(a, ga, F_SETLKW, F_WRLCK, 0, 0), 0);
});

test("ofd: owned by the open file, apart from the process", () => {
  const [a] = pair();
  const one = open(a, "/f", O_RDWR);
  const two = open(a, "/f", O_RDWR);
  assert.equal(record(a, one, F_OFD_SETLK, F_WRLCK, 0, 5), 0);
  assert.equal(record(a, two, F_OFD_SETLK, F_WRLCK, 4, 5), -EAGAIN);
  const copy = a.sys(dup, one);
  a.sys(close, one);
  assert.equal(record(a, two, F_OFD_SETLK, F_WRLCK, 4, 5), -EAGAIN);
  a.sys(close, copy);
  assert.equal(record(a, two, F_OFD_SETLK, F_WRLCK, 4, 5), 0);
});

test("flock: shared, exclusive, conversion, release at the last close", () => {
  const [a, b] = pair();
  const fa = open(a, "/f", O_CREAT);
  const fb = open(b, "/f");
  assert.equal(a.sys(flock, fa, LOCK_SH), 0);
  assert.equal(b.sys(flock, fb, LOCK_SH), 0);
  assert.equal(a.sys(flock, fa, LOCK_EX | LOCK_NB), -EAGAIN);
  assert.equal(b.sys(flock, fb, LOCK_UN), 0);
  assert.equal(a.sys(flock, fa, LOCK_EX), 0);
  assert.equal(b.sys(flock, fb, LOCK_EX), PARKED);
  a.sys(close, fa);
  assert.equal(b.sys(flock, fb, LOCK_EX), 0);
});
