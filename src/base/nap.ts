/** nap: hold the calling thread still for a while, where nobody else has anything to do meanwhile. */
export function nap(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
