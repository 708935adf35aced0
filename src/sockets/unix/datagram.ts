/**
 * UnixDatagram: SOCK_DGRAM unix sockets (unix(7)): messages stay whole, arrive in order and are
 * never lost.
 *  - A receiver that is full makes its senders wait, unless it is connected to them.
 *  - Connected to somebody, a socket takes messages from that one alone (EPERM for others).
 */
import {
  EAGAIN,
  ECONNREFUSED,
  ECONNRESET,
  EINVAL,
  EMSGSIZE,
  ENOTCONN,
  EOPNOTSUPP,
  EPERM,
  EPIPE,
  EPROTOTYPE,
} from "../../abi/errno.ts";
import { MSG_OOB, MSG_PEEK, MSG_TRUNC } from "../../abi/msghdr.ts";
import { POLLERR, POLLHUP, POLLRDHUP } from "../../abi/poll.ts";
import { AF_UNSPEC, SO_PASSCRED, SOCK_DGRAM } from "../../abi/socket.ts";
import { refuse } from "../../base/refuse.ts";
import { BOTH_SHUT, READ_SHUT, WRITE_SHUT } from "../../kernel/socket/endpoint.ts";
import {
  type IncomingMessage,
  type OutgoingMessage,
  takeDatagram,
} from "../../kernel/socket/message.ts";
import { Segment } from "../../kernel/socket/segment-queue.ts";
import type { Task } from "../../kernel/task/task.ts";
import { ALL_EVENTS, chargeOf, READ_EVENTS, UnixEndpoint, WRITE_EVENTS } from "./endpoint.ts";
import { checkAddress, findSocket } from "./names.ts";
import { checkInFlight, Parcel } from "./parcel.ts";

/** /proc/sys/net/unix/max_dgram_qlen. */
const MAX_QUEUE = 10;

export class UnixDatagram extends UnixEndpoint {
  #peer: UnixDatagram | null = null;
  /** Senders that found this socket full. */
  readonly #waiting = new Set<UnixDatagram>();

  override get peer(): UnixDatagram | null {
    return this.#peer;
  }

  static pair(task: Task): [UnixDatagram, UnixDatagram] {
    const a = new UnixDatagram(task, SOCK_DGRAM);
    const b = new UnixDatagram(task, SOCK_DGRAM);
    a.#peer = b;
    b.#peer = a;
    a.learnPeer(task);
    b.learnPeer(task);
    return [a, b];
  }

  override connect(task: Task, address: Uint8Array): number {
    if (address.length < 2) return refuse(EINVAL, "connect: no address");
    if ((address[0]! | (address[1]! << 8)) === AF_UNSPEC) {
      this.#setPeer(null);
      return 0;
    }
    const rc = checkAddress(address);
    if (rc < 0) return rc;
    if (this.options.has(SO_PASSCRED)) this.autobind();
    const other = this.#find(task, address);
    if (typeof other === "number") return other;
    if (!other.#accepts(this)) return refuse(EPERM, "connect: the socket is another's peer");
    this.#setPeer(other);
    return 0;
  }

  /** Leaving a peer drops what it sent, and tells one that was connected back. */
  #setPeer(next: UnixDatagram | null): void {
    const old = this.#peer;
    this.#peer = next;
    if (old !== null && old !== next) {
      this.dropIncoming();
      if (old.#peer === this) {
        old.options.error = ECONNRESET;
        old.queue.wake(ALL_EVENTS);
      }
    }
    this.queue.wake(WRITE_EVENTS);
  }

