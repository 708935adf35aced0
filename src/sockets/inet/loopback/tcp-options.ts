/**
 * tcp-options: options and ioctls of loopback TCP sockets that are more than a kept number (tcp(7)).
 */
import { EINVAL, ENOENT, ENOTTY } from "../../../abi/errno.ts";
import { SIOCATMARK, SIOCINQ, SIOCOUTQ } from "../../../abi/ioctl-net.ts";
import {
  TCP_CLOSE,
  TCP_CLOSE_WAIT,
  TCP_CONGESTION,
  TCP_ESTABLISHED,
  TCP_FIN_WAIT2,
  TCP_INFO,
  TCP_LISTEN,
  TCP_MAXSEG,
  TCP_SYN_SENT,
  TCP_ULP,
  tcp_info,
} from "../../../abi/socket-tcp.ts";
import { refuse } from "../../../base/refuse.ts";
import { READ_SHUT, WRITE_SHUT } from "../../../kernel/socket/endpoint.ts";
import { int } from "../../../kernel/socket/options.ts";
import type { Task } from "../../../kernel/task/task.ts";
import type { TcpInbox } from "./inbox.ts";

/** What these options tell of a socket. */
export interface TcpFacts {
  readonly state: "closed" | "listening" | "connecting" | "connected";
  readonly isEstablished: boolean;
  readonly isListening: boolean;
  readonly closedHalves: number;
  readonly bytesSent: number;
  readonly inbox: TcpInbox;
}

const CONGESTION = "cubic";
const CONGESTION_CHOICES: ReadonlySet<string> = new Set(["cubic", "reno"]);
/** TCP_CA_NAME_MAX. */
const NAME_SIZE = 16;
/** The segment that fits lo's MTU. */
const LOOPBACK_MSS = 65483;
const MICROSECONDS_RTT = 20;
const INITIAL_WINDOW = 10;

export function getTcpOption(socket: TcpFacts, name: number): Uint8Array | number | null {
  switch (name) {
    case TCP_INFO:
      return tcpInfo(socket);
    case TCP_CONGESTION:
      return nameBytes(CONGESTION);
    case TCP_ULP:
      return new Uint8Array(0);
    case TCP_MAXSEG:
      return socket.state === "connected" ? int(LOOPBACK_MSS) : null;
    default:
      return null;
  }
}

export function setTcpOption(_socket: TcpFacts, name: number, value: Uint8Array): number | null {
  if (name === TCP_INFO) return refuse(EINVAL, "setsockopt: TCP_INFO is read only");
  if (name !== TCP_CONGESTION) return null;
  let wanted = "";
  for (const byte of value.subarray(0, NAME_SIZE - 1)) {
    if (byte === 0) break;
    wanted += String.fromCharCode(byte);
  }
  if (wanted === "") return refuse(EINVAL, "setsockopt: no name");
  return CONGESTION_CHOICES.has(wanted)
    ? 0
    : refuse(ENOENT, "setsockopt: no such congestion control");
}

function nameBytes(name: string): Uint8Array {
  const bytes = new Uint8Array(NAME_SIZE);
  for (let i = 0; i < name.length; i++) bytes[i] = name.charCodeAt(i);
  return bytes;
}

export function stateOf(socket: TcpFacts): number {
  switch (socket.state) {
    case "listening":
      return TCP_LISTEN;
    case "connecting":
      return socket.isEstablished ? TCP_ESTABLISHED : TCP_SYN_SENT;
    case "connected":
      if ((socket.closedHalves & WRITE_SHUT) !== 0) return TCP_FIN_WAIT2;
      return (socket.closedHalves & READ_SHUT) !== 0 ? TCP_CLOSE_WAIT : TCP_ESTABLISHED;
    default:
      return TCP_CLOSE;
  }
}

function tcpInfo(socket: TcpFacts): Uint8Array {
  const bytes = new Uint8Array(tcp_info.size);
  tcp_info.write(new DataView(bytes.buffer), 0, {
    tcpi_state: stateOf(socket),
    tcpi_rto: 204000,
    tcpi_ato: 40000,
    tcpi_snd_mss: LOOPBACK_MSS,
    tcpi_rcv_mss: LOOPBACK_MSS,
    tcpi_advmss: LOOPBACK_MSS,
    tcpi_pmtu: 65535,
    tcpi_rtt: MICROSECONDS_RTT,
    tcpi_rttvar: MICROSECONDS_RTT / 2,
    tcpi_snd_cwnd: INITIAL_WINDOW,
    tcpi_reordering: 3,
    tcpi_rcv_space: LOOPBACK_MSS,
    tcpi_bytes_acked: socket.bytesSent,
    tcpi_bytes_received: socket.inbox.received,
    tcpi_bytes_sent: socket.bytesSent,
  });
  return bytes;
}

export function tcpIoctl(socket: TcpFacts, task: Task, command: number, argument: number): number {
  if (command === SIOCATMARK) {
    const isAtMark = socket.inbox.urgent >= 0 && socket.inbox.untilUrgent === 0;
    return task.mm.writeI32(argument, isAtMark ? 1 : 0);
  }
  if (command !== SIOCINQ && command !== SIOCOUTQ) return -ENOTTY;
  if (socket.isListening) return refuse(EINVAL, "ioctl: a listening socket");
  // What was sent is with the peer already.
  return task.mm.writeI32(argument, command === SIOCINQ ? socket.inbox.length : 0);
}
