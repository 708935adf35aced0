/**
 * The rows of /proc/PID/net: tables of sockets, interfaces and routes. The headings are Linux's; the
 * lines come from the NetworkReport that the assembler gave.
 */
import { directory, type Entry, file } from "../../pseudo/entry.ts";
import type { NetDevice, NetTable } from "../facts.ts";
import type { ProcProcess } from "../subject.ts";

const POLLED = { pollable: true };

/** The IPv4 tables pad every line to a fixed width. */
const TCP_WIDTH = 149;
const UDP_WIDTH = 127;
const ROUTE_WIDTH = 127;

const TCP =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const TCP6 =
  "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const UDP = `${TCP} ref pointer drops`;

const HEADINGS: readonly (readonly [NetTable, string])[] = [
  ["arp", "IP address       HW type     Flags       HW address            Mask     Device"],
  ["if_inet6", ""],
  ["ipv6_route", ""],
  [
    "netlink",
    "sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode",
  ],
  ["packet", "sk               RefCnt Type Proto  Iface R Rmem   User   Inode"],
  ["raw", UDP],
  ["raw6", `${TCP6} ref pointer drops`],
  [
    "route",
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT".padEnd(
      ROUTE_WIDTH,
    ),
  ],
  ["tcp", TCP.padEnd(TCP_WIDTH)],
  ["tcp6", TCP6],
  ["udp", UDP.padEnd(UDP_WIDTH)],
  ["udp6", `${TCP6} ref pointer drops`],
  ["unix", "Num       RefCount Protocol Flags    Type St Inode Path"],
];

/** What the network of the process has; nothing when the process is gone. */
function linesOf({ system, living }: ProcProcess, name: NetTable): readonly string[] {
  return living === null ? [] : system.network.lines(living.namespaces.network, name);
}

function table([name, heading]: readonly [NetTable, string]): Entry<ProcProcess> {
  const read = (process: ProcProcess) => {
    const lines = linesOf(process, name);
    return (heading === "" ? lines : [heading, ...lines]).map((line) => `${line}\n`).join("");
  };
  return file(name, 0o444, read, undefined, POLLED);
}

function deviceLine(device: NetDevice): string {
  const name = `${device.name}:`.padStart(7);
  const received = `${pad(device.receivedBytes, 8)} ${pad(device.receivedPackets, 7)}`;
  const sent = `${pad(device.sentBytes, 8)} ${pad(device.sentPackets, 7)}`;
  return `${name}${received}    0    0    0     0          0         0 ${sent}    0    0    0     0       0          0\n`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width);
}

function devices({ system, living }: ProcProcess): string {
  return (
    "Inter-|   Receive                                                |  Transmit\n" +
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n" +
    (living === null ? [] : system.network.devices(living.namespaces.network))
      .map(deviceLine)
      .join("")
  );
}

function socketStatistics(process: ProcProcess): string {
  const count = (name: NetTable) => linesOf(process, name).length;
  const sum = count("tcp") + count("udp") + count("raw") + count("unix");
  return (
    `sockets: used ${sum}\nTCP: inuse ${count("tcp")} orphan 0 tw 0 alloc ${count("tcp")} mem 0\n` +
    `UDP: inuse ${count("udp")} mem 0\nUDPLITE: inuse 0\nRAW: inuse ${count("raw")}\nFRAG: inuse 0 memory 0\n`
  );
}

function socketStatistics6(process: ProcProcess): string {
  const count = (name: NetTable) => linesOf(process, name).length;
  return `TCP6: inuse ${count("tcp6")}\nUDP6: inuse ${count("udp6")}\nUDPLITE6: inuse 0\nRAW6: inuse ${count("raw6")}\nFRAG6: inuse 0 memory 0\n`;
}

/** Names of the counters of /proc/net/snmp; nothing is counted yet. */
const SNMP: readonly (readonly [string, string, string])[] = [
  [
    "Ip",
    "Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates OutTransmits",
    "2 64",
  ],
  [
    "Icmp",
    "InMsgs InErrors InCsumErrors InDestUnreachs InTimeExcds InParmProbs InSrcQuenchs InRedirects InEchos InEchoReps InTimestamps InTimestampReps InAddrMasks InAddrMaskReps OutMsgs OutErrors OutRateLimitGlobal OutRateLimitHost OutDestUnreachs OutTimeExcds OutParmProbs OutSrcQuenchs OutRedirects OutEchos OutEchoReps OutTimestamps OutTimestampReps OutAddrMasks OutAddrMaskReps",
    "",
  ],
  [
    "Tcp",
    "RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors",
    "1 200 120000 -1",
  ],
  [
    "Udp",
    "InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors",
    "",
  ],
];

function snmp(): string {
  let text = "";
  for (const [protocol, names, first] of SNMP) {
    const values = first === "" ? [] : first.split(" ");
    for (let i = values.length; i < names.split(" ").length; i++) values.push("0");
    text += `${protocol}: ${names}\n${protocol}: ${values.join(" ")}\n`;
  }
  return text;
}

export const NET: Entry<ProcProcess> = directory("net", [
  ...HEADINGS.map(table),
  file("dev", 0o444, devices, undefined, POLLED),
  file("dev_mcast", 0o444, () => "", undefined, POLLED),
  file(
    "igmp",
    0o444,
    () => "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n",
    undefined,
    POLLED,
  ),
  file(
    "netstat",
    0o444,
    () => "TcpExt: SyncookiesSent\nTcpExt: 0\nIpExt: InNoRoutes\nIpExt: 0\n",
    undefined,
    POLLED,
  ),
  file("protocols", 0o444, protocols, undefined, POLLED),
  file("psched", 0o444, () => "000003e8 00000040 000f4240 3b9aca00\n", undefined, POLLED),
  file("snmp", 0o444, snmp, undefined, POLLED),
  file("sockstat", 0o444, socketStatistics, undefined, POLLED),
  file("sockstat6", 0o444, socketStatistics6, undefined, POLLED),
]);

function protocols(process: ProcProcess): string {
  const head =
    "protocol  size sockets  memory press maxhdr  slab module     cl co di ac io in de sh ss gs se re bi br ha uh gp em\n";
  const rows: readonly (readonly [string, NetTable])[] = [
    ["UNIX-STREAM", "unix"],
    ["UDP", "udp"],
    ["TCP", "tcp"],
  ];
  let text = head;
  for (const [name, lines] of rows) {
    const sockets = String(linesOf(process, lines).length).padStart(6);
    text += `${name.padEnd(9)} 1024 ${sockets}      -1   NI       0   yes  kernel      y  y  y  y  y  y  y  y  y  y  y  y  y  y  y  y  y  n\n`;
  }
  return text;
}
