/**
 * options: options of levels IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP and IPPROTO_UDP that a socket only
 * keeps: what value they begin with and which they may have (ip(7), ipv6(7), tcp(7), udp(7)).
 * Options that do something are looked up here by those who do it.
 */
import { EINVAL, ENODEV } from "../../abi/errno.ts";
import { AF_INET6, IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, IPPROTO_UDP } from "../../abi/socket.ts";
import * as ip from "../../abi/socket-inet.ts";
import * as tcp from "../../abi/socket-tcp.ts";
import { refuse } from "../../base/refuse.ts";
import { int } from "../../kernel/socket/options.ts";

interface Kept {
  readonly initial: number;
  readonly least: number;
  readonly most: number;
  readonly mayBeZero?: boolean;
}

const ANY = 0x7fffffff;
const flag: Kept = { initial: 0, least: -ANY, most: ANY };
const on: Kept = { initial: 1, least: -ANY, most: ANY };

function range(initial: number, least: number, most: number): Kept {
  return { initial, least, most };
}

function key(level: number, name: number): number {
  return level * 1024 + name;
}

function table(level: number, entries: readonly (readonly [number, Kept])[]): [number, Kept][] {
  return entries.map(([name, kept]) => [key(level, name), kept]);
}

const KEPT: ReadonlyMap<number, Kept> = new Map([
  ...table(IPPROTO_IP, [
    [ip.IP_TOS, range(0, 0, 255)],
    [ip.IP_TTL, { initial: 64, least: -1, most: 255, mayBeZero: false }],
    [ip.IP_HDRINCL, flag],
    [ip.IP_RECVOPTS, flag],
    [ip.IP_RETOPTS, flag],
    [ip.IP_PKTINFO, flag],
    [ip.IP_MTU_DISCOVER, range(1, 0, 5)],
    [ip.IP_RECVERR, flag],
    [ip.IP_RECVTTL, flag],
    [ip.IP_RECVTOS, flag],
    [ip.IP_FREEBIND, flag],
    [ip.IP_TRANSPARENT, flag],
    [ip.IP_ORIGDSTADDR, flag],
    [ip.IP_MINTTL, range(0, 0, 255)],
    [ip.IP_BIND_ADDRESS_NO_PORT, flag],
    [ip.IP_RECVFRAGSIZE, flag],
    [ip.IP_MULTICAST_IF, flag],
    [ip.IP_MULTICAST_TTL, range(1, -1, 255)],
    [ip.IP_MULTICAST_LOOP, on],
    [ip.IP_MULTICAST_ALL, range(1, 0, 1)],
    [ip.IP_UNICAST_IF, flag],
  ]),
  ...table(IPPROTO_IPV6, [
    [ip.IPV6_UNICAST_HOPS, range(64, -1, 255)],
    [ip.IPV6_MULTICAST_IF, flag],
    [ip.IPV6_MULTICAST_HOPS, range(1, -1, 255)],
    [ip.IPV6_MULTICAST_LOOP, range(1, 0, 1)],
    [ip.IPV6_MTU_DISCOVER, range(1, 0, 5)],
    [ip.IPV6_RECVERR, flag],
    [ip.IPV6_V6ONLY, flag],
    [ip.IPV6_MULTICAST_ALL, on],
    [ip.IPV6_RECVPKTINFO, flag],
    [ip.IPV6_RECVHOPLIMIT, flag],
    [ip.IPV6_RECVTCLASS, flag],
    [ip.IPV6_TCLASS, range(0, -1, 255)],
    [ip.IPV6_DONTFRAG, flag],
    [ip.IPV6_AUTOFLOWLABEL, flag],
    [ip.IPV6_FREEBIND, flag],
    [ip.IPV6_TRANSPARENT, flag],
    [ip.IPV6_FLOWINFO_SEND, flag],
    [ip.IPV6_ADDR_PREFERENCES, flag],
    [ip.IPV6_UNICAST_IF, flag],
    [ip.IPV6_RECVPATHMTU, flag],
    [ip.IPV6_RECVFRAGSIZE, flag],
    [ip.IPV6_ORIGDSTADDR, flag],
  ]),
  ...table(IPPROTO_TCP, [
    [tcp.TCP_NODELAY, flag],
    [tcp.TCP_MAXSEG, range(536, 0, 32767)],
    [tcp.TCP_CORK, flag],
    [tcp.TCP_KEEPIDLE, range(7200, 1, 32767)],
    [tcp.TCP_KEEPINTVL, range(75, 1, 32767)],
    [tcp.TCP_KEEPCNT, range(9, 1, 127)],
    [tcp.TCP_SYNCNT, range(6, 1, 127)],
    [tcp.TCP_LINGER2, range(60, -ANY, ANY)],
    [tcp.TCP_DEFER_ACCEPT, range(0, -ANY, ANY)],
    [tcp.TCP_WINDOW_CLAMP, range(0, 0, ANY)],
    [tcp.TCP_QUICKACK, on],
    [tcp.TCP_THIN_LINEAR_TIMEOUTS, range(0, 0, 1)],
    [tcp.TCP_THIN_DUPACK, range(0, 0, 1)],
    [tcp.TCP_USER_TIMEOUT, range(0, 0, ANY)],
    [tcp.TCP_FASTOPEN, range(0, 0, ANY)],
    [tcp.TCP_FASTOPEN_CONNECT, range(0, 0, 1)],
    [tcp.TCP_FASTOPEN_NO_COOKIE, range(0, 0, 1)],
    [tcp.TCP_TIMESTAMP, flag],
    [tcp.TCP_NOTSENT_LOWAT, range(0, -ANY, ANY)],
    [tcp.TCP_SAVE_SYN, range(0, 0, 2)],
    [tcp.TCP_INQ, range(0, 0, 1)],
    [tcp.TCP_TX_DELAY, range(0, 0, ANY)],
  ]),
  ...table(IPPROTO_UDP, [
    [tcp.UDP_CORK, flag],
    [tcp.UDP_NO_CHECK6_TX, flag],
    [tcp.UDP_NO_CHECK6_RX, flag],
    [tcp.UDP_SEGMENT, range(0, 0, 65535)],
    [tcp.UDP_GRO, flag],
  ]),
]);

