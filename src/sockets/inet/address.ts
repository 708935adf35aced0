/**
 * address: Internet addresses: sockaddr_in and sockaddr_in6 and what they mean (ip(7), ipv6(7)).
 * An address is 16 bytes; IPv4 is mapped (::ffff:a.b.c.d), so that both kinds compare alike.
 */
import { EAFNOSUPPORT, EINVAL } from "../../abi/errno.ts";
import { AF_INET, AF_UNSPEC } from "../../abi/socket.ts";
import { SIN6_LEN_RFC2133, sockaddr_in, sockaddr_in6 } from "../../abi/socket-inet.ts";
import { refuse } from "../../base/refuse.ts";

export type Ip = Uint8Array;

export interface InetName {
  readonly ip: Ip;
  readonly port: number;
}

const V4_AT = 12;
const LOOPBACK_NET = 127;
const MULTICAST_V4 = 0xe0;
const MULTICAST_V6 = 0xff;

export function mappedV4(a: number, b: number, c: number, d: number): Ip {
  const ip = new Uint8Array(16);
  ip[10] = ip[11] = 0xff;
  ip[V4_AT] = a;
  ip[V4_AT + 1] = b;
  ip[V4_AT + 2] = c;
  ip[V4_AT + 3] = d;
  return ip;
}

/** 0.0.0.0 or ::, as a socket of this family has it. */
export function wildcard(family: number): Ip {
  return family === AF_INET ? mappedV4(0, 0, 0, 0) : new Uint8Array(16);
}

/** 127.0.0.1 or ::1. */
export function loopback(isV4: boolean): Ip {
  if (isV4) return mappedV4(LOOPBACK_NET, 0, 0, 1);
  const ip = new Uint8Array(16);
  ip[15] = 1;
  return ip;
}

export function isV4(ip: Ip): boolean {
  for (let i = 0; i < 10; i++) if (ip[i] !== 0) return false;
  return ip[10] === 0xff && ip[11] === 0xff;
}

export function isWildcard(ip: Ip): boolean {
  const from = isV4(ip) ? V4_AT : 0;
  for (let i = from; i < 16; i++) if (ip[i] !== 0) return false;
  return true;
}

/** 127.0.0.0/8 or ::1. */
export function isLoopback(ip: Ip): boolean {
  return isV4(ip) ? ip[V4_AT] === LOOPBACK_NET : same(ip, loopback(false));
}

export function isMulticast(ip: Ip): boolean {
  return isV4(ip) ? (ip[V4_AT]! & 0xf0) === MULTICAST_V4 : ip[0] === MULTICAST_V6;
}

export function same(a: Ip, b: Ip): boolean {
  for (let i = 0; i < 16; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The four bytes of a mapped address. */
export function v4Bytes(ip: Ip): Uint8Array {
  return ip.subarray(V4_AT);
}

/** sa_family of any address; AF_UNSPEC of one too short to have it. */
export function familyOf(address: Uint8Array): number {
  return address.length < 2 ? AF_UNSPEC : address[0]! | (address[1]! << 8);
}

/** Read an address for a socket of `family`, or -errno. */
export function parseName(address: Uint8Array, family: number): InetName | number {
  const least = family === AF_INET ? sockaddr_in.size : SIN6_LEN_RFC2133;
  if (address.length < least) return refuse(EINVAL, "the address is too short");
  if (familyOf(address) !== family) return refuse(EAFNOSUPPORT, "the address is of another family");
  const port = (address[2]! << 8) | address[3]!;
  if (family === AF_INET)
    return { ip: mappedV4(address[4]!, address[5]!, address[6]!, address[7]!), port };
  return { ip: address.slice(sockaddr_in6.at.sin6_addr, sockaddr_in6.at.sin6_addr + 16), port };
}

/** sockaddr bytes for a socket of `family`. */
export function formatName(name: InetName, family: number): Uint8Array {
  const bytes = new Uint8Array(family === AF_INET ? sockaddr_in.size : sockaddr_in6.size);
  bytes[0] = family;
  bytes[2] = name.port >> 8;
  bytes[3] = name.port;
  if (family === AF_INET) bytes.set(v4Bytes(name.ip), 4);
  else bytes.set(name.ip, sockaddr_in6.at.sin6_addr);
  return bytes;
}

/** An unconnected, unbound socket's address. */
export function noName(family: number): InetName {
  return { ip: wildcard(family), port: 0 };
}
