/**
 * Packets: messages with descriptors over Unix sockets that keep message boundaries (SOCK_SEQPACKET,
 * unix(7)): how command lines and a sandbox talk.
 *  - Sockets are named by a directory descriptor and a name, so that a path may be of any length.
 *  - A message of more than INLINE bytes travels as a memory file, its first descriptor; the first
 *    byte of what is sent says so. Nobody is sent, or made to read, more than MOST_BYTES.
 *  - receive() gives 0 at the end of the connection, and -errno.
 */
import { E2BIG, EBADMSG, ENAMETOOLONG, EPROTO } from "../abi/errno.ts";
import { MFD_CLOEXEC } from "../abi/mman.ts";
import {
  cmsghdr,
  MSG_CMSG_CLOEXEC,
  MSG_CTRUNC,
  MSG_NOSIGNAL,
  MSG_TRUNC,
  msghdr,
  SCM_RIGHTS,
} from "../abi/msghdr.ts";
import {
  AF_UNIX,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_SOCKET,
  sockaddr_un,
} from "../abi/socket.ts";
import { writeI64 } from "./bytes.ts";
import { calls } from "./calls.ts";
import type { Host } from "./host.ts";
import { unixAddress } from "./unix-address.ts";

export const MOST_BYTES = 4 << 20;
export const MOST_DESCRIPTORS = 200;
const INLINE = 32768;
const IN_LINE = 0;
const IN_FILE = 1;
const BACKLOG = 64;
const VECTOR = 16;
const CONTROL = 1024;

export interface Packet {
  readonly bytes: Uint8Array;
  /** Ours to close. */
  readonly descriptors: number[];
}

export class Packets {
  readonly #host: Host;
  readonly #message: number;
  readonly #vector: number;
  readonly #name: number;
  readonly #control: number;

  constructor(host: Host) {
    this.#host = host;
    this.#message = host.arena.scratch(msghdr.size);
    this.#vector = host.arena.scratch(VECTOR);
    this.#name = host.arena.scratch(sockaddr_un.size);
    this.#control = host.arena.scratch(CONTROL);
  }

  /** A connected pair, both ends blocking and closed by exec; or -errno. */
  pair(): [number, number] | number {
    return this.#host.socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC);
  }

  /** A socket that others connect() to by this name; it does not block. */
  listen(directory: number, name: string): number {
    const { gateway } = this.#host;
    const fd = gateway.sys(calls.socket.nr, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return fd;
    let rc = this.#atName(calls.bind.nr, fd, directory, name);
    if (rc === 0) rc = gateway.sys(calls.listen.nr, fd, BACKLOG);
    return rc === 0 ? fd : this.#drop(fd, rc);
  }

  connect(directory: number, name: string, type = SOCK_SEQPACKET): number {
    const { gateway } = this.#host;
    const fd = gateway.sys(calls.socket.nr, AF_UNIX, type | SOCK_CLOEXEC);
    if (fd < 0) return fd;
    const rc = this.#atName(calls.connect.nr, fd, directory, name);
    return rc === 0 ? fd : this.#drop(fd, rc);
  }

  /** Give one descriptor to whoever listens there for a stream, as a terminal is handed over. */
  give(directory: number, name: string, descriptor: number): number {
    const fd = this.connect(directory, name, SOCK_STREAM);
    if (fd < 0) return fd;
    this.#host.io[0] = 0;
    const rc = this.#send(fd, 1, [descriptor]);
    this.#host.close(fd);
    return Math.min(rc, 0);
  }

  /** The next connection, which does not block either. */
  accept(listener: number): number {
    const flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
    return this.#host.gateway.sys(calls.accept4.nr, listener, 0, 0, flags);
  }

  send(fd: number, bytes: Uint8Array, descriptors: readonly number[] = []): number {
    if (bytes.length > MOST_BYTES || descriptors.length > MOST_DESCRIPTORS) return -E2BIG;
    const { io } = this.#host;
    if (bytes.length <= INLINE) {
      io[0] = IN_LINE;
      io.set(bytes, 1);
      return this.#send(fd, bytes.length + 1, descriptors);
    }
    const file = this.#store(bytes);
    if (file < 0) return file;
    io[0] = IN_FILE;
    const rc = this.#send(fd, 1, [file, ...descriptors]);
    this.#host.close(file);
    return rc;
  }

  receive(fd: number): Packet | number {
    const host = this.#host;
    this.#prepare(host.io.length, CONTROL);
    const at = host.address(this.#message);
    const length = host.gateway.sys(calls.recvmsg.nr, fd, at, MSG_CMSG_CLOEXEC);
    if (length <= 0) return length;
    const header = msghdr.read(host.arena.view, this.#message);
    const descriptors = this.#descriptors(header.msg_controllen);
    if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) !== 0)
      return this.#refuse(descriptors, -E2BIG);
    if (host.io[0] === IN_LINE) return { bytes: host.io.slice(1, length), descriptors };
    const file = descriptors.shift();
    if (host.io[0] !== IN_FILE || file === undefined) return this.#refuse(descriptors, -EPROTO);
    const bytes = this.#load(file);
    host.close(file);
    return typeof bytes === "number" ? this.#refuse(descriptors, bytes) : { bytes, descriptors };
  }

  // --- long messages --------------------------------------------------------------------------

  #store(bytes: Uint8Array): number {
    const host = this.#host;
    const file = host.memfdCreate("tvisor-message", MFD_CLOEXEC);
    if (file < 0) return file;
    for (let done = 0; done < bytes.length; ) {
      const n = host.pwrite(file, bytes.subarray(done, done + host.io.length), done);
      if (n <= 0) return this.#drop(file, n === 0 ? -EBADMSG : n);
      done += n;
    }
    return file;
  }

