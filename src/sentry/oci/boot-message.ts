/**
 * boot-message: what the command line tells a new sandbox process, once, over descriptor 3, and what
 * it hears back. The sandbox asks nothing that is not in here: the command line has opened all files.
 * Descriptors: the container's (donation.ts), then the state directory, the log, and a log for users if
 * there is one.
 */
import type { CreateRequest } from "../../control/messages.ts";
import type { LogForm, LogLevel } from "../../oci/log-line.ts";

export interface BootMessage {
  readonly create: CreateRequest;
  /** Where guests' Internet sockets are: nowhere but inside; this machine's; or in `namespace`. */
  readonly network: "none" | "host" | "namespace";
  /** With "namespace": the file that names it; null for a new one. */
  readonly networkNamespace: string | null;
  /** Hooks are run between "namespaces" and the sandbox's going on. */
  readonly awaitsHooks: boolean;
  readonly strace: readonly string[] | null;
  /** Bytes of data that it shows. */
  readonly straceLength: number;
  /** Most descriptors of the host; 0 for as many as there are. */
  readonly descriptors: number;
  readonly log: LogChoice;
}

export interface LogChoice {
  readonly form: LogForm;
  readonly level: LogLevel;
  /** A log for users came along: what their program met goes there as well. */
  readonly alsoForUsers: boolean;
}

/** The sandbox's words: it stops after each until it gets a packet, or the command line is gone. */
export interface BootReport {
  readonly stage: "namespaces" | "mounted" | "ready";
  readonly error?: string;
}
