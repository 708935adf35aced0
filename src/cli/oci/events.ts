/**
 * \`tvisor events\`: what a container uses, as its control groups and its sandbox tell, in the JSON that
 * engines read; once, or again and again until it ends.
 */
import { print } from "../print.ts";
import { readStats } from "./cgroup/stats.ts";
import { ask } from "./client.ts";
import type { Command } from "./commands.ts";
import { CommandError, type Context } from "./context.ts";
import { durationMs } from "./duration.ts";
import { statusOf } from "./status.ts";

const DEFAULT_INTERVAL = "5s";

export const command: Command = {
  flags: { interval: "text", stats: "truth" },
  words: [1, 1],
  usage: `events [OPTIONS] ID

Prints what the container uses: processor time, memory, processes.

Options:
  --interval TIME   how often: 5s, 500ms (default ${DEFAULT_INTERVAL})
  --stats           once, and no more

Example:
  tvisor events --stats web
`,
  async run(context, flags) {
    const id = flags.words[0]!;
    const interval = intervalOf(flags.text("interval") || DEFAULT_INTERVAL);
    const record = context.store.load(id);
    if (statusOf(context, record) === "stopped")
      throw new CommandError(`container with id ${id} is not running`);
    for (;;) {
      printStats(context, id);
      if (flags.is("stats")) return 0;
      await new Promise((resolve) => setTimeout(resolve, interval));
      if (!context.store.has(id) || statusOf(context, record) === "stopped") return 0;
    }
  },
};

function printStats(context: Context, id: string): void {
  const record = context.store.load(id);
  const processes = ask(context, record, { op: "processes", id })?.processes ?? [];
  const data = readStats(record.cgroups, processes.length);
  print(`${JSON.stringify({ type: "stats", id, data })}\n`);
}

function intervalOf(text: string): number {
  const interval = durationMs(text);
  if (interval === null) throw new CommandError(`--interval takes a time as 5s, not "${text}"`);
  if (interval <= 0) throw new CommandError("duration interval must be greater than 0");
  return interval;
}
