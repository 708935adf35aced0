/**
 * `tvisor debug`: a look at a container that runs: what its tasks are in, and the system calls they make.
 */
import { closeSync, fstatSync, openSync } from "node:fs";
import type { ContainerRecord } from "../../oci/state.ts";
import { print } from "../print.ts";
import { ask } from "./client.ts";
import type { Command } from "./commands.ts";
import { CommandError, type Context } from "./context.ts";

const GONE = "the container does not run";

export const command: Command = {
  flags: { stacks: "truth", strace: "text", output: "text" },
  short: { o: "output" },
  words: [1, 1],
  usage: `debug [OPTIONS] ID

Looks at a container that runs, without holding it up.

Options:
  --stacks            every task of its sandbox: its state, its system call, and where it is in
                      its program, as far as frame pointers lead
  --strace CALLS      show system calls from now on: all, or a list as openat,read; off ends it
  -o, --output FILE   append them to FILE (default: the debug log that --debug-log named)

Examples:
  tvisor debug --stacks web
  tvisor debug --strace connect,sendto --output /tmp/calls web
`,
  run(context, flags) {
    const record = context.store.load(flags.words[0]!);
    const calls = flags.text("strace");
    if (calls === "" && !flags.is("stacks"))
      throw new CommandError("say what to look at: --stacks, or --strace CALLS");
    if (calls !== "") trace(context, record, calls, flags.text("output"));
    if (flags.is("stacks")) {
      const answer = ask(context, record, { op: "tasks", id: record.id });
      if (answer === null) throw new CommandError(GONE);
      print(`${answer.tasks}\n`);
    }
    return 0;
  },
};

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
