/** Pipes and FIFOs: atomic writes, partial writes over waits, packets, sizes, splice and tee. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  EAGAIN,
  EBUSY,
  EINVAL,
  ENXIO,
  EPERM,
  EPIPE,
  ERESTARTSYS,
  ESPIPE,
} from "../../src/abi/errno.ts";
import {
  F_GETPIPE_SZ,
  F_SETPIPE_SZ,
  O_DIRECT,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
} from "../../src/abi/fcntl.ts";
import { SIGPIPE } from "../../src/abi/signal.ts";
import { S_IFIFO } from "../../src/abi/stat.ts";
import { Credentials } from "../../src/kernel/cred/credentials.ts";
import { PARKED } from "../../src/kernel/task/park.ts";
import { close } from "../../src/syscalls/file/descriptor.ts";
import { fcntl } from "../../src/syscalls/file/fcntl.ts";
import { write } from "../../src/syscalls/file/io.ts";
import { mknod } from "../../src/syscalls/file/name.ts";
import { open } from "../../src/syscalls/file/open.ts";
import { splice, tee } from "../../src/syscalls/poll/splice.ts";
import { SCRATCH } from "./fake-task.ts";
import { bootNet } from "./fake-task-net.ts";

test("pipe: bytes come out in order, then the end", () => {
  const task = bootNet();
  const [reader, writer] = task.pipe();
  assert.equal(task.write(writer, "one"), 3);
  assert.equal(task.write(writer, "two"), 3);
  assert.equal(task.read(reader, 4), "onet");
  assert.equal(task.read(reader), "wo");
  task.sys(close, writer);
  assert.equal(task.read(reader), "");
});

test("pipe: a write larger than the room goes on where it stopped", () => {
  const task = bootNet();
  const other = task.sibling();
  const [reader, writer] = task.pipe();
  other.files.install(task.files.get(writer)!.ref(), false, 1024, writer);
  assert.equal(other.sys(write, writer, SCRATCH, 100_000), PARKED);
  assert.equal((task.read(reader, 65536) as string).length, 65536);
  task.kernel.settle();
  assert.equal(other.result, 100_000);
  assert.equal((task.read(reader, 65536) as string).length, 100_000 - 65536);
});

test("pipe: a signal ends a partial write with its count, an empty one with a restart", () => {
  const task = bootNet();
  const [reader, writer] = task.pipe();
  assert.equal(task.sys(write, writer, SCRATCH, 70_000), PARKED);
  task.interrupt();
  assert.equal(task.result, 65536);
  assert.equal(task.sys(write, writer, SCRATCH, 1), PARKED);
  task.interrupt();
  assert.equal(task.result, -ERESTARTSYS);
  assert.equal((task.read(reader, 65536) as string).length, 65536);
});

test("pipe: one byte read from a full page does not make room for another", () => {
  const task = bootNet();
  const [reader, writer] = task.pipe(O_NONBLOCK);
  assert.equal(task.sys(write, writer, SCRATCH, 70_000), 65536);
  task.read(reader, 1);
  assert.equal(task.write(writer, "x"), -EAGAIN);
  task.read(reader, 4095);
  assert.equal(task.write(writer, "x"), 1);
});

test("pipe: without readers there are EPIPE and SIGPIPE", () => {
  const task = bootNet();
  const [reader, writer] = task.pipe();
  task.sys(close, reader);
  assert.equal(task.write(writer, "x"), -EPIPE);
  assert.deepEqual(task.kernel.signals, [SIGPIPE]);
});

test("pipe: O_DIRECT keeps packets apart and cuts short reads", () => {
  const task = bootNet();
  const [reader, writer] = task.pipe(O_DIRECT);
  task.write(writer, "first");
  task.write(writer, "second");
  assert.equal(task.read(reader, 3), "fir");
  assert.equal(task.read(reader), "second");
});

test("pipe: F_SETPIPE_SZ rounds, and refuses what is too small or not allowed", () => {
  const task = bootNet();
  const [reader, writer] = task.pipe(O_NONBLOCK);
  assert.equal(task.sys(fcntl, reader, F_GETPIPE_SZ, 0), 65536);
  assert.equal(task.sys(fcntl, reader, F_SETPIPE_SZ, 5000), 8192);
  task.sys(write, writer, SCRATCH, 8192);
  assert.equal(task.sys(fcntl, reader, F_SETPIPE_SZ, 4096), -EBUSY);
  assert.equal(task.sys(fcntl, reader, F_SETPIPE_SZ, 1 << 21), 1 << 21);
  task.credentials = Credentials.forUser(1000, 1000, []);
  assert.equal(task.sys(fcntl, reader, F_SETPIPE_SZ, 1 << 22), -EPERM);
});

test("tee and splice share bytes between pipes", () => {
  const task = bootNet();
  const [from, into] = task.pipe();
  const [second, other] = task.pipe();
  task.write(into, "shared");
  assert.equal(task.sys(tee, from, other, 3, 0), 3);
  assert.equal(task.sys(splice, from, 0, other, 0, 100, 0), 6);
  task.write(into, "later");
  assert.equal(task.read(second), "shashared");
  assert.equal(task.read(from), "later");
  assert.equal(task.sys(splice, from, SCRATCH, other, 0, 100, 0), -ESPIPE);
  assert.equal(task.sys(tee, from, into, 3, 0), -EINVAL);
});

test("fifo: opening waits for the other end", () => {
  const task = bootNet();
  const reader = task.sibling();
  task.sys(mknod, "/fifo", S_IFIFO | 0o600, 0);
  assert.equal(task.sys(open, "/fifo", O_WRONLY | O_NONBLOCK, 0), -ENXIO);
  assert.equal(reader.sys(open, "/fifo", O_RDONLY, 0), PARKED);
  const writer = task.sys(open, "/fifo", O_WRONLY, 0);
  task.kernel.settle();
  assert.ok(writer >= 0 && reader.result >= 0);
  task.write(writer, "through");
  assert.equal(reader.read(reader.result), "through");
});

test("fifo: an interrupted open counts no longer", () => {
  const task = bootNet();
  task.sys(mknod, "/fifo", S_IFIFO | 0o600, 0);
  assert.equal(task.sys(open, "/fifo", O_RDONLY, 0), PARKED);
  task.interrupt();
  assert.equal(task.result, -ERESTARTSYS);
  assert.equal(task.sys(open, "/fifo", O_WRONLY | O_NONBLOCK, 0), -ENXIO);
  assert.ok(task.sys(open, "/fifo", O_RDWR, 0) >= 0);
});
