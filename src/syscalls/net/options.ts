/**
 * getsockopt, setsockopt: options of a socket (getsockopt(2), socket(7)).
 * The endpoint is asked first; what it does not know at level SOL_SOCKET is every socket's.
 */
import { EFAULT, EINVAL, ENOPROTOOPT } from "../../abi/errno.ts";
import { SOL_SOCKET } from "../../abi/socket.ts";
import { refuse } from "../../base/refuse.ts";
import { getSocketOption, setSocketOption } from "../../kernel/socket/options.ts";
import type { Task } from "../../kernel/task/task.ts";
import { getSocket } from "./address.ts";

/** The longest value that any option has. */
const LONGEST = 65536;

export function getsockopt(
  task: Task,
  sockfd: number,
  level: number,
  optname: number,
  optval: number,
  optlen: number,
): number {
  const file = getSocket(task, sockfd);
  if (typeof file === "number") return file;
  const length = task.mm.readI32(optlen);
  if (Number.isNaN(length)) return -EFAULT;
  if (length < 0) return refuse(EINVAL, "getsockopt: a negative length");
  const { endpoint } = file;
  let value = endpoint.getOption(task, level, optname, length);
  if (value === null && level === SOL_SOCKET)
    value = getSocketOption(task, endpoint, optname, length);
  if (value === null) return refuse(ENOPROTOOPT, "getsockopt: no such option");
  if (typeof value === "number") return value;
  const n = Math.min(length, value.length);
  if (n > 0 && task.mm.write(optval, value.subarray(0, n)) < 0) return -EFAULT;
  return task.mm.writeI32(optlen, n);
}

export function setsockopt(
  task: Task,
  sockfd: number,
  level: number,
  optname: number,
  optval: number,
  optlen: number,
): number {
  const file = getSocket(task, sockfd);
  if (typeof file === "number") return file;
  if (optlen < 0) return refuse(EINVAL, "setsockopt: a negative length");
  const value = task.mm.read(optval, Math.min(optlen, LONGEST));
  if (value === null) return -EFAULT;
  const { endpoint } = file;
  let rc = endpoint.setOption(task, level, optname, value);
  if (rc === null && level === SOL_SOCKET) rc = setSocketOption(task, endpoint, optname, value);
  return rc ?? refuse(ENOPROTOOPT, "setsockopt: no such option");
}
