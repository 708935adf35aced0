/**
 * HostBackend: makes Internet sockets that are sockets of the host.
 */
import { EMFILE, ENFILE } from "../../../abi/errno.ts";
import { IPPROTO_TCP, IPPROTO_UDP, SOCK_DGRAM, SOCK_STREAM } from "../../../abi/socket.ts";
import { refuse } from "../../../base/refuse.ts";
import type { Host } from "../../../host/host.ts";
import { HostSockets } from "../../../host/sockets.ts";
import type { Endpoint } from "../../../kernel/socket/endpoint.ts";
import type { Task } from "../../../kernel/task/task.ts";
import type { InetBackend } from "../family.ts";
import { HostEndpoint, type HostEvents } from "./endpoint.ts";

export class HostBackend implements InetBackend {
  readonly #sockets: HostSockets;
  readonly #events: HostEvents;

  constructor(host: Host, events: HostEvents) {
    this.#sockets = new HostSockets(host);
    this.#events = events;
  }

  tcp(_task: Task, domain: number): Endpoint | number {
    return this.#make(domain, SOCK_STREAM, IPPROTO_TCP);
  }

  udp(_task: Task, domain: number): Endpoint | number {
    return this.#make(domain, SOCK_DGRAM, IPPROTO_UDP);
  }

  #make(domain: number, type: number, protocol: number): Endpoint | number {
    const fd = this.#sockets.socket(domain, type, protocol);
    // It is not the guest's table that is full.
    if (fd === -EMFILE) return refuse(ENFILE, "socket: no host descriptor is left");
    if (fd < 0) return fd;
    return new HostEndpoint(this.#sockets, this.#events, fd, domain, type, protocol);
  }
}
