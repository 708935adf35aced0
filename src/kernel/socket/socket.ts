/**
 * Socket: the file that a guest sees of an endpoint (socket(2), struct socket).
 *  - Here is decided who waits: blocking or not, SO_RCVTIMEO and SO_SNDTIMEO, MSG_DONTWAIT,
 *    MSG_WAITALL; and what a signal or a partial transfer returns.
 *  - Bytes done before a wait are in task.record.progress. A call with a timeout that a signal
 *    interrupts is not restarted (signal(7)).
 */
import {
  EAGAIN,
  EALREADY,
  EFAULT,
  EINPROGRESS,
  EINTR,
  ENOENT,
  ENOTTY,
  EPIPE,
  ERESTARTSYS,
  ETIMEDOUT,
} from "../../abi/errno.ts";
import { O_NONBLOCK, O_RDWR } from "../../abi/fcntl.ts";
import { FIONREAD } from "../../abi/ioctl.ts";
import {
  FIOGETOWN,
  FIOSETOWN,
  SIOCGPGRP,
  SIOCGSTAMP_OLD,
  SIOCGSTAMPNS_OLD,
  SIOCSPGRP,
} from "../../abi/ioctl-net.ts";
import { MSG_DONTWAIT, MSG_NOSIGNAL, MSG_PEEK, MSG_WAITALL } from "../../abi/msghdr.ts";
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP } from "../../abi/poll.ts";
import { SIGPIPE } from "../../abi/signal.ts";
import { S_IFSOCK } from "../../abi/stat.ts";
import { refuse } from "../../base/refuse.ts";
import type { WaitQueue } from "../../base/wait-queue.ts";
import { ownerOf, setOwner } from "../fd/owner.ts";
import { type Nameless, numbered } from "../files/nameless.ts";
import type { UserBuffer } from "../mm/user-buffer.ts";
import { PARKED } from "../task/park.ts";
import type { Task } from "../task/task.ts";
import { File } from "../vfs/file.ts";
import type { Endpoint } from "./endpoint.ts";
import { interfaceIoctl } from "./interface-ioctl.ts";
import { IncomingMessage, OutgoingMessage } from "./message.ts";
import type { NetworkNamespace } from "./network.ts";

const SOCKET_MODE = S_IFSOCK | 0o777;
const READABLE = POLLIN | POLLHUP | POLLERR | POLLRDHUP;
const WRITABLE = POLLOUT | POLLHUP | POLLERR;

export class Socket extends File {
  readonly endpoint: Endpoint;
  override readonly queue: WaitQueue;
  readonly #network: NetworkNamespace;

  constructor(task: Task, nameless: Nameless, endpoint: Endpoint, flags: number) {
    super(nameless.inode, nameless.path, (flags & O_NONBLOCK) | O_RDWR, task.credentials);
    this.endpoint = endpoint;
    this.queue = endpoint.queue;
    this.#network = endpoint.network ?? task.kernel.network;
    this.#network.sockets.add(this);
  }

  // --- connections ----------------------------------------------------------------------------

  connect(task: Task, address: Uint8Array): number {
    const { endpoint } = this;
    const isBegun = task.restart !== null && task.restart.progress === 1;
    let rc = isBegun ? endpoint.finishConnect(task) : endpoint.connect(task, address);
    if (rc === -EINPROGRESS || (rc === -EALREADY && !this.nonblocking)) {
      if (this.nonblocking) return refuse(EINPROGRESS, "connect: goes on in the background");
      task.deadlineIn(endpoint.options.sendTimeoutNs);
      task.record.progress = 1;
      rc = endpoint.finishConnect(task);
    }
    if (rc !== -EAGAIN) return rc;
    if (this.nonblocking) return refuse(EAGAIN, "connect: cannot be done now");
    const waited = this.#wait(task, WRITABLE, endpoint.options.sendTimeoutNs);
    return waited === -EAGAIN && isBegun
      ? refuse(EINPROGRESS, "connect: SO_SNDTIMEO is over")
      : waited;
  }

  /** The endpoint of the next connection. */
  accept(task: Task): Endpoint | number {
    const { endpoint } = this;
    const accepted = endpoint.accept(task);
    if (accepted !== -EAGAIN) return accepted;
    if (this.nonblocking) return refuse(EAGAIN, "accept: nobody waits");
    return this.#wait(task, READABLE, endpoint.options.receiveTimeoutNs);
  }

  // --- messages -------------------------------------------------------------------------------

  /** Send; for streams all of it, unless something stops that. `task.record.progress` is kept. */
  send(task: Task, message: OutgoingMessage): number {
    const { endpoint } = this;
    const { data } = message;
    if (task.restart !== null && endpoint.isStream) data.skip(task.restart.progress);
    for (;;) {
      const rc = endpoint.send(task, message);
      if (rc >= 0) {
        if (!endpoint.isStream || data.remaining === 0) return endpoint.isStream ? data.done : rc;
        if (rc > 0) {
          message.rights = [];
          continue;
        }
      } else if (rc !== -EAGAIN) {
        if (data.done > 0 && endpoint.isStream) return data.done;
        if (rc === -EPIPE && endpoint.isStream && (message.flags & MSG_NOSIGNAL) === 0)
          task.kernel.sendSignalToTask(task, SIGPIPE);
        return rc;
      }
      return this.#waitToSend(task, message);
    }
  }

