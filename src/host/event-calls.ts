/**
 * EventCalls: host calls that wait for something or carry it: epoll, eventfd, poll, pipes, and the
 * sockets over which stubs get descriptors and say HELLO. Guest sockets are in sockets.ts.
 */
import { CPU_SET_BYTES, writeCpuSet, writeI64 } from "./bytes.ts";
import { calls } from "./calls.ts";
import { NameCalls } from "./name-calls.ts";

/** Where the bytes of a message are, from structAt on. */
const BYTES_SENT = 128;
const BYTES_RECEIVED = 256;

export class EventCalls extends NameCalls {
  eventfd2(initial: number, flags: number): number {
    return this.gateway.sys(calls.eventfd2.nr, initial, flags);
  }

  /** Let this thread run on these processors only; the host's numbers. */
  setAffinity(cpus: readonly number[]): number {
    const at = this.structAt;
    writeCpuSet(this.arena.u8, at, cpus);
    return this.gateway.sys(calls.schedSetaffinity.nr, 0, CPU_SET_BYTES, this.address(at));
  }

  epollCreate(): number {
    return this.gateway.sys(calls.epollCreate1.nr, 0x80000);
  }

  /** `op` 1 add, 2 delete, 3 modify. The event's data is the descriptor itself. */
  epollCtl(epfd: number, op: number, fd: number, events: number): number {
    const at = this.structAt;
    this.arena.view.setUint32(at, events, true);
    this.arena.view.setInt32(at + 4, fd, true);
    this.arena.view.setInt32(at + 8, 0, true);
    return this.gateway.sys(calls.epollCtl.nr, epfd, op, fd, this.address(at));
  }

  /** The ready mask of one descriptor now. */
  poll(fd: number, events: number): number {
    const at = this.structAt;
    this.arena.view.setInt32(at, fd, true);
    this.arena.view.setInt16(at + 4, events, true);
    this.arena.view.setInt16(at + 6, 0, true);
    const rc = this.gateway.sys(calls.poll.nr, this.address(at), 1, 0);
    return rc <= 0 ? rc : this.arena.view.getUint16(at + 6, true);
  }

  pipe2(flags: number): [number, number] | number {
    const at = this.structAt;
    const rc = this.gateway.sys(calls.pipe2.nr, this.address(at), flags);
    return rc < 0
      ? rc
      : [this.arena.view.getInt32(at, true), this.arena.view.getInt32(at + 4, true)];
  }

  // --- control sockets ------------------------------------------------------------------------

  socketpair(domain: number, type: number): [number, number] | number {
    const at = this.structAt;
    const rc = this.gateway.sys(calls.socketpair.nr, domain, type, 0, this.address(at));
    return rc < 0
      ? rc
      : [this.arena.view.getInt32(at, true), this.arena.view.getInt32(at + 4, true)];
  }

  setsockoptInt(fd: number, level: number, name: number, value: number): number {
    const at = this.structAt;
    this.arena.view.setInt32(at, value, true);
    return this.gateway.sys(calls.setsockopt.nr, fd, level, name, this.address(at), 4);
  }

  /** Send one byte and a descriptor; -EAGAIN when the other side has too many that it did not take. */
  sendDescriptor(socket: number, fd: number): number {
    const { view } = this.arena;
    const control = this.#message(BYTES_SENT, 1, 24);
    writeI64(view, control, 20);
    view.setInt32(control + 8, 1, true); // SOL_SOCKET
    view.setInt32(control + 12, 1, true); // SCM_RIGHTS
    view.setInt32(control + 16, fd, true);
    return this.gateway.sys(calls.sendmsg.nr, socket, this.address(this.structAt), 0x4040); // NOSIGNAL, DONTWAIT
  }

  /**
   * Receive one message and return the sender's pid as the host states it, or -errno; 0 at EOF. Its
   * bytes, at most 64, lie 256 bytes behind structAt.
   */
  receiveSender(socket: number): number {
    const { view } = this.arena;
    const control = this.#message(BYTES_RECEIVED, 64, 64);
    const rc = this.gateway.sys(calls.recvmsg.nr, socket, this.address(this.structAt), 0x40000040); // CLOEXEC, DONTWAIT
    if (rc <= 0) return rc;
    const isCredentials =
      view.getInt32(control + 8, true) === 1 && view.getInt32(control + 12, true) === 2;
    return isCredentials ? view.getInt32(control + 16, true) : -71; // EPROTO
  }

  /** A struct msghdr with one vector of `length` bytes and room for `room` bytes of control; where that is. */
  #message(bytes: number, length: number, room: number): number {
    const { view } = this.arena;
    const at = this.structAt;
    const iov = at + 64;
    const control = at + 96;
    writeI64(view, at, 0);
    writeI64(view, at + 8, 0);
    writeI64(view, at + 16, this.address(iov));
    writeI64(view, at + 24, 1);
    writeI64(view, at + 32, this.address(control));
    writeI64(view, at + 40, room);
    writeI64(view, at + 48, 0);
    writeI64(view, iov, this.address(at + bytes));
    writeI64(view, iov + 8, length);
    return control;
  }
}
