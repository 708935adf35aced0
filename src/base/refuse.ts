/**
 * refuse: how a system call says no.
 *  - `refuse(ENOENT, "why")` is the number -ENOENT; nothing is thrown and nothing is allocated.
 *  - While somebody traces (`keepReasons(true)`), the reason of the last refusal is kept for one
 *    `takeReason()`, so that a trace can say why and not only which errno.
 *
 * The slot below is diagnostics, never kernel state: no decision may depend on it, and it is
 * neither saved nor restored with a sandbox.
 */

const diagnostics: { wanted: boolean; reason: string } = { wanted: false, reason: "" };

/** Returns `-errno`; remembers `why` when reasons are wanted. */
export function refuse(errno: number, why: string): number {
  if (diagnostics.wanted) diagnostics.reason = why;
  return -errno;
}

/** Turns the keeping of reasons on or off. Turning it off forgets a kept one. */
export function keepReasons(wanted: boolean): void {
  diagnostics.wanted = wanted;
  diagnostics.reason = "";
}

/** The reason of the last refusal since the previous call, or "" when there is none. */
export function takeReason(): string {
  const reason = diagnostics.reason;
  diagnostics.reason = "";
  return reason;
}