  #find(task: Task, address: Uint8Array): UnixDatagram | number {
    const other = findSocket(task, address);
    if (typeof other === "number") return other;
    if (!(other instanceof UnixDatagram))
      return refuse(EPROTOTYPE, "the address is a socket of another type");
    return other;
  }

  /** May `sender` send here? */
  #accepts(sender: UnixDatagram): boolean {
    return this.#peer === null || this.#peer === sender;
  }

  get #isFull(): boolean {
    return this.incoming.count > MAX_QUEUE;
  }

  override send(task: Task, message: OutgoingMessage): number {
    if ((message.flags & MSG_OOB) !== 0) return refuse(EOPNOTSUPP, "send: no out-of-band data");
    const other = this.#destination(task, message);
    if (typeof other === "number") return other;
    const { data } = message;
    if (data.remaining > this.options.sendBuffer - 32)
      return refuse(EMSGSIZE, "send: the message is larger than the buffer");
    if (!other.#accepts(this)) return refuse(EPERM, "send: the socket is another's peer");
    if (other.isClosed) return this.#lostPeer(other);
    if ((this.closedHalves & WRITE_SHUT) !== 0 || (other.closedHalves & READ_SHUT) !== 0)
      return refuse(EPIPE, "send: shut down");
    const rc = checkInFlight(task, message);
    if (rc < 0) return rc;
    if (!this.hasSendRoom) return -EAGAIN;
    if (other.#peer !== this && other.#isFull) {
      other.#waiting.add(this);
      return -EAGAIN;
    }
    if (this.options.has(SO_PASSCRED)) this.autobind();
    return this.#deliver(task, message, other);
  }

  #destination(task: Task, message: OutgoingMessage): UnixDatagram | number {
    if (message.name === null)
      return this.#peer ?? refuse(ENOTCONN, "send: no address and no peer");
    const rc = checkAddress(message.name);
    return rc < 0 ? rc : this.#find(task, message.name);
  }

  #lostPeer(other: UnixDatagram): number {
    if (this.#peer === other) this.#setPeer(null);
    return refuse(ECONNREFUSED, "send: the peer is closed");
  }

  #deliver(task: Task, message: OutgoingMessage, other: UnixDatagram): number {
    const { data } = message;
    const length = data.remaining;
    const block = takeDatagram(task, data);
    if (typeof block === "number") return block;
    const parcel = new Parcel(task, this, message);
    const segment = new Segment(block, length, parcel, chargeOf(length));
    this.inFlight += segment.charge;
    other.incoming.push(segment);
    other.queue.wake(READ_EVENTS);
    return length;
  }

  override receive(task: Task, message: IncomingMessage): number {
    if ((message.flags & MSG_OOB) !== 0) return refuse(EOPNOTSUPP, "receive: no out-of-band data");
    const error = this.options.takeError();
    if (error !== 0) return refuse(error, "receive: the socket has an error");
    const segment = this.incoming.at(0);
    if (segment === undefined) return (this.closedHalves & READ_SHUT) !== 0 ? 0 : -EAGAIN;
    const isPeek = (message.flags & MSG_PEEK) !== 0;
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
      this.#tellWaiting();
    }
    return (message.flags & MSG_TRUNC) !== 0 ? length : n;
  }

  /** Room again: whoever found none may look. */
  #tellWaiting(): void {
    if (this.#waiting.size === 0) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const sender of waiting) sender.queue.wake(WRITE_EVENTS);
  }

  override shutdown(_task: Task, how: number): number {
    this.closedHalves |= how;
    this.queue.wake(ALL_EVENTS);
    this.#tellWaiting();
    return 0;
  }

  override poll(): number {
    let mask = 0;
    if (this.options.error !== 0) mask |= POLLERR;
    if (this.closedHalves === BOTH_SHUT) mask |= POLLHUP;
    if ((this.closedHalves & READ_SHUT) !== 0) mask |= POLLRDHUP | READ_EVENTS;
    if (this.incoming.count > 0) mask |= READ_EVENTS;
    if (this.isWritable && !this.#peerIsFull()) mask |= WRITE_EVENTS;
    return mask;
  }

  /** Would sending to the peer wait? Then hear when that changes. */
  #peerIsFull(): boolean {
    const peer = this.#peer;
    if (peer === null || peer.isClosed || peer.#peer === this || !peer.#isFull) return false;
    peer.#waiting.add(this);
    return true;
  }

  protected override readableBytes(): number {
    return this.incoming.at(0)?.length ?? 0;
  }

  override close(): void {
    this.isClosed = true;
    this.closedHalves = BOTH_SHUT;
    this.unbind();
    const peer = this.#peer;
    if (peer !== null && peer.#peer === this && this.incoming.count > 0) {
      peer.options.error = ECONNRESET;
      peer.queue.wake(ALL_EVENTS);
    }
    this.dropIncoming();
    this.#tellWaiting();
    this.collectGarbage();
  }
}
