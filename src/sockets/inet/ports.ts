/**
 * ports: who has bound which address and port of one protocol (bind(2), ip(7)).
 *  - Two sockets may share a port when their addresses do not meet, when both have SO_REUSEADDR and
 *    the first does not listen, or when both have SO_REUSEPORT and the same owner.
 *  - An IPv6 wildcard takes IPv4 too, unless IPV6_V6ONLY.
 */
import { EADDRINUSE } from "../../abi/errno.ts";
import { SO_REUSEADDR, SO_REUSEPORT } from "../../abi/socket.ts";
import { refuse } from "../../base/refuse.ts";
import type { SocketOptions } from "../../kernel/socket/options.ts";
import type { Entropy } from "../../kernel/time/entropy.ts";
import { type InetName, type Ip, isV4, isWildcard, same } from "./address.ts";

/** /proc/sys/net/ipv4/ip_local_port_range. */
const FIRST_EPHEMERAL = 32768;
const LAST_EPHEMERAL = 60999;

/** What the table needs of a socket that has a port. */
export interface PortHolder {
  readonly local: InetName;
  readonly isV6Only: boolean;
  readonly isListening: boolean;
  readonly ownerUid: number;
  readonly options: SocketOptions;
}

export class PortTable<T extends PortHolder> {
  readonly #byPort = new Map<number, T[]>();

  at(port: number): readonly T[] {
    return this.#byPort.get(port) ?? [];
  }

  add(holder: T): void {
    const list = this.#byPort.get(holder.local.port);
    if (list === undefined) this.#byPort.set(holder.local.port, [holder]);
    else list.push(holder);
  }

  remove(holder: T): void {
    const list = this.#byPort.get(holder.local.port);
    const at = list?.indexOf(holder) ?? -1;
    if (list === undefined || at < 0) return;
    list.splice(at, 1);
    if (list.length === 0) this.#byPort.delete(holder.local.port);
  }

  /** May `holder` have this address and port? 0 or -EADDRINUSE. */
  check(holder: T, name: InetName): number {
    for (const other of this.at(name.port)) {
      if (other === holder || !meet(name.ip, holder, other.local.ip, other)) continue;
      if (mayShare(holder, other)) continue;
      return refuse(EADDRINUSE, "the port is taken");
    }
    return 0;
  }

  /** A free port of the ephemeral range for this address; -EADDRINUSE when there is none. */
  choose(holder: T, ip: Ip, entropy: Entropy): number {
    const count = LAST_EPHEMERAL - FIRST_EPHEMERAL + 1;
    const first = entropy.below(count);
    for (let i = 0; i < count; i++) {
      const port = FIRST_EPHEMERAL + ((first + i) % count);
      const isFree = this.at(port).every((other) => !meet(ip, holder, other.local.ip, other));
      if (isFree) return port;
    }
    return refuse(EADDRINUSE, "no ephemeral port is free");
  }

  /** Sockets that `accepts` and whose address takes `ip`, those that name it exactly first. */
  find(ip: Ip, port: number, accepts: (holder: T) => boolean): T[] {
    let best: T[] = [];
    let bestScore = 0;
    for (const holder of this.at(port)) {
      const score = accepts(holder) ? match(holder, ip) : 0;
      if (score === 0 || score < bestScore) continue;
      if (score > bestScore) best = [];
      bestScore = score;
      best.push(holder);
    }
    return best;
  }
}

/** 0: not for this socket; higher is more exact. */
function match(holder: PortHolder, ip: Ip): number {
  if (same(holder.local.ip, ip)) return 3;
  if (!isWildcard(holder.local.ip)) return 0;
  if (isV4(holder.local.ip) === isV4(ip)) return 2;
  return isV4(ip) && !holder.isV6Only ? 1 : 0;
}

/** Is there an address that both would take? */
function meet(a: Ip, holderA: PortHolder, b: Ip, holderB: PortHolder): boolean {
  if (same(a, b)) return true;
  const anyA = isWildcard(a);
  const anyB = isWildcard(b);
  if (isV4(a) === isV4(b)) return anyA || anyB;
  // An IPv6 wildcard against an IPv4 address.
  if (!isV4(a)) return anyA && !holderA.isV6Only;
  return anyB && !holderB.isV6Only;
}

/** May `a` come to a port that `b` has? */
function mayShare(a: PortHolder, b: PortHolder): boolean {
  const bothReuse = a.options.has(SO_REUSEADDR) && b.options.has(SO_REUSEADDR);
  if (bothReuse && !b.isListening) return true;
  const bothPort = a.options.has(SO_REUSEPORT) && b.options.has(SO_REUSEPORT);
  return bothPort && a.ownerUid === b.ownerUid;
}
