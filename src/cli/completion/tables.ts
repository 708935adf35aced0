/**
 * tables: what can stand where on tvisor's command line, for every shell. Read from the help texts, so that
 * what people are told of is what is completed.
 */
import { USAGE as GENERAL } from "../help.ts";
import { COMMANDS } from "../oci/commands.ts";
import { SIGNAL_NAMES } from "../oci/signals.ts";
import { OWN_COMMANDS } from "../own-commands.ts";

/** What a shell offers in a place. */
export type Kind =
  | { readonly is: "words"; readonly words: readonly string[] }
  | { readonly is: "containers" | "commands" | "directories" | "files" | "nothing" };

export interface Option {
  /** As they are written: "-b", "--bundle". */
  readonly names: readonly string[];
  /** What its value is; null for an option that takes none. */
  readonly value: Kind | null;
  readonly explanation: string;
}

export interface CompletedCommand {
  readonly name: string;
  readonly explanation: string;
  readonly options: readonly Option[];
  /** The plain words in their order; the last one's kind goes for all that follow when `repeats`. */
  readonly words: readonly Kind[];
  readonly repeats: boolean;
}

export interface Tables {
  readonly general: readonly Option[];
  readonly commands: readonly CompletedCommand[];
}

export const SHELLS = ["bash", "zsh", "fish"] as const;

const HELP: Option = {
  names: ["-h", "--help"],
  value: null,
  explanation: "show the help of the command",
};

export async function readTables(): Promise<Tables> {
  const own = Object.entries(OWN_COMMANDS).map(async ([name, { explanation, usage }]) =>
    complete(name, await usage(), explanation),
  );
  const runtime = Object.entries(COMMANDS).map(async ([name, load]) =>
    complete(name, `Usage: tvisor ${(await load()).command.usage}`, ""),
  );
  return { general: optionsIn(GENERAL), commands: await Promise.all([...own, ...runtime]) };
}

function complete(name: string, usage: string, explanation: string): CompletedCommand {
  const synopsis = /^Usage: tvisor \S+(.*)$/m.exec(usage)?.[1] ?? "";
  return {
    name,
    explanation: explanation || firstSentence(usage),
    options: [...optionsIn(usage).filter(({ names }) => !names.includes("--help")), HELP],
    ...wordsOf(name, synopsis),
  };
}

/** Of the paragraph behind the synopsis. */
function firstSentence(usage: string): string {
  const paragraph = usage.split("\n\n")[1] ?? "";
  const [sentence = ""] = paragraph.replaceAll("\n", " ").split(/\. |: |\.$/);
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

/** The dots are written as a number: a bundle has regular expressions byte by byte. */
function wordsOf(name: string, synopsis: string): Pick<CompletedCommand, "words" | "repeats"> {
  if (name === "help") return { words: [{ is: "commands" }], repeats: false };
  if (name === "completion") return { words: [{ is: "words", words: SHELLS }], repeats: false };
  const container: Kind = { is: "containers" };
  if (/ ID\u2026/.test(synopsis)) return { words: [container], repeats: true };
  if (/ ID \[SIGNAL\]/.test(synopsis))
    return { words: [container, { is: "words", words: SIGNAL_NAMES }], repeats: false };
  if (/ ID COMMAND/.test(synopsis)) return { words: [container, { is: "files" }], repeats: true };
  if (/ ID\b/.test(synopsis)) return { words: [container], repeats: false };
  return / (CMD|ARG\u2026|\[-- ARG\u2026\])/.test(synopsis)
    ? { words: [{ is: "files" }], repeats: true }
    : { words: [], repeats: false };
}

/**
 * The options that a help text has a line for: `  -b, --bundle DIR   explanation`; a long one has its
 * explanation in the next line.
 */
export function optionsIn(usage: string): Option[] {
  const lines = usage.split("\n");
  return lines.flatMap((line, i) => {
    const match = /^ {2}(-\S+(?:, -\S+)*(?: \S+)?)(?: {2,}(.*))?$/.exec(line);
    if (match === null) return [];
    const [, left, explanation = lines[i + 1]?.trim() ?? ""] = match;
    const words = left!.split(/,? /);
    const names = words.filter((word) => word.startsWith("-"));
    const value = words.find((word) => !word.startsWith("-"));
    return [
      {
        // --strace[=LIST]: the value may be left out, and is not offered.
        names: names.map((each) => each.replace(/\[=.*$/, "")),
        value: value === undefined ? null : kindOf(value),
        explanation: explanation.replace(/[;:.,]$/, ""),
      },
    ];
  });
}

function kindOf(value: string): Kind {
  if (value === "DIR") return { is: "directories" };
  if (value === "FILE" || value === "PATH" || value === "FILE|-") return { is: "files" };
  if (/^[a-z0-9-]+(\|[a-z0-9-]+)+$/.test(value)) return { is: "words", words: value.split("|") };
  return { is: "nothing" };
}
