/**
 * Failures of a sandbox as its user should read them: StartFailure, what stopped a program or a
 * container from starting; KernelCrash, a bug of tvisor's own.
 */

/** What stopped a program from starting, in words, with the exit status that shells use for it. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The kernel itself failed: a bug of tvisor, with what it was doing. */
export class KernelCrash extends Error {
  override readonly name = "KernelCrash";
  /** What the kernel was doing, for the report. */
  readonly state: string;

  constructor(cause: unknown, state: string) {
    super(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
    this.state = state;
  }
}
