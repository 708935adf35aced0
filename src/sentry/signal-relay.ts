/**
 * SignalRelay: signals that the user sends to the tvisor process go to the guest's program.
 * A terminal's Ctrl-C and Ctrl-\ reach the first process group, as they would without tvisor; the
 * others reach the program itself. They come by a pipe of the loop (host/signal-pipe.ts).
 */
import { SI_KERNEL, SIGCONT, SIGINT, SIGQUIT, SIGWINCH } from "../abi/signal.ts";
import type { Host } from "../host/host.ts";
import { openSignalPipe, readSignals } from "../host/signal-pipe.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { sendToGroup, sendToProcessGroup } from "../kernel/signal/send.ts";
import { SigInfo } from "../kernel/signal/siginfo.ts";
import type { HostListener, StubPlatform } from "../platform/stub/platform.ts";
import type { Console } from "./console.ts";

const EPOLLIN = 1;

export class SignalRelay implements HostListener {
  readonly #host: Host;
  readonly #kernel: Kernel;
  readonly #console: Console | null;

  constructor(host: Host, platform: StubPlatform, kernel: Kernel, console: Console | null) {
    this.#host = host;
    this.#console = console;
    this.#kernel = kernel;
    platform.watch(openSignalPipe(host), EPOLLIN, this);
  }

  onHostEvent(fd: number): void {
    for (const signo of readSignals(this.#host, fd)) this.#relay(signo);
  }

  #relay(signo: number): void {
    const { main } = this.#kernel;
    if (signo === SIGWINCH) return this.#console?.resized();
    if (signo === SIGCONT) this.#console?.continued();
    if (main === null) return;
    const info = new SigInfo(signo, SI_KERNEL);
    if (signo === SIGINT || signo === SIGQUIT) sendToProcessGroup(main.processGroup, info);
    else sendToGroup(main, info);
  }
}
