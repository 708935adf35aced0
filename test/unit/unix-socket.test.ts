/** Unix sockets: connections, datagrams, names, files in flight, and how they end. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  EADDRINUSE,
  EAGAIN,
  ECONNREFUSED,
  ECONNRESET,
  EMSGSIZE,
  ENOTCONN,
  EPERM,
  EPIPE,
} from "../../src/abi/errno.ts";
import { cmsghdr, MSG_CTRUNC, MSG_DONTWAIT, msghdr, SCM_RIGHTS } from "../../src/abi/msghdr.ts";
import { SIGPIPE } from "../../src/abi/signal.ts";
import {
  AF_UNIX,
  SHUT_WR,
  SO_RCVTIMEO,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_SOCKET,
} from "../../src/abi/socket.ts";
import { PARKED } from "../../src/kernel/task/park.ts";
import { close } from "../../src/syscalls/file/descriptor.ts";
import { accept } from "../../src/syscalls/net/accept.ts";
import { bind, connect, listen } from "../../src/syscalls/net/bind.ts";
import { setsockopt } from "../../src/syscalls/net/options.ts";
import { recvfrom, recvmsg } from "../../src/syscalls/net/receive.ts";
import { sendmsg, sendto } from "../../src/syscalls/net/send.ts";
import { shutdown, socket, socketpair } from "../../src/syscalls/net/socket.ts";
import { eventfd2 } from "../../src/syscalls/poll/eventfd.ts";
import { SCRATCH } from "./fake-task.ts";
import { bootNet, type NetTask } from "./fake-task-net.ts";

function pair(task: NetTask, type: number): [number, number] {
  assert.equal(task.sys(socketpair, AF_UNIX, type, 0, SCRATCH), 0);
  return [task.mm.readI32(SCRATCH), task.mm.readI32(SCRATCH + 4)];
}

/** A sockaddr_un in memory: its address and length. */
function named(task: NetTask, name: string): [number, number] {
  const text = `\x01\0${name}`;
  return [task.put(text), text.length];
}

function bound(task: NetTask, type: number, name: string): number {
  const fd = task.sys(socket, AF_UNIX, type, 0);
  assert.equal(task.sys(bind, fd, ...named(task, name)), 0);
  return fd;
}

/** A msghdr with one byte of data and `room` bytes of control; where the control data is. */
function header(task: NetTask, room: number): { at: number; control: number } {
  const at = SCRATCH + 1024;
  const control = SCRATCH + 2048;
  task.mm.writeU64(SCRATCH + 512, SCRATCH + 768);
  task.mm.writeU64(SCRATCH + 520, 1);
  msghdr.write(task.mm.view(at, msghdr.size)!, 0, {
    msg_iov: SCRATCH + 512,
    msg_iovlen: 1,
    msg_control: control,
    msg_controllen: room,
  });
  return { at, control };
}

function sendFile(task: NetTask, socketFd: number, fd: number): number {
  const { at, control } = header(task, 20);
  const view = task.mm.view(control, 24)!;
  cmsghdr.write(view, 0, { cmsg_len: 20, cmsg_level: SOL_SOCKET, cmsg_type: SCM_RIGHTS });
  view.setInt32(16, fd, true);
  return task.sys(sendmsg, socketFd, at, 0);
}

test("stream: joins writes; a message socket keeps them apart", () => {
  const task = bootNet();
  const [a, b] = pair(task, SOCK_STREAM);
  task.write(a, "one");
  task.write(a, "two");
  assert.equal(task.read(b), "onetwo");
  const [c, d] = pair(task, SOCK_SEQPACKET);
  task.write(c, "one");
  task.write(c, "two");
  assert.equal(task.read(d, 2), "on");
  assert.equal(task.read(d), "two");
});

