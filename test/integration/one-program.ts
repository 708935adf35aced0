/**
 * one-program: a sandbox of one program in this very process, for tests that look into its kernel. Such a
 * test is a process of its own, because a sandbox locks the process down that it runs in.
 */
import process from "node:process";
import { Timer } from "../../src/kernel/time/timers.ts";
import { OneProgram } from "../../src/sentry/one-program.ts";

/** Ends a turn that has nothing else to wait for. */
export class Alarm extends Timer {
  fire(): void {}
}

/** Started, with this machine's root, no network, and the identity of this process. */
export function startProgram(program: string): OneProgram {
  const sandbox = new OneProgram({
    root: "/",
    hostname: "test",
    network: "none",
    volumes: [],
    terminal: false,
    strace: null,
    program: {
      argv: [program],
      envp: [],
      cwd: "/",
      uid: process.geteuid!(),
      gid: process.getegid!(),
      groups: [],
    },
    report: () => {},
  });
  sandbox.start();
  return sandbox;
}
