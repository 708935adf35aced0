/**
 * sendto, sendmsg, sendmmsg: send a message on a socket (send(2), sendmmsg(2)).
 * A sendmmsg that waits keeps the number of messages sent in its restart record's note.
 */
import { EFAULT, EINVAL, EMSGSIZE, ENOBUFS } from "../../abi/errno.ts";
import { IOV_MAX, TASK_SIZE } from "../../abi/limits.ts";
import { MSG_BATCH, mmsghdr, msghdr } from "../../abi/msghdr.ts";
import { sockaddr_storage } from "../../abi/socket.ts";
import { refuse } from "../../base/refuse.ts";
import { readIovec } from "../../kernel/mm/iovec.ts";
import { UserBuffer } from "../../kernel/mm/user-buffer.ts";
import { OutgoingMessage } from "../../kernel/socket/message.ts";
import type { Socket } from "../../kernel/socket/socket.ts";
import { PARKED } from "../../kernel/task/park.ts";
import type { Task } from "../../kernel/task/task.ts";
import { getSocket, readAddress } from "./address.ts";
import { readControl } from "./control.ts";

const INT_MAX = 0x7fffffff;

export function sendto(
  task: Task,
  sockfd: number,
  buf: number,
  len: number,
  flags: number,
  dest_addr: number,
  addrlen: number,
): number {
  if (buf + len > TASK_SIZE) return -EFAULT;
  const file = getSocket(task, sockfd);
  if (typeof file === "number") return file;
  const message = new OutgoingMessage(UserBuffer.of(task.mm, buf, len), flags);
  if (dest_addr !== 0) {
    const name = readAddress(task, dest_addr, addrlen);
    if (typeof name === "number") return name;
    message.name = name.length === 0 ? null : name;
  }
  return file.send(task, message);
}

export function sendmsg(task: Task, sockfd: number, msg: number, flags: number): number {
  const file = getSocket(task, sockfd);
  return typeof file === "number" ? file : sendOne(task, file, msg, flags);
}

export function sendmmsg(
  task: Task,
  sockfd: number,
  msgvec: number,
  vlen: number,
  flags: number,
): number {
  const file = getSocket(task, sockfd);
  if (typeof file === "number") return file;
  const count = Math.min(vlen, IOV_MAX);
  let sent = typeof task.restart?.note === "number" ? task.restart.note : 0;
  for (; sent < count; sent++) {
    const at = msgvec + sent * mmsghdr.size;
    const rc = sendOne(task, file, at, flags | MSG_BATCH);
    if (rc === PARKED) {
      task.record.note = sent;
      return PARKED;
    }
    if (rc < 0) return sent > 0 ? sent : rc;
    if (task.mm.writeU32(at + mmsghdr.at.msg_len, rc) < 0) return sent > 0 ? sent : -EFAULT;
    if (task.restart !== null) task.restart.progress = 0;
  }
  return sent;
}

function sendOne(task: Task, file: Socket, address: number, flags: number): number {
  const view = task.mm.view(address, msghdr.size);
  if (view === null) return -EFAULT;
  const header = msghdr.read(view, 0);
  if (header.msg_iovlen > IOV_MAX) return refuse(EMSGSIZE, "sendmsg: more than IOV_MAX vectors");
  if (header.msg_namelen < 0) return refuse(EINVAL, "sendmsg: a negative address length");
  const data = readIovec(task.mm, header.msg_iov, header.msg_iovlen);
  if (typeof data === "number") return data;
  const message = new OutgoingMessage(data, flags);
  if (header.msg_name !== 0 && header.msg_namelen > 0) {
    const length = Math.min(header.msg_namelen, sockaddr_storage.size);
    const name = readAddress(task, header.msg_name, length);
    if (typeof name === "number") return name;
    message.name = name;
  }
  if (header.msg_controllen > INT_MAX) return refuse(ENOBUFS, "sendmsg: too much control data");
  return sendWithControl(task, file, message, header.msg_control, header.msg_controllen);
}

function sendWithControl(
  task: Task,
  file: Socket,
  message: OutgoingMessage,
  control: number,
  length: number,
): number {
  const { domain } = file.endpoint;
  const checked = length === 0 ? 0 : readControl(task, domain, control, length, message);
  // send() forgets rights once they are on their way, so the references are remembered here.
  const rights = message.rights;
  if (task.restart !== null && task.restart.progress > 0) message.rights = [];
  const rc = checked < 0 ? checked : file.send(task, message);
  for (const sent of rights) sent.unref();
  return rc;
}
