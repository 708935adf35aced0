/**
 * UnixConnection: connected unix sockets: SOCK_STREAM and SOCK_SEQPACKET (unix(7)).
 *  - connect() makes the other end at once and puts it in the listener's backlog; accept() takes it
 *    from there. The peers point at each other until one of them closes.
 *  - A stream joins what was written; a seqpacket keeps each message.
 *  - Closing with unread bytes tells the peer ECONNRESET.
 */
import {
  EAGAIN,
  ECONNREFUSED,
  ECONNRESET,
  EFAULT,
  EINVAL,
  EISCONN,
  EMSGSIZE,
  ENOTCONN,
  EOPNOTSUPP,
  EPIPE,
  EPROTOTYPE,
} from "../../abi/errno.ts";
import { MSG_OOB, MSG_PEEK, MSG_TRUNC } from "../../abi/msghdr.ts";
import { POLLERR, POLLHUP, POLLRDHUP } from "../../abi/poll.ts";
import { SO_PASSCRED, SOCK_STREAM } from "../../abi/socket.ts";
import { refuse } from "../../base/refuse.ts";
import { WaitQueue } from "../../base/wait-queue.ts";
import type { UserBuffer } from "../../kernel/mm/user-buffer.ts";
import { BOTH_SHUT, type Endpoint, READ_SHUT, WRITE_SHUT } from "../../kernel/socket/endpoint.ts";
import type { IncomingMessage, OutgoingMessage } from "../../kernel/socket/message.ts";
import { Segment } from "../../kernel/socket/segment-queue.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { File } from "../../kernel/vfs/file.ts";
import { ALL_EVENTS, chargeOf, READ_EVENTS, UnixEndpoint, WRITE_EVENTS } from "./endpoint.ts";
import { checkAddress, findSocket } from "./names.ts";
import { Outside } from "./outside.ts";
import { checkInFlight, Parcel } from "./parcel.ts";

/** The most bytes that one queued piece of a stream has. */
const CHUNK = 65536;

type State = "unconnected" | "listening" | "connected";

export class UnixConnection extends UnixEndpoint {
  state: State = "unconnected";
  #peer: UnixConnection | null = null;
  /** Instead of a peer: the host's socket. */
  #outside: Outside | null = null;
  // while listening
  #backlog = 0;
  readonly #pending: UnixConnection[] = [];
  /** Those who wait for room in the backlog. */
  readonly #room = new WaitQueue();

  override get isStream(): boolean {
    return this.type === SOCK_STREAM;
  }

  override get isListening(): boolean {
    return this.state === "listening";
  }

  override get peer(): UnixConnection | null {
    return this.#peer;
  }

  /** socketpair(2). */
  static pair(task: Task, type: number): [UnixConnection, UnixConnection] {
    const a = new UnixConnection(task, type);
    const b = new UnixConnection(task, type);
    a.#join(b);
    b.#join(a);
    a.learnPeer(task);
    b.learnPeer(task);
    return [a, b];
  }

