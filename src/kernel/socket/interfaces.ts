/**
 * interfaces: network interfaces as sockets tell of them (netdevice(7), rtnetlink(7)).
 */
import { IFF_LOOPBACK, IFF_LOWER_UP, IFF_RUNNING, IFF_UP } from "../../abi/ioctl-net.ts";
import { AF_INET, AF_INET6 } from "../../abi/socket.ts";

const ARPHRD_LOOPBACK = 772;
const LOOPBACK_MTU = 65536;
const DEFAULT_QUEUE = 1000;
/** RT_SCOPE_HOST. */
const SCOPE_HOST = 254;

export interface InterfaceAddress {
  readonly family: number;
  /** Network order: 4 or 16 bytes. */
  readonly bytes: Uint8Array;
  readonly prefix: number;
  /** RT_SCOPE_*. */
  readonly scope: number;
  readonly broadcast: Uint8Array | null;
}

/** Interfaces that are not ours to change have no more than this. */
export interface NetworkInterface {
  readonly index: number;
  readonly name: string;
  readonly flags: number;
  readonly mtu: number;
  readonly queueLength: number;
  /** ARPHRD_*. */
  readonly hardwareType: number;
  readonly hardwareAddress: Uint8Array;
  readonly addresses: readonly InterfaceAddress[];
}

/** 127.0.0.1/8 and ::1/128, which lo gets when it is first set up. */
function ownAddresses(): InterfaceAddress[] {
  const scope = SCOPE_HOST;
  const one = new Uint8Array(16);
  one[15] = 1;
  return [
    { family: AF_INET, bytes: Uint8Array.of(127, 0, 0, 1), prefix: 8, scope, broadcast: null },
    { family: AF_INET6, bytes: one, prefix: 128, scope, broadcast: null },
  ];
}

/** lo, as every network namespace has it: down, and without addresses, until somebody sets it up. */
export class LoopbackInterface implements NetworkInterface {
  readonly index = 1;
  readonly name = "lo";
  flags = IFF_LOOPBACK;
  readonly mtu = LOOPBACK_MTU;
  readonly queueLength = DEFAULT_QUEUE;
  readonly hardwareType = ARPHRD_LOOPBACK;
  readonly hardwareAddress = new Uint8Array(6);
  addresses: InterfaceAddress[] = [];

  get isUp(): boolean {
    return (this.flags & IFF_UP) !== 0;
  }

  /** Up: it gets the addresses that it has not. Down: its IPv6 address goes. */
  setUp(up: boolean): void {
    if (up === this.isUp) return;
    if (up) {
      this.flags |= IFF_UP | IFF_RUNNING | IFF_LOWER_UP;
      for (const address of ownAddresses()) this.add(address);
    } else {
      this.flags &= ~(IFF_UP | IFF_RUNNING | IFF_LOWER_UP);
      this.addresses = this.addresses.filter(({ family }) => family === AF_INET);
    }
  }

  /** False when it has the address already. */
  add(address: InterfaceAddress): boolean {
    const isThere = this.addresses.some(({ bytes }) => sameBytes(bytes, address.bytes));
    if (!isThere) this.addresses = [...this.addresses, address];
    return !isThere;
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
