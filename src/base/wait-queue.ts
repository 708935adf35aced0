/**
 * WaitQueue: who wants to hear that something happened. Analogous to Linux's wait_queue_head.
 *  - An entry is a waiter and the mask of events (POLLIN, POLLOUT, …) that it asks for.
 *  - wake(mask) tells every entry whose mask meets `mask`; wakeOne(mask) only the first that takes it.
 *    Being woken is a hint: the waiter looks again and may sleep again.
 *  - A waiter removes itself; wake() tolerates that while it runs.
 * No closures and no promises: entries are plain data, so a blocked kernel can be saved.
 */

export interface Waiter {
  /** `queue` has `mask` events. Returns true when this waiter will act on it (see wakeOne). */
  onWake(queue: WaitQueue, mask: number): boolean;
}

interface Entry {
  readonly waiter: Waiter;
  readonly mask: number;
}

export class WaitQueue {
  #entries: Entry[] = [];

  get empty(): boolean {
    return this.#entries.length === 0;
  }

  get length(): number {
    return this.#entries.length;
  }

  add(waiter: Waiter, mask: number): void {
    this.#entries.push({ waiter, mask });
  }

  /** Remove every entry of this waiter. */
  remove(waiter: Waiter): void {
    const entries = this.#entries;
    let kept = 0;
    for (let i = 0; i < entries.length; i++)
      if (entries[i]!.waiter !== waiter) entries[kept++] = entries[i]!;
    entries.length = kept;
  }

  wake(mask: number): void {
    if (this.#entries.length === 0) return;
    // A copy: waking removes entries, and may add others that must not be woken by this event.
    for (const entry of this.#entries.slice())
      if ((entry.mask & mask) !== 0) entry.waiter.onWake(this, mask);
  }

  /** Wake waiters in order until `count` of them take it; returns how many did. */
  wakeSome(mask: number, count: number): number {
    let taken = 0;
    if (this.#entries.length === 0) return taken;
    for (const entry of this.#entries.slice()) {
      if (taken === count) break;
      if ((entry.mask & mask) !== 0 && entry.waiter.onWake(this, mask)) taken++;
    }
    return taken;
  }
}
