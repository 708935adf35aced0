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

/** lo, as every network namespace has it. */
export function loopbackInterface(): NetworkInterface {
  const scope = SCOPE_HOST;
  const one = new Uint8Array(16);
  one[15] = 1;
  return {
    index: 1,
    name: "lo",
    flags: IFF_UP | IFF_LOOPBACK | IFF_RUNNING | IFF_LOWER_UP,
    mtu: LOOPBACK_MTU,
    queueLength: DEFAULT_QUEUE,
    hardwareType: ARPHRD_LOOPBACK,
    hardwareAddress: new Uint8Array(6),
    addresses: [
      { family: AF_INET, bytes: Uint8Array.of(127, 0, 0, 1), prefix: 8, scope, broadcast: null },
      { family: AF_INET6, bytes: one, prefix: 128, scope, broadcast: null },
    ],
  };
}
