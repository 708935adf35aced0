/**
 * UnixEndpoint: what all unix sockets have in common: a name, a peer, what they still have in
 * flight, and the credentials that SO_PEERCRED tells (unix(7)).
 */
import {
  EADDRINUSE,
  EINVAL,
  ENODATA,
  ENOTCONN,
  ENOTTY,
  EOPNOTSUPP,
  ERANGE,
} from "../../abi/errno.ts";
import { SIOCINQ, SIOCOUTQ } from "../../abi/ioctl-net.ts";
import { SCM_CREDENTIALS, ucred } from "../../abi/msghdr.ts";
import {
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRBAND,
  POLLWRNORM,
} from "../../abi/poll.ts";
import { AF_UNIX, SO_PASSCRED, SO_PEERCRED, SO_PEERGROUPS, SOL_SOCKET } from "../../abi/socket.ts";
import { refuse } from "../../base/refuse.ts";
import { Endpoint } from "../../kernel/socket/endpoint.ts";
import type { IncomingMessage, PeerCredentials } from "../../kernel/socket/message.ts";
import { type NetworkNamespace, networkOf } from "../../kernel/socket/network.ts";
import { type Segment, SegmentQueue, type SegmentSink } from "../../kernel/socket/segment-queue.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { File } from "../../kernel/vfs/file.ts";
import type { Inode } from "../../kernel/vfs/inode.ts";
import { type Carrier, InFlight } from "./in-flight.ts";
import {
  addressOf,
  bindPath,
  checkAddress,
  isAbstract,
  keyOf,
  mayBindPath,
  NO_NAME_LEFT,
  pathOf,
  UnixNames,
} from "./names.ts";
import { credentialsOf, type Parcel } from "./parcel.ts";

export const READ_EVENTS = POLLIN | POLLRDNORM;
export const WRITE_EVENTS = POLLOUT | POLLWRNORM | POLLWRBAND;
export const ALL_EVENTS = READ_EVENTS | WRITE_EVENTS | POLLHUP | POLLERR | POLLRDHUP;

/** What Linux counts for a message beside its bytes: its headers, and rounding of its memory. */
const HEADERS = 256;
const HEAD_ROOM = 320;
const SMALLEST = 512;
const PAGE = 4096;

const UNNAMED = Uint8Array.of(AF_UNIX, 0);

export abstract class UnixEndpoint extends Endpoint implements SegmentSink<Parcel>, Carrier {
  override readonly network: NetworkNamespace;
  /** sockaddr_un as bound, or null. */
  name: Uint8Array | null = null;
  /** The inode of a bound file name. */
  #inode: Inode | null = null;
  readonly incoming = new SegmentQueue<Parcel>();
  /** Cost of what this socket has sent and nobody has read yet. */
  inFlight = 0;
  /** READ_SHUT, WRITE_SHUT. */
  closedHalves = 0;
  isClosed = false;
  peerCredentials: PeerCredentials | null = null;
  peerGroups: readonly number[] = [];

  constructor(task: Task, type: number) {
    super(AF_UNIX, type, 0);
    this.network = networkOf(task);
  }

  // --- names ----------------------------------------------------------------------------------

  override bind(task: Task, address: Uint8Array): number {
    const isFamilyOnly = address.length === 2 && address[0] === AF_UNIX && address[1] === 0;
    if (isFamilyOnly) return this.autobind();
    const rc = checkAddress(address);
    if (rc < 0) return rc;
    if (isAbstract(address)) return this.#bindAbstract(address);
    return this.#bindFile(task, address);
  }

