/**
 * Udp: UDP sockets between processes of the sandbox (udp(7)).
 *  - A datagram for nobody tells a connected sender ECONNREFUSED, later, as ICMP does.
 *  - One for a full socket is lost without a word.
 */
import {
  EACCES,
  EAGAIN,
  ECONNREFUSED,
  EDESTADDRREQ,
  EINVAL,
  EMSGSIZE,
  ENOTCONN,
  ENOTTY,
  EOPNOTSUPP,
  EPIPE,
} from "../../../abi/errno.ts";
import { SIOCINQ, SIOCOUTQ } from "../../../abi/ioctl-net.ts";
import { MSG_ERRQUEUE, MSG_OOB, MSG_PEEK, MSG_TRUNC } from "../../../abi/msghdr.ts";
import { POLLERR, POLLHUP, POLLRDHUP } from "../../../abi/poll.ts";
import {
  AF_INET,
  AF_UNSPEC,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_UDP,
  SO_BROADCAST,
  SO_TIMESTAMP,
  SO_TIMESTAMPNS,
  SOCK_DGRAM,
  SOL_SOCKET,
} from "../../../abi/socket.ts";
import {
  IP_PKTINFO,
  IP_RECVTOS,
  IP_RECVTTL,
  IP_TOS,
  IP_TTL,
  IPV6_HOPLIMIT,
  IPV6_PKTINFO,
  IPV6_RECVHOPLIMIT,
  IPV6_RECVPKTINFO,
} from "../../../abi/socket-inet.ts";
import { setU64 } from "../../../abi/struct.ts";
import type { Block } from "../../../base/blocks.ts";
import { refuse } from "../../../base/refuse.ts";
import { BOTH_SHUT, READ_SHUT, WRITE_SHUT } from "../../../kernel/socket/endpoint.ts";
import {
  type IncomingMessage,
  type OutgoingMessage,
  takeDatagram,
} from "../../../kernel/socket/message.ts";
import { int } from "../../../kernel/socket/options.ts";
import { Segment, SegmentQueue } from "../../../kernel/socket/segment-queue.ts";
import type { Task } from "../../../kernel/task/task.ts";
import { familyOf, formatName, type InetName, type Ip, isV4, same, v4Bytes } from "../address.ts";
import { PortTable } from "../ports.ts";
import { ALL_EVENTS, LoopbackEndpoint, READ_EVENTS, WRITE_EVENTS } from "./endpoint.ts";

const LONGEST_V4 = 65507;
const LONGEST_V6 = 65527;
/** What a datagram costs beside its bytes. */
const HEADERS = 768;
const LOOPBACK_INDEX = 1;
const DEFAULT_TTL = 64;

/** What came with a datagram. */
interface Arrival {
  readonly from: InetName;
  readonly to: Ip;
  readonly tos: number;
  readonly ttl: number;
  readonly sec: number;
  readonly nsec: number;
}

export class UdpPorts extends PortTable<LoopbackEndpoint> {}

export class UdpEndpoint extends LoopbackEndpoint {
  #remote: InetName | null = null;
  closedHalves = 0;
  readonly #incoming = new SegmentQueue<Arrival>();
  #charged = 0;

  constructor(task: Task, domain: number) {
    super(task, domain, SOCK_DGRAM, IPPROTO_UDP);
  }

  protected override get ports(): UdpPorts {
    return this.network.part(UdpPorts);
  }

  override connect(task: Task, address: Uint8Array): number {
    if (address.length < 2) return refuse(EINVAL, "connect: the address is too short");
    if (familyOf(address) === AF_UNSPEC) {
      this.#remote = null;
      this.forgetLocal();
      return 0;
    }
    const remote = this.route(address);
    if (typeof remote === "number") return remote;
    const source = this.sourceFor(remote.ip);
    if (this.local.port === 0) {
      const rc = this.take(task, source, 0);
      if (rc < 0) return rc;
    } else {
      this.unhash();
      this.local = { ip: source, port: this.local.port };
      this.hash();
    }
    this.#remote = remote;
    return 0;
  }

  // --- sending --------------------------------------------------------------------------------

