/**
 * SignalHandlers: what a process does on each signal (Linux's sighand_struct). Shared by tasks cloned
 * with CLONE_SIGHAND, copied by fork, reset by exec.
 */
import { NSIG, SIG_DFL, SIG_IGN } from "../../abi/signal.ts";
import { bitLow, IGNORED_BY_DEFAULT_LOW } from "./sigset.ts";

export class SignalAction {
  handler = SIG_DFL;
  flags = 0;
  restorer = 0;
  maskLo = 0;
  maskHi = 0;

  set(from: SignalAction): void {
    this.handler = from.handler;
    this.flags = from.flags;
    this.restorer = from.restorer;
    this.maskLo = from.maskLo;
    this.maskHi = from.maskHi;
  }
}

export class SignalHandlers {
  users = 1;
  readonly #actions: SignalAction[] = [];

  constructor() {
    for (let signo = 0; signo <= NSIG; signo++) this.#actions.push(new SignalAction());
  }

  action(signo: number): SignalAction {
    return this.#actions[signo]!;
  }

  /** Would the signal be dropped: ignored, or nothing done by default? */
  ignores(signo: number): boolean {
    const { handler } = this.#actions[signo]!;
    return (
      handler === SIG_IGN || (handler === SIG_DFL && (bitLow(signo) & IGNORED_BY_DEFAULT_LOW) !== 0)
    );
  }

  copy(): SignalHandlers {
    const copy = new SignalHandlers();
    for (let signo = 1; signo <= NSIG; signo++) copy.#actions[signo]!.set(this.#actions[signo]!);
    return copy;
  }

  /** exec and CLONE_CLEAR_SIGHAND: handlers go, ignored signals stay ignored. */
  resetForExec(): void {
    for (const action of this.#actions) {
      if (action.handler !== SIG_IGN) action.handler = SIG_DFL;
      action.flags = 0;
      action.restorer = 0;
      action.maskLo = 0;
      action.maskHi = 0;
    }
  }
}
