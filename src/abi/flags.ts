/**
 * flagSet: a set of flag bits with names. One declaration prints a value, knows which bits nobody
 * defined, and keeps a field inside the flags (such as O_ACCMODE) apart from the single bits.
 *  - `show(3)` is "O_WRONLY|O_CREAT"; unknown bits are appended in hexadecimal; 0 is "0" unless
 *    the field names it.
 *  - `unknown(value)` is the bits outside `all`, unsigned: non-zero usually means EINVAL.
 * Names are tried in the order declared, so a flag of several bits (O_SYNC, O_TMPFILE) goes before
 * those that it contains. Values are 32-bit; they are treated as unsigned throughout.
 */

export interface FlagField {
  /** The bits that hold an enumerated value instead of independent flags. */
  readonly mask: number;
  readonly names: Readonly<Record<string, number>>;
}

export interface FlagSet {
  readonly name: string;
  readonly bits: Readonly<Record<string, number>>;
  readonly field: FlagField | null;
  /** Every defined bit, the field's mask included; unsigned. */
  readonly all: number;
  show(value: number): string;
  unknown(value: number): number;
}

export function flagSet(
  name: string,
  bits: Readonly<Record<string, number>>,
  field: FlagField | null = null,
): FlagSet {
  return new NamedBits(name, bits, field);
}

/** Made by the hundred when the program loads: what only printing needs is worked out by printing. */
class NamedBits implements FlagSet {
  readonly name: string;
  readonly bits: Readonly<Record<string, number>>;
  readonly field: FlagField | null;
  #all = -1;

  constructor(name: string, bits: Readonly<Record<string, number>>, field: FlagField | null) {
    this.name = name;
    this.bits = bits;
    this.field = field;
  }

  get all(): number {
    if (this.#all >= 0) return this.#all;
    let all = this.field === null ? 0 : this.field.mask;
    for (const name in this.bits) all |= this.bits[name]!;
    this.#all = all >>> 0;
    return this.#all;
  }

  show(value: number): string {
    return showFlags(value, Object.entries(this.bits), this.field);
  }

  unknown(value: number): number {
    return (value & ~this.all) >>> 0;
  }
}

/** Names of an enumeration: `show(9)` is "SIGKILL"; a value without a name prints as a number. */
export interface NameSet {
  readonly name: string;
  readonly names: Readonly<Record<string, number>>;
  show(value: number): string;
}

export function nameSet(name: string, names: Readonly<Record<string, number>>): NameSet {
  return new NamedValues(name, names);
}

class NamedValues implements NameSet {
  readonly name: string;
  readonly names: Readonly<Record<string, number>>;
  #byValue: Map<number, string> | null = null;

  constructor(name: string, names: Readonly<Record<string, number>>) {
    this.name = name;
    this.names = names;
  }

  show(value: number): string {
    this.#byValue ??= this.#index();
    return this.#byValue.get(value) ?? showNumber(value);
  }

  /** Of names with the same value the first one counts. */
  #index(): Map<number, string> {
    const byValue = new Map<number, string>();
    for (const [key, value] of Object.entries(this.names))
      if (!byValue.has(value)) byValue.set(value, key);
    return byValue;
  }
}

function showFlags(
  value: number,
  entries: readonly (readonly [string, number])[],
  field: FlagField | null,
): string {
  const parts: string[] = [];
  let rest = value >>> 0;
  if (field !== null) {
    const inField = (rest & field.mask) >>> 0;
    const match = Object.entries(field.names).find(([, fieldValue]) => fieldValue === inField);
    // A mask of 0 only names the value 0 (PROT_NONE, F_OK): it says nothing beside other bits.
    const says = field.mask !== 0 || rest === 0;
    if (match !== undefined && says) parts.push(match[0]);
    else if (inField !== 0) parts.push(`0x${inField.toString(16)}`);
    rest = (rest & ~field.mask) >>> 0;
  }
  for (const [flag, bit] of entries) {
    if (bit === 0 || (rest & bit) >>> 0 !== bit >>> 0) continue;
    parts.push(flag);
    rest = (rest & ~bit) >>> 0;
  }
  if (rest !== 0) parts.push(`0x${rest.toString(16)}`);
  return parts.length === 0 ? "0" : parts.join("|");
}

function showNumber(value: number): string {
  return Number.isInteger(value) && value >= 0x10000 ? `0x${value.toString(16)}` : String(value);
}
