/**
 * `tvisor completion`: a script for a shell that completes tvisor's command lines: commands, options and
 * their values, containers, signals. The tables are the same for all shells (completion/tables.ts).
 */

import { readTables, type SHELLS, type Tables } from "./completion/tables.ts";
import { USAGE } from "./completion/usage.ts";
import { EXIT_USAGE } from "./help.ts";
import { print, printError } from "./print.ts";

type Writer = (tables: Tables) => string;

const WRITERS: Readonly<Record<(typeof SHELLS)[number], () => Promise<Writer>>> = {
  bash: async () => (await import("./completion/bash.ts")).bashScript,
  zsh: async () => (await import("./completion/zsh.ts")).zshScript,
  fish: async () => (await import("./completion/fish.ts")).fishScript,
};

export async function main(argv: readonly string[]): Promise<number> {
  const [shell = "", ...more] = argv;
  if (shell === "--help" || shell === "-h") {
    print(USAGE);
    return 0;
  }
  const isKnown = Object.hasOwn(WRITERS, shell);
  if (more.length > 0 || !isKnown) {
    printError("tvisor completion: say for which shell: bash, zsh or fish\n");
    return EXIT_USAGE;
  }
  const write = await WRITERS[shell as keyof typeof WRITERS]();
  print(write(await readTables()));
  return 0;
}
