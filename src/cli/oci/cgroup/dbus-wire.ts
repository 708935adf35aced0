/**
 * dbus-wire: values of D-Bus as bytes and back, led by their signature (D-Bus specification, "Type
 * System" and "Marshaling"). In JavaScript they are:
 *   y n q i u d   numbers     b   booleans     x t   bigints     s o g   strings
 *   a   lists, and for bytes a Uint8Array too; of dictionary entries, lists of [key, value]
 *   ()  lists                 v   Typed
 * What comes in is judged as it is read: nothing is believed of its lengths.
 */

export interface Typed {
  readonly signature: string;
  readonly value: unknown;
}

/** Bytes that are not D-Bus, or a value that its signature does not fit. */
export class DbusError extends Error {
  override readonly name = "DbusError";
}

const MOST_DEPTH = 32;
const MOST_SIGNATURE = 255;
const MOST_ARRAY = 1 << 26;
const MOST_VARIANTS = 64;

const ALIGNMENTS: Readonly<Record<string, number>> = {
  ...{ y: 1, b: 4, n: 2, q: 2, i: 4, u: 4, x: 8, t: 8, d: 8 },
  ...{ s: 4, o: 4, g: 1, a: 4, v: 1, "(": 8, "{": 8 },
};

/** From and to which whole number each type goes. */
export const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  y: [0n, 0xffn],
  n: [-0x8000n, 0x7fffn],
  q: [0n, 0xffffn],
  i: [-0x8000_0000n, 0x7fff_ffffn],
  u: [0n, 0xffff_ffffn],
  x: [-(1n << 63n), (1n << 63n) - 1n],
  t: [0n, (1n << 64n) - 1n],
};

// --- signatures ---------------------------------------------------------------------------------

/** The complete types that a signature is made of: "sa(sv)b" is s, a(sv), b. */
export function typesOf(signature: string): string[] {
  if (signature.length > MOST_SIGNATURE) throw new DbusError("a signature is too long");
  const types: string[] = [];
  for (let at = 0; at < signature.length; ) {
    const end = endOfType(signature, at, 0);
    types.push(signature.slice(at, end));
    at = end;
  }
  return types;
}

function endOfType(signature: string, at: number, depth: number): number {
  const wrong = () => new DbusError(`"${signature}" is no signature of D-Bus`);
  if (depth > MOST_DEPTH) throw wrong();
  const code = signature[at] ?? "";
  if (code === "a" && signature[at + 1] === "{") {
    const key = at + 2;
    if (!"ybnqiuxtdsog".includes(signature[key] ?? "-")) throw wrong();
    const end = endOfType(signature, key + 1, depth + 1);
    if (signature[end] !== "}") throw wrong();
    return end + 1;
  }
  if (code === "a") return endOfType(signature, at + 1, depth + 1);
  if (code === "(") {
    let end = at + 1;
    do end = endOfType(signature, end, depth + 1);
    while (signature[end] !== ")");
    return end + 1;
  }
  if (code === "" || !"ybnqiuxtdsogv".includes(code)) throw wrong();
  return at + 1;
}

function fieldsOf(type: string): string[] {
  return typesOf(type.slice(1, -1));
}

// --- to bytes -----------------------------------------------------------------------------------

/** Bytes in the order of x86 and arm64: the smallest first. */
export class Writer {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  length = 0;

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  align(alignment: number): void {
    this.#take((alignment - (this.length % alignment)) % alignment);
  }

  /** A number that is known later. */
  setUint32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#take(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Values one behind the other, of the types of `signature`. */
  all(signature: string, values: readonly unknown[]): void {
    const types = typesOf(signature);
    if (types.length !== values.length)
      throw new DbusError(`"${signature}" is not for ${values.length} values`);
    for (const [i, type] of types.entries()) this.value(type, values[i]);
  }

  value(type: string, value: unknown): void {
    const code = type[0]!;
    this.align(ALIGNMENTS[code]!);
    if (RANGES[code] !== undefined) return this.#whole(code, value);
    switch (code) {
      case "b":
        if (typeof value !== "boolean") throw misfit(type, value);
        return this.#whole("u", value ? 1 : 0);
      case "d":
        if (typeof value !== "number") throw misfit(type, value);
        return this.#double(value);
      case "s":
      case "o":
      case "g":
        return this.#text(code, value);
      case "v": {
        const { signature, value: inner } = value as Typed;
        if (typesOf(signature).length !== 1) throw misfit(type, signature);
        this.#text("g", signature);
        return this.value(signature, inner);
      }
      case "a":
        return this.#array(type.slice(1), value);
      default: {
        const fields = fieldsOf(type);
        if (!Array.isArray(value) || value.length !== fields.length) throw misfit(type, value);
        for (const [i, field] of fields.entries()) this.value(field, value[i]);
      }
    }
  }

