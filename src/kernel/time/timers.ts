/**
 * TimerQueue: the kernel's one queue of deadlines, a binary heap on monotonic nanoseconds.
 *  - A Timer belongs to its owner and is in the queue at most once; arming it again moves it.
 *  - `next` is how long the loop may sleep; `expire(now)` fires what is due, in order of deadline.
 */

export abstract class Timer {
  /** Monotonic nanoseconds; meaningful while armed. */
  deadline = Infinity;
  /** Place in the heap, -1 when not armed. */
  heapIndex = -1;

  get armed(): boolean {
    return this.heapIndex >= 0;
  }

  /** The deadline has passed; the timer is no longer armed and may be armed again. */
  abstract fire(now: number): void;
}

export class TimerQueue {
  readonly #heap: Timer[] = [];

  /** The earliest deadline, or Infinity. */
  get next(): number {
    return this.#heap.length === 0 ? Infinity : this.#heap[0]!.deadline;
  }

  arm(timer: Timer, deadline: number): void {
    this.disarm(timer);
    timer.deadline = deadline;
    timer.heapIndex = this.#heap.length;
    this.#heap.push(timer);
    this.#up(timer.heapIndex);
  }

  disarm(timer: Timer): void {
    const i = timer.heapIndex;
    if (i < 0) return;
    timer.heapIndex = -1;
    const last = this.#heap.pop()!;
    if (last === timer) return;
    this.#heap[i] = last;
    last.heapIndex = i;
    this.#up(i);
    this.#down(last.heapIndex);
  }

  expire(now: number): void {
    while (this.#heap.length > 0 && this.#heap[0]!.deadline <= now) {
      const timer = this.#heap[0]!;
      this.disarm(timer);
      timer.fire(now);
    }
  }

  #up(from: number): void {
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.#heap[parent]!.deadline <= this.#heap[i]!.deadline) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #down(from: number): void {
    let i = from;
    for (;;) {
      const left = 2 * i + 1;
      if (left >= this.#heap.length) return;
      const right = left + 1;
      const least =
        right < this.#heap.length && this.#heap[right]!.deadline < this.#heap[left]!.deadline
          ? right
          : left;
      if (this.#heap[i]!.deadline <= this.#heap[least]!.deadline) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #swap(a: number, b: number): void {
    const first = this.#heap[a]!;
    const second = this.#heap[b]!;
    this.#heap[a] = second;
    this.#heap[b] = first;
    second.heapIndex = a;
    first.heapIndex = b;
  }
}
