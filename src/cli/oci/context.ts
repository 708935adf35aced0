/**
 * Context: what every command of the runtime works with: its options, the log, the store; and the host
 * through the gateway, loaded when a command first needs it.
 */
import { closeSync, constants, openSync } from "node:fs";
import { errnoText } from "../../abi/errno-text.ts";
import type { Host } from "../../host/host.ts";
import { Launch } from "../../host/launch.ts";
import { Packets } from "../../host/packets.ts";
import { isAlive } from "../../oci/process.ts";
import type { ContainerRecord } from "../../oci/state.ts";
import { Store } from "../../oci/store.ts";
import { openHost } from "../../sentry/native.ts";
import type { Globals } from "./globals.ts";
import { Log } from "./log.ts";

/** What is wrong, for the user, and the exit status that tells it. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

export class Context {
  readonly globals: Globals;
  readonly log: Log;
  readonly store: Store;
  #host: Host | null = null;
  #launch: Launch | null = null;
  #packets: Packets | null = null;

  constructor(globals: Globals) {
    this.globals = globals;
    this.log = new Log(globals);
    this.store = new Store(globals.root);
  }

  get host(): Host {
    this.#host ??= openHost();
    return this.#host;
  }

  get launch(): Launch {
    this.#launch ??= new Launch(this.host);
    return this.#launch;
  }

  get packets(): Packets {
    this.#packets ??= new Packets(this.host);
    return this.#packets;
  }

  /** Be the only command that changes this container while `work` runs. */
  locked<T>(id: string, work: () => T): T {
    if (!this.store.has(id)) throw new CommandError("container does not exist");
    const fd = openSync(this.store.directory(id), constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      const rc = this.launch.lock(fd);
      if (rc < 0) throw new CommandError(`cannot lock the container: ${errnoText(-rc)}`);
      return work();
    } finally {
      closeSync(fd);
    }
  }
}

/** Does the sandbox of this container live? */
export function hasSandbox(record: ContainerRecord): boolean {
  return isAlive(record.process);
}
