/**
 * Rules of the lock-down tables: with which arguments a host call may be made. A filter sees register
 * values only, never what a pointer points at.
 *  - `allow`: alternatives, each a list of checks that must all hold; absent means any arguments.
 *  - `needs`: only a sandbox that has this may make the call so; another may by `otherwise`, or not.
 *  - `refusal`: the errno of what is not allowed. Without it such a call is a violation and ends the
 *    kernel process: nothing in a sound kernel makes it.
 */

/** What differs from sandbox to sandbox. */
export interface Setup {
  network: boolean;
  volumes: boolean;
  /** Guests may connect to unix sockets of the host that lie in directories they were given. */
  hostSockets?: boolean;
  ownPid: number;
  /** Process group of the stubs, as a negative number for kill(2). */
  stubGroup: number;
  /** Where command lines connect to this sandbox; -1 for nowhere. */
  controlSocket: number;
}

export type Check = { readonly arg: number } & (
  | { readonly equal: number | "ownPid" | "stubGroup" | "controlSocket" }
  /** No bit of this mask. */
  | { readonly without: number }
);

export interface Rule {
  readonly allow?: readonly (readonly Check[])[];
  readonly needs?: "network" | "volumes";
  /** What a sandbox without that may do when it has host sockets; without `allow` anything. */
  readonly withHostSockets?: { readonly allow?: readonly (readonly Check[])[] };
  readonly otherwise?: readonly (readonly Check[])[];
  readonly refusal?: number;
}

/** Alternatives: argument `arg` is one of these values. */
export function anyOf(arg: number, values: readonly number[]): readonly (readonly Check[])[] {
  return values.map((equal) => [{ arg, equal }]);
}
