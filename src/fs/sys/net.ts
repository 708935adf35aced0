/**
 * /sys/class/net and /sys/devices/virtual/net: the network interfaces, as the NetworkReport has them
 * (Documentation/ABI/testing/sysfs-class-net).
 */
import { EINVAL } from "../../abi/errno.ts";
import { S_IFDIR, S_IFLNK } from "../../abi/stat.ts";
import type { NetDevice } from "../proc/facts.ts";
import type { ProcSystem } from "../proc/subject.ts";
import { directory, type Entry, file } from "../pseudo/entry.ts";
import { family, type Member } from "./family.ts";

const POLLED = { pollable: true };

function names({ network, networkNamespace }: ProcSystem): string[] {
  return network.devices(networkNamespace).map((device) => device.name);
}

function deviceOf({ system, index }: Member): NetDevice | undefined {
  return system.network.devices(system.networkNamespace)[index];
}

function value(name: string, read: (device: NetDevice) => string | number): Entry<Member> {
  const generate = (member: Member) => {
    const device = deviceOf(member);
    return device === undefined ? -EINVAL : `${read(device)}\n`;
  };
  return file(name, 0o444, generate, undefined, POLLED);
}

const STATISTICS: readonly Entry<Member>[] = [
  value("rx_bytes", (device) => device.receivedBytes),
  value("rx_dropped", () => 0),
  value("rx_errors", () => 0),
  value("rx_packets", (device) => device.receivedPackets),
  value("tx_bytes", (device) => device.sentBytes),
  value("tx_dropped", () => 0),
  value("tx_errors", () => 0),
  value("tx_packets", (device) => device.sentPackets),
];

const DEVICE: readonly Entry<Member>[] = [
  value("addr_len", () => 6),
  value("address", (device) => device.address),
  value("broadcast", () => "00:00:00:00:00:00"),
  value("carrier", () => 1),
  value("dev_id", () => "0x0"),
  value("dev_port", () => 0),
  value("flags", (device) => `0x${device.flags.toString(16)}`),
  value("ifalias", () => ""),
  value("ifindex", (device) => device.index),
  value("iflink", (device) => device.index),
  value("mtu", (device) => device.mtu),
  value("operstate", () => "unknown"),
  directory("statistics", STATISTICS, 0o755),
  value("tx_queue_len", () => 1000),
  value("type", (device) => device.type),
  value("uevent", (device) => `INTERFACE=${device.name}\nIFINDEX=${device.index}`),
];

export const DEVICES_NET: Entry<ProcSystem> = family("net", S_IFDIR | 0o755, [], {
  names,
  member: directory("device", DEVICE, 0o755),
});

export const NET_CLASS: Entry<ProcSystem> = family("net", S_IFDIR | 0o755, [], {
  names,
  member: {
    name: "device",
    mode: S_IFLNK | 0o777,
    readlink: (member) => `../../devices/virtual/net/${member.name}`,
  },
});
