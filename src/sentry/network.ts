/**
 * network: plugs the socket families into a kernel, as the sandbox's network is to be.
 */
import { networkInterfaces } from "node:os";
import {
  IFF_BROADCAST,
  IFF_LOWER_UP,
  IFF_MULTICAST,
  IFF_RUNNING,
  IFF_UP,
} from "../abi/ioctl-net.ts";
import { AF_INET, AF_INET6, AF_NETLINK, AF_UNIX } from "../abi/socket.ts";
import type { Host } from "../host/host.ts";
import { Fifos } from "../kernel/files/fifo.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { InterfaceAddress, NetworkInterface } from "../kernel/socket/interfaces.ts";
import { InetFamily, LoopbackBackend } from "../sockets/inet/family.ts";
import { HostBackend } from "../sockets/inet/host/backend.ts";
import type { HostEvents } from "../sockets/inet/host/endpoint.ts";
import { NetlinkFamily } from "../sockets/netlink/family.ts";
import { UnixFamily } from "../sockets/unix/family.ts";

const ETHERNET = 1;
const ETHERNET_MTU = 1500;
const QUEUE_LENGTH = 1000;
/** RT_SCOPE_UNIVERSE, RT_SCOPE_LINK. */
const SCOPE_UNIVERSE = 0;
const SCOPE_LINK = 253;

/** `none`: unix sockets and a loopback of the sandbox's own; `host`: the host's Internet sockets. */
export function plugNetwork(
  kernel: Kernel,
  network: "none" | "host",
  host: Host,
  events: HostEvents,
): void {
  kernel.vfs.fifos = new Fifos();
  const families = kernel.socketFamilies;
  families.register(AF_UNIX, new UnixFamily());
  families.register(AF_NETLINK, new NetlinkFamily());
  const backend = network === "host" ? new HostBackend(host, events) : new LoopbackBackend();
  families.register(AF_INET, new InetFamily(AF_INET, backend));
  families.register(AF_INET6, new InetFamily(AF_INET6, backend));
  if (network === "host") kernel.network.interfaces.push(...hostInterfaces());
}

/** The host's interfaces beside lo, which every network has. */
function hostInterfaces(): NetworkInterface[] {
  const found: NetworkInterface[] = [];
  for (const [name, entries] of Object.entries(networkInterfaces())) {
    if (entries === undefined || entries[0] === undefined || entries[0].internal) continue;
    found.push({
      index: found.length + 2,
      name,
      flags: IFF_UP | IFF_BROADCAST | IFF_RUNNING | IFF_MULTICAST | IFF_LOWER_UP,
      mtu: ETHERNET_MTU,
      queueLength: QUEUE_LENGTH,
      hardwareType: ETHERNET,
      hardwareAddress: Uint8Array.from(entries[0].mac.split(":"), (part) => parseInt(part, 16)),
      addresses: entries.map((entry) =>
        addressOf(entry.address, entry.family === "IPv4", Number(entry.cidr?.split("/")[1] ?? 0)),
      ),
    });
  }
  return found;
}

function addressOf(text: string, isV4: boolean, prefix: number): InterfaceAddress {
  if (!isV4) {
    const bytes = v6Bytes(text);
    const scope = bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80 ? SCOPE_LINK : SCOPE_UNIVERSE;
    return { family: AF_INET6, bytes, prefix, scope, broadcast: null };
  }
  const bytes = Uint8Array.from(text.split("."), Number);
  const broadcast = bytes.map((byte, i) => {
    const free = Math.min(8, Math.max(0, (i + 1) * 8 - prefix));
    return byte | ((1 << free) - 1);
  });
  return { family: AF_INET, bytes, prefix, scope: SCOPE_UNIVERSE, broadcast };
}

function v6Bytes(text: string): Uint8Array {
  const [head = "", tail = ""] = text.split("::");
  const words = (part: string) =>
    part === "" ? [] : part.split(":").map((word) => parseInt(word, 16));
  const left = words(head);
  const right = words(tail);
  const middle = new Array<number>(8 - left.length - right.length).fill(0);
  return Uint8Array.from([...left, ...middle, ...right].flatMap((word) => [word >> 8, word & 255]));
}
