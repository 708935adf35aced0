/**
 * launcher: starts the sandbox process of a container and stays with it until it is ready.
 *  - The sandbox is a process of its own session with nothing of ours open but the boot socket; all
 *    that it needs comes over that.
 *  - It is put in its control groups before it is told what to do.
 *  - Whatever fails, commit() was not called: the sandbox sees our end close, and ends.
 */
import process from "node:process";
import { errnoText } from "../../abi/errno-text.ts";
import type { Host } from "../../host/host.ts";
import type { BootMessage, BootReport } from "../../sentry/oci/boot-message.ts";
import { CommandError, type Context } from "./context.ts";

export class Launcher {
  readonly pid: number;
  readonly #context: Context;
  readonly #socket: number;

  /** `id` is for who looks at the list of processes. */
  constructor(context: Context, id: string) {
    this.#context = context;
    const early = takeEarly();
    if (early !== null) {
      [this.pid, this.#socket] = early;
      return;
    }
    const pair = context.packets.pair();
    if (typeof pair === "number") throw new CommandError(`socketpair: ${errnoText(-pair)}`);
    const [ours, theirs] = pair;
    this.#socket = ours;
    const node = process.execPath;
    this.pid = context.launch.spawn({
      words: [node, node, ...process.execArgv, process.argv[1]!, "boot", id],
      environment: inheritedVariables(),
      directory: "/",
      descriptors: [-1, -1, -1, theirs],
      leadsSession: true,
    });
    this.#host.close(theirs);
    if (this.pid < 0)
      throw new CommandError(`the sandbox process cannot be started: ${errnoText(-this.pid)}`);
  }

  get #host(): Host {
    return this.#context.host;
  }

  tell(message: BootMessage, descriptors: readonly number[]): void {
    const bytes = new TextEncoder().encode(JSON.stringify(message));
    const rc = this.#context.packets.send(this.#socket, bytes, descriptors);
    if (rc < 0) throw new CommandError(`the sandbox cannot be told what to do: ${errnoText(-rc)}`);
  }

  /** Wait until the sandbox has come this far; it waits for goOn() then. */
  await(stage: BootReport["stage"]): void {
    const packet = this.#context.packets.receive(this.#socket);
    if (typeof packet === "number")
      throw new CommandError("the sandbox ended before it was ready: see the debug log");
    const report = JSON.parse(new TextDecoder().decode(packet.bytes)) as BootReport;
    if (report.error !== undefined)
      throw new CommandError(`unable to start container process: ${report.error}`);
    if (report.stage !== stage) throw new CommandError("the sandbox is of another version");
  }

  goOn(): void {
    this.#context.packets.send(this.#socket, new Uint8Array(1));
  }

  /** The sandbox is known: from here on it lives without us. */
  commit(): void {
    this.goOn();
    this.#host.close(this.#socket);
  }
}

/** Pid and boot socket of a sandbox process that was started for this command already (native/front/early.c). */
function takeEarly(): [number, number] | null {
  const { TVISOR_SANDBOX: said } = process.env;
  delete process.env["TVISOR_SANDBOX"];
  const [pid, socket] = (said ?? "").split(" ").map(Number);
  return pid! > 0 && socket! > 2 ? [pid!, socket!] : null;
}

/** The kernel process learns nothing of our environment but what is for it. */
function inheritedVariables(): string[] {
  const kept = Object.entries(process.env).filter(([name]) => name.startsWith("TVISOR_"));
  return ["PATH=/usr/bin:/bin", ...kept.map(([name, value]) => `${name}=${value}`)];
}
