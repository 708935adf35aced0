/**
 * main: a command of the runtime: options before it, options of its own, and what its failures become:
 * one line on standard error and in the log, in the form that engines read.
 */
import { StoreError } from "../../oci/store.ts";
import { complainOfCommand, EXIT_USAGE, main as runOwn, showHelp, showVersion } from "../help.ts";
import { OWN_COMMANDS } from "../own-commands.ts";
import { print, printError } from "../print.ts";
import { COMMANDS, type Command } from "./commands.ts";
import { CommandError, Context } from "./context.ts";
import { FlagError, Flags } from "./flags.ts";
import { type Parsed, parseGlobals } from "./globals.ts";

export async function main(argv: readonly string[]): Promise<number> {
  let parsed: Parsed;
  try {
    parsed = parseGlobals(argv);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    printError(`tvisor: ${error.message}. See \`tvisor help\`.\n`);
    return EXIT_USAGE;
  }
  if (parsed.asks === "version") return showVersion();
  const [name, ...rest] = parsed.rest;
  if (parsed.asks === "help") return showHelp(name === undefined ? [] : [name]);
  if (name === undefined) return runOwn([]);
  if (name === "help" || name === "version") return runOwn(parsed.rest);
  if (Object.hasOwn(OWN_COMMANDS, name)) {
    printError(
      `tvisor: options before "${name}" are a container runtime's, and it has its own: \`tvisor ${name} --help\`\n`,
    );
    return EXIT_USAGE;
  }
  const context = new Context(parsed.globals);
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) return complainOfCommand(name);
  return run(context, name, (await load()).command, rest);
}

async function run(
  context: Context,
  name: string,
  command: Command,
  argv: readonly string[],
): Promise<number> {
  try {
    const table = { ...command.flags, help: "truth" } as const;
    const flags = new Flags(argv, table, { ...command.short, h: "help" });
    if (flags.is("help")) {
      print(`Usage: tvisor ${command.usage}`);
      return 0;
    }
    context.log.begin(name, /\bID\b/.test(command.usage) ? (flags.words[0] ?? "") : "");
    context.log.debug(`${name} ${argv.join(" ")}`);
    const [least, most] = command.words;
    const count = flags.words.length;
    if (count < least || count > most) {
      print(`Incorrect Usage.\n\nUsage: tvisor ${command.usage}`);
      const wanted =
        least === most
          ? `exactly ${least}`
          : count < least
            ? `a minimum of ${least}`
            : `at most ${most}`;
      throw new CommandError(`tvisor: "${name}" requires ${wanted} argument(s)`);
    }
    return await command.run(context, flags);
  } catch (error) {
    const isOurs =
      error instanceof CommandError || error instanceof StoreError || error instanceof FlagError;
    if (!isOurs) throw error;
    const usage = error.message.startsWith("tvisor: ");
    context.log.error(`${usage ? "" : (command.failure ?? "")}${error.message}`);
    const status = command.failureStatus ?? 1;
    return error instanceof CommandError && error.exitCode !== 1
      ? error.exitCode
      : usage
        ? 1
        : status;
  }
}
