/**
 * \`tvisor ps\`: the processes of a container. For people as they are inside; as JSON their numbers on
 * the host, which is what engines ask for.
 */
import type { ProcessLine } from "../../control/messages.ts";
import { print } from "../print.ts";
import { ask } from "./client.ts";
import type { Command } from "./commands.ts";
import { CommandError } from "./context.ts";

export const command: Command = {
  flags: { format: "text" },
  short: { f: "format" },
  words: [1, 100],
  usage: `ps [OPTIONS] ID

Shows the processes of a container, with the numbers that they have inside.

Options:
  -f, --format table|json   json: their numbers on the host

Example:
  tvisor ps web
`,
  run(context, flags) {
    const format = flags.text("format") || "table";
    if (format !== "table" && format !== "json") throw new CommandError("invalid format option");
    const record = context.store.load(flags.words[0]!);
    const answer = ask(context, record, { op: "processes", id: record.id });
    const processes = answer?.processes ?? [];
    print(
      format === "json"
        ? `${JSON.stringify(processes.map(({ hostPid }) => hostPid))}\n`
        : table(processes),
    );
    return 0;
  },
};

function table(processes: readonly ProcessLine[]): string {
  const lines = processes.map(({ user, pid, parent, terminal, cpuNs, command: words }) => {
    const seconds = Math.floor(cpuNs / 1e9);
    const two = (value: number) => String(value).padStart(2, "0");
    const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    return (
      String(user).padEnd(8) +
      String(pid).padStart(6) +
      String(parent).padStart(6) +
      ` ${terminal.padEnd(8)} ${time} ${words}\n`
    );
  });
  return `UID        PID  PPID TTY          TIME CMD\n${lines.join("")}`;
}
