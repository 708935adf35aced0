/**
 * child-process: Node's module, loaded by who starts a process, and not by who might: with the sockets
 * and streams that come with it, it costs 14 ms, and most commands start none.
 */
import process from "node:process";

export function childProcess(): typeof import("node:child_process") {
  return process.getBuiltinModule("node:child_process");
}
