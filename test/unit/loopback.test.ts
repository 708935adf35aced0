/** The loopback network: ports, TCP connections and their ends, UDP, and what netlink tells of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  EADDRINUSE,
  EADDRNOTAVAIL,
  ECONNREFUSED,
  ECONNRESET,
  EINPROGRESS,
  EISCONN,
  ENETUNREACH,
  ENOTCONN,
  EPIPE,
} from "../../src/abi/errno.ts";
import { MSG_OOB } from "../../src/abi/msghdr.ts";
import { NLM_F_DUMP, NLM_F_REQUEST, NLMSG_DONE, nlmsghdr } from "../../src/abi/netlink.ts";
import { POLLPRI } from "../../src/abi/poll.ts";
import { RTM_GETADDR, RTM_NEWADDR } from "../../src/abi/rtnetlink.ts";
import {
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  IPPROTO_IPV6,
  SHUT_WR,
  SO_ERROR,
  SO_LINGER,
  SO_REUSEADDR,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_RAW,
  SOCK_STREAM,
  SOL_SOCKET,
} from "../../src/abi/socket.ts";
import { IPV6_V6ONLY } from "../../src/abi/socket-inet.ts";
import { PARKED } from "../../src/kernel/task/park.ts";
import { close } from "../../src/syscalls/file/descriptor.ts";
import { accept } from "../../src/syscalls/net/accept.ts";
import { bind, connect, listen } from "../../src/syscalls/net/bind.ts";
import { getsockname } from "../../src/syscalls/net/name.ts";
import { getsockopt, setsockopt } from "../../src/syscalls/net/options.ts";
import { recvfrom } from "../../src/syscalls/net/receive.ts";
import { sendto } from "../../src/syscalls/net/send.ts";
import { shutdown, socket } from "../../src/syscalls/net/socket.ts";
import { SCRATCH } from "./fake-task.ts";
import { bootNet, type NetTask } from "./fake-task-net.ts";

/** A sockaddr_in in memory: its address and length. */
function v4(task: NetTask, port: number, ...ip: number[]): [number, number] {
  const bytes = new Uint8Array(16);
  bytes.set([AF_INET, 0, port >> 8, port & 255, ...ip]);
  return [task.put(bytes), 16];
}

function v6(task: NetTask, port: number, last = 0): [number, number] {
  const bytes = new Uint8Array(28);
  bytes.set([AF_INET6, 0, port >> 8, port & 255]);
  bytes[23] = last;
  return [task.put(bytes), 28];
}

function local(task: NetTask, port: number): [number, number] {
  return v4(task, port, 127, 0, 0, 1);
}

function portOf(task: NetTask, fd: number): number {
  task.mm.writeI32(SCRATCH, 28);
  assert.equal(task.sys(getsockname, fd, SCRATCH + 16, SCRATCH), 0);
  return (task.mm.u8[SCRATCH + 18]! << 8) | task.mm.u8[SCRATCH + 19]!;
}

function tcp(task: NetTask, flags = 0): number {
  return task.sys(socket, AF_INET, SOCK_STREAM | flags, 0);
}

function set(task: NetTask, fd: number, level: number, name: number, ...values: number[]): number {
  const bytes = new Uint8Array(Int32Array.from(values).buffer);
  return task.sys(setsockopt, fd, level, name, task.put(bytes), bytes.length);
}

function errorOf(task: NetTask, fd: number): number {
  task.mm.writeI32(SCRATCH, 4);
  task.sys(getsockopt, fd, SOL_SOCKET, SO_ERROR, SCRATCH + 16, SCRATCH);
  return task.mm.readI32(SCRATCH + 16);
}

/** A listener on 127.0.0.1 and its port. */
function server(task: NetTask): [number, number] {
  const fd = tcp(task);
  assert.equal(task.sys(bind, fd, ...local(task, 0)), 0);
  assert.equal(task.sys(listen, fd, 5), 0);
  return [fd, portOf(task, fd)];
}

function connection(task: NetTask): [number, number] {
  const [listener, port] = server(task);
  const client = tcp(task);
  assert.equal(task.sys(connect, client, ...local(task, port)), 0);
  const accepted = task.sys(accept, listener, 0, 0);
  task.sys(close, listener);
  return [client, accepted];
}

test("ports: who may share one", () => {
  const task = bootNet();
  const [, port] = server(task);
  assert.equal(task.sys(bind, tcp(task), ...local(task, port)), -EADDRINUSE);
  assert.equal(task.sys(bind, tcp(task), ...v4(task, port, 0, 0, 0, 0)), -EADDRINUSE);
  assert.equal(task.sys(bind, tcp(task), ...v4(task, port, 127, 0, 0, 2)), 0);
  assert.equal(task.sys(bind, tcp(task), ...v4(task, port, 10, 0, 0, 1)), -EADDRNOTAVAIL);
  const reusing = tcp(task);
  set(task, reusing, SOL_SOCKET, SO_REUSEADDR, 1);
  assert.equal(task.sys(bind, reusing, ...local(task, port)), -EADDRINUSE);
});

