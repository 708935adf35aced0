/**
 * Tcp: TCP sockets between processes of the sandbox (tcp(7)), without packets: connect() finds the
 * listener and makes the other end; bytes go straight into the peer's queue.
 *  - What the wire would do shows as it does on Linux: a nonblocking connect is EINPROGRESS first,
 *    closing with unread bytes or with SO_LINGER 0 resets, a write to a closed peer is taken once
 *    and then finds the reset.
 *  - There is no TIME_WAIT.
 */
import {
  EAGAIN,
  ECONNABORTED,
  ECONNREFUSED,
  ECONNRESET,
  EINPROGRESS,
  EINVAL,
  EISCONN,
  ENOTCONN,
  EPIPE,
} from "../../../abi/errno.ts";
import { MSG_ERRQUEUE, MSG_OOB } from "../../../abi/msghdr.ts";
import { POLLERR, POLLHUP, POLLPRI, POLLRDHUP } from "../../../abi/poll.ts";
import { AF_UNSPEC, IPPROTO_TCP, SO_OOBINLINE, SOCK_STREAM } from "../../../abi/socket.ts";
import type { Block } from "../../../base/blocks.ts";
import { refuse } from "../../../base/refuse.ts";
import { BOTH_SHUT, READ_SHUT, WRITE_SHUT } from "../../../kernel/socket/endpoint.ts";
import type { IncomingMessage, OutgoingMessage } from "../../../kernel/socket/message.ts";
import type { Task } from "../../../kernel/task/task.ts";
import { familyOf, formatName, type InetName } from "../address.ts";
import { PortTable } from "../ports.ts";
import { ALL_EVENTS, LoopbackEndpoint, READ_EVENTS, WRITE_EVENTS } from "./endpoint.ts";
import { TcpInbox } from "./inbox.ts";
import { getTcpOption, setTcpOption, stateOf, type TcpFacts, tcpIoctl } from "./tcp-options.ts";

/** What SO_SNDBUF and SO_RCVBUF begin with, and what Linux lets an untouched connection grow to. */
const SEND_BUFFER = 16384;
const RECEIVE_BUFFER = 131072;
const GROWN_BUFFER = 2626560;
/** The most bytes that one copy moves. */
const CHUNK = 65536;

export class TcpPorts extends PortTable<LoopbackEndpoint> {}

export class TcpEndpoint extends LoopbackEndpoint implements TcpFacts {
  state: TcpFacts["state"] = "closed";
  peer: TcpEndpoint | null = null;
  #remote: InetName | null = null;
  /** READ_SHUT: the peer's FIN came, or shutdown; WRITE_SHUT: we have sent ours. */
  closedHalves = 0;
  isClosed = false;
  readonly inbox = new TcpInbox();
  bytesSent = 0;
  // while listening
  #backlog = 0;
  readonly #pending: TcpEndpoint[] = [];
  /** Clients that came while the backlog was full. */
  readonly #waiting: TcpEndpoint[] = [];

  constructor(task: Task, domain: number) {
    super(task, domain, SOCK_STREAM, IPPROTO_TCP);
    this.options.sendBuffer = SEND_BUFFER;
    this.options.receiveBuffer = RECEIVE_BUFFER;
  }

  protected override get ports(): TcpPorts {
    return this.network.part(TcpPorts);
  }

  override get isStream(): boolean {
    return true;
  }

  get isEstablished(): boolean {
    return this.peer !== null;
  }

  override get isListening(): boolean {
    return this.state === "listening";
  }

  override get shownState(): number {
    return stateOf(this);
  }

  override get unreadBytes(): number {
    return this.isListening ? this.#pending.length : this.inbox.length;
  }

  // --- connecting -----------------------------------------------------------------------------

  override listen(task: Task, backlog: number): number {
    if (this.state !== "closed" && this.state !== "listening")
      return refuse(EINVAL, "listen: the socket is connected");
    this.#backlog = backlog;
    if (this.state === "listening") return 0;
    const rc = this.autobind(task);
    if (rc < 0) return rc;
    this.state = "listening";
    const taken = this.ports.check(this, this.local);
    if (taken < 0) this.state = "closed";
    return taken;
  }

  override connect(task: Task, address: Uint8Array): number {
    if (address.length < 2) return refuse(EINVAL, "connect: the address is too short");
    if (familyOf(address) === AF_UNSPEC) return this.#disconnect();
    if (this.state === "connecting") return this.finishConnect(task);
    if (this.state !== "closed") return refuse(EISCONN, "connect: the socket is connected");
    const remote = this.route(address);
    if (typeof remote === "number") return remote;
    const rc = this.#takeSource(task, remote);
    if (rc < 0) return rc;
    this.#remote = remote;
    this.state = "connecting";
    const listener = this.#listenerAt(remote);
    if (listener === null) this.#refused();
    else listener.#arrived(task, this);
    return -EINPROGRESS;
  }

