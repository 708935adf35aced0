/**
 * The gateway: the typed face of native/gateway/, and the arena that it maps.
 *  - `sys` makes a raw host system call and returns its result or -errno. Only host.ts calls it.
 *  - The arena is one reserved range of addresses, one ArrayBuffer. Memory is mapped into it at
 *    offsets; a host pointer is `base + offset`. Offsets fit an Int32Array index (below 8 GiB).
 * Nothing here knows what the calls are for.
 */
import { createRequire } from "node:module";

export interface Gateway {
  open(size: number): [ArrayBuffer, number];
  sys(nr: number, a?: number, b?: number, c?: number, d?: number, e?: number, f?: number): number;
  configure(epollFd: number, doorbellFd: number, kernelPageOffset: number): void;
  wait(blockOffset: number): number;
  await(slotOffset: number, sequence: number, timeoutMs: number, pidfd: number): number;
  reply(slotOffset: number): void;
  /** `words`: a path, and the arguments from the 0th on. */
  spawn(
    words: readonly string[],
    environment: readonly string[],
    directory: string,
    descriptors: readonly number[],
    leadsSession: number,
  ): number;
  catchSignals(fd: number, signals: number[]): void;
  everywhere(calls: number[]): number;
  catchViolations(reportOnly: number): number;
  exit(code: number): void;
  cpus(): number[];
  monotonic(): number;
  realtime(offset: number): void;
}

/** Load the addon that `npm install` built. */
export function loadGateway(path: string): Gateway {
  return createRequire(import.meta.url)(path) as Gateway;
}
