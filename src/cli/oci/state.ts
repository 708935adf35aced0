/**
 * \`tvisor state\`: what a container is now, as JSON.
 */

import { print } from "../print.ts";
import type { Command } from "./commands.ts";
import { stateOf } from "./status.ts";

export const command: Command = {
  flags: {},
  words: [1, 1],
  usage: `state ID

Prints the state of a container as JSON: its status, the number of its sandbox's process, its bundle.

Example:
  tvisor state web
`,
  run(context, { words }) {
    const state = stateOf(context, context.store.load(words[0]!));
    print(JSON.stringify(state, null, 2));
    return 0;
  },
};