  #waitToSend(task: Task, message: OutgoingMessage): number {
    const done = this.endpoint.isStream ? message.data.done : 0;
    if (this.nonblocking || (message.flags & MSG_DONTWAIT) !== 0)
      return done > 0 ? done : refuse(EAGAIN, "send: no room");
    const { sendTimeoutNs } = this.endpoint.options;
    task.deadlineIn(sendTimeoutNs);
    task.record.progress = done;
    const rc = this.#wait(task, WRITABLE, sendTimeoutNs);
    return rc !== PARKED && done > 0 ? done : rc;
  }

  /** Receive; waits until there is something, or with MSG_WAITALL until the buffer is full. */
  receive(task: Task, message: IncomingMessage): number {
    const { endpoint } = this;
    const { data, flags } = message;
    const isPeek = (flags & MSG_PEEK) !== 0;
    if (task.restart !== null && endpoint.isStream) data.skip(task.restart.progress);
    const target = this.#target(message);
    for (;;) {
      const rc = endpoint.receive(task, message);
      if (rc >= 0) {
        if (!endpoint.isStream || isPeek) return rc;
        if (rc === 0 || data.done >= target || message.rights.length > 0) return data.done;
        continue;
      }
      if (rc !== -EAGAIN) return data.done > 0 && endpoint.isStream ? data.done : rc;
      return this.#waitToReceive(task, message);
    }
  }

  /** How many bytes end a receive. */
  #target(message: IncomingMessage): number {
    const { total } = message.data;
    if ((message.flags & MSG_WAITALL) !== 0) return total;
    return Math.min(this.endpoint.options.receiveLowWater, total);
  }

  #waitToReceive(task: Task, message: IncomingMessage): number {
    const done = this.endpoint.isStream ? message.data.done : 0;
    if (this.nonblocking || (message.flags & MSG_DONTWAIT) !== 0)
      return done > 0 ? done : refuse(EAGAIN, "receive: nothing has arrived");
    const { receiveTimeoutNs } = this.endpoint.options;
    task.deadlineIn(receiveTimeoutNs);
    task.record.progress = done;
    const rc = this.#wait(task, READABLE, receiveTimeoutNs);
    return rc !== PARKED && done > 0 ? done : rc;
  }

  #wait(task: Task, mask: number, timeoutNs: number): number {
    const { endpoint } = this;
    const deadline = task.deadlineIn(timeoutNs);
    task.waitOn(endpoint.blockedAt, mask);
    endpoint.blockedAt = endpoint.queue;
    const rc = task.park(deadline);
    if (rc === -ETIMEDOUT) return refuse(EAGAIN, "the socket's timeout is over");
    return rc === -ERESTARTSYS && timeoutNs !== Infinity ? -EINTR : rc;
  }

  // --- as a file ------------------------------------------------------------------------------

  override read(task: Task, into: UserBuffer): number {
    if (into.total === 0 && this.endpoint.isStream) return 0;
    const message = new IncomingMessage(into, 0);
    const rc = this.receive(task, message);
    for (const file of message.rights) file.unref();
    return rc;
  }

  override write(task: Task, from: UserBuffer): number {
    return this.send(task, new OutgoingMessage(from, 0));
  }

  override poll(): number {
    return this.endpoint.poll();
  }

  override available(): number {
    return -ENOTTY;
  }

  override ioctl(task: Task, command: number, argument: number): number {
    switch (command) {
      case FIOSETOWN:
      case SIOCSPGRP: {
        const owner = task.mm.readI32(argument);
        return Number.isNaN(owner) ? -EFAULT : setOwner(task, this, owner, false);
      }
      case FIOGETOWN:
      case SIOCGPGRP:
        return task.mm.writeI32(argument, ownerOf(task, this));
      case SIOCGSTAMP_OLD:
      case SIOCGSTAMPNS_OLD:
        return refuse(ENOENT, "ioctl: no packet has a time stamp");
      default:
    }
    const rc = this.endpoint.ioctl(task, command, argument);
    if (rc !== -ENOTTY || command === FIONREAD) return rc;
    return interfaceIoctl(task, this.#network, command, argument);
  }

  override release(): void {
    this.#network.sockets.delete(this);
    this.endpoint.close(null);
  }
}

/** Wrap an endpoint as a file. flags: O_NONBLOCK. */
export function makeSocket(task: Task, endpoint: Endpoint, flags: number): Socket {
  const nameless = numbered(task, "socket", SOCKET_MODE);
  const file = new Socket(task, nameless, endpoint, flags);
  nameless.inode.drop();
  return file;
}
