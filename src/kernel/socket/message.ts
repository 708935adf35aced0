/**
 * Messages: what send and receive calls hand to an endpoint (sendmsg(2), recvmsg(2)).
 *  - Addresses are whole sockaddr bytes; each family reads its own.
 *  - `rights` are files on their way (SCM_RIGHTS). Outgoing ones are the caller's references: an
 *    endpoint that keeps them takes its own. Incoming ones belong to the receiver.
 */
import { EFAULT } from "../../abi/errno.ts";
import type { Block } from "../../base/blocks.ts";
import type { UserBuffer } from "../mm/user-buffer.ts";
import type { Task } from "../task/task.ts";
import type { File } from "../vfs/file.ts";

/** Who sent, as SCM_CREDENTIALS and SO_PEERCRED tell (struct ucred); by the kernel's numbers. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** One control message that is only bytes (IP_PKTINFO, SO_TIMESTAMP, SCM_CREDENTIALS). */
export interface ControlMessage {
  readonly level: number;
  readonly type: number;
  readonly data: Uint8Array;
}

export class OutgoingMessage {
  readonly data: UserBuffer;
  /** MSG_* */
  readonly flags: number;
  /** Destination, or null. */
  name: Uint8Array | null = null;
  rights: File[] = [];
  /** SCM_CREDENTIALS that the sender stated; checked already. */
  credentials: PeerCredentials | null = null;
  /** Other control messages. */
  control: ControlMessage[] = [];

  constructor(data: UserBuffer, flags: number) {
    this.data = data;
    this.flags = flags;
  }
}

/** All bytes of a datagram, in a block of its own; or -EFAULT. */
export function takeDatagram({ kernel }: Task, data: UserBuffer): Block | number {
  const length = data.remaining;
  const block = kernel.blocks.take(length);
  if (length === 0 || data.take(block.bytes, 0, length) === length) return block;
  block.unref();
  return -EFAULT;
}

export class IncomingMessage {
  readonly data: UserBuffer;
  /** MSG_* as asked for. */
  readonly flags: number;
  /** Source, when the endpoint tells one. */
  name: Uint8Array | null = null;
  /** MSG_TRUNC, MSG_CTRUNC, MSG_EOR and so on, as recvmsg stores them. */
  flagsOut = 0;
  rights: File[] = [];
  control: ControlMessage[] = [];

  constructor(data: UserBuffer, flags: number) {
    this.data = data;
    this.flags = flags;
  }
}
