/**
 * AioContexts: the asynchronous I/O contexts of an address space (io_setup(2)).
 *  - An id is the address of a mapping that io_setup makes, as on Linux, where a ring of events lies
 *    there. Ours is empty: without its magic number libraries ask the kernel for events.
 *  - Reads and writes are done when they are submitted; only polls are ever under way.
 */
import { POLLERR, POLLHUP } from "../../abi/poll.ts";
import { type Waiter, WaitQueue } from "../../base/wait-queue.ts";
import type { EventFd } from "../files/eventfd.ts";
import type { File } from "../vfs/file.ts";

/** What an iocb names its event by, and whom it tells. */
export interface AioRequest {
  /** The iocb's address. */
  readonly iocb: number;
  /** aio_data, two halves. */
  readonly dataLow: number;
  readonly dataHigh: number;
  /** A reference of the request's own. */
  readonly eventFd: EventFd | null;
}

export interface AioEvent {
  readonly request: AioRequest;
  readonly result: number;
}

/** IOCB_CMD_POLL, until one of its events comes. */
export class AioPoll implements Waiter {
  readonly context: AioContext;
  readonly request: AioRequest;
  readonly file: File;
  readonly mask: number;

  constructor(context: AioContext, request: AioRequest, file: File, mask: number) {
    this.context = context;
    this.request = request;
    this.file = file.ref();
    this.mask = mask | POLLERR | POLLHUP;
  }

  onWake(): boolean {
    const events = this.file.poll() & this.mask;
    if (events === 0) return false;
    this.context.finishPoll(this, events);
    return true;
  }
}

export class AioContext {
  readonly id: number;
  /** Bytes of the mapping at `id`. */
  readonly mappedBytes: number;
  readonly capacity: number;
  readonly events: AioEvent[] = [];
  readonly polls = new Set<AioPoll>();
  readonly readers = new WaitQueue();
  isDestroyed = false;

  constructor(id: number, mappedBytes: number, capacity: number) {
    this.id = id;
    this.mappedBytes = mappedBytes;
    this.capacity = capacity;
  }

  get isFull(): boolean {
    return this.events.length + this.polls.size >= this.capacity;
  }

  complete(request: AioRequest, result: number): void {
    this.events.push({ request, result });
    request.eventFd?.signal();
    request.eventFd?.unref();
    this.readers.wake(-1);
  }

  startPoll(poll: AioPoll): void {
    this.polls.add(poll);
    poll.file.queue.add(poll, poll.mask);
    poll.onWake();
  }

  finishPoll(poll: AioPoll, result: number): void {
    this.polls.delete(poll);
    poll.file.queue.remove(poll);
    poll.file.unref();
    this.complete(poll.request, result);
  }

  destroy(): void {
    this.isDestroyed = true;
    for (const poll of [...this.polls]) this.finishPoll(poll, 0);
    this.readers.wake(-1);
  }
}

export class AioContexts {
  readonly #contexts = new Map<number, AioContext>();

  get(id: number): AioContext | undefined {
    return this.#contexts.get(id);
  }

  add(context: AioContext): void {
    this.#contexts.set(context.id, context);
  }

  remove(context: AioContext): void {
    this.#contexts.delete(context.id);
    context.destroy();
  }

  /** The address space is gone. */
  clear(): void {
    for (const context of [...this.#contexts.values()]) this.remove(context);
  }
}
