/**
 * Clock: the only way by which time enters the kernel (so that a restored sandbox can shift it).
 *  - Monotonic time is nanoseconds as a number: exact for 104 days of uptime, 2 ns beyond.
 *  - Wall time does not fit a double in nanoseconds; it is seconds and nanoseconds apart.
 * Deadlines inside the kernel are monotonic nanoseconds; Infinity means never.
 */
export interface Clock {
  monotonicNs(): number;
  /** Wall clock into out[0] seconds, out[1] nanoseconds. */
  realtime(out: Float64Array): void;
}
