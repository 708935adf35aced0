/**
 * log-line: one line of a log in the forms that engines and clusters read, and back. `text` is
 * time="…" level=… msg="…"; `json` has the same fields; `json-k8s` calls the message "log".
 *  - A line in no such form is a message without a level: what --strace shows, behind its time if it has one.
 */

export type LogForm = "text" | "json" | "json-k8s";
export type LogLevel = "error" | "warning" | "info" | "debug";

export const LOG_LEVELS: readonly LogLevel[] = ["error", "warning", "info", "debug"];

export interface LogEntry {
  /** As it is written; "" when the line says none. */
  readonly time: string;
  readonly level: string;
  readonly msg: string;
}

export function formatLine(form: LogForm, { time, level, msg }: LogEntry): string {
  if (form === "json") return JSON.stringify({ level, msg, time });
  if (form === "json-k8s") return JSON.stringify({ log: msg, level, time });
  return `time=${JSON.stringify(time)} level=${level} msg=${JSON.stringify(msg)}`;
}

export function parseLine(line: string): LogEntry {
  return parseJson(line) ?? parseText(line) ?? parsePlain(line);
}

function parseJson(line: string): LogEntry | null {
  if (!line.startsWith("{")) return null;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const { time, level, msg, log } = value as Record<string, unknown>;
  const text = typeof msg === "string" ? msg : log;
  if (typeof text !== "string" || typeof level !== "string") return null;
  return { time: typeof time === "string" ? time : "", level, msg: text };
}

function parseText(line: string): LogEntry | null {
  const match = /^time="([^"]*)" level=(\w+) msg=("(?:[^"\\]|\\.)*")/.exec(line);
  if (match === null) return null;
  try {
    return { time: match[1]!, level: match[2]!, msg: JSON.parse(match[3]!) as string };
  } catch {
    // Written by somebody who quotes otherwise.
    return { time: match[1]!, level: match[2]!, msg: match[3]!.slice(1, -1) };
  }
}

function parsePlain(line: string): LogEntry {
  const match = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (.*)$/.exec(line);
  return match === null
    ? { time: "", level: "", msg: line }
    : { time: match[1]!, level: "", msg: match[2]! };
}
