/**
 * The two failures that are thrown. A refusal to the guest is neither: it is a number (base/refuse.ts).
 *  - KernelBug: an invariant of tvisor itself is broken. The sandbox stops and prints its state.
 *  - HostError: a host call that cannot fail in a healthy sandbox failed.
 */

export class KernelBug extends Error {
  override readonly name = "KernelBug";
}

export class HostError extends Error {
  override readonly name = "HostError";
  /** The host call that failed, by its Linux name. */
  readonly call: string;
  /** The host's errno, positive. */
  readonly errno: number;

  constructor(call: string, errno: number, remedy = "") {
    super(`${call} failed on the host with errno ${errno}${remedy === "" ? "" : `: ${remedy}`}`);
    this.call = call;
    this.errno = errno;
  }
}