  #whole(code: string, value: unknown): void {
    const isWhole = typeof value === "bigint" || Number.isInteger(value);
    const [least, most] = RANGES[code]!;
    const exact = isWhole ? BigInt(value as number | bigint) : 0n;
    if (!isWhole || exact < least || exact > most) throw misfit(code, value);
    const size = ALIGNMENTS[code]!;
    const at = this.#take(size);
    const number = Number(exact);
    if (size === 1) this.#view.setUint8(at, number);
    else if (size === 2) this.#view.setUint16(at, number & 0xffff, true);
    else if (size === 4) this.#view.setUint32(at, number >>> 0, true);
    else this.#view.setBigUint64(at, BigInt.asUintN(64, exact), true);
  }

  #double(value: number): void {
    // The view may be another one when there is room.
    const at = this.#take(8);
    this.#view.setFloat64(at, value, true);
  }

  #text(code: string, value: unknown): void {
    if (typeof value !== "string" || value.includes("\0")) throw misfit(code, value);
    const bytes = Buffer.from(value, "utf8");
    if (code === "g") {
      typesOf(value);
      this.#whole("y", bytes.length);
    } else this.#whole("u", bytes.length);
    this.raw(bytes);
    this.#take(1);
  }

  /** The length is that of the elements, without what aligns the first of them. */
  #array(element: string, value: unknown): void {
    const isBytes = element === "y" && value instanceof Uint8Array;
    if (!isBytes && !Array.isArray(value)) throw misfit(`a${element}`, value);
    const lengthAt = this.#take(4);
    this.align(ALIGNMENTS[element[0]!]!);
    const from = this.length;
    if (isBytes) this.raw(value);
    else for (const each of value as unknown[]) this.value(element, each);
    if (this.length - from > MOST_ARRAY) throw new DbusError("an array is too long");
    this.setUint32(lengthAt, this.length - from);
  }

  /** Room for `size` bytes, which are nought. */
  #take(size: number): number {
    const at = this.length;
    this.length += size;
    if (this.length > this.#bytes.length) {
      const grown = new Uint8Array(2 * this.length);
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }
}

function misfit(type: string, value: unknown): DbusError {
  return new DbusError(`${String(value)} is no value of the D-Bus type "${type}"`);
}

// --- from bytes ---------------------------------------------------------------------------------

export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #isLittle: boolean;
  #variants = 0;
  at: number;

  constructor(bytes: Uint8Array, { at = 0, isLittle = true } = {}) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#isLittle = isLittle;
    this.at = at;
  }

  align(alignment: number): void {
    this.#take((alignment - (this.at % alignment)) % alignment);
  }

  all(signature: string): unknown[] {
    return typesOf(signature).map((type) => this.value(type));
  }

  value(type: string): unknown {
    const code = type[0]!;
    this.align(ALIGNMENTS[code]!);
    const view = this.#view;
    const little = this.#isLittle;
    switch (code) {
      case "y":
        return view.getUint8(this.#take(1));
      case "n":
        return view.getInt16(this.#take(2), little);
      case "q":
        return view.getUint16(this.#take(2), little);
      case "i":
        return view.getInt32(this.#take(4), little);
      case "u":
        return view.getUint32(this.#take(4), little);
      case "x":
        return view.getBigInt64(this.#take(8), little);
      case "t":
        return view.getBigUint64(this.#take(8), little);
      case "d":
        return view.getFloat64(this.#take(8), little);
      case "b":
        return this.#truth();
      case "s":
      case "o":
        return this.#text(view.getUint32(this.#take(4), little));
      case "g":
        return this.#text(view.getUint8(this.#take(1)));
      case "v":
        return this.#variant();
      case "a":
        return this.#array(type.slice(1));
      default:
        return fieldsOf(type).map((field) => this.value(field));
    }
  }

  #truth(): boolean {
    const value = this.#view.getUint32(this.#take(4), this.#isLittle);
    if (value > 1) throw new DbusError(`${value} is no boolean`);
    return value === 1;
  }

  #text(length: number): string {
    const at = this.#take(length + 1);
    const text = this.#bytes.subarray(at, at + length);
    if (this.#bytes[at + length] !== 0 || text.includes(0))
      throw new DbusError("a string does not end where it should");
    return Buffer.from(text).toString("utf8");
  }

  /** Variants nest without a signature that would bound them. */
  #variant(): Typed {
    const signature = this.#text(this.#view.getUint8(this.#take(1)));
    if (typesOf(signature).length !== 1) throw new DbusError("a variant is not one value");
    if (++this.#variants > MOST_VARIANTS) throw new DbusError("variants nest too deeply");
    const value = this.value(signature);
    this.#variants--;
    return { signature, value };
  }

  #array(element: string): unknown {
    const length = this.#view.getUint32(this.#take(4), this.#isLittle);
    if (length > MOST_ARRAY) throw new DbusError("an array is too long");
    this.align(ALIGNMENTS[element[0]!]!);
    const end = this.at + length;
    if (end > this.#bytes.length) throw new DbusError("an array is longer than its message");
    if (element === "y") return this.#bytes.slice(this.#take(length), end);
    const values: unknown[] = [];
    while (this.at < end) values.push(this.value(element));
    if (this.at !== end) throw new DbusError("an array does not end with an element");
    return values;
  }

  #take(size: number): number {
    const at = this.at;
    if (at + size > this.#bytes.length) throw new DbusError("a message ends within a value");
    this.at += size;
    return at;
  }
}