test("ports: an IPv6 wildcard takes IPv4 unless IPV6_V6ONLY", () => {
  const task = bootNet();
  const dual = task.sys(socket, AF_INET6, SOCK_STREAM, 0);
  task.sys(bind, dual, ...v6(task, 7000));
  task.sys(listen, dual, 1);
  assert.equal(task.sys(connect, tcp(task), ...local(task, 7000)), 0);
  assert.equal(task.sys(bind, tcp(task), ...v4(task, 7000, 0, 0, 0, 0)), -EADDRINUSE);
  const only = task.sys(socket, AF_INET6, SOCK_STREAM, 0);
  set(task, only, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  task.sys(bind, only, ...v6(task, 7001));
  task.sys(listen, only, 1);
  assert.equal(task.sys(bind, tcp(task), ...v4(task, 7001, 0, 0, 0, 0)), 0);
  assert.equal(task.sys(connect, tcp(task), ...local(task, 7001)), -ECONNREFUSED);
  const six = task.sys(socket, AF_INET6, SOCK_STREAM, 0);
  assert.equal(task.sys(connect, six, ...v6(task, 7001, 1)), 0);
});

test("tcp: there is nothing but this host", () => {
  const task = bootNet();
  assert.equal(task.sys(connect, tcp(task), ...v4(task, 80, 192, 0, 2, 1)), -ENETUNREACH);
  assert.equal(task.sys(connect, tcp(task), ...local(task, 80)), -ECONNREFUSED);
  assert.equal(task.read(tcp(task)), -ENOTCONN);
});

test("tcp: a nonblocking connect tells its result later", () => {
  const task = bootNet();
  const [, port] = server(task);
  const good = tcp(task, SOCK_NONBLOCK);
  assert.equal(task.sys(connect, good, ...local(task, port)), -EINPROGRESS);
  assert.equal(errorOf(task, good), 0);
  assert.equal(task.sys(connect, good, ...local(task, port)), 0);
  assert.equal(task.sys(connect, good, ...local(task, port)), -EISCONN);
  const bad = tcp(task, SOCK_NONBLOCK);
  assert.equal(task.sys(connect, bad, ...local(task, 1)), -EINPROGRESS);
  assert.equal(errorOf(task, bad), ECONNREFUSED);
  assert.equal(errorOf(task, bad), 0);
});

test("tcp: a reader waits, and a half close ends one direction", () => {
  const task = bootNet();
  const [a, b] = connection(task);
  const other = task.sibling();
  assert.equal(other.read(b), PARKED);
  task.write(a, "hello");
  task.kernel.settle();
  assert.equal(other.result, 5);
  task.sys(shutdown, a, SHUT_WR);
  assert.equal(task.read(b), "");
  task.write(b, "back");
  assert.equal(task.read(a), "back");
  assert.equal(task.write(a, "x"), -EPIPE);
});

test("tcp: unread bytes and SO_LINGER 0 reset, an orderly close does not", () => {
  const task = bootNet();
  const [a, b] = connection(task);
  task.write(a, "unread");
  task.sys(close, b);
  assert.equal(task.read(a), -ECONNRESET);
  assert.equal(task.read(a), "");

  const [c, d] = connection(task);
  set(task, d, SOL_SOCKET, SO_LINGER, 1, 0);
  task.sys(close, d);
  assert.equal(task.read(c), -ECONNRESET);

  const [e, f] = connection(task);
  task.sys(close, f);
  assert.equal(task.read(e), "");
  assert.equal(task.write(e, "x"), 1);
  assert.equal(task.write(e, "x"), -EPIPE);
});

test("tcp: an urgent byte is beside the stream", () => {
  const task = bootNet();
  const [a, b] = connection(task);
  task.write(a, "ab");
  task.sys(sendto, a, task.put("c!"), 2, MSG_OOB, 0, 0);
  task.write(a, "de");
  assert.equal(task.files.get(b)!.poll() & POLLPRI, POLLPRI);
  assert.equal(task.read(b), "abc");
  assert.equal(task.sys(recvfrom, b, SCRATCH, 1, MSG_OOB, 0, 0), 1);
  assert.equal(task.text(SCRATCH, 1), "!");
  assert.equal(task.read(b), "de");
});

test("udp: datagrams, and a refusal that comes later", () => {
  const task = bootNet();
  const receiver = task.sys(socket, AF_INET, SOCK_DGRAM, 0);
  task.sys(bind, receiver, ...local(task, 0));
  const port = portOf(task, receiver);
  const sender = task.sys(socket, AF_INET, SOCK_DGRAM, 0);
  assert.equal(task.sys(sendto, sender, task.put("one"), 3, 0, ...local(task, port)), 3);
  assert.equal(task.sys(sendto, sender, task.put("two"), 3, 0, ...local(task, port)), 3);
  assert.equal(task.read(receiver, 2), "on");
  assert.equal(task.read(receiver), "two");
  task.sys(connect, sender, ...local(task, port));
  task.sys(close, receiver);
  assert.equal(task.write(sender, "x"), 1);
  assert.equal(task.write(sender, "x"), -ECONNREFUSED);
});

test("netlink: a dump of addresses names lo's and ends", () => {
  const task = bootNet();
  const fd = task.sys(socket, AF_NETLINK, SOCK_RAW, 0);
  const request = new Uint8Array(nlmsghdr.size + 4);
  nlmsghdr.write(new DataView(request.buffer), 0, {
    nlmsg_len: request.length,
    nlmsg_type: RTM_GETADDR,
    nlmsg_flags: NLM_F_REQUEST | NLM_F_DUMP,
    nlmsg_seq: 9,
  });
  assert.equal(task.sys(sendto, fd, task.put(request), request.length, 0, 0, 0), request.length);
  const n = task.sys(recvfrom, fd, SCRATCH, 4096, 0, 0, 0);
  const types: number[] = [];
  for (let at = 0; at < n; ) {
    const message = nlmsghdr.read(task.mm.view(SCRATCH + at, nlmsghdr.size)!, 0);
    assert.equal(message.nlmsg_seq, 9);
    types.push(message.nlmsg_type);
    at += message.nlmsg_len;
  }
  assert.deepEqual(types, [RTM_NEWADDR, RTM_NEWADDR, NLMSG_DONE]);
});
