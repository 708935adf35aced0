/**
 * HostEndpoint: a guest's Internet socket that is a socket of the host (`--network host`); or the host's
 * half of a unix socket that leads out of the sandbox (unix/outside.ts).
 *  - The host socket never blocks. It is watched edge-triggered: each change wakes `queue`, and a
 *    waiting call is tried again.
 *  - Options, control messages and flags pass by the tables of options.ts; addresses as they are.
 *  - SO_LINGER with a time stays here: close(2) of the host would wait.
 */
import { CAP_NET_BIND_SERVICE } from "../../../abi/capability.ts";
import {
  EACCES,
  EAGAIN,
  EALREADY,
  EFAULT,
  EINPROGRESS,
  EINTR,
  EISCONN,
  EMSGSIZE,
  ENOTTY,
  EPERM,
} from "../../../abi/errno.ts";
import { SIOCATMARK, SIOCINQ, SIOCOUTQ } from "../../../abi/ioctl-net.ts";
import {
  CMSG_ALIGN,
  cmsghdr,
  MSG_CONFIRM,
  MSG_DONTROUTE,
  MSG_EOR,
  MSG_ERRQUEUE,
  MSG_MORE,
  MSG_OOB,
  MSG_PEEK,
  MSG_TRUNC,
} from "../../../abi/msghdr.ts";
import {
  EPOLLET,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLPRI,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRNORM,
} from "../../../abi/poll.ts";
import {
  AF_UNIX,
  SO_BINDTODEVICE,
  SO_ERROR,
  SO_LINGER,
  SO_MARK,
  SOCK_STREAM,
  SOL_SOCKET,
} from "../../../abi/socket.ts";
import { refuse } from "../../../base/refuse.ts";
import type { HostSockets } from "../../../host/sockets.ts";
import { Endpoint } from "../../../kernel/socket/endpoint.ts";
import type { IncomingMessage, OutgoingMessage } from "../../../kernel/socket/message.ts";
import { ints } from "../../../kernel/socket/options.ts";
import type { Task } from "../../../kernel/task/task.ts";
import { mayArrive, mayGet, maySend, maySet } from "./options.ts";

const WATCHED = POLLIN | POLLOUT | POLLPRI | POLLRDHUP | EPOLLET;
const LOOKED_FOR = POLLIN | POLLOUT | POLLPRI | POLLRDHUP | POLLRDNORM | POLLWRNORM;
const SEND_FLAGS = MSG_OOB | MSG_DONTROUTE | MSG_EOR | MSG_CONFIRM | MSG_MORE;
const RECEIVE_FLAGS = MSG_OOB | MSG_PEEK | MSG_TRUNC | MSG_ERRQUEUE;
const CONTROL_SIZE = 4096;
const FIRST_FREE_PORT = 1024;

/** Is told that a host descriptor became ready. */
export interface HostListener {
  onHostEvent(fd: number, events: number): void;
}

/** The loop's watch on host descriptors. */
export interface HostEvents {
  watch(fd: number, events: number, listener: HostListener): number;
  unwatch(fd: number): void;
}

export class HostEndpoint extends Endpoint implements HostListener {
  readonly #sockets: HostSockets;
  readonly #events: HostEvents;
  #fd: number;
  #isListening = false;
  #connectingTo: Uint8Array = new Uint8Array(0);

  /** Takes over the descriptor. */
  constructor(
    sockets: HostSockets,
    events: HostEvents,
    fd: number,
    domain: number,
    type: number,
    protocol: number,
  ) {
    super(domain, type, protocol);
    this.#sockets = sockets;
    this.#events = events;
    this.#fd = fd;
    events.watch(fd, WATCHED, this);
  }

  override get isStream(): boolean {
    return this.type === SOCK_STREAM;
  }

  override get isListening(): boolean {
    return this.#isListening;
  }

  onHostEvent(_fd: number, events: number): void {
    let mask = events;
    if ((events & POLLIN) !== 0) mask |= POLLRDNORM;
    if ((events & POLLOUT) !== 0) mask |= POLLWRNORM;
    this.queue.wake(mask);
  }

  // --- connecting -----------------------------------------------------------------------------

  override bind(task: Task, address: Uint8Array): number {
    const port = address.length < 4 ? 0 : (address[2]! << 8) | address[3]!;
    const { credentials, namespaces } = task;
    if (
      port !== 0 &&
      port < FIRST_FREE_PORT &&
      !credentials.hasIn(namespaces.network.owner, CAP_NET_BIND_SERVICE)
    )
      return refuse(EACCES, "bind: ports below 1024 need CAP_NET_BIND_SERVICE");
    return this.#sockets.bind(this.#fd, address);
  }

  override listen(_task: Task, backlog: number): number {
    const rc = this.#sockets.listen(this.#fd, backlog);
    if (rc === 0) this.#isListening = true;
    return rc;
  }