  #join(peer: UnixConnection): void {
    this.#peer = peer;
    this.state = "connected";
  }

  // --- connecting -----------------------------------------------------------------------------

  override listen(task: Task, backlog: number): number {
    if (this.state === "connected") return refuse(EINVAL, "listen: the socket is connected");
    if (this.name === null) return refuse(EINVAL, "listen: the socket has no name");
    if (backlog > this.#backlog) this.#room.wake(WRITE_EVENTS);
    this.#backlog = backlog;
    this.state = "listening";
    this.learnPeer(task); // what those who connect will see
    return 0;
  }

  override connect(task: Task, address: Uint8Array): number {
    const rc = checkAddress(address);
    if (rc < 0) return rc;
    if (this.state === "connected") return refuse(EISCONN, "connect: the socket is connected");
    if (this.options.has(SO_PASSCRED) && this.name === null) this.autobind();
    const listener = findSocket(task, address, this.state === "listening" ? 0 : this.type);
    if (typeof listener === "number") return listener;
    if (!(listener instanceof UnixEndpoint)) return this.#goOutside(listener);
    if (listener.type !== this.type)
      return refuse(EPROTOTYPE, "connect: the address is a socket of another type");
    if (!(listener instanceof UnixConnection) || !listener.isListening)
      return refuse(ECONNREFUSED, "connect: nobody listens");
    if ((listener.closedHalves & READ_SHUT) !== 0)
      return refuse(ECONNREFUSED, "connect: the listener is shut down");
    if (this.state === "listening") return refuse(EINVAL, "connect: the socket listens");
    if (listener.#pending.length > listener.#backlog) {
      this.blockedAt = listener.#room;
      return -EAGAIN;
    }
    listener.#admit(task, this);
    return 0;
  }

  #goOutside(connected: Endpoint): number {
    this.#outside = new Outside(connected, this.queue);
    this.state = "connected";
    this.queue.wake(WRITE_EVENTS);
    return 0;
  }

  /** Make the other end of `client` and let it wait for accept. */
  #admit(task: Task, client: UnixConnection): void {
    const server = new UnixConnection(task, this.type);
    server.options.inherit(this.options);
    server.name = this.name;
    server.isEmbryo = true;
    server.#join(client);
    server.learnPeer(task);
    client.#join(server);
    client.peerCredentials = this.peerCredentials;
    client.peerGroups = this.peerGroups;
    this.#pending.push(server);
    this.queue.wake(READ_EVENTS);
    client.queue.wake(WRITE_EVENTS);
  }

  /** Waits in a backlog and was never accepted. */
  isEmbryo = false;

  override accept(_task: Task): UnixConnection | number {
    if (this.state !== "listening") return refuse(EINVAL, "accept: the socket does not listen");
    const next = this.#pending.shift();
    if (next === undefined) return (this.closedHalves & READ_SHUT) !== 0 ? -EINVAL : -EAGAIN;
    next.isEmbryo = false;
    this.#room.wake(WRITE_EVENTS);
    return next;
  }

  // --- sending --------------------------------------------------------------------------------

  override send(task: Task, message: OutgoingMessage): number {
    if (this.#outside !== null) return this.#outside.send(task, message);
    if ((message.flags & MSG_OOB) !== 0) return refuse(EOPNOTSUPP, "send: no out-of-band data");
    if (message.name !== null && this.isStream) {
      const isConnected = this.state === "connected";
      return refuse(isConnected ? EISCONN : EOPNOTSUPP, "send: an address for a stream");
    }
    const peer = this.#peer;
    if (peer === null) return refuse(ENOTCONN, "send: no peer");
    if (
      (this.closedHalves & WRITE_SHUT) !== 0 ||
      (peer.closedHalves & READ_SHUT) !== 0 ||
      peer.isClosed
    )
      return refuse(EPIPE, "send: the connection is shut down");
    const rc = checkInFlight(task, message);
    if (rc < 0) return rc;
    const { data } = message;
    if (this.isStream && data.remaining === 0) return 0;
    if (!this.isStream && data.remaining > this.options.sendBuffer - 32)
      return refuse(EMSGSIZE, "send: the message is larger than the buffer");
    if (!this.hasSendRoom) return -EAGAIN;
    return this.#queueFor(peer, task, message);
  }

  #queueFor(peer: UnixConnection, task: Task, message: OutgoingMessage): number {
    const { data } = message;
    const most = Math.max(1, (this.options.sendBuffer >> 1) - 64);
    const length = this.isStream ? Math.min(data.remaining, CHUNK, most) : data.remaining;
    const block = task.kernel.blocks.take(length);
    const n = length === 0 ? 0 : data.take(block.bytes, 0, length);
    if (n < 0 || (n < length && !this.isStream)) {
      block.unref();
      return -EFAULT;
    }
    const segment = new Segment(block, n, new Parcel(task, this, message), chargeOf(n));
    this.inFlight += segment.charge;
    peer.incoming.push(segment);
    peer.queue.wake(READ_EVENTS);
    return n;
  }

  // --- receiving ------------------------------------------------------------------------------

  override receive(task: Task, message: IncomingMessage): number {
    if (this.#outside !== null) return this.#outside.receive(task, message);
    if ((message.flags & MSG_OOB) !== 0) return refuse(EOPNOTSUPP, "receive: no out-of-band data");
    if (this.state !== "connected")
      return refuse(this.isStream ? EINVAL : ENOTCONN, "receive: not connected");
    if (this.incoming.count === 0) return this.#nothing();
    return this.isStream ? this.#receiveStream(task, message) : this.#receivePacket(task, message);
  }

  #nothing(): number {
    const error = this.options.takeError();
    if (error !== 0) return refuse(error, "receive: the peer closed with bytes unread");
    return (this.closedHalves & READ_SHUT) !== 0 ? 0 : -EAGAIN;
  }

  #receiveStream(task: Task, message: IncomingMessage): number {
    const { data, flags } = message;
    const isPeek = (flags & MSG_PEEK) !== 0;
    const first = this.incoming.at(0)!.tag;
    let moved = 0;
    for (let index = 0; ; ) {
      const segment = this.incoming.at(index);
      if (segment === undefined || (moved > 0 && !this.#mayJoin(first, segment.tag))) break;
      const n = copySegment(this.incoming, index, data, flags);
      if (n < 0) return moved > 0 ? moved : n;
      moved += n;
      const parcel = segment.tag;
      if (message.name === null) message.name = parcel.name;
      this.addCredentials(task, message, parcel);
      const hasRights = parcel.rights.length > 0;
      this.addRights(message, parcel, isPeek);
      if (isPeek) index++;
      else this.incoming.consume(n, this);
      if (hasRights || data.remaining === 0) break;
    }
    return moved;
  }

  /** Bytes of different writers stay apart for a reader who wants to know them. */
  #mayJoin(first: Parcel, next: Parcel): boolean {
    if (!this.options.has(SO_PASSCRED)) return true;
    const a = first.credentials;
    const b = next.credentials;
    return a.pid === b.pid && a.uid === b.uid && a.gid === b.gid;
  }

  #receivePacket(task: Task, message: IncomingMessage): number {
    const isPeek = (message.flags & MSG_PEEK) !== 0;
    const segment = this.incoming.at(0)!;
    const { length } = segment;
    const n = this.incoming.copy(0, 0, message.data);
    if (n < 0) return n;
    if (n < length) message.flagsOut |= MSG_TRUNC;
    message.name = segment.tag.name;
    this.addCredentials(task, message, segment.tag);
    this.addRights(message, segment.tag, isPeek);
    if (!isPeek) {
      this.incoming.shift();
      this.segmentDone(segment);
    }
    return (message.flags & MSG_TRUNC) !== 0 ? length : n;
  }

  // --- the end --------------------------------------------------------------------------------

  override peerName(): Uint8Array | number {
    return this.#outside === null ? super.peerName() : this.#outside.endpoint.peerName();
  }

  override takeError(): number {
    return this.#outside === null ? super.takeError() : this.#outside.endpoint.takeError();
  }

  override shutdown(task: Task, how: number): number {
    if (this.#outside !== null) return this.#outside.endpoint.shutdown(task, how);
    this.#close(how);
    const peer = this.#peer;
    if (peer !== null) {
      const theirs =
        ((how & READ_SHUT) !== 0 ? WRITE_SHUT : 0) | ((how & WRITE_SHUT) !== 0 ? READ_SHUT : 0);
      peer.#close(theirs);
    }
    return 0;
  }

  #close(halves: number): void {
    this.closedHalves |= halves;
    this.queue.wake(ALL_EVENTS);
    this.#room.wake(WRITE_EVENTS);
  }

  override poll(): number {
    if (this.#outside !== null) return this.#outside.endpoint.poll();
    let mask = 0;
    if (this.options.error !== 0) mask |= POLLERR;
    if (this.closedHalves === BOTH_SHUT) mask |= POLLHUP;
    if ((this.closedHalves & READ_SHUT) !== 0) mask |= POLLRDHUP | READ_EVENTS;
    if (this.incoming.count > 0 || this.#pending.length > 0) mask |= READ_EVENTS;
    if (this.state === "unconnected") mask |= POLLHUP;
    if (this.state !== "listening" && this.isWritable) mask |= WRITE_EVENTS;
    return mask;
  }

  /** Connections that wait to be accepted carry too. */
  override *carried(): Generator<File> {
    yield* super.carried();
    for (const embryo of this.#pending) yield* embryo.carried();
  }

  override dropCarried(): void {
    super.dropCarried();
    for (const embryo of this.#pending) embryo.dropCarried();
  }

  override close(): void {
    this.#outside?.close();
    this.isClosed = true;
    this.closedHalves = BOTH_SHUT;
    if (!this.isEmbryo) this.unbind();
    for (const embryo of this.#pending.splice(0)) embryo.close();
    const peer = this.#peer;
    if (peer !== null && !peer.isClosed) {
      if (this.incoming.count > 0 || this.isEmbryo) peer.options.error = ECONNRESET;
      peer.#close(BOTH_SHUT);
    }
    this.dropIncoming();
    this.#room.wake(WRITE_EVENTS);
    this.collectGarbage();
  }
}

/** Copy from one segment; a receiver with MSG_TRUNC throws the bytes away. */
function copySegment(
  queue: UnixConnection["incoming"],
  index: number,
  into: UserBuffer,
  flags: number,
): number {
  if ((flags & MSG_TRUNC) === 0) return queue.copy(index, 0, into);
  const n = Math.min(queue.at(index)!.length, into.remaining);
  into.skip(n);
  return n;
}