  /** What the file holds now: whoever sent it may change it, not what was read. */
  #load(file: number): Uint8Array | number {
    const host = this.#host;
    const parts: Uint8Array[] = [];
    let length = 0;
    while (length <= MOST_BYTES) {
      const n = host.preadIo(file, host.io.length, length);
      if (n < 0) return n;
      if (n === 0) return Buffer.concat(parts);
      parts.push(host.io.slice(0, n));
      length += n;
    }
    return -E2BIG;
  }

  // --- one message ----------------------------------------------------------------------------

  #send(fd: number, length: number, descriptors: readonly number[]): number {
    const host = this.#host;
    const { view } = host.arena;
    const size = descriptors.length === 0 ? 0 : cmsghdr.size + 4 * descriptors.length;
    this.#prepare(length, (size + 7) & ~7);
    if (size > 0)
      cmsghdr.write(view, this.#control, {
        cmsg_len: size,
        cmsg_level: SOL_SOCKET,
        cmsg_type: SCM_RIGHTS,
      });
    for (const [i, descriptor] of descriptors.entries())
      view.setInt32(this.#control + cmsghdr.size + 4 * i, descriptor, true);
    return host.gateway.sys(calls.sendmsg.nr, fd, host.address(this.#message), MSG_NOSIGNAL);
  }

  #prepare(length: number, controlLength: number): void {
    const host = this.#host;
    const { view } = host.arena;
    writeI64(view, this.#vector, host.address(host.io.byteOffset));
    writeI64(view, this.#vector + 8, length);
    msghdr.write(view, this.#message, {
      msg_iov: host.address(this.#vector),
      msg_iovlen: 1,
      msg_control: controlLength === 0 ? 0 : host.address(this.#control),
      msg_controllen: controlLength,
    });
  }

  #descriptors(controlLength: number): number[] {
    const { view } = this.#host.arena;
    const found: number[] = [];
    for (let at = 0; at + cmsghdr.size <= controlLength; ) {
      const from = this.#control + at;
      const { cmsg_len, cmsg_level, cmsg_type } = cmsghdr.read(view, from);
      if (cmsg_len < cmsghdr.size || at + cmsg_len > controlLength) break;
      if (cmsg_level === SOL_SOCKET && cmsg_type === SCM_RIGHTS)
        for (let i = cmsghdr.size; i + 4 <= cmsg_len; i += 4)
          found.push(view.getInt32(from + i, true));
      at += (cmsg_len + 7) & ~7;
    }
    return found;
  }

  #refuse(descriptors: number[], error: number): number {
    for (const fd of descriptors) this.#host.close(fd);
    return error;
  }

  #drop(fd: number, error: number): number {
    this.#host.close(fd);
    return error;
  }

  /** bind() or connect() to a name in a directory, reached through our own descriptor of it. */
  #atName(nr: number, fd: number, directory: number, name: string): number {
    const host = this.#host;
    const address = unixAddress(`/proc/self/fd/${directory}/${name}`);
    if (address === null) return -ENAMETOOLONG;
    host.arena.u8.set(address, this.#name);
    return host.gateway.sys(nr, fd, host.address(this.#name), address.length);
  }
}
