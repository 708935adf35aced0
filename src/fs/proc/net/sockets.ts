/**
 * The lines of /proc/net/tcp, udp, unix and their like: the open sockets of a network namespace, from what every endpoint
 * tells of itself. Addresses of the kernel's own objects are shown as zeros, as to those without CAP_SYSLOG.
 */
import { AF_INET, AF_INET6, AF_UNIX, SOCK_DGRAM, SOCK_STREAM } from "../../../abi/socket.ts";
import { TCP_CLOSE, TCP_ESTABLISHED } from "../../../abi/socket-tcp.ts";
import type { NetworkNamespace } from "../../../kernel/socket/network.ts";
import type { Socket } from "../../../kernel/socket/socket.ts";
import type { NetTable } from "../facts.ts";

const POINTER = "0".repeat(16);
const TCP_WIDTH = 149;
const UDP_WIDTH = 127;
/** __SO_ACCEPTCON */
const ACCEPTS = 0x10000;
const SS_UNCONNECTED = 1;
const SS_CONNECTED = 3;

function hex(value: number, width: number): string {
  return value.toString(16).toUpperCase().padStart(width, "0");
}

/** "0100007F:1F90": words of the address as the machine has them, and the port. */
function inetName(name: Uint8Array | number, family: number): string {
  const length = family === AF_INET ? 4 : 16;
  if (typeof name === "number" || name.length < 8) return `${"0".repeat(length * 2)}:0000`;
  const view = new DataView(name.buffer, name.byteOffset, name.length);
  const at = family === AF_INET ? 4 : 8;
  let words = "";
  for (let i = 0; i < length; i += 4) words += hex(view.getUint32(at + i, true), 8);
  return `${words}:${hex(view.getUint16(2), 4)}`;
}

function portOf(name: Uint8Array | number): number {
  return typeof name === "number" ? 0 : new DataView(name.buffer, name.byteOffset).getUint16(2);
}

function inetLine(socket: Socket, state: number, tail: string): string {
  const { endpoint, inode } = socket;
  const local = inetName(endpoint.localName(), endpoint.domain);
  const remote = inetName(endpoint.peerName(), endpoint.domain);
  const queues = `00000000:${hex(endpoint.unreadBytes, 8)}`;
  const uid = String(inode.uid).padStart(5);
  return `${local} ${remote} ${hex(state, 2)} ${queues} 00:00000000 00000000 ${uid}        0 ${inode.ino} ${tail}`;
}

function tcpLine(socket: Socket, index: number): string {
  const isListening = socket.endpoint.isListening;
  const tail = `1 ${POINTER} ${isListening ? "100 0 0 10 0" : "20 4 30 10 -1"}`;
  const line = inetLine(socket, socket.endpoint.shownState, tail);
  return `${String(index).padStart(4)}: ${line}`.padEnd(
    socket.endpoint.domain === AF_INET ? TCP_WIDTH : 0,
  );
}

function udpLine(socket: Socket, index: number): string {
  const isConnected = typeof socket.endpoint.peerName() !== "number";
  const state = isConnected ? TCP_ESTABLISHED : TCP_CLOSE;
  const line = inetLine(socket, state, `2 ${POINTER} 0`);
  return `${String(index).padStart(5)}: ${line}`.padEnd(
    socket.endpoint.domain === AF_INET ? UDP_WIDTH : 0,
  );
}

function unixLine({ endpoint, inode }: Socket): string {
  const isConnected = typeof endpoint.peerName() !== "number";
  const flags = hex(endpoint.isListening ? ACCEPTS : 0, 8);
  const state = isConnected ? SS_CONNECTED : SS_UNCONNECTED;
  const refs = isConnected ? 3 : 2;
  const name = unixName(endpoint.localName());
  return `${POINTER}: ${hex(refs, 8)} 00000000 ${flags} ${hex(endpoint.type, 4)} ${hex(state, 2)} ${String(inode.ino).padStart(5)}${name}`;
}

/** " /path", " @abstract", or nothing. */
function unixName(name: Uint8Array | number): string {
  if (typeof name === "number" || name.length <= 2) return "";
  const path = name.subarray(2);
  const isAbstract = path[0] === 0;
  const end = isAbstract ? path.length : path.indexOf(0);
  const bytes = path.subarray(0, end < 0 ? path.length : end);
  return ` ${[...bytes].map((byte) => (byte === 0 ? "@" : String.fromCharCode(byte))).join("")}`;
}

/** A socket without a port, or one of TCP that only has a name, is in no table. */
function isShown({ endpoint }: Socket): boolean {
  if (portOf(endpoint.localName()) === 0) return false;
  return endpoint.type !== SOCK_STREAM || endpoint.shownState !== TCP_CLOSE;
}

function ofKind(network: NetworkNamespace, domain: number, type: number): Socket[] {
  return [...network.sockets].filter(
    (socket) =>
      socket.endpoint.domain === domain && socket.endpoint.type === type && isShown(socket),
  );
}

/** The lines of a table of sockets; none for other tables. */
export function socketLines(network: NetworkNamespace, table: NetTable): string[] {
  switch (table) {
    case "tcp":
      return ofKind(network, AF_INET, SOCK_STREAM).map(tcpLine);
    case "tcp6":
      return ofKind(network, AF_INET6, SOCK_STREAM).map(tcpLine);
    case "udp":
      return ofKind(network, AF_INET, SOCK_DGRAM).map(udpLine);
    case "udp6":
      return ofKind(network, AF_INET6, SOCK_DGRAM).map(udpLine);
    case "unix":
      return [...network.sockets]
        .filter((socket) => socket.endpoint.domain === AF_UNIX)
        .map(unixLine);
    default:
      return [];
  }
}
