/**
 * log: what a command has to say, in the two forms that engines read: a line of words, or of JSON with
 * level, msg and time. With --log it goes there, and errors to standard error too.
 */
import { appendFileSync } from "node:fs";
import { printError } from "../print.ts";
import type { Globals } from "./globals.ts";

export type Level = "error" | "warning" | "info" | "debug";

export class Log {
  readonly #globals: Globals;

  constructor(globals: Globals) {
    this.#globals = globals;
  }

  error(message: string): void {
    this.#write("error", message);
    if (this.#globals.log !== "") printError(`${message}\n`);
  }

  warn(message: string): void {
    this.#write("warning", message);
  }

  debug(message: string): void {
    if (this.#globals.debug) this.#write("debug", message);
  }

  #write(level: Level, msg: string): void {
    const line = `${format(this.#globals.logFormat, level, msg)}\n`;
    if (this.#globals.log === "") {
      if (level !== "debug" || this.#globals.debug) printError(line);
      return;
    }
    try {
      appendFileSync(this.#globals.log, line);
    } catch {
      // What cannot be written there is still said to whoever called.
      printError(line);
    }
  }
}

function format(form: "text" | "json", level: Level, msg: string): string {
  const time = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  if (form === "json") return JSON.stringify({ level, msg, time });
  return `time=${JSON.stringify(time)} level=${level} msg=${JSON.stringify(msg)}`;
}
