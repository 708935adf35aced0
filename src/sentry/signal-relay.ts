/**
 * SignalRelay: signals that the user sends to the tvisor process go to the guest's program.
 * A terminal's Ctrl-C and Ctrl-\ reach the first process group, as they would without tvisor; the
 * others reach the program itself. The handler in C only writes a byte to a pipe of the loop.
 */
import { O_CLOEXEC, O_NONBLOCK } from "../abi/fcntl.ts";
import {
  SI_KERNEL,
  SIGALRM,
  SIGCONT,
  SIGHUP,
  SIGINT,
  SIGQUIT,
  SIGTERM,
  SIGUSR1,
  SIGUSR2,
  SIGWINCH,
} from "../abi/signal.ts";
import { HostError } from "../base/failure.ts";
import type { Host } from "../host/host.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { sendToGroup, sendToProcessGroup } from "../kernel/signal/send.ts";
import { SigInfo } from "../kernel/signal/siginfo.ts";
import type { HostListener, StubPlatform } from "../platform/stub/platform.ts";
import type { Console } from "./console.ts";

const RELAYED = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGCONT, SIGWINCH];
const EPOLLIN = 1;

export class SignalRelay implements HostListener {
  readonly #host: Host;
  readonly #kernel: Kernel;
  readonly #console: Console | null;

  constructor(host: Host, platform: StubPlatform, kernel: Kernel, console: Console | null) {
    this.#host = host;
    this.#console = console;
    this.#kernel = kernel;
    const pipe = host.pipe2(O_CLOEXEC | O_NONBLOCK);
    if (typeof pipe === "number") throw new HostError("pipe2", -pipe);
    platform.watch(pipe[0], EPOLLIN, this);
    host.gateway.catchSignals(pipe[1], RELAYED);
  }

  onHostEvent(fd: number): void {
    const bytes = new Uint8Array(64);
    const n = this.#host.read(fd, bytes);
    for (let i = 0; i < n; i++) this.#relay(bytes[i]!);
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
