/**
 * SystemFacts and NetworkReport: what proc and sys tell of the machine and of the network, which the
 * kernel does not know. The assembler fills them; the defaults know nothing.
 */

import type { Mm } from "../../kernel/mm/mm.ts";
import type { NetworkNamespace } from "../../kernel/socket/network.ts";

/** Bytes. */
export interface MemoryUse {
  readonly total: number;
  readonly free: number;
  readonly available: number;
  readonly cached: number;
}

export interface SystemFacts {
  /** The text of /proc/cpuinfo, one block for each processor that guests see. */
  readonly cpuinfo: string;
  memory(): MemoryUse;
  /** How much of an address space is in memory, bytes. */
  residentBytes(mm: Mm): number;
}

/** Tables of /proc/net whose lines somebody else knows, without their heading. */
export type NetTable =
  | "arp"
  | "if_inet6"
  | "ipv6_route"
  | "netlink"
  | "packet"
  | "raw"
  | "raw6"
  | "route"
  | "tcp"
  | "tcp6"
  | "udp"
  | "udp6"
  | "unix";

export interface NetDevice {
  readonly name: string;
  readonly index: number;
  readonly mtu: number;
  /** "00:00:00:00:00:00" */
  readonly address: string;
  /** IFF_*. */
  readonly flags: number;
  /** ARPHRD_*. */
  readonly type: number;
  readonly receivedBytes: number;
  readonly receivedPackets: number;
  readonly sentBytes: number;
  readonly sentPackets: number;
}

export interface NetworkReport {
  lines(network: NetworkNamespace, table: NetTable): readonly string[];
  devices(network: NetworkNamespace): readonly NetDevice[];
}

/** Facts for a kernel that was told nothing: one processor without a name. */
export class UnknownFacts implements SystemFacts {
  readonly cpuinfo = "processor\t: 0\nvendor_id\t: unknown\nmodel name\t: unknown\nflags\t\t: \n\n";
  readonly #total: number;

  constructor(total: number) {
    this.#total = total;
  }

  memory(): MemoryUse {
    return { total: this.#total, free: this.#total, available: this.#total, cached: 0 };
  }

  /** At most what is mapped; nobody counted. */
  residentBytes(mm: Mm): number {
    return Math.min(mm.areas.bytes, 1 << 20);
  }
}