  #bindAbstract(address: Uint8Array): number {
    if (this.name !== null) return refuse(EINVAL, "bind: the socket has a name");
    const names = this.network.part(UnixNames);
    if (names.abstract(keyOf(address)) !== undefined)
      return refuse(EADDRINUSE, "bind: the abstract name is taken");
    this.name = address;
    names.setAbstract(keyOf(address), this);
    return 0;
  }

  #bindFile(task: Task, address: Uint8Array): number {
    const path = pathOf(address);
    if (this.name !== null) {
      // Linux makes the file first: a name that exists is refused as such.
      const rc = mayBindPath(task, path);
      return rc < 0 ? rc : refuse(EINVAL, "bind: the socket has a name");
    }
    const inode = bindPath(task, this, path);
    if (typeof inode === "number") return inode;
    this.#inode = inode;
    this.name = addressOf(`${path}\0`);
    return 0;
  }

  /** Give a socket without a name one of the kernel's own. */
  autobind(): number {
    if (this.name !== null) return 0;
    const names = this.network.part(UnixNames);
    const name = names.autobind();
    if (name === null) return NO_NAME_LEFT;
    this.name = name;
    names.setAbstract(keyOf(name), this);
    return 0;
  }

  protected unbind(): void {
    if (this.#inode !== null) {
      this.#inode.endpoint = null;
      this.#inode.drop();
      this.#inode = null;
    } else if (this.name !== null) {
      const names = this.network.part(UnixNames);
      if (names.abstract(keyOf(this.name)) === this) names.removeAbstract(keyOf(this.name));
    }
  }

  /** The end of close(): sockets that only held each other may be unreachable now. */
  protected collectGarbage(): void {
    this.network.part(InFlight).collect();
  }

  override localName(): Uint8Array {
    return this.name ?? UNNAMED;
  }

  abstract get peer(): UnixEndpoint | null;

  override peerName(): Uint8Array | number {
    if (this.peer === null) return refuse(ENOTCONN, "getpeername: no peer");
    return this.peer.localName();
  }

  // --- what is on its way ---------------------------------------------------------------------

  /** Is there so little in flight that poll says POLLOUT? */
  get isWritable(): boolean {
    return this.inFlight * 4 <= this.options.sendBuffer;
  }

  /** Has SO_SNDBUF room for another message? */
  get hasSendRoom(): boolean {
    return this.inFlight < this.options.sendBuffer;
  }

  /** A message of ours has been read, or will never be. */
  segmentDone(segment: Segment<Parcel>): void {
    const { sender } = segment.tag;
    const wasWritable = sender.isWritable;
    sender.inFlight -= segment.charge;
    if (!wasWritable && sender.isWritable) sender.queue.wake(WRITE_EVENTS);
  }

  /** Throw away everything that waits to be read. */
  protected dropIncoming(): void {
    for (;;) {
      const segment = this.incoming.shift();
      if (segment === undefined) return;
      segment.tag.close();
      this.segmentDone(segment);
    }
  }

  *carried(): Generator<File> {
    for (let i = 0; i < this.incoming.count; i++) yield* this.incoming.at(i)!.tag.rights;
  }

  dropCarried(): void {
    this.dropIncoming();
  }

  /** Tell the receiver who sent, when it asked for that. */
  protected addCredentials(task: Task, message: IncomingMessage, parcel: Parcel): void {
    if (!this.options.has(SO_PASSCRED) || message.control.length > 0) return;
    const data = ucredBytes(task, parcel.credentials);
    message.control.push({ level: SOL_SOCKET, type: SCM_CREDENTIALS, data });
  }

  /** Files go to the receiver; one who only looks gets references of its own. */
  protected addRights(message: IncomingMessage, parcel: Parcel, isPeek: boolean): void {
    if (parcel.rights.length === 0) return;
    const rights = isPeek ? parcel.rights.map((file) => file.ref()) : parcel.take();
    message.rights.push(...rights);
  }

  // --- options --------------------------------------------------------------------------------

  protected learnPeer(task: Task): void {
    this.peerCredentials = credentialsOf(task);
    this.peerGroups = task.credentials.groups;
  }

  override getOption(
    task: Task,
    level: number,
    name: number,
    length: number,
  ): Uint8Array | number | null {
    if (level !== SOL_SOCKET) return refuse(EOPNOTSUPP, "getsockopt: not for unix sockets");
    if (name === SO_PEERCRED) return this.peerCredentials && ucredBytes(task, this.peerCredentials);
    if (name !== SO_PEERGROUPS) return null;
    if (this.peerCredentials === null) return refuse(ENODATA, "getsockopt: no peer");
    const { userNamespace } = task.credentials;
    const groups = new Uint8Array(
      Uint32Array.from(this.peerGroups, (gid) => userNamespace.shownGid(gid)).buffer,
    );
    return length < groups.length ? refuse(ERANGE, "getsockopt: more groups") : groups;
  }

  override setOption(_task: Task, level: number): number | null {
    return level === SOL_SOCKET ? null : refuse(EOPNOTSUPP, "setsockopt: not for unix sockets");
  }

  override ioctl(task: Task, command: number, argument: number): number {
    if (command === SIOCOUTQ) return task.mm.writeI32(argument, this.inFlight);
    if (command !== SIOCINQ) return -ENOTTY;
    if (this.isListening) return refuse(EINVAL, "ioctl: a listening socket");
    return task.mm.writeI32(argument, this.readableBytes());
  }

  /** What SIOCINQ tells. */
  protected readableBytes(): number {
    return this.incoming.length;
  }
}

/** As `task` calls its process and its ids. */
function ucredBytes(task: Task, { pid, uid, gid }: PeerCredentials): Uint8Array {
  const { userNamespace } = task.credentials;
  const bytes = new Uint8Array(ucred.size);
  ucred.write(new DataView(bytes.buffer), 0, {
    pid: task.numberOf(pid),
    uid: userNamespace.shownUid(uid),
    gid: userNamespace.shownGid(gid),
  });
  return bytes;
}

/** What a message of `length` bytes counts against its sender's buffer. */
export function chargeOf(length: number): number {
  const needed = length + HEAD_ROOM;
  let rounded = SMALLEST;
  while (rounded < needed && rounded < PAGE) rounded *= 2;
  if (rounded < needed) rounded = Math.ceil(needed / PAGE) * PAGE;
  return HEADERS + rounded;
}
