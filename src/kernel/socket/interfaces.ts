/**
 * interfaces: network interfaces as sockets tell of them (netdevice(7), rtnetlink(7)), and the
 * ioctls that ask for them. They can be looked at, not changed.
 */
import { EFAULT, EINVAL, ENODEV, ENOTTY, EPERM } from "../../abi/errno.ts";
import {
  IFF_LOOPBACK,
  IFF_LOWER_UP,
  IFF_RUNNING,
  IFF_UP,
  IFNAMSIZ,
  ifconf,
  ifreq,
  SIOCGIFADDR,
  SIOCGIFBRDADDR,
  SIOCGIFCONF,
  SIOCGIFDSTADDR,
  SIOCGIFFLAGS,
  SIOCGIFHWADDR,
  SIOCGIFINDEX,
  SIOCGIFMAP,
  SIOCGIFMETRIC,
  SIOCGIFMTU,
  SIOCGIFNAME,
  SIOCGIFNETMASK,
  SIOCGIFTXQLEN,
  SIOCSIFADDR,
  SIOCSIFBRDADDR,
  SIOCSIFDSTADDR,
  SIOCSIFFLAGS,
  SIOCSIFHWADDR,
  SIOCSIFMETRIC,
  SIOCSIFMTU,
  SIOCSIFNAME,
  SIOCSIFNETMASK,
  SIOCSIFTXQLEN,
} from "../../abi/ioctl-net.ts";
import { AF_INET, AF_INET6 } from "../../abi/socket.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../task/task.ts";
import { networkOf } from "./network.ts";

const ARPHRD_LOOPBACK = 772;
const LOOPBACK_MTU = 65536;
const DEFAULT_QUEUE = 1000;
/** A flag only rtnetlink shows does not fit ifr_flags. */
const FLAGS_SHOWN = 0xffff;
const UNION = ifreq.at.ifr_data;

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
  const scope = 254; // RT_SCOPE_HOST
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

const CHANGES: ReadonlySet<number> = new Set([
  SIOCSIFADDR,
  SIOCSIFBRDADDR,
  SIOCSIFDSTADDR,
  SIOCSIFFLAGS,
  SIOCSIFHWADDR,
  SIOCSIFMETRIC,
  SIOCSIFMTU,
  SIOCSIFNAME,
  SIOCSIFNETMASK,
  SIOCSIFTXQLEN,
]);

/** An ioctl of netdevice(7), or -ENOTTY. */
export function interfaceIoctl(task: Task, command: number, argument: number): number {
  if (CHANGES.has(command)) return refuse(EPERM, "ioctl: interfaces cannot be changed");
  if (command === SIOCGIFCONF) return listInterfaces(task, argument);
  if (!isRequest(command)) return -ENOTTY;
  const bytes = task.mm.read(argument, ifreq.size);
  if (bytes === null) return -EFAULT;
  const view = new DataView(bytes.buffer);
  const network = networkOf(task);
  const found =
    command === SIOCGIFNAME
      ? network.interfaceAt(ifreq.read(view, 0).ifr_ifindex)
      : network.interfaceNamed(nameOf(bytes));
  if (found === undefined) return refuse(ENODEV, "ioctl: no such interface");
  const rc = answer(command, found, bytes, view);
  return rc < 0 ? rc : task.mm.write(argument, bytes);
}

function isRequest(command: number): boolean {
  return (
    (command >= SIOCGIFNAME && command <= SIOCGIFTXQLEN && (command & 1) === (SIOCGIFNAME & 1)) ||
    command === SIOCGIFADDR ||
    command === SIOCGIFFLAGS ||
    command === SIOCGIFMTU ||
    command === SIOCGIFHWADDR ||
    command === SIOCGIFINDEX ||
    command === SIOCGIFNETMASK ||
    command === SIOCGIFBRDADDR ||
    command === SIOCGIFDSTADDR ||
    command === SIOCGIFMETRIC ||
    command === SIOCGIFMAP
  );
}

