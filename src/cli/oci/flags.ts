/**
 * flags: command lines as container engines write them (Go's flag package): one dash or two, a value
 * behind "=" or as the next word, options only before the first plain word or "--".
 */
import { closest } from "../closest.ts";

export type FlagKind =
  /** Takes a value. */
  | "text"
  /** May be given again; all values count. */
  | "list"
  /** There or not; "=false" takes it back. */
  | "truth"
  /** "truth" whose value may also be the next word, when that is true, false or auto. */
  | "choice";

export interface FlagTable {
  readonly [name: string]: FlagKind;
}

export class FlagError extends Error {
  override readonly name = "FlagError";
}

/** As Go's strconv.ParseBool. */
const FALSE: readonly string[] = ["false", "0", "f", "F", "FALSE", "False"];
const TRUE: readonly string[] = ["true", "1", "t", "T", "TRUE", "True"];
const CHOICES = ["true", "false", "auto"];

/** In the words of Go's flag package, with what may have been meant. */
function unknownFlag(said: string, table: FlagTable): FlagError {
  const meant = closest(said, Object.keys(table));
  const hint = meant === null ? "" : ` (did you mean --${meant}?)`;
  return new FlagError(`flag provided but not defined: -${said}${hint}`);
}

export class Flags {
  readonly #values = new Map<string, string[]>();
  /** The plain words. */
  readonly words: readonly string[];

  /** `short` maps other names to those of the table. */
  constructor(
    argv: readonly string[],
    table: FlagTable,
    short: Readonly<Record<string, string>> = {},
  ) {
    let at = 0;
    for (; at < argv.length; at++) {
      const word = argv[at]!;
      if (word === "--") {
        at++;
        break;
      }
      if (!word.startsWith("-") || word === "-") break;
      const cut = word.indexOf("=");
      const said = word.slice(0, cut < 0 ? word.length : cut).replace(/^--?/, "");
      const name = short[said] ?? said;
      const kind = table[name];
      if (kind === undefined) throw unknownFlag(said, table);
      let value = cut < 0 ? undefined : word.slice(cut + 1);
      if (kind === "choice" && value === undefined && CHOICES.includes(argv[at + 1] ?? ""))
        value = argv[++at];
      if (kind === "truth" || kind === "choice") value ??= "true";
      else if (value === undefined) {
        value = argv[++at];
        if (value === undefined) throw new FlagError(`flag needs an argument: -${said}`);
      }
      if (kind === "truth" && !TRUE.includes(value) && !FALSE.includes(value))
        throw new FlagError(`invalid boolean value "${value}" for -${said}`);
      const before = kind === "list" ? (this.#values.get(name) ?? []) : [];
      this.#values.set(name, [...before, value]);
    }
    this.words = argv.slice(at);
  }

  /** The value given last; "" when there is none. */
  text(name: string): string {
    return this.#values.get(name)?.at(-1) ?? "";
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  is(name: string): boolean {
    const value = this.#values.get(name)?.at(-1);
    return value !== undefined && !FALSE.includes(value);
  }

  /** A whole number, or `otherwise` when the flag is not given. */
  number(name: string, otherwise: number): number {
    const value = this.#values.get(name)?.at(-1);
    if (value === undefined) return otherwise;
    if (!/^-?\d+$/.test(value))
      throw new FlagError(`--${name} takes a whole number, not "${value}"`);
    return Number(value);
  }
}
