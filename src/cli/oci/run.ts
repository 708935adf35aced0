/**
 * \`tvisor run\`: create, start and, unless it is to detach, wait and delete.
 */
import { constants } from "node:os";
import process from "node:process";
import { FIRST, FOREVER } from "../../host/launch.ts";
import { openSignalPipe, readSignals } from "../../host/signal-pipe.ts";
import type { ContainerRecord } from "../../oci/state.ts";
import { beginContainer } from "./begin.ts";
import { ask } from "./client.ts";
import type { Command } from "./commands.ts";
import type { Context } from "./context.ts";
import type { Flags } from "./flags.ts";
import { CREATE_FLAGS, CREATE_OPTIONS, CREATE_SHORT, makeContainer } from "./make.ts";
import { removeContainer } from "./remove.ts";

const { SIGWINCH } = constants.signals;

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

function runContainer(context: Context, flags: Flags): number {
  const id = flags.words[0]!;
  const detaches = flags.is("detach");
  const { record, child } = makeContainer(context, id, flags, { detaches });
  const signals = detaches ? -1 : openSignalPipe(context.host);
  try {
    context.locked(id, () => beginContainer(context, record, record.hooks));
  } catch (error) {
    context.locked(id, () => removeContainer(context, record));
    throw error;
  }
  if (detaches) return 0;
  const status = attend(context, record, child, signals);
  if (!flags.is("keep") && context.store.has(id))
    context.locked(id, () => removeContainer(context, record));
  return status;
}

/** The container's exit status, once it has one. */
function attend(context: Context, record: ContainerRecord, child: number, signals: number): number {
  const { host, launch } = context;
  const pidfd = host.pidfdOpen(child);
  while (launch.awaitEither(signals, pidfd, FOREVER) === FIRST) {
    for (const signal of readSignals(host, signals)) relay(context, record, signal);
  }
  const { status, signal } = launch.reap(child);
  return signal === 0 ? status : 128 + signal;
}

/** As its terminal's signals, the window's size is the sandbox's own matter. */
function relay(context: Context, record: ContainerRecord, signal: number): void {
  try {
    if (signal === SIGWINCH) process.kill(record.process!.pid, signal);
    else ask(context, record, { op: "kill", id: record.id, signal, all: false });
  } catch {
    // It has ended.
  }
}