test("stream: a listener's backlog makes connects wait", () => {
  const task = bootNet();
  const listener = bound(task, SOCK_STREAM, "\0server");
  assert.equal(task.sys(listen, listener, 0), 0);
  const first = task.sys(socket, AF_UNIX, SOCK_STREAM, 0);
  assert.equal(task.sys(connect, first, ...named(task, "\0server")), 0);
  const quick = task.sys(socket, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  assert.equal(task.sys(connect, quick, ...named(task, "\0server")), -EAGAIN);
  const other = task.sibling();
  assert.equal(other.sys(connect, quick, ...named(other, "\0server")), -EAGAIN);
  const slow = other.sys(socket, AF_UNIX, SOCK_STREAM, 0);
  assert.equal(other.sys(connect, slow, ...named(other, "\0server")), PARKED);
  const server = task.sys(accept, listener, 0, 0);
  task.kernel.settle();
  assert.equal(other.result, 0);
  task.write(first, "to the first");
  assert.equal(task.read(server), "to the first");
});

test("names: taken, stale and abstract ones", () => {
  const task = bootNet();
  const fd = bound(task, SOCK_STREAM, "/tmp.sock");
  const again = task.sys(socket, AF_UNIX, SOCK_STREAM, 0);
  assert.equal(task.sys(bind, again, ...named(task, "/tmp.sock")), -EADDRINUSE);
  task.sys(close, fd);
  assert.equal(task.sys(connect, again, ...named(task, "/tmp.sock")), -ECONNREFUSED);
  const abstract = bound(task, SOCK_DGRAM, "\0name");
  const twin = task.sys(socket, AF_UNIX, SOCK_DGRAM, 0);
  assert.equal(task.sys(bind, twin, ...named(task, "\0name")), -EADDRINUSE);
  task.sys(close, abstract);
  assert.equal(task.sys(bind, twin, ...named(task, "\0name")), 0);
});

test("stream: the end of the peer", () => {
  const task = bootNet();
  const [a, b] = pair(task, SOCK_STREAM);
  task.write(a, "last");
  task.sys(shutdown, a, SHUT_WR);
  assert.equal(task.write(a, "x"), -EPIPE);
  assert.deepEqual(task.kernel.signals, [SIGPIPE]);
  assert.equal(task.read(b), "last");
  assert.equal(task.read(b), "");
  task.write(b, "unread");
  task.sys(close, a);
  assert.equal(task.read(b), -ECONNRESET);
  assert.equal(task.read(b), "");
});

test("stream: SO_RCVTIMEO ends a wait with EAGAIN", () => {
  const task = bootNet();
  const [a] = pair(task, SOCK_STREAM);
  const value = new Uint8Array(new Float64Array(2).buffer);
  new DataView(value.buffer).setUint32(8, 5000, true);
  assert.equal(task.sys(setsockopt, a, SOL_SOCKET, SO_RCVTIMEO, task.put(value), 16), 0);
  assert.equal(task.read(a), PARKED);
  task.kernel.advance(5e6);
  assert.equal(task.result, -EAGAIN);
});

test("stream: a sender stops at SO_SNDBUF and goes on when half is read", () => {
  const task = bootNet();
  const [a, b] = pair(task, SOCK_STREAM);
  let sent = 0;
  for (;;) {
    const n = task.sys(sendto, a, SCRATCH, 10_000, MSG_DONTWAIT, 0, 0);
    if (n < 0) break;
    sent += n;
  }
  assert.ok(sent > 100_000 && sent < 400_000);
  const other = task.sibling();
  assert.equal(other.sys(sendto, a, SCRATCH, 10_000, 0, 0, 0), PARKED);
  for (let got = 0; got < sent; ) got += (task.read(b, 10_000) as string).length;
  task.kernel.settle();
  assert.equal(other.result, 10_000);
});

test("datagram: a full receiver makes strangers wait, and a stranger may not write to a pair", () => {
  const task = bootNet();
  const receiver = bound(task, SOCK_DGRAM, "\0box");
  const sender = task.sys(socket, AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  let count = 0;
  while (task.sys(sendto, sender, SCRATCH, 1, 0, ...named(task, "\0box")) === 1) count++;
  assert.equal(count, 11);
  task.read(receiver);
  assert.equal(task.sys(sendto, sender, SCRATCH, 1, 0, ...named(task, "\0box")), 1);
  assert.equal(task.sys(sendto, sender, SCRATCH, 300_000, 0, ...named(task, "\0box")), -EMSGSIZE);
  const peer = bound(task, SOCK_DGRAM, "\0peer");
  task.sys(connect, peer, ...named(task, "\0box"));
  assert.equal(task.sys(sendto, sender, SCRATCH, 1, 0, ...named(task, "\0peer")), -EPERM);
  task.sys(connect, sender, ...named(task, "\0box"));
  task.sys(close, receiver);
  assert.equal(task.write(sender, "x"), -ECONNREFUSED);
  assert.equal(task.write(sender, "x"), -ENOTCONN);
});

test("SCM_RIGHTS: a file in flight stays open, and is closed when nobody takes it", () => {
  const task = bootNet();
  const [a, b] = pair(task, SOCK_STREAM);
  const fd = task.sys(eventfd2, 5, 0);
  const file = task.files.get(fd)!;
  assert.equal(sendFile(task, a, fd), 1);
  assert.equal(sendFile(task, a, fd), 1);
  assert.equal(sendFile(task, a, fd), 1);
  task.sys(close, fd);
  assert.equal(file.references, 3);

  const { at, control } = header(task, 24);
  assert.equal(task.sys(recvmsg, b, at, 0), 1);
  const received = task.mm.readI32(control + 16);
  assert.equal(task.files.get(received), file);
  // No room for control data: the file is closed and the flag tells.
  header(task, 0);
  assert.equal(task.sys(recvmsg, b, at, 0), 1);
  assert.equal(task.mm.readU32(at + msghdr.at.msg_flags) & MSG_CTRUNC, MSG_CTRUNC);
  assert.equal(file.references, 2);
  task.sys(close, b);
  assert.equal(file.references, 1);
});

test("a receiver of datagrams learns who sent", () => {
  const task = bootNet();
  const receiver = bound(task, SOCK_DGRAM, "\0to");
  const sender = bound(task, SOCK_DGRAM, "\0from");
  task.sys(sendto, sender, task.put("hi"), 2, 0, ...named(task, "\0to"));
  task.mm.writeI32(SCRATCH + 200, 128);
  assert.equal(task.sys(recvfrom, receiver, SCRATCH, 10, 0, SCRATCH + 64, SCRATCH + 200), 2);
  const length = task.mm.readI32(SCRATCH + 200);
  assert.equal(task.text(SCRATCH + 64, length), "\x01\0\0from");
});

test("SCM_RIGHTS: sockets that hold only each other are released", () => {
  const task = bootNet();
  const [a, b] = pair(task, SOCK_STREAM);
  const [c, d] = pair(task, SOCK_STREAM);
  const fd = task.sys(eventfd2, 0, 0);
  const inner = task.files.get(fd)!;
  // b's queue holds d, d's queue holds b and the eventfd: closing everything leaves a circle.
  sendFile(task, a, d);
  sendFile(task, c, b);
  sendFile(task, c, fd);
  const held = [b, d].map((each) => task.files.get(each)!);
  for (const each of [fd, b, d]) task.sys(close, each);
  assert.equal(inner.references, 1);
  task.sys(close, a);
  assert.deepEqual(
    [inner, ...held].map((file) => file.references),
    [0, 0, 0],
  );
  assert.equal(task.write(c, "x"), -EPIPE);
});

test("SCM_RIGHTS: a socket in flight that somebody can still receive is kept", () => {
  const task = bootNet();
  const [a, b] = pair(task, SOCK_STREAM);
  const [c, d] = pair(task, SOCK_STREAM);
  sendFile(task, a, d);
  task.write(c, "kept");
  task.sys(close, d);
  task.sys(close, a);
  const { at, control } = header(task, 24);
  assert.equal(task.sys(recvmsg, b, at, 0), 1);
  assert.equal(task.read(task.mm.readI32(control + 16)), "kept");
});
