/**
 * \`tvisor list\`: the containers of a state directory.
 */
import { readFileSync } from "node:fs";
import { print } from "../print.ts";
import type { Command } from "./commands.ts";
import { CommandError, type Context } from "./context.ts";
import { stateOf } from "./status.ts";

export const command: Command = {
  flags: { format: "text", quiet: "truth" },
  short: { f: "format", q: "quiet" },
  words: [0, 0],
  usage: `list [OPTIONS]

Lists the containers of the state directory (\`tvisor --root DIR list\` for another one).

Options:
  -f, --format table|json   how; text is table
  -q, --quiet               ids only

Examples:
  tvisor list
  tvisor list --format json
`,
  run(context, flags) {
    const format = flags.text("format") || "table";
    if (!["table", "json", "text"].includes(format))
      throw new CommandError("invalid format option");
    const ids = context.store.ids();
    const text = flags.is("quiet")
      ? ids.map((id) => `${id}\n`).join("")
      : show(context, ids, format);
    print(text);
    return 0;
  },
};

function show(context: Context, ids: readonly string[], format: string): string {
  const containers = ids.flatMap((id) => {
    const record = context.store.find(id);
    return record === null ? [] : [{ ...stateOf(context, record), owner: userName(record.owner) }];
  });
  // As an engine's JSON reader expects of Go: no list at all when it is empty.
  if (format === "json")
    return `${containers.length === 0 ? "null" : JSON.stringify(containers)}\n`;
  const rows = [
    ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"],
    ...containers.map(({ id, pid, status, bundle, created, owner }) => [
      id,
      String(pid),
      status,
      bundle,
      created,
      owner,
    ]),
  ];
  const widths = rows[0]!.map((_, i) => Math.max(9, ...rows.map((row) => row[i]!.length)) + 3);
  return rows
    .map((row) => row.map((cell, i) => (i === 5 ? cell : cell.padEnd(widths[i]!))).join(""))
    .map((line) => `${line}\n`)
    .join("");
}

function userName(uid: number): string {
  try {
    const line = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .find((each) => each.split(":")[2] === String(uid));
    return line?.split(":")[0] ?? `#${uid}`;
  } catch {
    return `#${uid}`;
  }
}
