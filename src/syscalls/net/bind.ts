/**
 * bind, listen, connect: a socket gets an address or a peer (bind(2), listen(2), connect(2)).
 */
import { SOMAXCONN } from "../../abi/msghdr.ts";
import type { Task } from "../../kernel/task/task.ts";
import { getSocket, readAddress } from "./address.ts";

export function bind(task: Task, sockfd: number, addr: number, addrlen: number): number {
  const file = getSocket(task, sockfd);
  if (typeof file === "number") return file;
  const address = readAddress(task, addr, addrlen);
  return typeof address === "number" ? address : file.endpoint.bind(task, address);
}

export function listen(task: Task, sockfd: number, backlog: number): number {
  const file = getSocket(task, sockfd);
  if (typeof file === "number") return file;
  return file.endpoint.listen(task, Math.min(backlog >>> 0, SOMAXCONN));
}

export function connect(task: Task, sockfd: number, addr: number, addrlen: number): number {
  const file = getSocket(task, sockfd);
  if (typeof file === "number") return file;
  const address = readAddress(task, addr, addrlen);
  return typeof address === "number" ? address : file.connect(task, address);
}
