/**
 * accept, accept4: take the next connection of a listening socket (accept(2)).
 */
import { ECONNABORTED, EINVAL, EMFILE } from "../../abi/errno.ts";
import { RLIMIT_NOFILE } from "../../abi/resource.ts";
import { acceptFlags, SOCK_CLOEXEC } from "../../abi/socket.ts";
import { refuse } from "../../base/refuse.ts";
import { installFile } from "../../kernel/fd/install.ts";
import { makeSocket } from "../../kernel/socket/socket.ts";
import type { Task } from "../../kernel/task/task.ts";
import { getSocket, writeAddress } from "./address.ts";

export function accept(task: Task, sockfd: number, addr: number, addrlen: number): number {
  return accept4(task, sockfd, addr, addrlen, 0);
}

export function accept4(
  task: Task,
  sockfd: number,
  addr: number,
  addrlen: number,
  flags: number,
): number {
  const file = getSocket(task, sockfd);
  if (typeof file === "number") return file;
  if (acceptFlags.unknown(flags) !== 0) return refuse(EINVAL, "accept4: unknown flags");
  // Linux reserves the descriptor before it takes a connection, so that none is lost.
  if (!task.files.hasRoom(task.group.limits.soft(RLIMIT_NOFILE))) return -EMFILE;
  const endpoint = file.accept(task);
  if (typeof endpoint === "number") return endpoint;
  const accepted = makeSocket(task, endpoint, flags);
  if (addr !== 0) {
    const name = endpoint.peerName();
    const rc =
      typeof name === "number"
        ? refuse(ECONNABORTED, "accept: the peer is gone")
        : writeAddress(task, name, addr, addrlen);
    if (rc < 0) {
      accepted.unref();
      return rc;
    }
  }
  return installFile(task, accepted, (flags & SOCK_CLOEXEC) !== 0);
}