  override accept(_task: Task): Endpoint | number {
    const fd = this.#sockets.accept(this.#fd);
    if (fd < 0) return fd === -EINTR ? -EAGAIN : fd;
    const { domain, type, protocol } = this;
    const accepted = new HostEndpoint(this.#sockets, this.#events, fd, domain, type, protocol);
    accepted.options.inherit(this.options);
    return accepted;
  }

  override connect(_task: Task, address: Uint8Array): number {
    this.#connectingTo = address;
    const rc = this.#sockets.connect(this.#fd, address);
    return rc === -EINTR ? -EINPROGRESS : rc;
  }

  /** Asking the host again gives the result of what was begun. */
  override finishConnect(_task: Task): number {
    const ready = this.#sockets.host.poll(this.#fd, POLLOUT);
    if ((ready & (POLLOUT | POLLERR | POLLHUP)) === 0) return -EAGAIN;
    const rc = this.#sockets.connect(this.#fd, this.#connectingTo);
    if (rc === -EISCONN) return 0;
    return rc === -EALREADY || rc === -EINTR ? -EAGAIN : rc;
  }

  override shutdown(_task: Task, how: number): number {
    return this.#sockets.shutdown(this.#fd, how - 1);
  }

  // --- messages -------------------------------------------------------------------------------

  override send(_task: Task, message: OutgoingMessage): number {
    const { data } = message;
    const { io } = this.#sockets.host;
    const length = Math.min(data.remaining, io.length);
    if (length < data.remaining && !this.isStream)
      return refuse(EMSGSIZE, "send: larger than a datagram can be");
    const control = message.control.length === 0 ? null : controlBytes(message);
    if (typeof control === "number") return control;
    const taken = length === 0 ? 0 : data.take(io, 0, length);
    if (taken < 0 || (taken < length && !this.isStream)) return -EFAULT;
    const n = this.#sockets.send(
      this.#fd,
      taken,
      message.flags & SEND_FLAGS,
      message.name,
      control,
    );
    if (n < taken) data.rewind(taken - Math.max(0, n));
    return n === -EINTR ? -EAGAIN : n;
  }

  override receive(_task: Task, message: IncomingMessage): number {
    const sockets = this.#sockets;
    const { data, flags } = message;
    const { io } = sockets.host;
    const length = Math.min(data.remaining, io.length);
    // Over a unix socket files of the host's could come: there is no room for any.
    const controlSize = this.domain === AF_UNIX ? 0 : undefined;
    const n = sockets.receive(this.#fd, length, flags & RECEIVE_FLAGS, controlSize);
    if (n < 0) return n === -EINTR ? -EAGAIN : n;
    const got = Math.min(n, length);
    if (this.isStream && (flags & MSG_TRUNC) !== 0) data.skip(got);
    else if (got > 0) {
      const put = data.put(io, 0, got);
      if (put < got) return -EFAULT;
    }
    message.flagsOut |= sockets.flags;
    if (sockets.nameLength > 0) message.name = sockets.name();
    for (const control of sockets.control())
      if (mayArrive(control.level, control.type)) message.control.push(control);
    return n;
  }

  // --- the rest -------------------------------------------------------------------------------

  override poll(): number {
    const ready = this.#sockets.host.poll(this.#fd, LOOKED_FOR);
    return ready < 0 ? POLLERR : ready;
  }

  override localName(): Uint8Array | number {
    return this.#sockets.localName(this.#fd);
  }

  override peerName(): Uint8Array | number {
    return this.#sockets.peerName(this.#fd);
  }

  override takeError(): number {
    const own = this.options.takeError();
    if (own !== 0) return own;
    const value = this.#sockets.getOption(this.#fd, SOL_SOCKET, SO_ERROR, 4);
    return typeof value === "number" ? -value : value[0]! | (value[1]! << 8);
  }

  override getOption(
    _task: Task,
    level: number,
    name: number,
    length: number,
  ): Uint8Array | number | null {
    if (level === SOL_SOCKET && name === SO_ERROR) return null;
    return mayGet(level, name) ? this.#sockets.getOption(this.#fd, level, name, length) : null;
  }

  override setOption(_task: Task, level: number, name: number, value: Uint8Array): number | null {
    if (level === SOL_SOCKET && name === SO_LINGER) return this.#setLinger(value);
    if (level === SOL_SOCKET && (name === SO_BINDTODEVICE || name === SO_MARK))
      return refuse(EPERM, "setsockopt: not on a socket of the host");
    return maySet(level, name) ? this.#sockets.setOption(this.#fd, level, name, value) : null;
  }

  /** Zero seconds abort the connection on close, which does not wait: the host may know. */
  #setLinger(value: Uint8Array): null {
    const isAbortive =
      value.length >= 8 && value[0] === 1 && value.subarray(4, 8).every((b) => b === 0);
    this.#sockets.setOption(this.#fd, SOL_SOCKET, SO_LINGER, ints(isAbortive ? 1 : 0, 0));
    return null;
  }

  override ioctl(task: Task, command: number, argument: number): number {
    if (command !== SIOCINQ && command !== SIOCOUTQ && command !== SIOCATMARK) return -ENOTTY;
    const value = this.#sockets.ioctlInt(this.#fd, command);
    return value < 0 ? value : task.mm.writeI32(argument, value);
  }

  override close(): void {
    this.#events.unwatch(this.#fd);
    this.#sockets.host.close(this.#fd);
    this.#fd = -1;
  }
}

/** The control messages that may be sent, laid out; or -errno. */
function controlBytes(message: OutgoingMessage): Uint8Array | number {
  const bytes = new Uint8Array(CONTROL_SIZE);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { level, type, data } of message.control) {
    if (!maySend(level, type)) continue;
    const length = cmsghdr.size + data.length;
    if (at + CMSG_ALIGN(length) > CONTROL_SIZE)
      return refuse(EMSGSIZE, "send: too much control data");
    cmsghdr.write(view, at, { cmsg_len: length, cmsg_level: level, cmsg_type: type });
    bytes.set(data, at + cmsghdr.size);
    at += CMSG_ALIGN(length);
  }
  return bytes.subarray(0, at);
}
