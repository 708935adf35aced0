/**
 * \`tvisor resume\`: lets a paused container go on.
 */
import { ask } from "./client.ts";
import type { Command } from "./commands.ts";
import { CommandError } from "./context.ts";

export const command: Command = {
  flags: {},
  words: [1, 1],
  usage: `resume ID

Lets a container that \`tvisor pause\` holds go on.

Example:
  tvisor resume web
`,
  run(context, { words }) {
    const record = context.store.load(words[0]!);
    if (ask(context, record, { op: "resume", id: record.id }) === null)
      throw new CommandError("container not paused");
    return 0;
  },
};
