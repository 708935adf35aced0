/**
 * Processes: the stub processes that there are, by their space, and how their ends are seen.
 *  - A process that has said HELLO has a pidfd in the epoll set, which becomes readable when it is gone.
 *  - One that is to die before HELLO (doom) is met when HELLO comes, and killed then.
 *  - Zombies are the warden's: it is told to reap when many have piled up, or when there is time.
 */
import type { HostListener, StubPlatform } from "./platform.ts";
import { EPOLL, type StubSpace } from "./space.ts";

/** Zombies that may pile up while guests are busy. */
const REAP_BATCH = 64;

export class Processes implements HostListener {
  readonly #platform: StubPlatform;
  readonly #spaces = new Set<StubSpace>();
  readonly #byPidfd = new Map<number, StubSpace>();
  /** By their control socket. */
  readonly #doomed = new Map<number, StubSpace>();
  /** Processes that are gone, and that the warden has not been told to reap. */
  #unreaped = 0;

  constructor(platform: StubPlatform) {
    this.#platform = platform;
  }

  add(space: StubSpace): void {
    this.#spaces.add(space);
  }

  delete(space: StubSpace): void {
    this.#spaces.delete(space);
  }

  /** Is this process another living space's already? Then a stub has answered for a child of its own. */
  isKnown(pid: number): boolean {
    for (const space of this.#spaces) if (space.pid === pid) return true;
    return false;
  }

  /** It has said HELLO: its end will be seen. */
  watchDeath(space: StubSpace): void {
    this.#byPidfd.set(space.pidfd, space);
    this.#platform.addToEpoll(space.pidfd, EPOLL.in);
  }

  /** kill() of a space whose process has not said HELLO yet. */
  doom(space: StubSpace): void {
    this.#doomed.set(space.control, space);
    this.#platform.watch(space.control, EPOLL.in, this);
  }

  /** A late HELLO. */
  onHostEvent(fd: number, _events: number): void {
    const space = this.#doomed.get(fd)!;
    space.meet();
    this.#doomed.delete(fd);
    this.#platform.unwatch(fd);
    space.finish();
  }

  /** The process behind this pidfd is gone: its space, or undefined when it is no pidfd of ours. */
  gone(pidfd: number): StubSpace | undefined {
    const space = this.#byPidfd.get(pidfd);
    if (space === undefined) return undefined;
    const { host, warden } = this.#platform;
    this.#platform.removeFromEpoll(pidfd);
    this.#byPidfd.delete(pidfd);
    host.close(pidfd);
    warden.forget(space.pid);
    this.#unreaped++;
    space.pidfd = -1;
    return space;
  }

  /** Waking the warden costs a guest its processor: for many at once, or when nothing runs. */
  reap(isIdle: boolean): void {
    if (this.#unreaped === 0 || (this.#unreaped < REAP_BATCH && !isIdle)) return;
    this.#unreaped = 0;
    this.#platform.warden.reap();
  }
}
