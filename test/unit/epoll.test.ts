/** Waiting: epoll's ready list, poll and select, eventfd and timerfd as things to wait for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EAGAIN, EINTR, EINVAL, ELOOP, ERESTARTNOHAND } from "../../src/abi/errno.ts";
import {
  EPOLL_CTL_ADD,
  EPOLL_CTL_MOD,
  EPOLLET,
  EPOLLIN,
  EPOLLONESHOT,
  EPOLLOUT,
  epoll_event,
  POLLIN,
  pollfd,
} from "../../src/abi/poll.ts";
import { CLOCK_MONOTONIC, itimerspec } from "../../src/abi/time.ts";
import { PARKED } from "../../src/kernel/task/park.ts";
import { close, dup } from "../../src/syscalls/file/descriptor.ts";
import { epoll_create1, epoll_ctl, epoll_wait } from "../../src/syscalls/poll/epoll.ts";
import { eventfd2 } from "../../src/syscalls/poll/eventfd.ts";
import { poll } from "../../src/syscalls/poll/poll.ts";
import { select } from "../../src/syscalls/poll/select.ts";
import { timerfd_create, timerfd_settime } from "../../src/syscalls/poll/timerfd.ts";
import { SCRATCH } from "./fake-task.ts";
import { bootNet, type NetTask } from "./fake-task-net.ts";

const EVENTS = SCRATCH + 4096;

function control(task: NetTask, epoll: number, op: number, fd: number, events: number): number {
  const bytes = new Uint8Array(epoll_event.size);
  epoll_event.write(new DataView(bytes.buffer), 0, { events, data: { lo: fd, hi: 0xdead } });
  return task.sys(epoll_ctl, epoll, op, fd, task.put(bytes));
}

function add(task: NetTask, epoll: number, fd: number, events: number): number {
  return control(task, epoll, EPOLL_CTL_ADD, fd, events);
}

/** The descriptors that epoll_wait reports now, or the error. */
function ready(task: NetTask, epoll: number, max = 10): number[] | number {
  const count = task.sys(epoll_wait, epoll, EVENTS, max, 0);
  if (count < 0) return count;
  const view = task.mm.view(EVENTS, count * epoll_event.size)!;
  const at = (i: number) => epoll_event.read(view, i * epoll_event.size).data.lo;
  return Array.from({ length: count }, (_, i) => at(i));
}

test("epoll: level-triggered items stay, edge-triggered ones come once for each event", () => {
  const task = bootNet();
  const epoll = task.sys(epoll_create1, 0);
  const [level, levelWriter] = task.pipe();
  const [edge, edgeWriter] = task.pipe();
  add(task, epoll, level, EPOLLIN);
  add(task, epoll, edge, EPOLLIN | EPOLLET);
  assert.deepEqual(ready(task, epoll), []);
  task.write(levelWriter, "x");
  task.write(edgeWriter, "x");
  assert.deepEqual(ready(task, epoll), [level, edge]);
  assert.deepEqual(ready(task, epoll), [level]);
  task.write(edgeWriter, "x");
  assert.deepEqual(ready(task, epoll), [level, edge]);
  task.read(level);
  assert.deepEqual(ready(task, epoll), []);
});

test("epoll: EPOLLONESHOT is silent until it is armed again", () => {
  const task = bootNet();
  const epoll = task.sys(epoll_create1, 0);
  const fd = task.sys(eventfd2, 1, 0);
  add(task, epoll, fd, EPOLLIN | EPOLLONESHOT);
  assert.deepEqual(ready(task, epoll), [fd]);
  assert.deepEqual(ready(task, epoll), []);
  control(task, epoll, EPOLL_CTL_MOD, fd, EPOLLIN | EPOLLONESHOT);
  assert.deepEqual(ready(task, epoll), [fd]);
});

test("epoll: with few places the ready ones take turns", () => {
  const task = bootNet();
  const epoll = task.sys(epoll_create1, 0);
  const fds = [1, 1, 1].map((value) => task.sys(eventfd2, value, 0));
  for (const fd of fds) add(task, epoll, fd, EPOLLIN);
  const seen = [0, 1, 2, 3].map(() => (ready(task, epoll, 1) as number[])[0]);
  assert.deepEqual(seen, [fds[0], fds[1], fds[2], fds[0]]);
});

test("epoll: an item lives as long as the file, not the descriptor", () => {
  const task = bootNet();
  const epoll = task.sys(epoll_create1, 0);
  const fd = task.sys(eventfd2, 1, 0);
  add(task, epoll, fd, EPOLLIN);
  const copy = task.sys(dup, fd);
  task.sys(close, fd);
  assert.deepEqual(ready(task, epoll), [fd]);
  task.sys(close, copy);
  assert.deepEqual(ready(task, epoll), []);
});

