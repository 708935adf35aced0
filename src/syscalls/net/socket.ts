/**
 * socket, socketpair, shutdown (socket(2), socketpair(2), shutdown(2)).
 */
import { EAFNOSUPPORT, EINVAL } from "../../abi/errno.ts";
import { SHUT_RDWR, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_TYPE_MASK } from "../../abi/socket.ts";
import { refuse } from "../../base/refuse.ts";
import { installFile, installPair } from "../../kernel/fd/install.ts";
import { makeSocket } from "../../kernel/socket/socket.ts";
import type { Task } from "../../kernel/task/task.ts";
import { getSocket } from "./address.ts";

const AF_MAX = 46;
const SOCK_MAX = 11;

export function socket(task: Task, domain: number, type: number, protocol: number): number {
  const rc = checkKind(domain, type);
  if (rc < 0) return rc;
  const families = task.kernel.socketFamilies;
  const endpoint = families.create(task, domain, type & SOCK_TYPE_MASK, protocol);
  if (typeof endpoint === "number") return endpoint;
  return installFile(task, makeSocket(task, endpoint, type), (type & SOCK_CLOEXEC) !== 0);
}

export function socketpair(
  task: Task,
  domain: number,
  type: number,
  protocol: number,
  sv: number,
): number {
  const rc = checkKind(domain, type);
  if (rc < 0) return rc;
  const pair = task.kernel.socketFamilies.pair(task, domain, type & SOCK_TYPE_MASK, protocol);
  if (typeof pair === "number") return pair;
  const first = makeSocket(task, pair[0], type);
  const second = makeSocket(task, pair[1], type);
  return installPair(task, sv, first, second, (type & SOCK_CLOEXEC) !== 0);
}

function checkKind(domain: number, type: number): number {
  if ((type & ~(SOCK_TYPE_MASK | SOCK_CLOEXEC | SOCK_NONBLOCK)) !== 0)
    return refuse(EINVAL, "socket: unknown flags");
  if (domain < 0 || domain >= AF_MAX) return refuse(EAFNOSUPPORT, "socket: no such family");
  if ((type & SOCK_TYPE_MASK) >= SOCK_MAX) return refuse(EINVAL, "socket: no such type");
  return 0;
}

export function shutdown(task: Task, sockfd: number, how: number): number {
  const file = getSocket(task, sockfd);
  if (typeof file === "number") return file;
  if (how < 0 || how > SHUT_RDWR) return refuse(EINVAL, "shutdown: no such direction");
  // SHUT_RD, SHUT_WR, SHUT_RDWR become the bits 1, 2, 3.
  return file.endpoint.shutdown(task, how + 1);
}
