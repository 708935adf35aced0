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
  usage: `kill [OPTIONS] ID [SIGNAL]

Sends SIGNAL (a name or a number; default SIGTERM) to the container's first process.

Options:
  -a, --all   to every process of the container
  --pid N     to this process, by its number inside (\`tvisor ps\`)

Examples:
  tvisor kill web KILL
  tvisor kill --pid 7 web HUP
`,
  run(context, flags) {
    const [id, word = "SIGTERM"] = flags.words;
    const record = context.store.load(id!);
    const signal = signalNumberOf(word);
    const all = flags.is("all");
    const pid = flags.has("pid") ? { pid: flags.number("pid", 0) } : {};
    const answer = ask(context, record, { op: "kill", id: record.id, signal, all, ...pid });
    // Engines kill all of what has ended already.
    if (answer === null && !all) throw new CommandError("container not running");
    return 0;
  },
};
