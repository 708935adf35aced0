/**
 * The command line: which command, and what happens to failures. Each command is a file of its own,
 * loaded when it is asked for, so that none pays for another.
 */
import { writeSync } from "node:fs";
import process from "node:process";

/** Exit status of tvisor's own failures: no program exits with it by accident, shells use 126 and 127. */
export const EXIT_TVISOR = 128;

const USAGE = `tvisor: run Linux programs on a kernel of their own

Usage: tvisor COMMAND [ARGUMENTS]

Commands:
  do [OPTIONS] -- CMD [ARG…]   run a command on this machine's files, in a sandbox
  doctor [--json]              what this machine offers, what is missing and what that costs
  help                         show this text
  version                      show the version

Example:
  tvisor do -- bash -c 'uname -a'

\`tvisor COMMAND --help\` explains a command and its options.
`;

async function main(argv: string[]): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case "do":
      return (await import("./do.ts")).main(rest);
    case "doctor":
      return (await import("./doctor.ts")).main(rest);
    case "version":
    case "--version":
      process.stdout.write("tvisor 0.1.0\n");
      return 0;
    case "help":
    case "--help":
    case "-h":
      process.stdout.write(USAGE);
      return 0;
    case undefined:
      process.stderr.write(USAGE);
      return EXIT_TVISOR;
    default:
      process.stderr.write(
        `tvisor: there is no command "${command}". \`tvisor help\` lists the commands.\n`,
      );
      return EXIT_TVISOR;
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
    process.exit();
  },
  (error: unknown) => {
    writeSync(
      2,
      `tvisor: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(EXIT_TVISOR);
  },
);