  #takeSource(task: Task, remote: InetName): number {
    const source = this.sourceFor(remote.ip);
    if (this.local.port === 0) return this.take(task, source, 0);
    this.unhash();
    this.local = { ip: source, port: this.local.port };
    this.hash();
    return 0;
  }

  #listenerAt(remote: InetName): TcpEndpoint | null {
    const found = this.ports.find(remote.ip, remote.port, (holder) => holder.isListening);
    // SO_REUSEPORT: each of the listeners in turn.
    const chosen = found.length === 0 ? null : found[this.local.port % found.length]!;
    return chosen as TcpEndpoint | null;
  }

  #refused(): void {
    this.options.error = ECONNREFUSED;
    this.#reset();
  }

  /** A client wants a connection to this listener. */
  #arrived(task: Task, client: TcpEndpoint): void {
    if (this.#pending.length > this.#backlog) this.#waiting.push(client);
    else this.#admit(task, client);
  }

  #admit(task: Task, client: TcpEndpoint): void {
    const server = new TcpEndpoint(task, this.domain);
    server.options.inherit(this.options);
    server.inet.inherit(this.inet);
    server.local = client.#remote!;
    server.#remote = client.local;
    server.peer = client;
    server.state = "connected";
    server.hash();
    client.peer = server;
    this.#pending.push(server);
    this.queue.wake(READ_EVENTS);
    client.queue.wake(WRITE_EVENTS);
  }

  override finishConnect(_task: Task): number {
    if (this.state === "connecting") {
      if (this.peer === null) return -EAGAIN;
      this.state = "connected";
      return 0;
    }
    if (this.state === "connected") return 0;
    const error = this.options.takeError() || ECONNABORTED;
    this.#disconnect();
    return refuse(error, "connect: failed");
  }

  override accept(task: Task): TcpEndpoint | number {
    if (this.state !== "listening") return refuse(EINVAL, "accept: the socket does not listen");
    const next = this.#pending.shift();
    if (next === undefined) return -EAGAIN;
    const client = this.#waiting.shift();
    if (client !== undefined) this.#admit(task, client);
    return next;
  }

  #disconnect(): number {
    this.#leave();
    this.state = "closed";
    this.closedHalves = 0;
    this.peer = null;
    this.#remote = null;
    this.forgetLocal();
    this.queue.wake(ALL_EVENTS);
    return 0;
  }

  // --- sending --------------------------------------------------------------------------------

  /** Room for bytes in the peer's queue. */
  get room(): number {
    const peer = this.peer;
    return peer === null ? 0 : this.#capacity(peer) - peer.inbox.length;
  }

  #capacity(peer: TcpEndpoint): number {
    const own = this.options.sendBuffer === SEND_BUFFER ? GROWN_BUFFER : this.options.sendBuffer;
    return own + peer.options.receiveBuffer;
  }

  override send(task: Task, message: OutgoingMessage): number {
    const { error } = this.options;
    if (error !== 0 && this.state === "closed" && this.#remote !== null) {
      this.options.error = 0;
      return refuse(error, "send: the connection was reset");
    }
    if ((this.closedHalves & WRITE_SHUT) !== 0 || this.state === "closed" || this.isListening)
      return refuse(EPIPE, "send: the connection is shut down");
    const peer = this.peer;
    if (peer === null) return -EAGAIN; // connecting
    const { data } = message;
    if (data.remaining === 0) return 0;
    const { room } = this;
    if (room <= 0) return -EAGAIN;
    const isUrgent = (message.flags & MSG_OOB) !== 0;
    let sent = 0;
    while (sent < room && data.remaining > 0) {
      const length = Math.min(data.remaining, room - sent, CHUNK);
      const block = task.kernel.blocks.take(length);
      const n = data.take(block.bytes, 0, length);
      if (n <= 0) {
        block.unref();
        return sent > 0 ? sent : n;
      }
      sent += n;
      this.bytesSent += n;
      if (peer.isClosed) {
        block.unref();
        this.#reset((this.closedHalves & READ_SHUT) !== 0 ? EPIPE : ECONNRESET);
        break;
      }
      peer.#arrive(block, n, isUrgent && data.remaining === 0);
      if (n < length) break;
    }
    return sent;
  }

  /** Bytes come in; the last one may be urgent. */
  #arrive(block: Block, length: number, isUrgent: boolean): void {
    if (isUrgent) this.inbox.arriveUrgent(block, length, this.options.has(SO_OOBINLINE));
    else this.inbox.arrive(block, length);
    this.queue.wake(isUrgent ? READ_EVENTS | POLLPRI : READ_EVENTS);
  }

  // --- receiving ------------------------------------------------------------------------------

  override receive(_task: Task, message: IncomingMessage): number {
    const { flags } = message;
    if ((flags & MSG_ERRQUEUE) !== 0) return -EAGAIN;
    if (this.isListening || (this.state === "closed" && this.#remote === null))
      return refuse(ENOTCONN, "receive: not connected");
    if ((flags & MSG_OOB) !== 0)
      return this.inbox.readUrgent(message, this.options.has(SO_OOBINLINE));
    if (this.inbox.length === 0) return this.#nothing();
    const peer = this.peer;
    const wasWritable = peer?.isWritable ?? true;
    const n = this.inbox.read(message);
    if (peer !== null && !wasWritable && peer.isWritable) peer.queue.wake(WRITE_EVENTS);
    return n;
  }

  #nothing(): number {
    if ((this.closedHalves & READ_SHUT) !== 0 && this.options.error === 0) return 0;
    const error = this.options.takeError();
    if (error !== 0) return refuse(error, "receive: the connection was reset");
    return this.state === "closed" ? 0 : -EAGAIN;
  }

  // --- readiness ------------------------------------------------------------------------------

  get isWritable(): boolean {
    const peer = this.peer;
    return peer === null || peer.inbox.length * 3 <= this.#capacity(peer) * 2;
  }

  override poll(): number {
    if (this.isListening) return this.#pending.length > 0 ? READ_EVENTS : 0;
    let mask = this.options.error !== 0 ? POLLERR : 0;
    if (this.closedHalves === BOTH_SHUT || this.state === "closed") mask |= POLLHUP;
    if ((this.closedHalves & READ_SHUT) !== 0) mask |= READ_EVENTS | POLLRDHUP;
    if (this.state === "connecting" && this.peer === null) return mask;
    const least = Math.max(1, this.options.receiveLowWater);
    if (this.inbox.length >= least) mask |= READ_EVENTS;
    if ((this.closedHalves & WRITE_SHUT) !== 0 || this.isWritable) mask |= WRITE_EVENTS;
    if (this.inbox.urgent >= 0) mask |= POLLPRI;
    return mask;
  }

  // --- the end --------------------------------------------------------------------------------

  override shutdown(_task: Task, how: number): number {
    if (this.isListening) {
      if ((how & READ_SHUT) !== 0) this.#disconnect();
      return 0;
    }
    if (this.state === "closed") return refuse(ENOTCONN, "shutdown: not connected");
    this.closedHalves |= how;
    if ((how & WRITE_SHUT) !== 0 && this.peer !== null) this.peer.#finArrived();
    this.queue.wake(ALL_EVENTS);
    return 0;
  }

  /** The peer will send no more. */
  #finArrived(): void {
    if (this.isClosed) return;
    this.closedHalves |= READ_SHUT;
    this.queue.wake(ALL_EVENTS);
  }

  /** The connection is broken; what came before can still be read. */
  #reset(error = 0): void {
    if (error !== 0) this.options.error = error;
    this.state = "closed";
    this.closedHalves = BOTH_SHUT;
    this.peer = null;
    this.queue.wake(ALL_EVENTS);
  }

  /** End what this socket has going: connections in the backlog, its own connection. */
  #leave(): void {
    for (const client of this.#waiting.splice(0)) client.#refused();
    for (const server of this.#pending.splice(0)) server.#abort();
    const peer = this.peer;
    if (peer === null || peer.isClosed) return;
    const { options } = this;
    const isAbortive = options.lingerOn && options.lingerSec === 0;
    if (this.inbox.length > 0 || isAbortive) peer.#resetArrived();
    else if ((this.closedHalves & WRITE_SHUT) === 0) peer.#finArrived();
  }

  /** A connection that nobody accepted. */
  #abort(): void {
    if (this.peer !== null) this.peer.#resetArrived();
    this.peer = null;
    this.isClosed = true;
    this.unhash();
  }

  #resetArrived(): void {
    if (!this.isClosed) this.#reset((this.closedHalves & READ_SHUT) !== 0 ? EPIPE : ECONNRESET);
  }

  override close(): void {
    this.#leave();
    this.isClosed = true;
    this.unhash();
    if (this.peer?.isClosed === true) this.peer = null;
  }

  // --- names and options ----------------------------------------------------------------------

  override peerName(): Uint8Array | number {
    if (this.#remote === null || this.state === "closed" || this.peer === null)
      return refuse(ENOTCONN, "getpeername: not connected");
    return formatName(this.#remote, this.domain);
  }

  override getOption(
    task: Task,
    level: number,
    name: number,
    length: number,
  ): Uint8Array | number | null {
    if (level === IPPROTO_TCP) {
      const value = getTcpOption(this, name);
      if (value !== null) return value;
    }
    return super.getOption(task, level, name, length);
  }

  override setOption(task: Task, level: number, name: number, value: Uint8Array): number | null {
    if (level === IPPROTO_TCP) {
      const rc = setTcpOption(this, name, value);
      if (rc !== null) return rc;
    }
    return super.setOption(task, level, name, value);
  }

  override ioctl(task: Task, command: number, argument: number): number {
    return tcpIoctl(this, task, command, argument);
  }
}
