/**
 * \`tvisor wait\`: until a container has ended; its exit status, as JSON.
 */

import { print } from "../print.ts";
import { ask } from "./client.ts";
import type { Command } from "./commands.ts";
import { CommandError } from "./context.ts";

export const command: Command = {
  flags: {},
  words: [1, 1],
  usage: `wait ID

Waits until the container has ended and prints {"id": …, "exitStatus": …}.

Example:
  tvisor wait web
`,
  run(context, { words }) {
    const record = context.store.load(words[0]!);
    const answer = ask(context, record, { op: "wait", id: record.id });
    if (answer?.exitStatus === undefined)
      throw new CommandError("container not running: its exit status went to whoever started it");
    print(`${JSON.stringify({ id: record.id, exitStatus: answer.exitStatus })}\n`);
    return 0;
  },
};
