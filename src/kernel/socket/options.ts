/**
 * SocketOptions: the options that every socket has (SOL_SOCKET of socket(7)): plain values that
 * socket.ts and the endpoints look at.
 *  - getSocketOption() and setSocketOption() are getsockopt(2) and setsockopt(2) at that level, after
 *    the endpoint had its say. Values are bytes as the guest has them.
 * Times are nanoseconds, Infinity for none.
 */
import { CAP_NET_ADMIN, CAP_NET_RAW } from "../../abi/capability.ts";
import { EACCES, EDOM, EINVAL, ENODEV, ENOPROTOOPT, EOPNOTSUPP, EPERM } from "../../abi/errno.ts";
import * as so from "../../abi/socket.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../task/task.ts";
import type { Endpoint } from "./endpoint.ts";
import { networkOf } from "./network.ts";

/** /proc/sys/net/core/{w,r}mem_{default,max}. */
export const DEFAULT_BUFFER = 212992;
const MAX_BUFFER = 212992;
const MIN_SEND_BUFFER = 4608;
const MIN_RECEIVE_BUFFER = 2304;
const HIGHEST_FREE_PRIORITY = 6;
const SECOND = 1_000_000_000;
const MICROSECOND = 1000;
const MILLION = 1_000_000;

/** Options that are only a yes or no that somebody may look at. */
const SWITCHES: ReadonlySet<number> = new Set([
  so.SO_DEBUG,
  so.SO_REUSEADDR,
  so.SO_REUSEPORT,
  so.SO_DONTROUTE,
  so.SO_BROADCAST,
  so.SO_KEEPALIVE,
  so.SO_OOBINLINE,
  so.SO_NO_CHECK,
  so.SO_PASSCRED,
  so.SO_PASSSEC,
  so.SO_PASSPIDFD,
  so.SO_PASSRIGHTS,
  so.SO_TIMESTAMP,
  so.SO_TIMESTAMPNS,
  so.SO_TIMESTAMP_NEW,
  so.SO_TIMESTAMPNS_NEW,
  so.SO_RXQ_OVFL,
  so.SO_WIFI_STATUS,
  so.SO_NOFCS,
  so.SO_LOCK_FILTER,
  so.SO_SELECT_ERR_QUEUE,
  so.SO_ZEROCOPY,
  so.SO_PREFER_BUSY_POLL,
  so.SO_RCVMARK,
  so.SO_RCVPRIORITY,
]);

/** Options that hold a number. */
const NUMBERS: ReadonlySet<number> = new Set([
  so.SO_PRIORITY,
  so.SO_MARK,
  so.SO_BUSY_POLL,
  so.SO_PEEK_OFF,
  so.SO_INCOMING_CPU,
  so.SO_TIMESTAMPING,
  so.SO_TIMESTAMPING_NEW,
  so.SO_BUF_LOCK,
  so.SO_TXREHASH,
  so.SO_BUSY_POLL_BUDGET,
]);

/** Options that belong to unix and netlink sockets. */
const CREDENTIAL_SWITCHES: ReadonlySet<number> = new Set([
  so.SO_PASSCRED,
  so.SO_PASSSEC,
  so.SO_PASSPIDFD,
  so.SO_PASSRIGHTS,
]);

export class SocketOptions {
  sendBuffer = DEFAULT_BUFFER;
  receiveBuffer = DEFAULT_BUFFER;
  receiveLowWater = 1;
  receiveTimeoutNs = Infinity;
  sendTimeoutNs = Infinity;
  lingerOn = false;
  lingerSec = 0;
  boundDevice = "";
  /** Pending error, a positive errno. */
  error = 0;
  readonly #values = new Map<number, number>();

  /** The value of a switch or number option; 0 when it was never set. */
  value(name: number): number {
    return this.#values.get(name) ?? 0;
  }

  has(name: number): boolean {
    return this.value(name) !== 0;
  }

  set(name: number, value: number): void {
    this.#values.set(name, value);
  }

  takeError(): number {
    const { error } = this;
    this.error = 0;
    return error;
  }

