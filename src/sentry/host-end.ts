/**
 * HostEnd: one of the user's streams for the kernel process's own use: reads and writes that never
 * block. Terminals and pipes are opened once more with O_NONBLOCK, so that the user's own open file
 * stays as it is; sockets are asked with poll first; regular files never block.
 */
import { EAGAIN } from "../abi/errno.ts";
import { F_GETFL, O_ACCMODE, O_CLOEXEC, O_NOCTTY, O_NONBLOCK } from "../abi/fcntl.ts";
import { POLLERR, POLLHUP, POLLIN, POLLOUT } from "../abi/poll.ts";
import { S_IFCHR, S_IFIFO, S_IFMT, S_IFREG } from "../abi/stat.ts";
import type { Host } from "../host/host.ts";
import { HostStat } from "../host/stat.ts";

/** What POLLOUT promises that a pipe takes. */
const SAFE_WRITE = 4096;

export class HostEnd {
  readonly fd: number;
  readonly #host: Host;
  readonly #nonblocking: boolean;

  constructor(host: Host, given: number) {
    this.#host = host;
    const access = Math.max(host.fcntl(given, F_GETFL, 0), 0) & O_ACCMODE;
    const info = new HostStat();
    const type = host.statx(given, "", info) < 0 ? 0 : info.mode & S_IFMT;
    const isStream = type === S_IFIFO || type === S_IFCHR;
    const own = isStream
      ? host.reopen(given, access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
      : host.dup(given);
    this.#nonblocking = type === S_IFREG || (isStream && own >= 0);
    this.fd = own >= 0 ? own : host.dup(given);
  }

  /** Bytes read, 0 at the end, -EAGAIN when there is nothing now. */
  read(into: Uint8Array, length: number): number {
    if (!this.#ready(POLLIN)) return -EAGAIN;
    return this.#host.read(this.fd, into.subarray(0, length));
  }

  write(from: Uint8Array): number {
    if (!this.#ready(POLLOUT)) return -EAGAIN;
    return this.#host.write(this.fd, this.#nonblocking ? from : from.subarray(0, SAFE_WRITE));
  }

  #ready(events: number): boolean {
    if (this.#nonblocking) return true;
    return (this.#host.poll(this.fd, events) & (events | POLLHUP | POLLERR)) !== 0;
  }

  close(): void {
    this.#host.close(this.fd);
  }
}
