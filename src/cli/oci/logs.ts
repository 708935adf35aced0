/**
 * `tvisor logs`: what tvisor itself wrote about a container: its sandbox's log, and that of the commands
 * which engines give, merged by time.
 *  - A line without a time (a report of several lines) belongs to the one before it.
 *  - With --follow until the sandbox has ended and all that it wrote is shown.
 */
import { type LogEntry, parseLine } from "../../oci/log-line.ts";
import { isAlive } from "../../oci/process.ts";
import type { ContainerRecord } from "../../oci/state.ts";
import { print } from "../print.ts";
import type { Command } from "./commands.ts";
import { CommandError, type Context } from "./context.ts";
import { durationMs } from "./duration.ts";
import type { Flags } from "./flags.ts";
import { LogReader } from "./log-reader.ts";

const LOOK_MS = 100;

export const command: Command = {
  flags: {
    follow: "truth",
    since: "text",
    lines: "text",
    sandbox: "truth",
    runtime: "truth",
    format: "text",
  },
  short: { f: "follow", n: "lines", tail: "lines" },
  words: [1, 1],
  usage: `logs [OPTIONS] ID

Shows what tvisor wrote about a container, also when it has ended: its sandbox's log, and the log of the
commands about it, if they had --log. What the container's own program prints is not tvisor's: the engine
has that (docker logs, podman logs, crictl logs).

Options:
  -f, --follow         go on until the sandbox has ended
  --since TIME         only what is newer: 10m, 1h30m, 2026-01-31, 2026-01-31T12:00:00Z
  -n, --lines N        only the last N lines
  --sandbox            only the sandbox's log
  --runtime            only the commands' log
  --format text|json   json: an object a line, with time, source, level and msg

A sandbox writes more after \`tvisor debug --log-level debug ID\`, or when it was started with --debug.
Its log goes with the container; --debug-log puts it where it stays.

Examples:
  tvisor logs --lines 20 web
  tvisor logs --follow --since 5m --format json web
`,
  run: showLogs,
};

interface Source {
  readonly name: "sandbox" | "runtime";
  readonly reader: LogReader;
  /** Of the last line that had one: that of those behind it. */
  lastTime: string;
}

interface Shown extends LogEntry {
  readonly source: Source["name"];
}

async function showLogs(context: Context, flags: Flags): Promise<number> {
  const format = flags.text("format") || "text";
  if (format !== "text" && format !== "json") throw new CommandError("invalid format option");
  const since = sinceOf(flags);
  const most = flags.number("lines", -1);
  if (flags.has("lines") && most < 0) throw new CommandError("--lines takes 0 or more");
  const record = context.store.load(flags.words[0]!);
  const sources = sourcesOf(context, record, flags);
  const show = (entries: readonly Shown[]) =>
    print(entries.map((entry) => `${format === "json" ? json(entry) : text(entry)}\n`).join(""));

  const isOver = () => !hasSandboxOf(context, record);
  const follows = flags.is("follow");
  // Asked before the file is read: what it wrote until then is in it.
  let wasOver = isOver();
  const first = merged(sources, since, wasOver || !follows);
  show(most < 0 ? first : most === 0 ? [] : first.slice(-most));
  while (follows && !wasOver) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    wasOver = isOver();
    show(merged(sources, since, wasOver));
  }
  return 0;
}

/** Those that were asked for; without a word, those that there are. */
function sourcesOf(context: Context, record: ContainerRecord, flags: Flags): Source[] {
  const paths = { sandbox: sandboxLog(context, record), runtime: record.logs?.runtime ?? "" };
  const wanted = (["sandbox", "runtime"] as const).filter((name) => flags.is(name));
  const names = wanted.length > 0 ? wanted : (["sandbox", "runtime"] as const);
  const sources = names
    .filter((name) => paths[name] !== "")
    .map((name): Source => ({ name, reader: new LogReader(paths[name]), lastTime: "" }));
  if (wanted.includes("runtime") && paths.runtime === "")
    throw new CommandError(
      `the commands about ${record.id} wrote no log: give them --log FILE, as engines do`,
    );
  const missing = sources.filter(({ reader }) => !reader.isThere);
  if (missing.length === sources.length)
    throw new CommandError(
      `there is no log of ${record.id}: ${missing.map(({ reader }) => reader.path).join(", ")} not found`,
    );
  return sources;
}

/** In a pod, all members have that of the first. */
function sandboxLog({ store }: Context, { id, sandbox, logs }: ContainerRecord): string {
  if (sandbox === id) return logs?.sandbox ?? "";
  const first = store.has(sandbox) ? store.find(sandbox) : null;
  return first?.logs?.sandbox ?? "";
}

function hasSandboxOf({ store }: Context, { id, sandbox }: ContainerRecord): boolean {
  const first = store.has(sandbox) ? store.find(sandbox) : null;
  return store.has(id) && first !== null && isAlive(first.process);
}

/** New lines of all sources, in the order of their times; `isLast`: with what nobody will end. */
function merged(sources: readonly Source[], since: number, isLast: boolean): Shown[] {
  const entries = sources.flatMap((source) =>
    (isLast ? source.reader.last() : source.reader.next()).map((line): Shown => {
      const entry = parseLine(line);
      source.lastTime = entry.time || source.lastTime;
      return { ...entry, time: source.lastTime, source: source.name };
    }),
  );
  const newer = entries.filter(({ time }) => since === 0 || Date.parse(time) >= since);
  // Lines of one time stay as they are.
  return newer
    .map((entry) => ({ entry, at: Date.parse(entry.time) || 0 }))
    .sort((a, b) => a.at - b.at)
    .map(({ entry }) => entry);
}

/** As a time in milliseconds; 0 for the beginning. */
function sinceOf(flags: Flags): number {
  const said = flags.text("since");
  if (said === "") return 0;
  const before = durationMs(said);
  // A number alone is Unix time, as Docker has it.
  if (/^\d+(\.\d+)?$/.test(said)) return Number(said) * 1000;
  if (before !== null) return Date.now() - before;
  const time = Date.parse(said);
  if (Number.isNaN(time))
    throw new CommandError(
      `--since takes a time or how long ago, as 2026-01-31T12:00:00Z or 10m, not "${said}"`,
    );
  return time;
}

function text({ time, source, level, msg }: Shown): string {
  return [time || "-", source, level || "trace", msg].join(" ");
}

function json({ time, source, level, msg }: Shown): string {
  return JSON.stringify({ time, source, level: level || "trace", msg });
}
