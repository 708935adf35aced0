/**
 * TcpInbox: what has arrived on a TCP connection and was not read yet, with the urgent byte, if there
 * is one (tcp(7), "Out-of-band data"): one byte at a time, taken out of the stream unless
 * SO_OOBINLINE; reads stop where it was.
 */
import { EINVAL } from "../../../abi/errno.ts";
import { MSG_OOB, MSG_PEEK, MSG_TRUNC } from "../../../abi/msghdr.ts";
import type { Block } from "../../../base/blocks.ts";
import { refuse } from "../../../base/refuse.ts";
import type { IncomingMessage } from "../../../kernel/socket/message.ts";
import { SegmentQueue } from "../../../kernel/socket/segment-queue.ts";

export class TcpInbox {
  readonly #segments = new SegmentQueue<null>();
  /** All bytes that ever arrived. */
  received = 0;
  /** The urgent byte that was not read yet, -1 when there is none. */
  urgent = -1;
  /** Bytes to read before the place of the urgent one. */
  untilUrgent = 0;

  get length(): number {
    return this.#segments.length;
  }

  /** The first `length` bytes of a block, which is the inbox's from now on. */
  arrive(block: Block, length: number): void {
    this.received += length;
    if (length > 0) this.#segments.append(block, length, null);
    else block.unref();
  }

  /** Bytes of which the last one is urgent. */
  arriveUrgent(block: Block, length: number, isInline: boolean): void {
    this.urgent = block.bytes[length - 1]!;
    this.arrive(block, isInline ? length : length - 1);
    this.untilUrgent = this.length - (isInline ? 1 : 0);
  }

  /** Give bytes to a receiver; with MSG_TRUNC they are thrown away, with MSG_PEEK they stay. */
  read(message: IncomingMessage): number {
    const { data, flags } = message;
    const isPeek = (flags & MSG_PEEK) !== 0;
    const most = this.urgent >= 0 && this.untilUrgent > 0 ? this.untilUrgent : Infinity;
    let moved = 0;
    for (let index = 0; data.remaining > 0 && moved < most; ) {
      if (this.#segments.at(index) === undefined) break;
      const n = this.#copy(index, message, most - moved);
      if (n < 0) return moved > 0 ? moved : n;
      moved += n;
      if (isPeek) index++;
      else this.#consume(n);
    }
    return moved;
  }

  #copy(index: number, message: IncomingMessage, most: number): number {
    const { data, flags } = message;
    const segment = this.#segments.at(index)!;
    const length = Math.min(segment.length, data.remaining, most);
    if ((flags & MSG_TRUNC) === 0) return data.put(segment.block.bytes, segment.start, length);
    data.skip(length);
    return length;
  }

  #consume(count: number): void {
    this.#segments.consume(count);
    if (this.urgent < 0) return;
    this.untilUrgent -= count;
    if (this.untilUrgent < 0) this.urgent = -1;
  }

  readUrgent(message: IncomingMessage, isInline: boolean): number {
    if (this.urgent < 0 || isInline) return refuse(EINVAL, "receive: no urgent data");
    message.flagsOut |= MSG_OOB;
    const n = message.data.put(Uint8Array.of(this.urgent), 0, Math.min(1, message.data.remaining));
    if (n > 0 && (message.flags & MSG_PEEK) === 0) this.urgent = -1;
    return n;
  }
}
