/**
 * Endpoint: the protocol's half of a socket (Linux's struct sock and its proto_ops).
 *  - Every operation tries once and returns: a value, -errno, or -EAGAIN for "not now". Then the
 *    socket waits on `blockedAt` (by default `queue`) and tries again.
 *  - What poll() says changes only together with a wake of `queue`.
 * Addresses are whole sockaddr bytes, at least two of them. The defaults are those of a family that
 * lacks the operation.
 */
import { ENOPROTOOPT, ENOTTY, EOPNOTSUPP } from "../../abi/errno.ts";
import { TCP_CLOSE, TCP_ESTABLISHED } from "../../abi/socket-tcp.ts";
import { refuse } from "../../base/refuse.ts";
import { WaitQueue } from "../../base/wait-queue.ts";
import type { Task } from "../task/task.ts";
import type { IncomingMessage, OutgoingMessage } from "./message.ts";
import type { NetworkNamespace } from "./network.ts";
import { SocketOptions } from "./options.ts";

/** What reading half and writing half are closed: bits of `shutdown` fields. */
export const READ_SHUT = 1;
export const WRITE_SHUT = 2;
export const BOTH_SHUT = 3;

export abstract class Endpoint {
  readonly domain: number;
  readonly type: number;
  readonly protocol: number;
  readonly queue = new WaitQueue();
  readonly options: SocketOptions;
  /** Where the operation that said -EAGAIN last is to wait. */
  blockedAt: WaitQueue = this.queue;

  /** Where it was made; null for the host's. */
  readonly network: NetworkNamespace | null = null;

  constructor(domain: number, type: number, protocol: number, options = new SocketOptions()) {
    this.domain = domain;
    this.type = type;
    this.protocol = protocol;
    this.options = options;
  }

  /** Is it a stream of bytes (reads may join writes, a broken one raises SIGPIPE)? */
  get isStream(): boolean {
    return false;
  }

  get isListening(): boolean {
    return false;
  }

  /** Its state as /proc/net shows it: TCP_*. */
  get shownState(): number {
    return typeof this.peerName() === "number" ? TCP_CLOSE : TCP_ESTABLISHED;
  }

  /** What waits to be read; for a listening socket, connections. */
  get unreadBytes(): number {
    return 0;
  }

  bind(_task: Task, _address: Uint8Array): number {
    return refuse(EOPNOTSUPP, "bind: not with this socket");
  }

  listen(_task: Task, _backlog: number): number {
    return refuse(EOPNOTSUPP, "listen: not with this socket");
  }

  /** The next connection: its endpoint, or -EAGAIN. */
  accept(_task: Task): Endpoint | number {
    return refuse(EOPNOTSUPP, "accept: not with this socket");
  }

  /** 0; -EAGAIN: ask again when `blockedAt` wakes; -EINPROGRESS: begun, finishConnect() tells. */
  connect(_task: Task, _address: Uint8Array): number {
    return refuse(EOPNOTSUPP, "connect: not with this socket");
  }

  /** How a connect that was -EINPROGRESS stands: 0, -errno, or -EAGAIN while it lasts. */
  finishConnect(_task: Task): number {
    return 0;
  }

  abstract send(task: Task, message: OutgoingMessage): number;

  abstract receive(task: Task, message: IncomingMessage): number;

  /** how: READ_SHUT, WRITE_SHUT or both. */
  shutdown(_task: Task, _how: number): number {
    return refuse(EOPNOTSUPP, "shutdown: not with this socket");
  }

  abstract localName(): Uint8Array | number;

  /** The peer's address, or -ENOTCONN. */
  abstract peerName(): Uint8Array | number;

  abstract poll(): number;

  /** An option that is not SOL_SOCKET's, or one that this family answers differently; null: not mine. */
  getOption(
    _task: Task,
    _level: number,
    _name: number,
    _length: number,
  ): Uint8Array | number | null {
    return null;
  }

  setOption(_task: Task, _level: number, _name: number, _value: Uint8Array): number | null {
    return null;
  }

  ioctl(_task: Task, _command: number, _argument: number): number {
    return -ENOTTY;
  }

  /** The pending error as a positive errno, taken away by the asking (SO_ERROR). */
  takeError(): number {
    return this.options.takeError();
  }

  /** The socket is closed for good; `task` is the closer, null when the file died with its holder. */
  abstract close(task: Task | null): void;
}

/** The answer for options that nobody knows. */
export const UNKNOWN_OPTION = -ENOPROTOOPT;