  /** What an accepted socket takes over from its listener. */
  inherit(from: SocketOptions): void {
    this.sendBuffer = from.sendBuffer;
    this.receiveBuffer = from.receiveBuffer;
    this.receiveLowWater = from.receiveLowWater;
    this.receiveTimeoutNs = from.receiveTimeoutNs;
    this.sendTimeoutNs = from.sendTimeoutNs;
    this.lingerOn = from.lingerOn;
    this.lingerSec = from.lingerSec;
    this.boundDevice = from.boundDevice;
    for (const [name, value] of from.#values) this.#values.set(name, value);
  }
}

// --- setting ----------------------------------------------------------------------------------

export function setSocketOption(
  task: Task,
  endpoint: Endpoint,
  name: number,
  value: Uint8Array,
): number {
  const { options } = endpoint;
  if (name === so.SO_BINDTODEVICE) return bindToDevice(task, options, value);
  if (value.length < 4) return refuse(EINVAL, "setsockopt: the value is shorter than an int");
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  const number = view.getInt32(0, true);
  if (SWITCHES.has(name)) return setSwitch(task, endpoint, name, number !== 0);
  if (NUMBERS.has(name)) return setNumber(task, options, name, number);
  switch (name) {
    case so.SO_SNDBUF:
      options.sendBuffer = bufferSize(number, MIN_SEND_BUFFER, MAX_BUFFER);
      return 0;
    case so.SO_RCVBUF:
      options.receiveBuffer = bufferSize(number, MIN_RECEIVE_BUFFER, MAX_BUFFER);
      return 0;
    case so.SO_SNDBUFFORCE:
    case so.SO_RCVBUFFORCE:
      return forceBuffer(task, options, name, number);
    case so.SO_RCVLOWAT:
      options.receiveLowWater = number < 0 ? 0x7fffffff : number === 0 ? 1 : number;
      return 0;
    case so.SO_LINGER:
      if (value.length < so.linger.size) return refuse(EINVAL, "setsockopt: no struct linger");
      options.lingerOn = number !== 0;
      options.lingerSec = view.getInt32(4, true);
      return 0;
    case so.SO_RCVTIMEO:
    case so.SO_RCVTIMEO_NEW:
    case so.SO_SNDTIMEO:
    case so.SO_SNDTIMEO_NEW:
      return setTimeout(options, name, view);
    case so.SO_BSDCOMPAT:
      return 0;
    case so.SO_DETACH_FILTER:
      return refuse(2, "setsockopt: no filter is attached"); // ENOENT
    case so.SO_ATTACH_FILTER:
    case so.SO_ATTACH_BPF:
    case so.SO_ATTACH_REUSEPORT_CBPF:
    case so.SO_ATTACH_REUSEPORT_EBPF:
      return refuse(EPERM, "setsockopt: socket filters are not supported");
    default:
      return refuse(ENOPROTOOPT, "setsockopt: no such SOL_SOCKET option");
  }
}

function setSwitch(task: Task, endpoint: Endpoint, name: number, on: boolean): number {
  const isLocal = endpoint.domain === so.AF_UNIX || endpoint.domain === so.AF_NETLINK;
  const isInet = endpoint.domain === so.AF_INET || endpoint.domain === so.AF_INET6;
  if (CREDENTIAL_SWITCHES.has(name) && !isLocal)
    return refuse(EOPNOTSUPP, "setsockopt: sockets of this family carry no credentials");
  if (name === so.SO_REUSEPORT && on && !isInet)
    return refuse(EOPNOTSUPP, "setsockopt: SO_REUSEPORT is for Internet sockets");
  if (name === so.SO_ZEROCOPY && !isInet)
    return refuse(EOPNOTSUPP, "setsockopt: SO_ZEROCOPY is for Internet sockets");
  if (name === so.SO_DEBUG && on && !task.credentials.has(CAP_NET_ADMIN))
    return refuse(EACCES, "setsockopt: SO_DEBUG needs CAP_NET_ADMIN");
  endpoint.options.set(name, on ? 1 : 0);
  return 0;
}

function setNumber(task: Task, options: SocketOptions, name: number, value: number): number {
  const { owner } = networkOf(task);
  const isAdmin =
    task.credentials.hasIn(owner, CAP_NET_ADMIN) || task.credentials.hasIn(owner, CAP_NET_RAW);
  if (name === so.SO_PRIORITY && (value < 0 || value > HIGHEST_FREE_PRIORITY) && !isAdmin)
    return refuse(EPERM, "setsockopt: SO_PRIORITY above 6 needs CAP_NET_ADMIN");
  if (name === so.SO_MARK && !isAdmin)
    return refuse(EPERM, "setsockopt: SO_MARK needs CAP_NET_ADMIN");
  if (name === so.SO_BUSY_POLL && value < 0) return refuse(EINVAL, "setsockopt: negative time");
  options.set(name, value);
  return 0;
}

function bufferSize(wanted: number, least: number, most: number): number {
  return Math.max(Math.min(wanted >>> 0, most) * 2, least);
}

function forceBuffer(task: Task, options: SocketOptions, name: number, value: number): number {
  if (!task.credentials.has(CAP_NET_ADMIN))
    return refuse(EPERM, "setsockopt: forcing a buffer size needs CAP_NET_ADMIN");
  const most = 0x3fffffff;
  const size = Math.max(0, value);
  if (name === so.SO_SNDBUFFORCE) options.sendBuffer = bufferSize(size, MIN_SEND_BUFFER, most);
  else options.receiveBuffer = bufferSize(size, MIN_RECEIVE_BUFFER, most);
  return 0;
}

function setTimeout(options: SocketOptions, name: number, view: DataView): number {
  if (view.byteLength < 16) return refuse(EINVAL, "setsockopt: no struct timeval");
  const sec = view.getInt32(4, true) * 2 ** 32 + view.getUint32(0, true);
  const usec = view.getInt32(12, true) * 2 ** 32 + view.getUint32(8, true);
  if (usec < 0 || usec >= MILLION) return refuse(EDOM, "setsockopt: microseconds out of range");
  let ns = sec < 0 ? 0 : sec * SECOND + usec * MICROSECOND;
  if ((sec === 0 && usec === 0) || ns > 2 ** 60) ns = Infinity;
  if (name === so.SO_RCVTIMEO || name === so.SO_RCVTIMEO_NEW) options.receiveTimeoutNs = ns;
  else options.sendTimeoutNs = ns;
  return 0;
}

function bindToDevice(task: Task, options: SocketOptions, value: Uint8Array): number {
  let name = "";
  for (const byte of value.subarray(0, 15)) {
    if (byte === 0) break;
    name += String.fromCharCode(byte);
  }
  if (options.boundDevice !== "" && !task.credentials.hasIn(networkOf(task).owner, CAP_NET_RAW))
    return refuse(EPERM, "setsockopt: rebinding to a device needs CAP_NET_RAW");
  if (name !== "" && networkOf(task).interfaceNamed(name) === undefined)
    return refuse(ENODEV, "setsockopt: no such interface");
  options.boundDevice = name;
  return 0;
}

// --- getting ----------------------------------------------------------------------------------

export function getSocketOption(
  task: Task,
  endpoint: Endpoint,
  name: number,
  length: number,
): Uint8Array | number {
  const { options } = endpoint;
  if (SWITCHES.has(name)) {
    if (
      CREDENTIAL_SWITCHES.has(name) &&
      endpoint.domain !== so.AF_UNIX &&
      endpoint.domain !== so.AF_NETLINK
    )
      return refuse(EOPNOTSUPP, "getsockopt: sockets of this family carry no credentials");
    return int(options.value(name));
  }
  if (NUMBERS.has(name))
    return int(name === so.SO_PEEK_OFF ? options.value(name) || -1 : options.value(name));
  switch (name) {
    case so.SO_TYPE:
      return int(endpoint.type);
    case so.SO_DOMAIN:
      return int(endpoint.domain);
    case so.SO_PROTOCOL:
      return int(endpoint.protocol);
    case so.SO_ERROR:
      return int(endpoint.takeError());
    case so.SO_ACCEPTCONN:
      return int(endpoint.isListening ? 1 : 0);
    case so.SO_SNDBUF:
      return int(options.sendBuffer);
    case so.SO_RCVBUF:
      return int(options.receiveBuffer);
    case so.SO_RCVLOWAT:
      return int(options.receiveLowWater);
    case so.SO_SNDLOWAT:
      return int(1);
    case so.SO_BSDCOMPAT:
      return int(0);
    case so.SO_LINGER:
      return ints(options.lingerOn ? 1 : 0, options.lingerSec);
    case so.SO_RCVTIMEO:
    case so.SO_RCVTIMEO_NEW:
      return timeval(options.receiveTimeoutNs);
    case so.SO_SNDTIMEO:
    case so.SO_SNDTIMEO_NEW:
      return timeval(options.sendTimeoutNs);
    case so.SO_PEERNAME:
      return endpoint.peerName();
    case so.SO_BINDTODEVICE:
      return deviceName(options.boundDevice, length);
    case so.SO_BINDTOIFINDEX:
      return int(networkOf(task).interfaceNamed(options.boundDevice)?.index ?? 0);
    case so.SO_BPF_EXTENSIONS:
      return int(64);
    case so.SO_PEERCRED:
      return ints(0, -1, -1);
    case so.SO_PEERSEC:
      return refuse(ENOPROTOOPT, "getsockopt: no security module");
    case so.SO_COOKIE:
    case so.SO_NETNS_COOKIE:
      return length < 8 ? refuse(EINVAL, "getsockopt: a cookie has 8 bytes") : ints(1, 0);
    default:
      return refuse(ENOPROTOOPT, "getsockopt: no such SOL_SOCKET option");
  }
}

function deviceName(name: string, length: number): Uint8Array | number {
  if (name === "") return new Uint8Array(0);
  if (length < 16) return refuse(EINVAL, "getsockopt: a device name has 16 bytes");
  const bytes = new Uint8Array(name.length + 1);
  for (let i = 0; i < name.length; i++) bytes[i] = name.charCodeAt(i);
  return bytes;
}

/** Values of options: C ints. */
export function int(value: number): Uint8Array {
  return ints(value);
}

export function ints(...values: number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}

function timeval(ns: number): Uint8Array {
  const bytes = new Uint8Array(16);
  if (ns === Infinity) return bytes;
  const view = new DataView(bytes.buffer);
  const sec = Math.floor(ns / SECOND);
  view.setUint32(0, sec, true);
  view.setUint32(4, Math.floor(sec / 2 ** 32), true);
  view.setUint32(8, Math.floor((ns - sec * SECOND) / MICROSECOND), true);
  return bytes;
}
