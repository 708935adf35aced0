/**
 * options: which socket options a guest may read and set on a socket of the host, and which control
 * messages it may send along. What is not in the tables never reaches the host.
 */
import * as so from "../../../abi/socket.ts";
import * as ip from "../../../abi/socket-inet.ts";
import * as tcp from "../../../abi/socket-tcp.ts";

const GET = 1;
const SET = 2;
const BOTH = GET | SET;

function key(level: number, name: number): number {
  return level * 1024 + name;
}

function rows(level: number, rights: number, ...names: number[]): [number, number][] {
  return names.map((name) => [key(level, name), rights]);
}

const RIGHTS: ReadonlyMap<number, number> = new Map([
  ...rows(
    so.SOL_SOCKET,
    BOTH,
    so.SO_REUSEADDR,
    so.SO_REUSEPORT,
    so.SO_KEEPALIVE,
    so.SO_BROADCAST,
    so.SO_OOBINLINE,
    so.SO_SNDBUF,
    so.SO_RCVBUF,
    so.SO_TIMESTAMP,
    so.SO_TIMESTAMPNS,
    so.SO_RXQ_OVFL,
    so.SO_DONTROUTE,
    so.SO_PEEK_OFF,
    so.SO_INCOMING_CPU,
    so.SO_NO_CHECK,
  ),
  ...rows(so.SOL_SOCKET, GET, so.SO_ERROR, so.SO_ACCEPTCONN, so.SO_COOKIE, so.SO_MEMINFO),
  ...rows(
    so.IPPROTO_IP,
    BOTH,
    ip.IP_TOS,
    ip.IP_TTL,
    ip.IP_PKTINFO,
    ip.IP_MTU_DISCOVER,
    ip.IP_RECVERR,
    ip.IP_RECVTTL,
    ip.IP_RECVTOS,
    ip.IP_MULTICAST_IF,
    ip.IP_MULTICAST_TTL,
    ip.IP_MULTICAST_LOOP,
    ip.IP_MULTICAST_ALL,
    ip.IP_BIND_ADDRESS_NO_PORT,
    ip.IP_MINTTL,
    ip.IP_ORIGDSTADDR,
  ),
  ...rows(so.IPPROTO_IP, GET, ip.IP_MTU, ip.IP_OPTIONS),
  ...rows(
    so.IPPROTO_IP,
    SET,
    ip.IP_ADD_MEMBERSHIP,
    ip.IP_DROP_MEMBERSHIP,
    ip.IP_ADD_SOURCE_MEMBERSHIP,
    ip.IP_DROP_SOURCE_MEMBERSHIP,
    ip.IP_BLOCK_SOURCE,
    ip.IP_UNBLOCK_SOURCE,
  ),
  ...rows(
    so.IPPROTO_IPV6,
    BOTH,
    ip.IPV6_V6ONLY,
    ip.IPV6_UNICAST_HOPS,
    ip.IPV6_MULTICAST_IF,
    ip.IPV6_MULTICAST_HOPS,
    ip.IPV6_MULTICAST_LOOP,
    ip.IPV6_MTU_DISCOVER,
    ip.IPV6_RECVERR,
    ip.IPV6_RECVPKTINFO,
    ip.IPV6_RECVHOPLIMIT,
    ip.IPV6_RECVTCLASS,
    ip.IPV6_TCLASS,
    ip.IPV6_DONTFRAG,
    ip.IPV6_AUTOFLOWLABEL,
    ip.IPV6_MULTICAST_ALL,
    ip.IPV6_ADDR_PREFERENCES,
  ),
  ...rows(so.IPPROTO_IPV6, GET, ip.IPV6_MTU),
  ...rows(so.IPPROTO_IPV6, SET, ip.IPV6_ADD_MEMBERSHIP, ip.IPV6_DROP_MEMBERSHIP),
  ...rows(
    so.IPPROTO_TCP,
    BOTH,
    tcp.TCP_NODELAY,
    tcp.TCP_MAXSEG,
    tcp.TCP_CORK,
    tcp.TCP_KEEPIDLE,
    tcp.TCP_KEEPINTVL,
    tcp.TCP_KEEPCNT,
    tcp.TCP_SYNCNT,
    tcp.TCP_LINGER2,
    tcp.TCP_DEFER_ACCEPT,
    tcp.TCP_WINDOW_CLAMP,
    tcp.TCP_QUICKACK,
    tcp.TCP_USER_TIMEOUT,
    tcp.TCP_FASTOPEN,
    tcp.TCP_NOTSENT_LOWAT,
    tcp.TCP_INQ,
    tcp.TCP_CONGESTION,
  ),
  ...rows(so.IPPROTO_TCP, GET, tcp.TCP_INFO, tcp.TCP_CC_INFO),
  ...rows(so.IPPROTO_UDP, BOTH, tcp.UDP_CORK, tcp.UDP_SEGMENT, tcp.UDP_GRO),
]);

const SENDABLE: ReadonlySet<number> = new Set([
  key(so.IPPROTO_IP, ip.IP_PKTINFO),
  key(so.IPPROTO_IP, ip.IP_TOS),
  key(so.IPPROTO_IP, ip.IP_TTL),
  key(so.IPPROTO_IPV6, ip.IPV6_PKTINFO),
  key(so.IPPROTO_IPV6, ip.IPV6_TCLASS),
  key(so.IPPROTO_IPV6, ip.IPV6_HOPLIMIT),
  key(so.IPPROTO_UDP, tcp.UDP_SEGMENT),
]);

const MAY_ARRIVE: ReadonlySet<number> = new Set([
  ...SENDABLE,
  key(so.SOL_SOCKET, so.SO_TIMESTAMP),
  key(so.SOL_SOCKET, so.SO_TIMESTAMPNS),
  key(so.SOL_SOCKET, so.SO_RXQ_OVFL),
  key(so.IPPROTO_IP, ip.IP_RECVERR),
  key(so.IPPROTO_IP, ip.IP_ORIGDSTADDR),
  key(so.IPPROTO_IPV6, ip.IPV6_RECVERR),
  key(so.IPPROTO_TCP, tcp.TCP_INQ),
  key(so.IPPROTO_UDP, tcp.UDP_GRO),
]);

export function mayGet(level: number, name: number): boolean {
  return ((RIGHTS.get(key(level, name)) ?? 0) & GET) !== 0;
}

export function maySet(level: number, name: number): boolean {
  return ((RIGHTS.get(key(level, name)) ?? 0) & SET) !== 0;
}

/** May the guest send this control message? */
export function maySend(level: number, type: number): boolean {
  return SENDABLE.has(key(level, type));
}

/** Is this control message of the host shown to the guest? */
export function mayArrive(level: number, type: number): boolean {
  return MAY_ARRIVE.has(key(level, type));
}
