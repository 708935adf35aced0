/**
 * \`tvisor run\`: create, start and, unless it is to detach, wait and delete.
 */
import { constants } from "node:os";
import process from "node:process";
import type { ContainerRecord } from "../../oci/state.ts";
import { beginContainer } from "./begin.ts";
import { ask } from "./client.ts";
import type { Command } from "./commands.ts";
import type { Context } from "./context.ts";
import type { Flags } from "./flags.ts";
import { CREATE_FLAGS, CREATE_OPTIONS, CREATE_SHORT, type Made, makeContainer } from "./make.ts";
import { removeContainer } from "./remove.ts";

const RELAYED: readonly NodeJS.Signals[] = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
  "SIGUSR1",
  "SIGUSR2",
  "SIGALRM",
  "SIGCONT",
  "SIGWINCH",
];
const EXIT_TVISOR = 128;

export const command: Command = {
  flags: { ...CREATE_FLAGS, detach: "truth", "no-subreaper": "truth", keep: "truth" },
  short: { ...CREATE_SHORT, d: "detach" },
  words: [1, 1],
  failure: "tvisor run failed: ",
  usage: `run [OPTIONS] ID

Makes a container, starts its program, waits for its end and takes the container away. The exit status
is the program's own.

Options:
  -d, --detach            do not wait; the container stays until \`tvisor delete\`
  --keep                  do not take the container away at the end
${CREATE_OPTIONS}  --no-subreaper          accepted: orphans stay in the sandbox

Examples:
  tvisor run --bundle /tmp/box web
  tvisor run --detach --bundle /tmp/box web && tvisor exec -t web sh
`,
  run: runContainer,
};

async function runContainer(context: Context, flags: Flags): Promise<number> {
  const id = flags.words[0]!;
  const detaches = flags.is("detach");
  const made = makeContainer(context, id, flags, { detaches });
  const { record } = made;
  const ended = detaches ? null : attend(context, made);
  try {
    context.locked(id, () => beginContainer(context, record, record.hooks));
  } catch (error) {
    context.locked(id, () => removeContainer(context, record));
    throw error;
  }
  if (ended === null) return 0;
  const status = await ended;
  if (!flags.is("keep") && context.store.has(id))
    context.locked(id, () => removeContainer(context, record));
  return status;
}

/** The sandbox's exit status, once it has one; signals that come meanwhile are the program's. */
function attend(context: Context, { child, record }: Made): Promise<number> {
  child.ref();
  for (const name of RELAYED) process.on(name, () => relay(context, record, name));
  return new Promise((resolve) => {
    child.once("exit", (code, signal) =>
      resolve(code ?? (signal === null ? EXIT_TVISOR : 128 + constants.signals[signal])),
    );
  });
}

/** As its terminal's signals, the window's size is the sandbox's own matter. */
function relay(context: Context, record: ContainerRecord, name: NodeJS.Signals): void {
  try {
    if (name === "SIGWINCH") process.kill(record.process!.pid, name);
    else
      ask(context, record, {
        op: "kill",
        id: record.id,
        signal: constants.signals[name],
        all: false,
      });
  } catch {
    // It has ended.
  }
}
