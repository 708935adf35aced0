/**
 * signal-pipe: signals that the user sends to a process of ours and that are the program's: they arrive as
 * bytes at the end of a pipe. The handler in C only writes them there.
 */
import { O_CLOEXEC, O_NONBLOCK } from "../abi/fcntl.ts";
import {
  SIGALRM,
  SIGCONT,
  SIGHUP,
  SIGINT,
  SIGQUIT,
  SIGTERM,
  SIGUSR1,
  SIGUSR2,
  SIGWINCH,
} from "../abi/signal.ts";
import { HostError } from "../base/failure.ts";
import type { Host } from "./host.ts";

const RELAYED = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGCONT, SIGWINCH];
const MOST_AT_ONCE = 64;

/** The end to read from, which does not block. */
export function openSignalPipe(host: Host): number {
  const pipe = host.pipe2(O_CLOEXEC | O_NONBLOCK);
  if (typeof pipe === "number") throw new HostError("pipe2", -pipe);
  const [read, write] = pipe;
  host.gateway.catchSignals(write, RELAYED);
  return read;
}

/** Numbers of signals that have come. */
export function readSignals(host: Host, fd: number): Uint8Array {
  const bytes = new Uint8Array(MOST_AT_ONCE);
  return bytes.subarray(0, Math.max(host.read(fd, bytes), 0));
}
