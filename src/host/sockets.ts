/**
 * HostSockets: the host's socket calls as typed methods, in the manner of Host: every method returns
 * a value >= 0 or -errno and none throws. Bytes of messages lie in `host.io`; addresses, control
 * messages and option values are copied through areas of this class.
 * Internet sockets are made here, and unix sockets that connect to one of the host's. They never block: MSG_DONTWAIT and MSG_NOSIGNAL are added.
 */
import { cmsghdr, MSG_DONTWAIT, MSG_NOSIGNAL, msghdr } from "../abi/msghdr.ts";
import { SOCK_CLOEXEC, SOCK_NONBLOCK, sockaddr_storage } from "../abi/socket.ts";
import { calls } from "./calls.ts";
import type { Host } from "./host.ts";

const CONTROL_SIZE = 4096;
const VALUE_SIZE = 1024;
const IOVEC_SIZE = 16;

export class HostSockets {
  readonly host: Host;
  readonly #message: number;
  readonly #vector: number;
  readonly #name: number;
  readonly #control: number;
  readonly #value: number;
  /** After receive(): lengths of address and control data, and MSG_* flags. */
  nameLength = 0;
  controlLength = 0;
  flags = 0;

  constructor(host: Host) {
    this.host = host;
    this.#message = host.arena.scratch(msghdr.size);
    this.#vector = host.arena.scratch(IOVEC_SIZE);
    this.#name = host.arena.scratch(sockaddr_storage.size);
    this.#control = host.arena.scratch(CONTROL_SIZE);
    this.#value = host.arena.scratch(VALUE_SIZE);
  }

  socket(domain: number, type: number, protocol: number): number {
    const flags = type | SOCK_NONBLOCK | SOCK_CLOEXEC;
    return this.host.gateway.sys(calls.socket.nr, domain, flags, protocol);
  }

  bind(fd: number, address: Uint8Array): number {
    return this.host.gateway.sys(calls.bind.nr, fd, this.#putName(address), address.length);
  }

  connect(fd: number, address: Uint8Array): number {
    return this.host.gateway.sys(calls.connect.nr, fd, this.#putName(address), address.length);
  }

  listen(fd: number, backlog: number): number {
    return this.host.gateway.sys(calls.listen.nr, fd, backlog);
  }

  accept(fd: number): number {
    return this.host.gateway.sys(calls.accept4.nr, fd, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
  }

  shutdown(fd: number, how: number): number {
    return this.host.gateway.sys(calls.shutdown.nr, fd, how);
  }

  localName(fd: number): Uint8Array | number {
    return this.#getName(calls.getsockname.nr, fd);
  }

  peerName(fd: number): Uint8Array | number {
    return this.#getName(calls.getpeername.nr, fd);
  }

  getOption(fd: number, level: number, name: number, length: number): Uint8Array | number {
    const { arena, gateway } = this.host;
    const at = this.#value;
    arena.view.setInt32(this.#vector, Math.min(length, VALUE_SIZE), true);
    const lengthAt = this.host.address(this.#vector);
    const rc = gateway.sys(calls.getsockopt.nr, fd, level, name, this.host.address(at), lengthAt);
    if (rc < 0) return rc;
    return arena.u8.slice(at, at + arena.view.getInt32(this.#vector, true));
  }

  setOption(fd: number, level: number, name: number, value: Uint8Array): number {
    const { arena, gateway } = this.host;
    const length = Math.min(value.length, VALUE_SIZE);
    arena.u8.set(value.subarray(0, length), this.#value);
    const at = this.host.address(this.#value);
    return gateway.sys(calls.setsockopt.nr, fd, level, name, at, length);
  }

  /** Send the first `length` bytes of `host.io`. */
  send(
    fd: number,
    length: number,
    flags: number,
    name: Uint8Array | null,
    control: Uint8Array | null,
  ): number {
    if (name !== null) this.#putName(name);
    if (control !== null) this.host.arena.u8.set(control, this.#control);
    this.#putMessage(length, name?.length ?? 0, control?.length ?? 0);
    const all = flags | MSG_DONTWAIT | MSG_NOSIGNAL;
    return this.host.gateway.sys(calls.sendmsg.nr, fd, this.host.address(this.#message), all);
  }

  /**
   * Receive at most `length` bytes into `host.io`; the rest is in the fields and in name(), control(). With no
   * room for control data, descriptors that come along are dropped by the host.
   */
  receive(fd: number, length: number, flags: number, controlSize = CONTROL_SIZE): number {
    this.#putMessage(length, sockaddr_storage.size, controlSize);
    const all = flags | MSG_DONTWAIT;
    const rc = this.host.gateway.sys(calls.recvmsg.nr, fd, this.host.address(this.#message), all);
    if (rc < 0) return rc;
    const header = msghdr.read(this.host.arena.view, this.#message);
    this.nameLength = header.msg_namelen;
    this.controlLength = header.msg_controllen;
    this.flags = header.msg_flags;
    return rc;
  }

  /** The source of the message received last. */
  name(): Uint8Array {
    return this.host.arena.u8.slice(this.#name, this.#name + this.nameLength);
  }

  /** Control messages of the message received last. */
  *control(): Generator<{ level: number; type: number; data: Uint8Array }> {
    const { view, u8 } = this.host.arena;
    for (let at = 0; at + cmsghdr.size <= this.controlLength; ) {
      const from = this.#control + at;
      const { cmsg_len, cmsg_level, cmsg_type } = cmsghdr.read(view, from);
      if (cmsg_len < cmsghdr.size || at + cmsg_len > this.controlLength) return;
      const data = u8.slice(from + cmsghdr.size, from + cmsg_len);
      yield { level: cmsg_level, type: cmsg_type, data };
      at += (cmsg_len + 7) & ~7;
    }
  }

  /** An ioctl that stores an int (SIOCINQ, SIOCOUTQ, SIOCATMARK): the int, or -errno. */
  ioctlInt(fd: number, command: number): number {
    const at = this.host.address(this.#value);
    const rc = this.host.gateway.sys(calls.ioctl.nr, fd, command, at);
    return rc < 0 ? rc : this.host.arena.view.getInt32(this.#value, true);
  }

  #putName(address: Uint8Array): number {
    this.host.arena.u8.set(address.subarray(0, sockaddr_storage.size), this.#name);
    return this.host.address(this.#name);
  }

  #getName(call: number, fd: number): Uint8Array | number {
    const { arena, gateway } = this.host;
    arena.view.setInt32(this.#vector, sockaddr_storage.size, true);
    const at = this.host.address(this.#name);
    const rc = gateway.sys(call, fd, at, this.host.address(this.#vector));
    if (rc < 0) return rc;
    return arena.u8.slice(this.#name, this.#name + arena.view.getInt32(this.#vector, true));
  }

  #putMessage(length: number, nameLength: number, controlLength: number): void {
    const { host } = this;
    const { view } = host.arena;
    view.setUint32(this.#vector, host.address(host.io.byteOffset) % 2 ** 32, true);
    view.setUint32(this.#vector + 4, Math.floor(host.address(host.io.byteOffset) / 2 ** 32), true);
    view.setUint32(this.#vector + 8, length, true);
    view.setUint32(this.#vector + 12, 0, true);
    msghdr.write(view, this.#message, {
      msg_name: nameLength === 0 ? 0 : host.address(this.#name),
      msg_namelen: nameLength,
      msg_iov: host.address(this.#vector),
      msg_iovlen: 1,
      msg_control: controlLength === 0 ? 0 : host.address(this.#control),
      msg_controllen: controlLength,
      msg_flags: 0,
    });
  }
}