function answer(
  command: number,
  found: NetworkInterface,
  bytes: Uint8Array,
  view: DataView,
): number {
  const data = bytes.subarray(UNION);
  const address = found.addresses.find((candidate) => candidate.family === AF_INET);
  switch (command) {
    case SIOCGIFNAME:
      bytes.set(nameBytes(found.name), 0);
      return 0;
    case SIOCGIFFLAGS:
      view.setUint16(UNION, found.flags & FLAGS_SHOWN, true);
      return 0;
    case SIOCGIFINDEX:
      view.setInt32(UNION, found.index, true);
      return 0;
    case SIOCGIFMTU:
      view.setInt32(UNION, found.mtu, true);
      return 0;
    case SIOCGIFMETRIC:
      view.setInt32(UNION, 0, true);
      return 0;
    case SIOCGIFTXQLEN:
      view.setInt32(UNION, found.queueLength, true);
      return 0;
    case SIOCGIFMAP:
      data.fill(0);
      return 0;
    case SIOCGIFHWADDR:
      data.fill(0, 0, 16);
      view.setUint16(UNION, found.hardwareType, true);
      data.set(found.hardwareAddress, 2);
      return 0;
    case SIOCGIFADDR:
    case SIOCGIFDSTADDR:
      return putAddress(data, address?.bytes);
    case SIOCGIFBRDADDR:
      return putAddress(data, address?.broadcast ?? new Uint8Array(4));
    case SIOCGIFNETMASK:
      return putAddress(data, address && mask(address.prefix));
    default:
      return -ENOTTY;
  }
}

/** struct sockaddr_in with this address. */
function putAddress(data: Uint8Array, address: Uint8Array | undefined): number {
  if (address === undefined) return refuse(EINVAL, "ioctl: the interface has no IPv4 address");
  data.fill(0, 0, 16);
  data[0] = AF_INET;
  data.set(address, 4);
  return 0;
}

function mask(prefix: number): Uint8Array {
  const bits = prefix === 0 ? 0 : -1 << (32 - prefix);
  return Uint8Array.of(bits >>> 24, bits >>> 16, bits >>> 8, bits);
}

/** Interfaces with an IPv4 address, as many as fit; a null buffer asks for the length. */
function listInterfaces(task: Task, argument: number): number {
  const view = task.mm.view(argument, ifconf.size);
  if (view === null) return -EFAULT;
  const { ifc_len, ifc_buf } = ifconf.read(view, 0);
  const shown = networkOf(task).interfaces.filter((one) =>
    one.addresses.some((address) => address.family === AF_INET),
  );
  const count =
    ifc_buf === 0 ? shown.length : Math.min(shown.length, Math.trunc(ifc_len / ifreq.size));
  if (ifc_buf !== 0) {
    const bytes = new Uint8Array(Math.max(0, count) * ifreq.size);
    for (let i = 0; i < count; i++) {
      const entry = bytes.subarray(i * ifreq.size, (i + 1) * ifreq.size);
      entry.set(nameBytes(shown[i]!.name), 0);
      putAddress(
        entry.subarray(UNION),
        shown[i]!.addresses.find((a) => a.family === AF_INET)!.bytes,
      );
    }
    if (task.mm.write(ifc_buf, bytes) < 0) return -EFAULT;
  }
  return task.mm.writeI32(argument, Math.max(0, count) * ifreq.size);
}

function nameOf(bytes: Uint8Array): string {
  let name = "";
  for (const byte of bytes.subarray(0, IFNAMSIZ)) {
    if (byte === 0) break;
    name += String.fromCharCode(byte);
  }
  return name;
}

function nameBytes(name: string): Uint8Array {
  const bytes = new Uint8Array(IFNAMSIZ);
  for (let i = 0; i < name.length && i < IFNAMSIZ - 1; i++) bytes[i] = name.charCodeAt(i);
  return bytes;
}
