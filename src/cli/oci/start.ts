/**
 * \`tvisor start\`: lets the program of a created container go.
 */
import { beginContainer } from "./begin.ts";
import type { Command } from "./commands.ts";

export const command: Command = {
  flags: {},
  words: [1, 1],
  usage: `start ID

Starts the program of a container that \`tvisor create\` has made.

Example:
  tvisor start web
`,
  run(context, { words }) {
    const id = words[0]!;
    context.locked(id, () => {
      const record = context.store.load(id);
      beginContainer(context, record, record.hooks);
    });
    return 0;
  },
};
