/**
 * InFlight: files that are in messages of unix sockets (SCM_RIGHTS), of one network namespace.
 *  - Counted per user, for the limit that sendmsg(2) calls ETOOMANYREFS.
 *  - A socket sent to itself, or two sent to each other, would keep themselves alive for ever.
 *    collect() finds those that nobody can reach any more and drops what they hold; it runs whenever
 *    a unix socket is closed, as Linux's unix_gc() does.
 */
import { AF_UNIX } from "../../abi/socket.ts";
import { Socket } from "../../kernel/socket/socket.ts";
import type { File } from "../../kernel/vfs/file.ts";

/** A socket that may hold messages with files in them. */
export interface Carrier {
  /** The files in messages that wait to be received. */
  carried(): Iterable<File>;
  /** Give up those messages. */
  dropCarried(): void;
}

export class InFlight {
  readonly #byUser = new Map<number, number>();
  /** How many messages hold each unix socket that is in any. */
  readonly #bySocket = new Map<File, number>();
  #isCollecting = false;

  forUser(uid: number): number {
    return this.#byUser.get(uid) ?? 0;
  }

  add(uid: number, files: readonly File[]): void {
    this.#count(uid, files, 1);
  }

  remove(uid: number, files: readonly File[]): void {
    this.#count(uid, files, -1);
  }

  #count(uid: number, files: readonly File[], by: 1 | -1): void {
    if (files.length === 0) return;
    this.#byUser.set(uid, this.forUser(uid) + by * files.length);
    for (const file of files) {
      if (!(file instanceof Socket) || file.endpoint.domain !== AF_UNIX) continue;
      const count = (this.#bySocket.get(file) ?? 0) + by;
      if (count === 0) this.#bySocket.delete(file);
      else this.#bySocket.set(file, count);
    }
  }

  collect(): void {
    if (this.#bySocket.size === 0 || this.#isCollecting) return;
    const garbage = [...this.#unreachable()];
    if (garbage.length === 0) return;
    this.#isCollecting = true;
    // Nothing may be released while the messages that hold it are being dropped.
    for (const file of garbage) file.ref();
    for (const file of garbage) carrierOf(file).dropCarried();
    for (const file of garbage) file.unref();
    this.#isCollecting = false;
  }

  /** Sockets that only messages hold, and only messages that wait in such sockets. */
  #unreachable(): Set<File> {
    const held = new Map<File, number>();
    for (const [file, count] of this.#bySocket)
      if (file.references === count) held.set(file, count);
    for (const file of [...held.keys()]) {
      for (const inner of carrierOf(file).carried()) {
        const count = held.get(inner);
        if (count !== undefined) held.set(inner, count - 1);
      }
    }
    const suspects = new Set(held.keys());
    const reachable = [...held.keys()].filter((file) => held.get(file)! > 0);
    for (let file = reachable.pop(); file !== undefined; file = reachable.pop()) {
      if (suspects.delete(file)) reachable.push(...carrierOf(file).carried());
    }
    return suspects;
  }
}

/** Only unix sockets are counted, and all of them carry. */
function carrierOf(file: File): Carrier {
  const endpoint: unknown = file instanceof Socket ? file.endpoint : null;
  return isCarrier(endpoint) ? endpoint : NOTHING;
}

function isCarrier(endpoint: unknown): endpoint is Carrier {
  return endpoint !== null && typeof endpoint === "object" && "carried" in endpoint;
}

const NOTHING: Carrier = { carried: () => [], dropCarried: () => {} };
