/**
 * interface-ioctl: the ioctls that ask for network interfaces (netdevice(7)), on any socket.
 * lo can be set up and down; the others can be looked at, not changed.
 */
import { EADDRNOTAVAIL, EFAULT, ENODEV, ENOTTY, EPERM } from "../../abi/errno.ts";
import {
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
import { AF_INET } from "../../abi/socket.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../task/task.ts";
import type { NetworkInterface } from "./interfaces.ts";
import { mayConfigure, type NetworkNamespace } from "./network.ts";

/** A flag only rtnetlink shows does not fit ifr_flags. */
const FLAGS_SHOWN = 0xffff;
const UNION = ifreq.at.ifr_data;

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

const REQUESTS: ReadonlySet<number> = new Set([
  SIOCGIFADDR,
  SIOCGIFBRDADDR,
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
]);

/** An ioctl of netdevice(7), or -ENOTTY. */
export function interfaceIoctl(
  task: Task,
  network: NetworkNamespace,
  command: number,
  argument: number,
): number {
  if (CHANGES.has(command)) return changeInterface(task, network, command, argument);
  if (command === SIOCGIFCONF) return listInterfaces(task, network, argument);
  if (!REQUESTS.has(command)) return -ENOTTY;
  const bytes = task.mm.read(argument, ifreq.size);
  if (bytes === null) return -EFAULT;
  const view = new DataView(bytes.buffer);
  const found =
    command === SIOCGIFNAME
      ? network.interfaceAt(ifreq.read(view, 0).ifr_ifindex)
      : network.interfaceNamed(nameOf(bytes));
  if (found === undefined) return refuse(ENODEV, "ioctl: no such interface");
  const rc = answer(command, found, bytes, view);
  return rc < 0 ? rc : task.mm.write(argument, bytes);
}

/** SIOCSIFFLAGS sets lo up or down; its address it has of itself. */
function changeInterface(
  task: Task,
  network: NetworkNamespace,
  command: number,
  argument: number,
): number {
  const bytes = task.mm.read(argument, ifreq.size);
  if (bytes === null) return -EFAULT;
  const found = network.interfaceNamed(nameOf(bytes));
  if (found === undefined) return refuse(ENODEV, "ioctl: no such interface");
  const rc = mayConfigure(task, network, found);
  if (rc < 0) return rc;
  if (command !== SIOCSIFFLAGS) return refuse(EPERM, "ioctl: nothing of lo changes but its state");
  const flags = new DataView(bytes.buffer).getUint16(UNION, true);
  network.loopback.setUp((flags & IFF_UP) !== 0);
  return 0;
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
  if (address === undefined) return refuse(EADDRNOTAVAIL, "ioctl: no IPv4 address");
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
function listInterfaces(task: Task, network: NetworkNamespace, argument: number): number {
  const view = task.mm.view(argument, ifconf.size);
  if (view === null) return -EFAULT;
  const { ifc_len, ifc_buf } = ifconf.read(view, 0);
  const shown = network.interfaces.filter((one) =>
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
