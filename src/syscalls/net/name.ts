/**
 * getsockname, getpeername: the addresses of a socket and of its peer.
 */
import type { Task } from "../../kernel/task/task.ts";
import { getSocket, writeAddress } from "./address.ts";

export function getsockname(task: Task, sockfd: number, addr: number, addrlen: number): number {
  const file = getSocket(task, sockfd);
  if (typeof file === "number") return file;
  const name = file.endpoint.localName();
  return typeof name === "number" ? name : writeAddress(task, name, addr, addrlen);
}

export function getpeername(task: Task, sockfd: number, addr: number, addrlen: number): number {
  const file = getSocket(task, sockfd);
  if (typeof file === "number") return file;
  const name = file.endpoint.peerName();
  return typeof name === "number" ? name : writeAddress(task, name, addr, addrlen);
}
