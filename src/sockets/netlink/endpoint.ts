/**
 * NetlinkEndpoint: a socket whose peer is the kernel (netlink(7)). A request is answered while it is
 * sent; the answers wait as datagrams. Groups can be joined, but nothing ever happens in them.
 */
import {
  EADDRINUSE,
  EAGAIN,
  ECONNREFUSED,
  EFAULT,
  EINVAL,
  ENOTCONN,
  EOPNOTSUPP,
} from "../../abi/errno.ts";
import { MSG_PEEK, MSG_TRUNC, SCM_CREDENTIALS, ucred } from "../../abi/msghdr.ts";
import {
  NETLINK_ADD_MEMBERSHIP,
  NETLINK_DROP_MEMBERSHIP,
  NLM_F_ACK,
  NLM_F_REQUEST,
  nlmsghdr,
  sockaddr_nl,
} from "../../abi/netlink.ts";
import { POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from "../../abi/poll.ts";
import { AF_NETLINK, SO_PASSCRED, SOL_NETLINK, SOL_SOCKET } from "../../abi/socket.ts";
import { Block } from "../../base/blocks.ts";
import { refuse } from "../../base/refuse.ts";
import { Endpoint } from "../../kernel/socket/endpoint.ts";
import type { IncomingMessage, OutgoingMessage } from "../../kernel/socket/message.ts";
import { type NetworkNamespace, networkOf } from "../../kernel/socket/network.ts";
import { int } from "../../kernel/socket/options.ts";
import { Segment, SegmentQueue } from "../../kernel/socket/segment-queue.ts";
import type { Task } from "../../kernel/task/task.ts";
import { answerRoute } from "./route.ts";
import { NetlinkWriter } from "./writer.ts";

const LONGEST_REQUEST = 65536;
const FIRST_UNNAMED = 0xfffff000;

/** Which ports are taken in one network namespace. */
export class NetlinkPorts {
  readonly taken = new Set<number>();
}

export class NetlinkEndpoint extends Endpoint {
  override readonly network: NetworkNamespace;
  /** Port id; 0 while it has none. */
  #port = 0;
  #groups = 0;
  #peer = 0;
  #isConnected = false;
  readonly #incoming = new SegmentQueue<null>();
  readonly #switches = new Map<number, number>();

  constructor(task: Task, type: number, protocol: number) {
    super(AF_NETLINK, type, protocol);
    this.network = networkOf(task);
  }

  override bind(task: Task, address: Uint8Array): number {
    const name = parse(address);
    if (name === null) return refuse(EINVAL, "bind: not an address of a netlink socket");
    if (this.#port !== 0) {
      if (name.nl_pid !== this.#port) return refuse(EINVAL, "bind: has another port");
    } else {
      const rc = this.#takePort(task, name.nl_pid);
      if (rc < 0) return rc;
    }
    this.#groups = name.nl_groups;
    return 0;
  }

  #takePort(task: Task, wanted: number): number {
    const { taken } = this.network.part(NetlinkPorts);
    let port = wanted === 0 ? task.group.ownPid : wanted;
    if (wanted !== 0 && taken.has(port)) return refuse(EADDRINUSE, "bind: the port is taken");
    for (let next = FIRST_UNNAMED; taken.has(port); next--) port = next;
    taken.add(port);
    this.#port = port;
    return 0;
  }

  override connect(task: Task, address: Uint8Array): number {
    const name = parse(address);
    if (name === null) return refuse(EINVAL, "connect: not an address of a netlink socket");
    this.#peer = name.nl_pid;
    this.#isConnected = true;
    return this.#port === 0 ? this.#takePort(task, 0) : 0;
  }

  override send(task: Task, message: OutgoingMessage): number {
    const { data } = message;
    const name = message.name === null ? null : parse(message.name);
    if (message.name !== null && name === null) return refuse(EINVAL, "send: not an address");
    if ((name?.nl_pid ?? this.#peer) !== 0)
      return refuse(ECONNREFUSED, "send: only the kernel listens");
    if (data.remaining > LONGEST_REQUEST) return refuse(EINVAL, "send: the request is too long");
    if (this.#port === 0) this.#takePort(task, 0);
    const bytes = new Uint8Array(data.remaining);
    if (bytes.length > 0 && data.take(bytes) !== bytes.length) return -EFAULT;
    this.#answerAll(task, bytes);
    return bytes.length;
  }

  #answerAll(task: Task, bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer);
    for (let at = 0; at + nlmsghdr.size <= bytes.length; ) {
      const { nlmsg_len, nlmsg_flags, nlmsg_seq } = nlmsghdr.read(view, at);
      if (nlmsg_len < nlmsghdr.size || at + nlmsg_len > bytes.length) return;
      const request = bytes.subarray(at, at + nlmsg_len);
      if ((nlmsg_flags & NLM_F_REQUEST) !== 0) this.#answer(task, request, nlmsg_seq, nlmsg_flags);
      at += (nlmsg_len + 3) & ~3;
    }
  }

  #answer(task: Task, request: Uint8Array, sequence: number, flags: number): void {
    const writer = new NetlinkWriter(sequence, this.#port);
    const rc = answerRoute(task, this.network, request, writer);
    const answer = writer.take();
    if (answer.length > 0) this.#queueAnswer(answer);
    if (rc < 0 || ((flags & NLM_F_ACK) !== 0 && answer.length === 0)) {
      writer.error(-rc, request);
      this.#queueAnswer(writer.take());
    }
    this.queue.wake(POLLIN | POLLRDNORM);
  }

  #queueAnswer(bytes: Uint8Array): void {
    this.#incoming.push(new Segment(new Block(bytes), bytes.length, null, bytes.length));
  }

  override receive(_task: Task, message: IncomingMessage): number {
    const segment = this.#incoming.at(0);
    if (segment === undefined) return -EAGAIN;
    const { length } = segment;
    const n = this.#incoming.copy(0, 0, message.data);
    if (n < 0) return n;
    if (n < length) message.flagsOut |= MSG_TRUNC;
    message.name = format(0, 0);
    if (this.options.has(SO_PASSCRED)) {
      const data = new Uint8Array(ucred.size);
      message.control.push({ level: SOL_SOCKET, type: SCM_CREDENTIALS, data });
    }
    if ((message.flags & MSG_PEEK) === 0) this.#incoming.shift();
    return (message.flags & MSG_TRUNC) !== 0 ? length : n;
  }

  override shutdown(): number {
    return refuse(EOPNOTSUPP, "shutdown: not with netlink");
  }

  override poll(): number {
    const readable = this.#incoming.count > 0 ? POLLIN | POLLRDNORM : 0;
    return readable | POLLOUT | POLLWRNORM;
  }

  override localName(): Uint8Array {
    return format(this.#port, this.#groups);
  }

  override peerName(): Uint8Array | number {
    if (!this.#isConnected) return refuse(ENOTCONN, "getpeername: not connected");
    return format(this.#peer, 0);
  }

  override getOption(_task: Task, level: number, name: number): Uint8Array | number | null {
    return level === SOL_NETLINK ? int(this.#switches.get(name) ?? 0) : null;
  }

  override setOption(_task: Task, level: number, name: number, value: Uint8Array): number | null {
    if (level !== SOL_NETLINK) return null;
    if (value.length < 4) return refuse(EINVAL, "setsockopt: the value is shorter than an int");
    if (name !== NETLINK_ADD_MEMBERSHIP && name !== NETLINK_DROP_MEMBERSHIP)
      this.#switches.set(name, value[0]! === 0 ? 0 : 1);
    return 0;
  }

  override close(): void {
    if (this.#port !== 0) this.network.part(NetlinkPorts).taken.delete(this.#port);
  }
}

function parse(address: Uint8Array): { nl_pid: number; nl_groups: number } | null {
  if (address.length < sockaddr_nl.size || address[0] !== AF_NETLINK) return null;
  return sockaddr_nl.read(new DataView(address.buffer, address.byteOffset, address.length), 0);
}

function format(pid: number, groups: number): Uint8Array {
  const bytes = new Uint8Array(sockaddr_nl.size);
  const value = { nl_family: AF_NETLINK, nl_pid: pid, nl_groups: groups };
  sockaddr_nl.write(new DataView(bytes.buffer), 0, value);
  return bytes;
}
