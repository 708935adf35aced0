/**
 * \`tvisor pause\`: holds a container still, between two instructions of each of its threads.
 */
import { ask } from "./client.ts";
import type { Command } from "./commands.ts";
import { CommandError } from "./context.ts";

export const command: Command = {
  flags: {},
  words: [1, 1],
  usage: `pause ID

Holds every process of the container still until \`tvisor resume ID\`.

Example:
  tvisor pause web
`,
  run(context, { words }) {
    const record = context.store.load(words[0]!);
    if (ask(context, record, { op: "pause", id: record.id }) === null)
      throw new CommandError("container not running");
    return 0;
  },
};
