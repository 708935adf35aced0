/**
 * \`tvisor kill\`: a signal for a container's first process, or for all of them.
 */

import { ask } from "./client.ts";
import type { Command } from "./commands.ts";
import { CommandError } from "./context.ts";
import { signalNumberOf } from "./signals.ts";

export const command: Command = {
  flags: { all: "truth", pid: "text" },
  short: { a: "all" },
  words: [1, 2],
  usage: `kill [--all] ID [SIGNAL]

Sends SIGNAL (a name or a number; default SIGTERM) to the container's first process.

Options:
  -a, --all   to every process of the container

Example:
  tvisor kill web KILL
`,
  run(context, flags) {
    const [id, word = "SIGTERM"] = flags.words;
    const record = context.store.load(id!);
    const signal = signalNumberOf(word);
    const all = flags.is("all");
    const answer = ask(context, record, { op: "kill", id: record.id, signal, all });
    // Engines kill all of what has ended already.
    if (answer === null && !all) throw new CommandError("container not running");
    return 0;
  },
};
