/**
 * SocketReach: connects guests to unix sockets of the host that lie in directories they were given
 * (`--host-uds open`). The file is named by a descriptor of it: no path of the host is walked.
 */
import { AF_UNIX } from "../abi/socket.ts";
import type { HostSocketMaker } from "../fs/host/tree.ts";
import type { Host } from "../host/host.ts";
import { HostSockets } from "../host/sockets.ts";
import { unixAddress } from "../host/unix-address.ts";
import type { Endpoint } from "../kernel/socket/endpoint.ts";
import { HostEndpoint, type HostEvents } from "../sockets/inet/host/endpoint.ts";

export class SocketReach implements HostSocketMaker {
  readonly #sockets: HostSockets;
  readonly #events: HostEvents;

  constructor(host: Host, events: HostEvents) {
    this.#sockets = new HostSockets(host);
    this.#events = events;
  }

  connect(socketFd: number, type: number): Endpoint | number {
    const { host } = this.#sockets;
    const fd = this.#sockets.socket(AF_UNIX, type, 0);
    if (fd < 0) return fd;
    const rc = this.#sockets.connect(fd, unixAddress(`/proc/self/fd/${socketFd}`)!);
    if (rc < 0) {
      host.close(fd);
      return rc;
    }
    return new HostEndpoint(this.#sockets, this.#events, fd, AF_UNIX, type, 0);
  }
}
