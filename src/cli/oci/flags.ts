/**
 * flags: command lines as container engines write them (Go's flag package): one dash or two, a value
 * behind "=" or as the next word, options only before the first plain word or "--".
 */

export type FlagKind =
  /** Takes a value. */
  | "text"
  /** May be given again; all values count. */
  | "list"
  /** There or not; "=false" takes it back. */
  | "truth";

export interface FlagTable {
  readonly [name: string]: FlagKind;
}

export class FlagError extends Error {
  override readonly name = "FlagError";
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
      if (kind === undefined) throw new FlagError(`flag provided but not defined: -${said}`);
      let value = cut < 0 ? undefined : word.slice(cut + 1);
      if (kind === "truth") value ??= "true";
      else if (value === undefined) {
        value = argv[++at];
        if (value === undefined) throw new FlagError(`flag needs an argument: -${said}`);
      }
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
    return value !== undefined && !["false", "0", "f", "F"].includes(value);
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
