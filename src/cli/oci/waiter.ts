/**
 * waiter: the process of the host that stands for one in a sandbox (native/waiter.c): it ends with it,
 * and with its status, as an engine expects of what a runtime has started.
 */
import type { ChildProcess } from "node:child_process";
import { nativePath } from "../../sentry/native.ts";
import { childProcess } from "./child-process.ts";
import { CommandError } from "./context.ts";

export function waiterPath(): string {
  return nativePath("tvisor-waiter");
}

/** Leave one behind, for the process that `connection` stands for; with its terminal, or -1. */
export function leaveWaiter(connection: number, terminal: number): ChildProcess {
  const isTerminal = terminal >= 0;
  const child = childProcess().spawn(waiterPath(), isTerminal ? ["terminal"] : [], {
    cwd: "/",
    env: {},
    detached: !isTerminal,
    stdio: ["ignore", "ignore", "ignore", connection, ...(isTerminal ? [terminal] : [])],
  });
  if (child.pid === undefined) throw new CommandError("the waiter cannot be started");
  child.unref();
  return child;
}
