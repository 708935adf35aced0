/**
 * HostClock and HostEntropy: time and chance as the host has them.
 */
import type { Host } from "../host/host.ts";
import type { Clock } from "../kernel/time/clock.ts";
import type { Entropy } from "../kernel/time/entropy.ts";

export class HostClock implements Clock {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  monotonicNs(): number {
    return this.#host.gateway.monotonic();
  }

  realtime(out: Float64Array): void {
    this.#host.realtime(out);
  }
}

/** Bytes come from the host in blocks: a sandbox asks for many small pieces. */
const BLOCK = 4096;

export class HostEntropy implements Entropy {
  generation = 0;
  readonly #host: Host;
  readonly #block = new Uint8Array(BLOCK);
  #used = BLOCK;

  constructor(host: Host) {
    this.#host = host;
  }

  fill(bytes: Uint8Array): void {
    if (bytes.length > BLOCK / 4) return this.#host.getrandom(bytes);
    if (this.#used + bytes.length > BLOCK) {
      this.#host.getrandom(this.#block);
      this.#used = 0;
    }
    bytes.set(this.#block.subarray(this.#used, this.#used + bytes.length));
    this.#block.fill(0, this.#used, this.#used + bytes.length);
    this.#used += bytes.length;
  }

  below(limit: number): number {
    const bytes = new Uint8Array(6);
    this.fill(bytes);
    let value = 0;
    for (const byte of bytes) value = value * 256 + byte;
    return value % limit;
  }
}