  override send(task: Task, message: OutgoingMessage): number {
    const { data, name } = message;
    if ((message.flags & MSG_OOB) !== 0) return refuse(EOPNOTSUPP, "send: no out-of-band data");
    const longest = this.domain === AF_INET ? LONGEST_V4 : LONGEST_V6;
    if (data.remaining > longest) return refuse(EMSGSIZE, "send: larger than a datagram can be");
    if (name !== null && isBroadcast(name) && !this.options.has(SO_BROADCAST))
      return refuse(EACCES, "send: a broadcast without SO_BROADCAST");
    const to = name === null ? this.#remote : this.route(name);
    if (to === null) return refuse(EDESTADDRREQ, "send: no address and no peer");
    if (typeof to === "number") return to;
    if (to.port === 0) return refuse(EINVAL, "send: to port 0");
    const rc = this.autobind(task);
    if (rc < 0) return rc;
    if ((this.closedHalves & WRITE_SHUT) !== 0) return refuse(EPIPE, "send: shut down");
    const error = this.options.takeError();
    if (error !== 0) return refuse(error, "send: an earlier datagram was refused");
    const length = data.remaining;
    const block = takeDatagram(task, data);
    if (typeof block === "number") return block;
    this.#deliver(task, to, block, length);
    return length;
  }

  #deliver(task: Task, to: InetName, block: Block, length: number): void {
    const from = { ip: this.sourceFor(to.ip), port: this.local.port };
    const receiver = this.#receiverAt(to, from);
    if (receiver === null) {
      block.unref();
      if (this.#remote === null) return;
      this.options.error = ECONNREFUSED;
      this.queue.wake(ALL_EVENTS);
      return;
    }
    const now = new Float64Array(2);
    task.kernel.clock.realtime(now);
    const tos = this.inet.value(IPPROTO_IP, IP_TOS);
    const ttl = this.inet.value(IPPROTO_IP, IP_TTL);
    receiver.#arrive(block, length, { from, to: to.ip, tos, ttl, sec: now[0]!, nsec: now[1]! });
  }

  #receiverAt(to: InetName, from: InetName): UdpEndpoint | null {
    const mayTake = (holder: LoopbackEndpoint) => (holder as UdpEndpoint).#takesFrom(from);
    const found = this.ports.find(to.ip, to.port, mayTake) as UdpEndpoint[];
    if (found.length === 0) return null;
    const connected = found.find((holder) => holder.#remote !== null);
    // With SO_REUSEADDR the last that bound gets it; with SO_REUSEPORT one of them, by source.
    return connected ?? found[found.length - 1 - (from.port % found.length)]!;
  }

