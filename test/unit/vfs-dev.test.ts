/** Device nodes, boot directories, and streams over the user's own descriptors. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EAGAIN, ENOSPC, ENXIO } from "../../src/abi/errno.ts";
import { AT_SYMLINK_NOFOLLOW, O_NONBLOCK, O_RDWR, O_WRONLY } from "../../src/abi/fcntl.ts";
import { POLLHUP, POLLIN, POLLOUT } from "../../src/abi/poll.ts";
import { SIGPIPE } from "../../src/abi/signal.ts";
import { makedev } from "../../src/abi/stat.ts";
import { makeDevtmpfs, registerMemoryDevices } from "../../src/fs/dev/filesystem.ts";
import { type HostEvents, type HostListener, HostStream } from "../../src/fs/host/stream.ts";
import { Tmpfs } from "../../src/fs/tmpfs/filesystem.ts";
import { PARKED } from "../../src/kernel/task/park.ts";
import type { Mapping } from "../../src/kernel/vfs/file.ts";
import { mknod } from "../../src/syscalls/file/name.ts";
import { fstat } from "../../src/syscalls/file/stat.ts";
import { boot, type FakeTask, openHost, SCRATCH } from "./fake-task.ts";
import { link, names, open, put, readFile, stat, take } from "./file-calls.ts";

const host = openHost();

function booted(): FakeTask {
  const task = boot((kernel) => new Tmpfs(kernel.vfs, host));
  const { vfs } = task.kernel;
  registerMemoryDevices(vfs);
  const at = vfs.makeDirectory(task.fs.root, "/dev");
  assert.ok(typeof at !== "number");
  vfs.mountAt(makeDevtmpfs(vfs, host), at);
  const deep = vfs.makeDirectory(task.fs.root, "/dev/shm/a/b");
  assert.ok(typeof deep !== "number");
  return task;
}

test("dev: null, zero, full, random", () => {
  const task = booted();
  const nothing = open(task, "/dev/null", O_RDWR);
  assert.equal(put(task, nothing, "gone"), 4);
  assert.equal(take(task, nothing), "");
  const zero = open(task, "/dev/zero", O_RDWR);
  assert.equal(take(task, zero, 3), "\0\0\0");
  assert.equal((task.files.get(zero)!.mapping(3, 1) as Mapping).hostFd, -1);
  const full = open(task, "/dev/full", O_RDWR);
  assert.equal(put(task, full, "x"), -ENOSPC);
  assert.equal(take(task, open(task, "/dev/urandom"), 4), "\x07\x07\x07\x07");
  assert.equal(open(task, "/dev/tty"), -ENXIO);
});

test("dev: names, links and modes", () => {
  const task = booted();
  assert.deepEqual((names(task, "/dev") as string[]).includes("null"), true);
  assert.equal(link(task, "/dev/ptmx"), "pts/ptmx");
  assert.equal(link(task, "/dev/stdin"), "/proc/self/fd/0");
  assert.equal(stat(task, "/dev/shm").mode & 0o7777, 0o1777);
  assert.equal(stat(task, "/dev/shm/a/b").error, 0);
  assert.equal(stat(task, "/dev/fd", AT_SYMLINK_NOFOLLOW).size, 13);
  assert.equal(task.sys(mknod, "/dev/mine", 0o20666, makedev(1, 3)), 0);
  assert.equal(readFile(task, "/dev/mine"), "");
});

class FakeEvents implements HostEvents {
  listener: HostListener | null = null;
  fd = -1;

  watch(fd: number, _events: number, listener: HostListener): number {
    this.fd = fd;
    this.listener = listener;
    return 0;
  }

  unwatch(): void {
    this.listener = null;
  }
}

test("stream: a pipe of the user's is read without ever blocking", () => {
  const task = booted();
  const ends = host.pipe2(0);
  assert.ok(typeof ends !== "number");
  const events = new FakeEvents();
  const reader = new HostStream(
    task.kernel.vfs,
    host,
    events,
    ends[0],
    task.credentials,
    "pipe:[1]",
  );
  const writer = new HostStream(
    task.kernel.vfs,
    host,
    events,
    ends[1],
    task.credentials,
    "pipe:[1]",
  );
  const [r, w] = [task.files.install(reader, false, 1024), task.files.install(writer, false, 1024)];
  assert.equal(take(task, r), PARKED);
  assert.equal(put(task, w, "through"), 7);
  assert.equal(reader.poll() & POLLIN, POLLIN);
  events.listener!.onHostEvent(events.fd, POLLIN);
  assert.equal(take(task, r), "through");
  assert.equal(task.sys(fstat, r, SCRATCH), 0);
  reader.flags |= O_NONBLOCK;
  assert.equal(take(task, r), -EAGAIN);
  const big = "b".repeat(200000);
  assert.equal(put(task, w, big), PARKED);
  assert.equal(task.record.progress, 65536);
  assert.equal(writer.poll() & POLLOUT, 0);
  assert.equal((take(task, r, 65536) as string).length, 65536);
  task.files.close(task.task, w);
  host.close(ends[1]);
  assert.equal(take(task, r), "");
  assert.equal(reader.poll() & POLLHUP, POLLHUP);
  task.files.close(task.task, r);
  host.close(ends[0]);
});

test("stream: writing to a closed pipe is EPIPE and SIGPIPE", () => {
  const task = booted();
  const ends = host.pipe2(0);
  assert.ok(typeof ends !== "number");
  const writer = new HostStream(
    task.kernel.vfs,
    host,
    new FakeEvents(),
    ends[1],
    task.credentials,
    "pipe:[1]",
  );
  const w = task.files.install(writer, false, 1024);
  host.close(ends[0]);
  assert.equal(put(task, w, "x"), -32);
  assert.deepEqual(task.kernel.signals, [SIGPIPE]);
  assert.equal(open(task, "/dev/null", O_WRONLY) > 0, true);
});
