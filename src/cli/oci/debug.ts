/**
 * `tvisor debug`: a look at a container that runs: what its tasks are in, and the system calls they make.
 */
import { closeSync, fstatSync, openSync } from "node:fs";
import { LOG_LEVELS, type LogLevel } from "../../oci/log-line.ts";
import type { ContainerRecord } from "../../oci/state.ts";
import { print } from "../print.ts";
import { ask } from "./client.ts";
import type { Command } from "./commands.ts";
import { CommandError, type Context } from "./context.ts";

const GONE = "the container does not run";

export const command: Command = {
  flags: { stacks: "truth", strace: "text", output: "text", "log-level": "text" },
  short: { o: "output" },
  words: [1, 1],
  usage: `debug [OPTIONS] ID

Looks at a container that runs, without holding it up.

Options:
  --stacks            every task of its sandbox: its state, its system call, and where it is in
                      its program, as far as frame pointers lead
  --strace CALLS      show system calls from now on: all, or a list as openat,read; off ends it
  -o, --output FILE   append them to FILE (default: the sandbox's log, see \`tvisor logs\`)
  --log-level error|warning|info|debug
                      what the sandbox writes in its log from now on; debug: every request too

Examples:
  tvisor debug --stacks web
  tvisor debug --strace connect,sendto --output /tmp/calls web
  tvisor debug --log-level debug web && tvisor logs --follow web
`,
  run(context, flags) {
    const record = context.store.load(flags.words[0]!);
    const calls = flags.text("strace");
    const level = flags.text("log-level");
    if (calls === "" && level === "" && !flags.is("stacks"))
      throw new CommandError("say what to look at: --stacks, or --strace CALLS; or --log-level");
    if (level !== "") setLevel(context, record, level);
    if (calls !== "") trace(context, record, calls, flags.text("output"));
    if (flags.is("stacks")) {
      const answer = ask(context, record, { op: "tasks", id: record.id });
      if (answer === null) throw new CommandError(GONE);
      print(`${answer.tasks}\n`);
    }
    return 0;
  },
};

function setLevel(context: Context, record: ContainerRecord, level: string): void {
  if (!LOG_LEVELS.includes(level as LogLevel))
    throw new CommandError(`--log-level takes ${LOG_LEVELS.join(", ")}, not "${level}"`);
  const answer = ask(context, record, { op: "level", id: record.id, level });
  if (answer === null) throw new CommandError(GONE);
}

function trace(context: Context, record: ContainerRecord, words: string, path: string): void {
  const calls =
    words === "off" ? null : words === "all" ? [] : words.split(",").filter((each) => each !== "");
  const output = path === "" || calls === null ? null : openOutput(path);
  const request = { op: "trace", id: record.id, calls, elsewhere: output !== null } as const;
  const answer = ask(context, record, request, output === null ? [] : [output]);
  if (output !== null) closeSync(output);
  if (answer === null) throw new CommandError(GONE);
}

/** The sandbox writes there while nobody reads: only a file takes it without making it wait. */
function openOutput(path: string): number {
  let fd: number;
  try {
    fd = openSync(path, "a", 0o600);
  } catch (error) {
    throw new CommandError(`cannot open the output: ${(error as Error).message}`);
  }
  if (!fstatSync(fd).isFile())
    throw new CommandError(`the output, ${path}, has to be a plain file`);
  return fd;
}
