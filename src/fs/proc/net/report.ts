/**
 * KernelNetwork: the NetworkReport of a kernel: the interfaces of a network, their IPv6 addresses, and its sockets.
 */
import { AF_INET6 } from "../../../abi/socket.ts";
import type { NetworkInterface } from "../../../kernel/socket/interfaces.ts";
import type { NetworkNamespace } from "../../../kernel/socket/network.ts";
import type { NetDevice, NetTable, NetworkReport } from "../facts.ts";
import { socketLines } from "./sockets.ts";

/** IFA_F_PERMANENT. */
const PERMANENT = 0x80;
/** What if_inet6 calls the scope of a host's own address. */
const SCOPE_HOST = 0x10;
const RT_SCOPE_HOST = 254;

export class KernelNetwork implements NetworkReport {
  lines(network: NetworkNamespace, table: NetTable): readonly string[] {
    return table === "if_inet6"
      ? network.interfaces.flatMap(inet6Lines)
      : socketLines(network, table);
  }

  devices(network: NetworkNamespace): readonly NetDevice[] {
    return network.interfaces.map((each) => ({
      name: each.name,
      index: each.index,
      mtu: each.mtu,
      address: [...each.hardwareAddress].map((byte) => hex(byte)).join(":"),
      flags: each.flags,
      type: each.hardwareType,
      receivedBytes: 0,
      receivedPackets: 0,
      sentBytes: 0,
      sentPackets: 0,
    }));
  }
}

function inet6Lines({ addresses, index, name }: NetworkInterface): string[] {
  const own = addresses.filter((address) => address.family === AF_INET6);
  return own.map((address) => {
    const bytes = [...address.bytes].map((byte) => hex(byte)).join("");
    const scope = address.scope === RT_SCOPE_HOST ? SCOPE_HOST : address.scope;
    return `${bytes} ${hex(index)} ${hex(address.prefix)} ${hex(scope)} ${hex(PERMANENT)} ${name.padStart(8)}`;
  });
}

function hex(value: number): string {
  return value.toString(16).padStart(2, "0");
}