/** Multicast groups can be joined; nothing is ever sent to them here. */
const MEMBERSHIPS: ReadonlySet<number> = new Set([
  key(IPPROTO_IP, ip.IP_ADD_MEMBERSHIP),
  key(IPPROTO_IP, ip.IP_DROP_MEMBERSHIP),
  key(IPPROTO_IPV6, ip.IPV6_ADD_MEMBERSHIP),
  key(IPPROTO_IPV6, ip.IPV6_DROP_MEMBERSHIP),
]);

/** The options of one socket, by level and name. */
export class InetOptions {
  readonly #values = new Map<number, number>();

  value(level: number, name: number): number {
    const at = key(level, name);
    return this.#values.get(at) ?? KEPT.get(at)?.initial ?? 0;
  }

  has(level: number, name: number): boolean {
    return this.value(level, name) !== 0;
  }

  inherit(from: InetOptions): void {
    for (const [at, value] of from.#values) this.#values.set(at, value);
  }

  /** getsockopt: the value, -errno, or null when nobody keeps it. */
  get(level: number, name: number, length: number): Uint8Array | number | null {
    if (!KEPT.has(key(level, name))) return null;
    const value = this.value(level, name);
    // ip(7): a value that fits may be asked for as one byte.
    const isByte = level === IPPROTO_IP && length > 0 && length < 4 && value >= 0 && value <= 255;
    return isByte ? Uint8Array.of(value) : int(value);
  }

  /** setsockopt: 0, -errno, or null when nobody keeps it. */
  set(level: number, name: number, value: Uint8Array): number | null {
    const at = key(level, name);
    if (MEMBERSHIPS.has(at)) return join(level, value);
    const kept = KEPT.get(at);
    if (kept === undefined) return null;
    const number = numberIn(level, value);
    if (number === null) return refuse(EINVAL, "setsockopt: the value is too short");
    const isZero = number === 0 && kept.mayBeZero === false;
    if (number < kept.least || number > kept.most || isZero)
      return refuse(EINVAL, "setsockopt: the value is out of range");
    this.#values.set(at, number === -1 && kept.least === -1 ? kept.initial : number);
    return 0;
  }
}

/** Levels that a socket of this family and protocol has. */
export function hasLevel(family: number, protocol: number, level: number): boolean {
  if (level === IPPROTO_IP) return true;
  if (level === IPPROTO_IPV6) return family === AF_INET6;
  return level === protocol;
}

/** An int; IPv4 options may be one byte. */
function numberIn(level: number, value: Uint8Array): number | null {
  if (value.length >= 4)
    return new DataView(value.buffer, value.byteOffset, value.length).getInt32(0, true);
  return level === IPPROTO_IP && value.length >= 1 ? value[0]! : null;
}

/** Only lo could be joined on, and it must be named: no route leads to a group. */
function join(level: number, value: Uint8Array): number {
  if (value.length < 8) return refuse(EINVAL, "setsockopt: no struct ip_mreq");
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  if (level === IPPROTO_IPV6) {
    if (value.length < ip.ipv6_mreq.size) return refuse(EINVAL, "setsockopt: no struct ipv6_mreq");
    if (value[0] !== 0xff) return refuse(EINVAL, "setsockopt: not a multicast address");
    return view.getInt32(16, true) === 1 ? 0 : refuse(ENODEV, "setsockopt: no such interface");
  }
  if ((value[0]! & 0xf0) !== 0xe0) return refuse(EINVAL, "setsockopt: not a multicast address");
  const isByIndex = value.length >= ip.ip_mreqn.size && view.getInt32(8, true) === 1;
  return value[4] === 127 || isByIndex ? 0 : refuse(ENODEV, "setsockopt: no such interface");
}
