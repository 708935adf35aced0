/**
 * waiter: the process of the host that stands for one in a sandbox (native/waiter.c): it ends with it,
 * and with its status, as an engine expects of what a runtime has started.
 */
import { errnoText } from "../../abi/errno-text.ts";
import { nativePath } from "../../sentry/native.ts";
import { CommandError, type Context } from "./context.ts";

export function waiterPath(): string {
  return nativePath("tvisor-waiter");
}

/** Leave one behind, for the process that `connection` stands for; with its terminal, or -1. Its pid. */
export function leaveWaiter({ launch }: Context, connection: number, terminal: number): number {
  const path = waiterPath();
  const hasTerminal = terminal >= 0;
  const pid = launch.spawn({
    words: [path, path, ...(hasTerminal ? ["terminal"] : [])],
    environment: [],
    directory: "/",
    descriptors: [-1, -1, -1, connection, ...(hasTerminal ? [terminal] : [])],
    // With a terminal it makes its session itself.
    leadsSession: !hasTerminal,
  });
  if (pid < 0) throw new CommandError(`the waiter cannot be started: ${errnoText(-pid)}`);
  return pid;
}
