/**
 * recvfrom, recvmsg, recvmmsg: receive a message from a socket (recv(2), recvmmsg(2)).
 * A recvmmsg that waits keeps in its restart record's note how many messages it has and when its
 * timeout ends; as on Linux the timeout is looked at only after each message.
 */
import { EAGAIN, EFAULT, EINVAL, EMSGSIZE } from "../../abi/errno.ts";
import { IOV_MAX, TASK_SIZE } from "../../abi/limits.ts";
import {
  MSG_CMSG_CLOEXEC,
  MSG_CTRUNC,
  MSG_DONTWAIT,
  MSG_WAITFORONE,
  mmsghdr,
  msghdr,
} from "../../abi/msghdr.ts";
import { timespec } from "../../abi/time.ts";
import { refuse } from "../../base/refuse.ts";
import { readIovec } from "../../kernel/mm/iovec.ts";
import { UserBuffer } from "../../kernel/mm/user-buffer.ts";
import { IncomingMessage } from "../../kernel/socket/message.ts";
import type { Socket } from "../../kernel/socket/socket.ts";
import { PARKED } from "../../kernel/task/park.ts";
import type { Task } from "../../kernel/task/task.ts";
import { getSocket, writeAddress } from "./address.ts";
import { ControlWriter } from "./control.ts";

const SECOND = 1_000_000_000;

/** What a waiting recvmmsg keeps. */
interface Received {
  readonly count: number;
  readonly deadline: number;
}

export function recvfrom(
  task: Task,
  sockfd: number,
  buf: number,
  len: number,
  flags: number,
  src_addr: number,
  addrlen: number,
): number {
  if (buf + len > TASK_SIZE) return -EFAULT;
  const file = getSocket(task, sockfd);
  if (typeof file === "number") return file;
  const message = new IncomingMessage(UserBuffer.of(task.mm, buf, len), flags);
  const rc = file.receive(task, message);
  for (const right of message.rights) right.unref();
  if (rc < 0 || src_addr === 0) return rc;
  const stored = writeAddress(task, message.name ?? new Uint8Array(0), src_addr, addrlen);
  return stored < 0 ? stored : rc;
}

export function recvmsg(task: Task, sockfd: number, msg: number, flags: number): number {
  const file = getSocket(task, sockfd);
  return typeof file === "number" ? file : receiveOne(task, file, msg, flags);
}

export function recvmmsg(
  task: Task,
  sockfd: number,
  msgvec: number,
  vlen: number,
  flags: number,
  timeout: number,
): number {
  const file = getSocket(task, sockfd);
  if (typeof file === "number") return file;
  const kept = task.restart === null ? null : (task.restart.note as Received | null);
  const deadline = kept === null ? endOf(task, timeout) : kept.deadline;
  if (deadline < 0) return deadline;
  const max = Math.min(vlen, IOV_MAX);
  let count = kept === null ? 0 : kept.count;
  let rc = 0;
  while (count < max) {
    const rest = (flags & MSG_WAITFORONE) !== 0 && count > 0 ? MSG_DONTWAIT : 0;
    const at = msgvec + count * mmsghdr.size;
    rc = receiveOne(task, file, at, (flags & ~MSG_WAITFORONE) | rest);
    if (rc === PARKED) {
      task.record.note = { count, deadline } satisfies Received;
      return PARKED;
    }
    if (rc < 0) break;
    if (task.mm.writeU32(at + mmsghdr.at.msg_len, rc) < 0) return count > 0 ? count : -EFAULT;
    if (task.restart !== null) task.restart.progress = 0;
    count++;
    if (task.kernel.clock.monotonicNs() >= deadline) break;
  }
  if (count === 0) return rc;
  // The error is told by the next call.
  if (rc < 0 && rc !== -EAGAIN && rc > -512) file.endpoint.options.error = -rc;
  if (timeout !== 0 && storeLeft(task, timeout, deadline) < 0) return -EFAULT;
  return count;
}

/** When a recvmmsg with the struct timespec at `address` ends, or -errno. */
function endOf(task: Task, address: number): number {
  if (address === 0) return Infinity;
  const view = task.mm.view(address, timespec.size);
  if (view === null) return -EFAULT;
  const { tv_sec, tv_nsec } = timespec.read(view, 0);
  if (tv_sec < 0 || tv_nsec < 0 || tv_nsec >= SECOND) return refuse(EINVAL, "recvmmsg: no time");
  return task.kernel.clock.monotonicNs() + tv_sec * SECOND + tv_nsec;
}

function storeLeft(task: Task, address: number, deadline: number): number {
  const left = Math.max(0, deadline - task.kernel.clock.monotonicNs());
  const bytes = new Uint8Array(timespec.size);
  const sec = Math.floor(left / SECOND);
  const value = { tv_sec: sec, tv_nsec: Math.floor(left - sec * SECOND) };
  timespec.write(new DataView(bytes.buffer), 0, value);
  return task.mm.write(address, bytes);
}

function receiveOne(task: Task, file: Socket, address: number, flags: number): number {
  const view = task.mm.view(address, msghdr.size);
  if (view === null) return -EFAULT;
  const header = msghdr.read(view, 0);
  if (header.msg_iovlen > IOV_MAX) return refuse(EMSGSIZE, "recvmsg: more than IOV_MAX vectors");
  if (header.msg_namelen < 0 && header.msg_name !== 0)
    return refuse(EINVAL, "recvmsg: a negative address length");
  const data = readIovec(task.mm, header.msg_iov, header.msg_iovlen);
  if (typeof data === "number") return data;
  const message = new IncomingMessage(data, flags);
  const rc = file.receive(task, message);
  if (rc < 0) return rc;
  const room = header.msg_control === 0 ? 0 : header.msg_controllen;
  const stored = storeResult(task, address, message, header.msg_name, header.msg_control, room);
  return stored < 0 ? stored : rc;
}

/** Store what came beside the bytes: the source, control messages, flags. */
function storeResult(
  task: Task,
  address: number,
  message: IncomingMessage,
  nameAt: number,
  control: number,
  room: number,
): number {
  const writer = new ControlWriter(room);
  const isCut = control === 0 && (message.control.length > 0 || message.rights.length > 0);
  for (const { level, type, data } of message.control) writer.put(level, type, data);
  if (message.rights.length > 0) writer.putRights(task, message);
  let flags = message.flagsOut | writer.flags | (message.flags & MSG_CMSG_CLOEXEC);
  flags = isCut ? flags | MSG_CTRUNC : control === 0 ? flags & ~MSG_CTRUNC : flags;
  const { mm } = task;
  if (nameAt !== 0) {
    const name = message.name ?? new Uint8Array(0);
    const rc = writeAddress(task, name, nameAt, address + msghdr.at.msg_namelen);
    if (rc < 0) return rc;
  }
  if (writer.bytes.length > 0 && mm.write(control, writer.bytes) < 0) return -EFAULT;
  if (mm.writeU32(address + msghdr.at.msg_flags, flags) < 0) return -EFAULT;
  return mm.writeU64(address + msghdr.at.msg_controllen, writer.bytes.length);
}
