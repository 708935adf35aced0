/**
 * UnixFamily: makes unix sockets (AF_UNIX).
 */
import { EPROTONOSUPPORT, ESOCKTNOSUPPORT } from "../../abi/errno.ts";
import { AF_UNIX, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET, SOCK_STREAM } from "../../abi/socket.ts";
import { refuse } from "../../base/refuse.ts";
import type { SocketFamily } from "../../kernel/socket/family.ts";
import type { Task } from "../../kernel/task/task.ts";
import { UnixConnection } from "./connection.ts";
import { UnixDatagram } from "./datagram.ts";
import type { UnixEndpoint } from "./endpoint.ts";

export class UnixFamily implements SocketFamily {
  create(task: Task, type: number, protocol: number): UnixEndpoint | number {
    const rc = check(type, protocol);
    if (rc < 0) return rc;
    return isDatagram(type) ? new UnixDatagram(task, SOCK_DGRAM) : new UnixConnection(task, type);
  }

  pair(task: Task, type: number, protocol: number): [UnixEndpoint, UnixEndpoint] | number {
    const rc = check(type, protocol);
    if (rc < 0) return rc;
    return isDatagram(type) ? UnixDatagram.pair(task) : UnixConnection.pair(task, type);
  }
}

/** Linux takes SOCK_RAW for SOCK_DGRAM here. */
function isDatagram(type: number): boolean {
  return type === SOCK_DGRAM || type === SOCK_RAW;
}

function check(type: number, protocol: number): number {
  if (protocol !== 0 && protocol !== AF_UNIX)
    return refuse(EPROTONOSUPPORT, "socket: unix sockets have no protocols");
  if (!isDatagram(type) && type !== SOCK_STREAM && type !== SOCK_SEQPACKET)
    return refuse(ESOCKTNOSUPPORT, "socket: no unix sockets of this type");
  return 0;
}
