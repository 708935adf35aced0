/**
 * address: socket addresses on their way between guest and kernel, and the look-up of a socket.
 */
import { EBADF, EFAULT, EINVAL, ENOTSOCK } from "../../abi/errno.ts";
import { sockaddr_storage } from "../../abi/socket.ts";
import { refuse } from "../../base/refuse.ts";
import { getFile } from "../../kernel/fd/get.ts";
import { Socket } from "../../kernel/socket/socket.ts";
import type { Task } from "../../kernel/task/task.ts";

/** The socket behind a descriptor, or -errno. */
export function getSocket(task: Task, fd: number): Socket | number {
  const file = getFile(task, fd);
  if (file === null) return -EBADF;
  return file instanceof Socket ? file : refuse(ENOTSOCK, "not a socket");
}

/** Copy an address in: its bytes, or -errno. */
export function readAddress(task: Task, address: number, length: number): Uint8Array | number {
  if (length < 0 || length > sockaddr_storage.size)
    return refuse(EINVAL, "an address longer than sockaddr_storage");
  return task.mm.read(address, length) ?? -EFAULT;
}

/** Copy an address out, as much as the length at `lengthAt` allows, and store its full length there. */
export function writeAddress(
  task: Task,
  name: Uint8Array,
  address: number,
  lengthAt: number,
): number {
  const room = task.mm.readI32(lengthAt);
  if (Number.isNaN(room)) return -EFAULT;
  if (room < 0) return refuse(EINVAL, "a negative address length");
  const n = Math.min(room, name.length);
  if (n > 0 && task.mm.write(address, name.subarray(0, n)) < 0) return -EFAULT;
  return task.mm.writeI32(lengthAt, name.length);
}
