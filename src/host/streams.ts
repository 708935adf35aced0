/**
 * Streams: connections to Unix stream sockets of the host (unix(7)) for command lines, which wait for
 * their answer and do nothing else meanwhile. Every wait has a deadline.
 *  - A socket is named by a path, or in Linux's abstract namespace by a name that begins with NUL.
 *  - As in Host, every method returns a value >= 0 or -errno; -EAGAIN says that the time is over.
 */
import { EINTR, ENAMETOOLONG } from "../abi/errno.ts";
import { MSG_NOSIGNAL } from "../abi/msghdr.ts";
import {
  AF_UNIX,
  SO_RCVTIMEO,
  SO_SNDTIMEO,
  SOCK_CLOEXEC,
  SOCK_STREAM,
  SOL_SOCKET,
  sockaddr_un,
} from "../abi/socket.ts";
import { writeI64 } from "./bytes.ts";
import { calls } from "./calls.ts";
import type { Host } from "./host.ts";
import { unixAddress } from "./unix-address.ts";

const TIMEVAL = 16;
const SYS_SENDTO = 44;

export class Streams {
  readonly #host: Host;
  readonly #name: number;
  readonly #time: number;

  constructor(host: Host) {
    this.#host = host;
    this.#name = host.arena.scratch(sockaddr_un.size);
    this.#time = host.arena.scratch(TIMEVAL);
  }

  /** `name`: a byte string. A listener whose queue is full is waited for. */
  connect(name: string, timeoutMs: number): number {
    const { gateway, arena } = this.#host;
    const address = unixAddress(name);
    if (address === null) return -ENAMETOOLONG;
    const fd = gateway.sys(calls.socket.nr, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC);
    if (fd < 0) return fd;
    this.#limit(fd, SO_SNDTIMEO, timeoutMs);
    arena.u8.set(address, this.#name);
    const at = this.#host.address(this.#name);
    const rc = this.#again(() => gateway.sys(calls.connect.nr, fd, at, address.length));
    if (rc === 0) return fd;
    gateway.sys(calls.close.nr, fd);
    return rc;
  }

  /** All of `bytes`, or -errno. */
  send(fd: number, bytes: Uint8Array, timeoutMs: number): number {
    const { gateway, io } = this.#host;
    this.#limit(fd, SO_SNDTIMEO, timeoutMs);
    const at = this.#host.address(io.byteOffset);
    for (let done = 0; done < bytes.length; ) {
      const part = bytes.subarray(done, done + io.length);
      io.set(part);
      const n = this.#again(() => gateway.sys(SYS_SENDTO, fd, at, part.length, MSG_NOSIGNAL, 0, 0));
      if (n < 0) return n;
      done += n;
    }
    return bytes.length;
  }

  /** What is there, at least one byte; none at the end of the connection. */
  receive(fd: number, timeoutMs: number): Uint8Array | number {
    const { gateway, io } = this.#host;
    this.#limit(fd, SO_RCVTIMEO, timeoutMs);
    const at = this.#host.address(io.byteOffset);
    const n = this.#again(() => gateway.sys(calls.read.nr, fd, at, io.length));
    return n < 0 ? n : io.slice(0, n);
  }

  /** A signal of Node's own (a child has ended) may come in between. */
  #again(call: () => number): number {
    for (;;) {
      const rc = call();
      if (rc !== -EINTR) return rc;
    }
  }

  /** A `struct timeval`; nought would be no limit. */
  #limit(fd: number, option: number, timeoutMs: number): void {
    const { gateway, arena } = this.#host;
    const us = Math.max(1, Math.floor(timeoutMs * 1000));
    writeI64(arena.view, this.#time, Math.floor(us / 1e6));
    writeI64(arena.view, this.#time + 8, us % 1e6);
    const at = this.#host.address(this.#time);
    gateway.sys(calls.setsockopt.nr, fd, SOL_SOCKET, option, at, TIMEVAL);
  }
}
