/**
 * \`tvisor delete\`: takes away a container that has stopped, or with --force any.
 */
import type { ContainerRecord } from "../../oci/state.ts";
import type { Command } from "./commands.ts";
import { CommandError, type Context } from "./context.ts";
import { removeContainer } from "./remove.ts";
import { statusOf } from "./status.ts";

export const command: Command = {
  flags: { force: "truth" },
  short: { f: "force" },
  words: [1, 1000],
  usage: `delete [--force] ID…

Takes away what was kept of a container that has stopped.

Options:
  -f, --force   kill it when it runs; and do not complain when there is none

Example:
  tvisor delete --force web
`,
  run(context, flags) {
    for (const id of flags.words) remove(context, id, flags.is("force"));
    return 0;
  },
};

function remove(context: Context, id: string, isForced: boolean): void {
  if (!context.store.has(id)) {
    if (isForced) return;
    throw new CommandError("container does not exist");
  }
  context.locked(id, () => {
    // Another delete may have been first.
    if (!context.store.has(id)) return;
    const record = context.store.find(id);
    if (record === null) {
      if (!isForced) context.store.load(id);
      return context.store.remove(id);
    }
    if (!isForced) requireEnd(context, record);
    removeContainer(context, record);
  });
}

function requireEnd(context: Context, record: ContainerRecord): void {
  const status = statusOf(context, record);
  if (status !== "stopped" && status !== "created")
    throw new CommandError(`cannot delete container ${record.id} that is not stopped: ${status}`);
}
