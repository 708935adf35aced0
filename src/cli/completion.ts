/**
 * `tvisor completion`: what a shell needs to complete tvisor's command lines. Commands and options are read
 * from the help texts, so that what people are told of is what is completed.
 */

import { USAGE as GENERAL } from "./help.ts";
import { COMMANDS } from "./oci/commands.ts";
import { print, printError } from "./print.ts";

const USAGE = `Usage: tvisor completion bash

Prints a script that makes bash complete commands, options and the names of containers.

Examples:
  tvisor completion bash > /etc/bash_completion.d/tvisor
  source <(tvisor completion bash)
`;
const USAGE_ERROR = 128;

/** Commands that are not a runtime's, with what has their help. */
const OWN: Readonly<Record<string, () => Promise<{ USAGE: string }>>> = {
  do: () => import("./do.ts"),
  doctor: () => import("./doctor.ts"),
  install: () => import("./install.ts"),
  uninstall: () => import("./install.ts"),
  completion: async () => ({ USAGE }),
  help: async () => ({ USAGE: "" }),
  version: async () => ({ USAGE: "" }),
};

interface Completed {
  readonly name: string;
  readonly options: readonly string[];
  /** Its first word is a container. */
  readonly takesContainer: boolean;
}

export async function main(argv: readonly string[]): Promise<number> {
  const [shell = "", ...more] = argv;
  if (shell === "--help" || shell === "-h") {
    print(USAGE);
    return 0;
  }
  if (more.length > 0 || shell !== "bash") {
    printError("tvisor completion: say for which shell; bash is the one there is\n");
    return USAGE_ERROR;
  }
  print(scriptFor(await allCommands()));
  return 0;
}

async function allCommands(): Promise<Completed[]> {
  const own = Object.entries(OWN).map(async ([name, load]) => complete(name, (await load()).USAGE));
  const runtime = Object.entries(COMMANDS).map(async ([name, load]) =>
    complete(name, (await load()).command.usage),
  );
  return Promise.all([...own, ...runtime]);
}

function complete(name: string, usage: string): Completed {
  const options = optionsIn(usage).map(({ option }) => option);
  return { name, options: [...options, "--help"], takesContainer: / ID\b/.test(usage) };
}

/** The long options that a help text has a line for, and whether a value follows. */
function optionsIn(usage: string): { option: string; takesValue: boolean }[] {
  return [...usage.matchAll(/^ {2}-.*$/gm)].flatMap(([line]) =>
    [...line.matchAll(/(--[a-z][a-z0-9-]*)(?: ([A-Z]|\w+\|))?/g)]
      // Behind two spaces the explanation begins, which may name others.
      .filter(({ index }) => !/\S {2}/.test(line.slice(0, index)))
      .map(([, option, value]) => ({ option: option!, takesValue: value !== undefined })),
  );
}

function scriptFor(commands: readonly Completed[]): string {
  const general = optionsIn(GENERAL);
  const valued = general.filter(({ takesValue }) => takesValue).map(({ option }) => option);
  const first = [...commands.map(({ name }) => name), ...general.map(({ option }) => option)];
  const cases = commands.map(({ name, options }) => `    ${name}) words="${options.join(" ")}" ;;`);
  const withContainer = commands.filter(({ takesContainer }) => takesContainer);
  return `# Made by tvisor completion; complete -r tvisor undoes it.
_tvisor() {
  local word="\${COMP_WORDS[COMP_CWORD]}" command="" words="" i=1
  while [ "$i" -lt "$COMP_CWORD" ]; do
    case "\${COMP_WORDS[i]}" in
      ${valued.join("|")}) i=$((i + 1)) ;;
      -*) ;;
      *) command="\${COMP_WORDS[i]}"; break ;;
    esac
    i=$((i + 1))
  done
  case "$command" in
    "") words="${first.join(" ")}" ;;
${cases.join("\n")}
  esac
  case "$word" in
    -*) ;;
    *) case "$command" in
      ${withContainer.map(({ name }) => name).join("|")}) words="$("\${COMP_WORDS[0]}" list --quiet 2>/dev/null)" ;;
      *) [ -n "$command" ] && words="" ;;
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _tvisor tvisor
`;
}
