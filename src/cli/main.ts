/**
 * The command line: which command, and what happens to failures. Each command is a file of its own,
 * loaded when it is asked for, so that none pays for another.
 */
import process from "node:process";
import { printError } from "./print.ts";

/** Exit status of tvisor's own failures: no program exits with it by accident, shells use 126 and 127. */
export const EXIT_TVISOR = 128;

async function main(argv: string[]): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case "do":
      return (await import("./do.ts")).main(rest);
    case "doctor":
      return (await import("./doctor.ts")).main(rest);
    case "install":
    case "uninstall":
      return (await import("./install.ts")).main(rest, command === "uninstall");
    case "completion":
      return (await import("./completion.ts")).main(rest);
    case "boot":
      return (await import("./boot.ts")).main();
    case "version":
    case "help":
    case undefined:
      return (await import("./help.ts")).main(argv);
    default:
      return (await import("./oci/main.ts")).main(argv);
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
    process.exit();
  },
  (error: unknown) => {
    printError(
      `tvisor: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(EXIT_TVISOR);
  },
);
