/**
 * Trials: shall the kernel have a processor to itself? Whatever answers more system calls, found by
 * trying the other way for a moment now and then: often while things are new, seldom once they are known.
 *  - A trial towards apart is made only when it promises something: a busy kernel that sleeps often.
 *  - Apart ends without a trial when the kernel has little to do.
 */

/** What happened in one window of the kernel's loop, some 10 ms. */
export interface Observation {
  /** System calls and the like that came, per millisecond. */
  readonly rate: number;
  /** How often the kernel went to sleep, per millisecond. */
  readonly sleeps: number;
  /** Its processor time without spinning, per time: 0 to 1. */
  readonly busy: number;
  /** The time that it waited for a processor, per time. */
  readonly queued: number;
}

/** A sleep and its wake-up cost both sides some 10 us: so many per millisecond are a good part of it. */
const RESTLESS = 8;
const CROWDED = 0.2;
const BUSY = 0.3;
const QUIET = 0.15;
/** By how much guests must get ahead before they lose a processor. */
const WORTH = 1.3;
/** Windows between trials: at first and at last. */
const OFTEN = 8;
const SELDOM = 512;
/** Windows of a trial: in the first of them everybody is still finding a place. */
const SETTLING = 1;
const MEASURED = 3;
/** Windows that count for what is known. */
const REMEMBERED = 8;

export class Trials {
  #isApart = false;
  /** The mean of what was seen lately, when no trial is on; and of how many windows. */
  #known = 0;
  #windows = 0;
  #interval = OFTEN;
  #untilTrial = OFTEN;
  /** Windows of the present trial, or -1. */
  #tried = -1;
  #triedRate = 0;

  /** Take note of a window; true when the kernel shall have a processor to itself in the next one. */
  observe(seen: Observation): boolean {
    if (this.#isApart && seen.busy < QUIET) this.#calm();
    else if (this.#tried >= 0) this.#measure(seen);
    else this.#wait(seen);
    return this.#isApart;
  }

  #wait(seen: Observation): void {
    if (this.#windows < REMEMBERED) this.#windows++;
    this.#known += (seen.rate - this.#known) / this.#windows;
    if (this.#untilTrial > 0) this.#untilTrial--;
    const promises = seen.busy >= BUSY && (seen.sleeps >= RESTLESS || seen.queued >= CROWDED);
    if (this.#untilTrial > 0 || !(this.#isApart || promises)) return;
    this.#isApart = !this.#isApart;
    this.#tried = 0;
    this.#triedRate = 0;
  }

  #measure(seen: Observation): void {
    if (this.#tried >= SETTLING) this.#triedRate += seen.rate / MEASURED;
    if (++this.#tried < SETTLING + MEASURED) return;
    this.#tried = -1;
    const isBetter = this.#isApart
      ? this.#triedRate >= this.#known * WORTH
      : this.#triedRate * WORTH >= this.#known;
    if (isBetter) {
      this.#forget();
      this.#interval = OFTEN;
    } else {
      this.#isApart = !this.#isApart;
      this.#tryLater();
    }
    this.#untilTrial = this.#interval;
  }

  #calm(): void {
    this.#isApart = false;
    this.#tried = -1;
    this.#forget();
    this.#tryLater();
    this.#untilTrial = this.#interval;
  }

  /** What was known was of the other way. */
  #forget(): void {
    this.#known = 0;
    this.#windows = 0;
  }

  #tryLater(): void {
    this.#interval = Math.min(2 * this.#interval, SELDOM);
  }
}