  /** Unconnected sockets take all, connected ones only what their peer sends. */
  #takesFrom(from: InetName): boolean {
    const remote = this.#remote;
    return remote === null || (remote.port === from.port && same(remote.ip, from.ip));
  }

  #arrive(block: Block, length: number, arrival: Arrival): void {
    if (this.#charged > this.options.receiveBuffer) return block.unref();
    const segment = new Segment(block, length, arrival, length + HEADERS);
    this.#charged += segment.charge;
    this.#incoming.push(segment);
    this.queue.wake(READ_EVENTS);
  }

  // --- receiving ------------------------------------------------------------------------------

  override receive(_task: Task, message: IncomingMessage): number {
    const { data, flags } = message;
    if ((flags & MSG_ERRQUEUE) !== 0) return -EAGAIN;
    if ((flags & MSG_OOB) !== 0) return refuse(EOPNOTSUPP, "receive: no out-of-band data");
    const error = this.options.takeError();
    if (error !== 0) return refuse(error, "receive: a datagram was refused");
    const segment = this.#incoming.at(0);
    if (segment === undefined) return (this.closedHalves & READ_SHUT) !== 0 ? 0 : -EAGAIN;
    const n = this.#incoming.copy(0, 0, data);
    if (n < 0) return n;
    const { length } = segment;
    if (n < length) message.flagsOut |= MSG_TRUNC;
    message.name = formatName(segment.tag.from, this.domain);
    this.#addControl(message, segment.tag);
    if ((flags & MSG_PEEK) === 0) {
      this.#incoming.shift();
      this.#charged -= segment.charge;
    }
    return (flags & MSG_TRUNC) !== 0 ? length : n;
  }

  #addControl(message: IncomingMessage, arrival: Arrival): void {
    const { options, inet } = this;
    const put = (level: number, type: number, data: Uint8Array) =>
      message.control.push({ level, type, data });
    if (options.has(SO_TIMESTAMPNS))
      put(SOL_SOCKET, SO_TIMESTAMPNS, time(arrival.sec, arrival.nsec));
    else if (options.has(SO_TIMESTAMP))
      put(SOL_SOCKET, SO_TIMESTAMP, time(arrival.sec, Math.floor(arrival.nsec / 1000)));
    if (isV4(arrival.to)) {
      if (inet.has(IPPROTO_IP, IP_PKTINFO)) put(IPPROTO_IP, IP_PKTINFO, packetInfo(arrival.to));
      if (inet.has(IPPROTO_IP, IP_RECVTTL)) put(IPPROTO_IP, IP_TTL, int(arrival.ttl));
      if (inet.has(IPPROTO_IP, IP_RECVTOS)) put(IPPROTO_IP, IP_TOS, Uint8Array.of(arrival.tos));
    }
    if (this.domain === AF_INET) return;
    if (inet.has(IPPROTO_IPV6, IPV6_RECVPKTINFO))
      put(IPPROTO_IPV6, IPV6_PKTINFO, packetInfo6(arrival.to));
    if (inet.has(IPPROTO_IPV6, IPV6_RECVHOPLIMIT))
      put(IPPROTO_IPV6, IPV6_HOPLIMIT, int(DEFAULT_TTL));
  }

  // --- the rest -------------------------------------------------------------------------------

  override poll(): number {
    let mask = WRITE_EVENTS;
    if (this.options.error !== 0) mask |= POLLERR;
    if ((this.closedHalves & READ_SHUT) !== 0) mask |= READ_EVENTS | POLLRDHUP;
    if (this.closedHalves === BOTH_SHUT) mask |= POLLHUP;
    if (this.#incoming.count > 0) mask |= READ_EVENTS;
    return mask;
  }

  /** An unconnected socket is shut down all the same, and told ENOTCONN. */
  override shutdown(_task: Task, how: number): number {
    this.closedHalves |= how;
    this.queue.wake(ALL_EVENTS);
    return this.#remote === null ? refuse(ENOTCONN, "shutdown: not connected") : 0;
  }

  override peerName(): Uint8Array | number {
    if (this.#remote === null) return refuse(ENOTCONN, "getpeername: not connected");
    return formatName(this.#remote, this.domain);
  }

  override ioctl(task: Task, command: number, argument: number): number {
    if (command === SIOCOUTQ) return task.mm.writeI32(argument, 0);
    if (command !== SIOCINQ) return -ENOTTY;
    return task.mm.writeI32(argument, this.#incoming.at(0)?.length ?? 0);
  }

  override close(): void {
    this.unhash();
    this.closedHalves = BOTH_SHUT;
  }
}

/** A sockaddr_in of 255.255.255.255. */
function isBroadcast(name: Uint8Array): boolean {
  if (familyOf(name) !== AF_INET || name.length < 8) return false;
  return name.subarray(4, 8).every((byte) => byte === 255);
}

/** struct timeval or timespec. */
function time(sec: number, rest: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  setU64(view, 0, sec);
  setU64(view, 8, rest);
  return bytes;
}

/** struct in_pktinfo. */
function packetInfo(to: Ip): Uint8Array {
  const bytes = new Uint8Array(12);
  bytes[0] = LOOPBACK_INDEX;
  bytes.set(v4Bytes(to), 4);
  bytes.set(v4Bytes(to), 8);
  return bytes;
}

/** struct in6_pktinfo. */
function packetInfo6(to: Ip): Uint8Array {
  const bytes = new Uint8Array(20);
  bytes.set(to, 0);
  bytes[16] = LOOPBACK_INDEX;
  return bytes;
}