test("epoll: waits, is woken by an event, by time and by a signal", () => {
  const task = bootNet();
  const epoll = task.sys(epoll_create1, 0);
  const [reader, writer] = task.pipe();
  const other = task.sibling();
  add(task, epoll, reader, EPOLLIN);
  assert.equal(other.sys(epoll_wait, epoll, EVENTS, 5, -1), PARKED);
  task.write(writer, "x");
  task.kernel.settle();
  assert.equal(other.result, 1);
  task.read(reader);
  assert.equal(other.sys(epoll_wait, epoll, EVENTS, 5, 10), PARKED);
  task.kernel.advance(10e6);
  assert.equal(other.result, 0);
  assert.equal(other.sys(epoll_wait, epoll, EVENTS, 5, -1), PARKED);
  other.interrupt();
  assert.equal(other.result, -EINTR);
});

test("epoll: nests five deep, never in a circle", () => {
  const task = bootNet();
  const chain = Array.from({ length: 6 }, () => task.sys(epoll_create1, 0));
  for (let i = 0; i < 4; i++) assert.equal(add(task, chain[i]!, chain[i + 1]!, EPOLLIN), 0);
  assert.equal(add(task, chain[4]!, chain[5]!, EPOLLIN), -ELOOP);
  assert.equal(add(task, chain[4]!, chain[0]!, EPOLLIN), -ELOOP);
  assert.equal(add(task, chain[0]!, chain[0]!, EPOLLIN), -EINVAL);
  const fd = task.sys(eventfd2, 1, 0);
  add(task, chain[4]!, fd, EPOLLIN);
  assert.deepEqual(ready(task, chain[0]!), [chain[1]]);
});

test("poll: revents are stored, and a timeout ends in 0", () => {
  const task = bootNet();
  const fd = task.sys(eventfd2, 0, 0);
  const bytes = new Uint8Array(pollfd.size);
  pollfd.write(new DataView(bytes.buffer), 0, { fd, events: POLLIN, revents: 0xff });
  const at = task.put(bytes);
  assert.equal(task.sys(poll, at, 1, 5), PARKED);
  task.kernel.advance(5e6);
  assert.equal(task.result, 0);
  assert.equal(pollfd.read(task.mm.view(at, pollfd.size)!, 0).revents, 0);
});

test("select: an interrupted wait stores what is left and may restart", () => {
  const task = bootNet();
  const fd = task.sys(eventfd2, 0, 0);
  task.mm.u8[SCRATCH] = 1 << fd;
  task.mm.writeU64(SCRATCH + 64, 1);
  task.mm.writeU64(SCRATCH + 72, 0);
  assert.equal(task.sys(select, fd + 1, SCRATCH, 0, 0, SCRATCH + 64), PARKED);
  task.kernel.advance(250e6);
  task.interrupt();
  assert.equal(task.result, -ERESTARTNOHAND);
  assert.equal(task.mm.readU64(SCRATCH + 64), 0);
  assert.ok(Math.abs(task.mm.readU64(SCRATCH + 72) - 750_000) < 10);
});

test("eventfd: the counter never reaches 2^64-1", () => {
  const task = bootNet();
  const fd = task.sys(eventfd2, 0, 0o4000);
  const most = "\xfe" + "\xff".repeat(7);
  assert.equal(task.write(fd, most), 8);
  assert.equal(task.write(fd, `\x01${"\0".repeat(7)}`), -EAGAIN);
  assert.equal(task.read(fd, 8), most);
  assert.equal(task.write(fd, "\xff".repeat(8)), -EINVAL);
  const epoll = task.sys(epoll_create1, 0);
  add(task, epoll, fd, EPOLLIN | EPOLLOUT);
  assert.deepEqual(ready(task, epoll), [fd]);
});

test("timerfd: counts what it missed", () => {
  const task = bootNet();
  const fd = task.sys(timerfd_create, CLOCK_MONOTONIC, 0o4000);
  const bytes = new Uint8Array(itimerspec.size);
  const period = { tv_sec: 0, tv_nsec: 1_000_000 };
  itimerspec.write(new DataView(bytes.buffer), 0, { it_value: period, it_interval: period });
  task.sys(timerfd_settime, fd, 0, task.put(bytes), 0);
  assert.equal(task.read(fd, 8), -EAGAIN);
  task.kernel.advance(5_500_000);
  assert.equal(task.read(fd, 8), `\x05${"\0".repeat(7)}`);
  assert.equal(task.read(fd, 8), -EAGAIN);
});
