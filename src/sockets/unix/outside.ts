/**
 * Outside: a guest's unix socket that is connected to one of the host (`--host-uds`). What it says goes to the
 * host's socket; who waits at the guest's is woken by the host's.
 *  - Files cannot go along, in neither direction: those of a guest are the sandbox's, and those of the host
 *    would be more than the guest was given.
 */
import { EPERM } from "../../abi/errno.ts";
import { refuse } from "../../base/refuse.ts";
import type { Waiter, WaitQueue } from "../../base/wait-queue.ts";
import type { Endpoint } from "../../kernel/socket/endpoint.ts";
import type { IncomingMessage, OutgoingMessage } from "../../kernel/socket/message.ts";
import type { Task } from "../../kernel/task/task.ts";

const EVERYTHING = -1;

export class Outside implements Waiter {
  readonly endpoint: Endpoint;
  readonly #queue: WaitQueue;

  /** `queue`: of the guest's socket. */
  constructor(endpoint: Endpoint, queue: WaitQueue) {
    this.endpoint = endpoint;
    this.#queue = queue;
    endpoint.queue.add(this, EVERYTHING);
  }

  onWake(_queue: WaitQueue, events: number): boolean {
    this.#queue.wake(events);
    return false;
  }

  send(task: Task, message: OutgoingMessage): number {
    if (message.rights.length > 0)
      return refuse(EPERM, "send: files of a sandbox cannot go to the host");
    return this.endpoint.send(task, message);
  }

  receive(task: Task, message: IncomingMessage): number {
    return this.endpoint.receive(task, message);
  }

  close(): void {
    this.endpoint.queue.remove(this);
    this.endpoint.close(null);
  }
}
