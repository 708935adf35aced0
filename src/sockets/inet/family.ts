/**
 * InetFamily: makes Internet sockets (AF_INET and AF_INET6). What stands behind them is chosen at
 * boot: the loopback of the sandbox, or sockets of the host.
 */
import { CAP_NET_RAW } from "../../abi/capability.ts";
import { EACCES, EPERM, EPROTONOSUPPORT, ESOCKTNOSUPPORT } from "../../abi/errno.ts";
import {
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  IPPROTO_IP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
} from "../../abi/socket.ts";
import { refuse } from "../../base/refuse.ts";
import type { Endpoint } from "../../kernel/socket/endpoint.ts";
import type { SocketFamily } from "../../kernel/socket/family.ts";
import { networkOf } from "../../kernel/socket/network.ts";
import type { Task } from "../../kernel/task/task.ts";
import { TcpEndpoint } from "./loopback/tcp.ts";
import { UdpEndpoint } from "./loopback/udp.ts";

/** Makes endpoints of one kind of network. */
export interface InetBackend {
  tcp(task: Task, domain: number): Endpoint | number;
  udp(task: Task, domain: number): Endpoint | number;
}

export class InetFamily implements SocketFamily {
  readonly #domain: number;
  readonly #backend: InetBackend;

  constructor(domain: number, backend: InetBackend) {
    this.#domain = domain;
    this.#backend = backend;
  }

  /** The host's network is for those who are in the sandbox's first one. */
  #backendOf(task: Task): InetBackend {
    return networkOf(task).isFirst ? this.#backend : LOOPBACK;
  }

  create(task: Task, type: number, protocol: number): Endpoint | number {
    switch (type) {
      case SOCK_STREAM:
        if (protocol === IPPROTO_IP || protocol === IPPROTO_TCP)
          return this.#backendOf(task).tcp(task, this.#domain);
        return refuse(EPROTONOSUPPORT, "socket: no such stream protocol");
      case SOCK_DGRAM:
        if (protocol === IPPROTO_IP || protocol === IPPROTO_UDP)
          return this.#backendOf(task).udp(task, this.#domain);
        // As with ping_group_range "1 0".
        if (protocol === IPPROTO_ICMP || protocol === IPPROTO_ICMPV6)
          return refuse(EACCES, "socket: ping sockets are not for this group");
        return refuse(EPROTONOSUPPORT, "socket: no such datagram protocol");
      case SOCK_RAW:
        if (protocol === IPPROTO_IP) return refuse(EPROTONOSUPPORT, "socket: raw needs a protocol");
        if (!task.credentials.hasIn(networkOf(task).owner, CAP_NET_RAW))
          return refuse(EPERM, "socket: raw sockets need CAP_NET_RAW");
        return refuse(EPROTONOSUPPORT, "socket: raw sockets are not supported");
      default:
        return refuse(ESOCKTNOSUPPORT, "socket: no Internet sockets of this type");
    }
  }
}

/** The network of a sandbox that has only itself. */
export class LoopbackBackend implements InetBackend {
  tcp(task: Task, domain: number): Endpoint {
    return new TcpEndpoint(task, domain);
  }

  udp(task: Task, domain: number): Endpoint {
    return new UdpEndpoint(task, domain);
  }
}

/** It has no state of its own. */
const LOOPBACK = new LoopbackBackend();
