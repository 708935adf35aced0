/**
 * Parcel: what travels with a message on a unix socket: who sent it, files, the sender's address
 * (SCM_RIGHTS and SCM_CREDENTIALS of unix(7)).
 *  - Files are referenced while they travel; take() hands the references over, close() gives them
 *    up when the message is never read.
 *  - Files in flight are counted per user: above RLIMIT_NOFILE sending more is ETOOMANYREFS.
 */
import { CAP_SYS_ADMIN, CAP_SYS_RESOURCE } from "../../abi/capability.ts";
import { ETOOMANYREFS } from "../../abi/errno.ts";
import { RLIMIT_NOFILE } from "../../abi/resource.ts";
import { refuse } from "../../base/refuse.ts";
import type { Endpoint } from "../../kernel/socket/endpoint.ts";
import type { OutgoingMessage, PeerCredentials } from "../../kernel/socket/message.ts";
import { networkOf } from "../../kernel/socket/network.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { File } from "../../kernel/vfs/file.ts";
import { InFlight } from "./in-flight.ts";

/** What a parcel needs of the socket that sent it. */
export interface Sender extends Endpoint {
  readonly name: Uint8Array | null;
  /** Cost of what it has sent and nobody has read yet. */
  inFlight: number;
  readonly isWritable: boolean;
}

export class Parcel {
  readonly sender: Sender;
  readonly credentials: PeerCredentials;
  /** The sender's address when it was sent; null when it had none. */
  readonly name: Uint8Array | null;
  rights: File[];
  readonly #inFlight: InFlight;
  readonly #uid: number;

  constructor(task: Task, sender: Sender, message: OutgoingMessage) {
    this.sender = sender;
    this.credentials = message.credentials ?? credentialsOf(task);
    this.name = sender.name;
    this.rights = message.rights.map((file) => file.ref());
    this.#inFlight = networkOf(task).part(InFlight);
    this.#uid = task.credentials.uid;
    this.#inFlight.add(this.#uid, this.rights);
  }

  /** Give the files to a receiver. */
  take(): File[] {
    const { rights } = this;
    this.#inFlight.remove(this.#uid, rights);
    this.rights = [];
    return rights;
  }

  close(): void {
    for (const file of this.take()) file.unref();
  }
}

/** May the task send these files? 0 or -errno. */
export function checkInFlight(task: Task, message: OutgoingMessage): number {
  if (message.rights.length === 0) return 0;
  const inFlight = networkOf(task).part(InFlight).forUser(task.credentials.uid);
  const isPrivileged =
    task.credentials.has(CAP_SYS_RESOURCE) || task.credentials.has(CAP_SYS_ADMIN);
  if (inFlight > task.group.limits.soft(RLIMIT_NOFILE) && !isPrivileged)
    return refuse(ETOOMANYREFS, "sendmsg: too many files in flight");
  return 0;
}

export function credentialsOf(task: Task): PeerCredentials {
  const { euid, egid } = task.credentials;
  return { pid: task.pid, uid: euid, gid: egid };
}
