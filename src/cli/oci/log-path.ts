/**
 * log-path: where `--debug-log` leads for a command: a path in which %ID%, %COMMAND% and %TIMESTAMP% stand
 * for the container, the command (a sandbox's is "boot") and the time of the start. A path that ends in a
 * slash is a directory, in which each gets a file of its own.
 */

/** The file's name in a directory. */
const IN_DIRECTORY = "tvisor.%TIMESTAMP%.%ID%.%COMMAND%.log";

export interface LogOwner {
  /** "" for a command that is about no container. */
  readonly id: string;
  readonly command: string;
}

export function logPath(pattern: string, { id, command }: LogOwner, now = new Date()): string {
  const whole = pattern.endsWith("/") ? pattern + IN_DIRECTORY : pattern;
  // The time is one component, and sorts.
  const time = now.toISOString().replace(/[-:]/g, "").replace("T", "-").replace("Z", "");
  const values: Readonly<Record<string, string>> = {
    "%ID%": id === "" ? "none" : id,
    "%CID%": id === "" ? "none" : id,
    "%COMMAND%": command,
    "%TIMESTAMP%": time,
  };
  return whole.replace(/%[A-Z]+%/g, (word) => values[word] ?? word);
}
