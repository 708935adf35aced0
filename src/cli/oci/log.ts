/**
 * log: what a command has to say, in the forms that engines read (oci/log-line.ts). With --log it goes
 * there, and errors to standard error too; with --debug-log everything goes to that as well.
 */
import { appendFileSync } from "node:fs";
import { formatLine, type LogForm, type LogLevel } from "../../oci/log-line.ts";
import { printError } from "../print.ts";
import type { Globals } from "./globals.ts";
import { logPath } from "./log-path.ts";

export class Log {
  readonly #globals: Globals;
  #command = "";
  /** Where the debug log of this command is; "" for nowhere. */
  #debugLog = "";

  constructor(globals: Globals) {
    this.#globals = globals;
  }

  /** Which command speaks from now on, and of which container. */
  begin(command: string, id: string): void {
    this.#command = command;
    const { debugLog } = this.#globals;
    this.#debugLog = debugLog === "" ? "" : logPath(debugLog, { id, command });
  }

  error(message: string): void {
    this.#write("error", message);
    const { log, alsoToStderr } = this.#globals;
    if (log !== "" && !alsoToStderr) printError(`${message}\n`);
  }

  warn(message: string): void {
    this.#write("warning", message);
  }

  debug(message: string): void {
    if (isDebugged(this.#globals, this.#command)) this.#write("debug", message);
  }

  #write(level: LogLevel, msg: string): void {
    const { log, logFormat, debugLogFormat, alsoToStderr } = this.#globals;
    if (this.#debugLog !== "") append(this.#debugLog, lineOf(debugLogFormat, level, msg));
    const line = lineOf(logFormat, level, msg);
    // What cannot be written there is still said to whoever called.
    if (log === "" || !append(log, line) || alsoToStderr) printError(line);
  }
}

/** Is `--debug` for this command? "boot" is a sandbox. */
export function isDebugged({ debug, debugCommands }: Globals, command: string): boolean {
  if (!debug || debugCommands.length === 0) return debug;
  const isNamed = debugCommands.includes(command);
  const names = debugCommands.some((word) => !word.startsWith("!"));
  return names ? isNamed : !debugCommands.includes(`!${command}`);
}

function append(path: string, line: string): boolean {
  try {
    appendFileSync(path, line);
    return true;
  } catch {
    return false;
  }
}

function lineOf(form: LogForm, level: LogLevel, msg: string): string {
  const time = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  return `${formatLine(form, { time, level, msg })}\n`;
}
