/**
 * ControlServer: the sandbox's side of its control socket. The loop tells it of connections and
 * packets; work() answers, between two turns of the kernel, so that a request finds it consistent.
 *  - A connection carries one request. It is closed with the answer, but after `exec` it stands for
 *    the process: signals come in, the exit status goes out, and its end kills the process.
 *  - Nothing here blocks: whoever does not read its answer loses it.
 */
import { EAGAIN, EINTR } from "../../abi/errno.ts";
import { POLLHUP, POLLIN } from "../../abi/poll.ts";
import { SI_KERNEL, SI_USER, SIGKILL, SIGWINCH } from "../../abi/signal.ts";
import {
  type Answer,
  BadMessage,
  decodeRequest,
  encode,
  type Request,
} from "../../control/messages.ts";
import type { Host } from "../../host/host.ts";
import type { Packet, Packets } from "../../host/packets.ts";
import { sendToGroup } from "../../kernel/signal/send.ts";
import { SigInfo } from "../../kernel/signal/siginfo.ts";
import type { HostListener, StubPlatform } from "../../platform/stub/platform.ts";
import { StartFailure } from "../failure.ts";
import type { HostedProcess } from "./hosted-process.ts";

/** More connections than this wait in the socket's queue. */
const MOST_CONNECTIONS = 200;
const WORD = 4;

/** What a request leads to: an answer now, or a wait for a process. */
export type Outcome = Answer | { readonly waitFor: HostedProcess; readonly first: Answer | null };

/** Acts on requests; StartFailure is told to whoever asked. Descriptors become the handler's. */
export interface RequestHandler {
  handle(request: Request, descriptors: number[]): Outcome;
}

export class ControlServer implements HostListener {
  readonly #host: Host;
  readonly #packets: Packets;
  readonly #platform: StubPlatform;
  readonly #handler: RequestHandler;
  readonly #listener: number;
  readonly #connections = new Set<number>();
  readonly #waiting = new Map<number, Attendance>();
  readonly #ready = new Set<number>();

  constructor(
    host: Host,
    packets: Packets,
    platform: StubPlatform,
    listener: number,
    handler: RequestHandler,
  ) {
    this.#host = host;
    this.#packets = packets;
    this.#platform = platform;
    this.#listener = listener;
    this.#handler = handler;
    platform.watch(listener, POLLIN, this);
  }

  onHostEvent(fd: number): void {
    this.#ready.add(fd);
  }

  /** Everything that has come, and every end that has been waited for. */
  work(): void {
    for (const fd of this.#ready) {
      this.#ready.delete(fd);
      if (fd === this.#listener) this.#accept();
      else if (this.#waiting.has(fd)) this.#heed(fd, this.#waiting.get(fd)!);
      else if (this.#connections.has(fd)) this.#answer(fd);
    }
    if (this.#waiting.size > 0) this.tellEnds();
  }

  /** Whoever waits for a process that has ended is told. */
  tellEnds(): void {
    for (const [fd, attendance] of this.#waiting) {
      const { exitStatus, console } = attendance.process;
      if (exitStatus === null) continue;
      console?.end();
      if (attendance.isExec) this.#sendWord(fd, exitStatus);
      else this.#packets.send(fd, encode({ exitStatus }));
      this.#close(fd);
    }
  }

  #accept(): void {
    while (this.#connections.size < MOST_CONNECTIONS) {
      const fd = this.#packets.accept(this.#listener);
      if (fd < 0) return;
      this.#connections.add(fd);
      this.#platform.watch(fd, POLLIN, this);
    }
  }

  #answer(fd: number): void {
    const packet = this.#packets.receive(fd);
    if (packet === -EAGAIN || packet === -EINTR) return;
    if (typeof packet === "number") return this.#close(fd);
    const outcome = this.#handle(packet);
    if (!("waitFor" in outcome)) {
      this.#packets.send(fd, encode(outcome));
      return this.#close(fd);
    }
    if (outcome.first !== null) this.#packets.send(fd, encode(outcome.first));
    this.#waiting.set(fd, { process: outcome.waitFor, isExec: outcome.first !== null });
  }

  #handle({ bytes, descriptors }: Packet): Outcome {
    let left = descriptors;
    try {
      const request = decodeRequest(bytes);
      left = [];
      return this.#handler.handle(request, descriptors);
    } catch (error) {
      if (error instanceof BadMessage || error instanceof StartFailure)
        return {
          error: error.message,
          ...(error instanceof StartFailure ? { exitStatus: error.exitCode } : {}),
        };
      throw error;
    } finally {
      for (const each of left) this.#host.close(each);
    }
  }

  // --- connections that stand for a process ---------------------------------------------------

  #heed(fd: number, { process, isExec }: Attendance): void {
    const signo = this.#receiveWord(fd);
    if (signo === -EAGAIN || signo === -EINTR) return;
    if (signo <= 0 || signo > 64) {
      // Nobody attends to the process any more: as if its parent's runtime had killed it.
      if (isExec) sendToGroup(process.group, new SigInfo(SIGKILL, SI_KERNEL));
      return this.#close(fd);
    }
    if (!isExec) return;
    if (signo === SIGWINCH && process.console !== null) process.console.resized();
    else
      sendToGroup(
        process.group,
        SigInfo.fromUser(signo, SI_USER, process.group.kernel.init.pid, 0),
      );
  }

  #receiveWord(fd: number): number {
    const ready = this.#host.poll(fd, POLLIN);
    if ((ready & (POLLIN | POLLHUP)) === 0) return -EAGAIN;
    const word = new Uint8Array(WORD);
    const n = this.#host.read(fd, word);
    return n === WORD ? new DataView(word.buffer).getInt32(0, true) : Math.min(n, 0);
  }

  #sendWord(fd: number, value: number): void {
    const word = new Uint8Array(WORD);
    new DataView(word.buffer).setInt32(0, value, true);
    this.#host.write(fd, word);
  }

  #close(fd: number): void {
    this.#platform.unwatch(fd);
    this.#host.close(fd);
    const wasFull = this.#connections.size === MOST_CONNECTIONS;
    this.#connections.delete(fd);
    this.#waiting.delete(fd);
    if (wasFull) this.#ready.add(this.#listener);
  }
}

interface Attendance {
  readonly process: HostedProcess;
  readonly isExec: boolean;
}
