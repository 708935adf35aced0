/**
 * NetlinkFamily: makes netlink sockets (AF_NETLINK). Of the protocols only NETLINK_ROUTE answers.
 */
import { EPROTONOSUPPORT, ESOCKTNOSUPPORT } from "../../abi/errno.ts";
import { NETLINK_ROUTE } from "../../abi/netlink.ts";
import { SOCK_DGRAM, SOCK_RAW } from "../../abi/socket.ts";
import { refuse } from "../../base/refuse.ts";
import type { Endpoint } from "../../kernel/socket/endpoint.ts";
import type { SocketFamily } from "../../kernel/socket/family.ts";
import type { Task } from "../../kernel/task/task.ts";
import { NetlinkEndpoint } from "./endpoint.ts";

export class NetlinkFamily implements SocketFamily {
  create(task: Task, type: number, protocol: number): Endpoint | number {
    if (type !== SOCK_RAW && type !== SOCK_DGRAM)
      return refuse(ESOCKTNOSUPPORT, "socket: netlink sockets are raw or datagram");
    if (protocol !== NETLINK_ROUTE)
      return refuse(EPROTONOSUPPORT, "socket: no such netlink protocol");
    return new NetlinkEndpoint(task, type, protocol);
  }
}
