/**
 * control: control messages on their way between guest and kernel (cmsg(3), unix(7)).
 *  - readControl() checks descriptors and credentials that the guest sends along.
 *  - ControlWriter lays out what is received: what does not fit is cut, and MSG_CTRUNC says so.
 *    Files that do not fit are closed.
 */
import { CAP_SETGID, CAP_SETUID, CAP_SYS_ADMIN } from "../../abi/capability.ts";
import { EBADF, EFAULT, EINVAL, ENOBUFS, EPERM, ESRCH } from "../../abi/errno.ts";
import {
  CMSG_ALIGN,
  cmsghdr,
  MSG_CMSG_CLOEXEC,
  MSG_CTRUNC,
  SCM_CREDENTIALS,
  SCM_MAX_FD,
  SCM_RIGHTS,
  ucred,
} from "../../abi/msghdr.ts";
import { RLIMIT_NOFILE } from "../../abi/resource.ts";
import { AF_UNIX, SOL_SOCKET } from "../../abi/socket.ts";
import { refuse } from "../../base/refuse.ts";
import { NO_ID } from "../../kernel/ns/id-map.ts";
import type { IncomingMessage, OutgoingMessage } from "../../kernel/socket/message.ts";
import type { Task } from "../../kernel/task/task.ts";

const HEADER = cmsghdr.size;
/** /proc/sys/net/core/optmem_max. */
const OPTMEM_MAX = 131072;

/** Add the control messages at guest `address` to `message`; 0 or -errno. Rights are referenced. */
export function readControl(
  task: Task,
  domain: number,
  address: number,
  length: number,
  message: OutgoingMessage,
): number {
  if (length > OPTMEM_MAX) return refuse(ENOBUFS, "sendmsg: control data longer than optmem_max");
  const bytes = task.mm.read(address, length);
  if (bytes === null) return -EFAULT;
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + HEADER <= length; ) {
    const { cmsg_len, cmsg_level, cmsg_type } = cmsghdr.read(view, at);
    if (cmsg_len < HEADER || at + cmsg_len > length)
      return refuse(EINVAL, "sendmsg: a control message has a wrong length");
    const data = bytes.subarray(at + HEADER, at + cmsg_len);
    const rc =
      domain === AF_UNIX && cmsg_level === SOL_SOCKET
        ? readUnix(task, cmsg_type, data, message)
        : 0;
    if (rc < 0) return rc;
    if (domain !== AF_UNIX) message.control.push({ level: cmsg_level, type: cmsg_type, data });
    at += CMSG_ALIGN(cmsg_len);
  }
  return 0;
}

function readUnix(task: Task, type: number, data: Uint8Array, message: OutgoingMessage): number {
  if (type === SCM_RIGHTS) return readRights(task, data, message);
  if (type === SCM_CREDENTIALS) return readCredentials(task, data, message);
  return refuse(EINVAL, "sendmsg: no such control message");
}

function readRights(task: Task, data: Uint8Array, message: OutgoingMessage): number {
  const count = Math.floor(data.length / 4);
  if (count + message.rights.length > SCM_MAX_FD)
    return refuse(EINVAL, "sendmsg: more than SCM_MAX_FD descriptors");
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (let i = 0; i < count; i++) {
    const file = task.files.get(view.getInt32(i * 4, true));
    if (file === null) return refuse(EBADF, "sendmsg: a descriptor to send is not open");
    message.rights.push(file.ref());
  }
  return 0;
}

function readCredentials(task: Task, data: Uint8Array, message: OutgoingMessage): number {
  if (data.length !== ucred.size) return refuse(EINVAL, "sendmsg: no struct ucred");
  const stated = ucred.read(new DataView(data.buffer, data.byteOffset, data.length), 0);
  const own = task.credentials;
  const uid = own.userNamespace.kernelUid(stated.uid);
  const gid = own.userNamespace.kernelGid(stated.gid);
  if (uid === NO_ID || gid === NO_ID) return refuse(EINVAL, "sendmsg: ids of nobody");
  const isPid =
    stated.pid === task.group.ownPid || own.hasIn(task.group.pidNamespace.owner, CAP_SYS_ADMIN);
  const isUid = [own.uid, own.euid, own.suid].includes(uid) || own.hasOwn(CAP_SETUID);
  const isGid = [own.gid, own.egid, own.sgid].includes(gid) || own.hasOwn(CAP_SETGID);
  if (!isPid || !isUid || !isGid) return refuse(EPERM, "sendmsg: credentials of somebody else");
  const group = stated.pid === task.group.ownPid ? task.group : task.findGroup(stated.pid);
  if (group === undefined) return refuse(ESRCH, "sendmsg: credentials of no process");
  message.credentials = { pid: group.pid, uid, gid };
  return 0;
}

/** Lays out received control messages in a buffer of `room` bytes. */
export class ControlWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #used = 0;
  /** MSG_CTRUNC when something was cut. */
  flags = 0;

  constructor(room: number) {
    this.#bytes = new Uint8Array(Math.min(room, OPTMEM_MAX));
    this.#view = new DataView(this.#bytes.buffer);
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#used);
  }

  get #room(): number {
    return this.#bytes.length - this.#used;
  }

  put(level: number, type: number, data: Uint8Array): void {
    if (this.#room < HEADER) {
      this.flags |= MSG_CTRUNC;
      return;
    }
    let length = HEADER + data.length;
    if (length > this.#room) {
      this.flags |= MSG_CTRUNC;
      length = this.#room;
    }
    const at = this.#used;
    cmsghdr.write(this.#view, at, { cmsg_len: length, cmsg_level: level, cmsg_type: type });
    this.#bytes.set(data.subarray(0, length - HEADER), at + HEADER);
    this.#used = Math.min(at + CMSG_ALIGN(length), this.#bytes.length);
  }

  /** Give received files descriptors, as many as fit; the others are closed. */
  putRights(task: Task, message: IncomingMessage): void {
    const fits = Math.max(0, Math.floor((this.#room - HEADER) / 4));
    const limit = task.group.limits.soft(RLIMIT_NOFILE);
    const numbers: number[] = [];
    for (const file of message.rights) {
      const closeOnExec = (message.flags & MSG_CMSG_CLOEXEC) !== 0;
      const fd = numbers.length < fits ? task.files.install(file, closeOnExec, limit) : -1;
      if (fd < 0) break;
      numbers.push(fd);
    }
    for (const file of message.rights.slice(numbers.length)) file.unref();
    if (numbers.length < message.rights.length) this.flags |= MSG_CTRUNC;
    message.rights = [];
    if (numbers.length > 0)
      this.put(SOL_SOCKET, SCM_RIGHTS, new Uint8Array(Int32Array.from(numbers).buffer));
  }
}
