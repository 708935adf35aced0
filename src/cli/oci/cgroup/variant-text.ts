/**
 * variant-text: values as people write them in annotations, as values of D-Bus: the text format of
 * GVariant ("GVariant Text Format" of GLib's manual): 5, uint64 5, 'text', true, [1, 2],
 * ('a', 'b'), {'key': 1}, <5>, b'bytes', @as [].
 *  - A number without a type is an int32, with a point or exponent a double, where nothing around it
 *    says otherwise; all elements of an array have one type.
 *  - D-Bus has no "maybe" types: just and nothing are refused.
 */
import { DbusError, RANGES, type Typed, typesOf } from "./dbus-wire.ts";

const MOST_DEPTH = 32;
const KEYWORDS: Readonly<Record<string, string>> = {
  boolean: "b",
  byte: "y",
  int16: "n",
  uint16: "q",
  int32: "i",
  uint32: "u",
  int64: "x",
  uint64: "t",
  double: "d",
  string: "s",
  objectpath: "o",
  signature: "g",
};
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" },
  "\n": "",
};

/** What was read, before it is known which types it has. */
type Node =
  | { readonly kind: "number"; readonly text: string; readonly isDouble: boolean }
  | { readonly kind: "truth"; readonly value: boolean }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "bytes"; readonly value: Uint8Array }
  | { readonly kind: "array" | "tuple"; readonly elements: readonly Node[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [Node, Node])[] }
  | { readonly kind: "variant"; readonly inner: Node }
  | { readonly kind: "typed"; readonly type: string; readonly inner: Node };

export function parseVariantText(text: string): Typed {
  const parser = new Parser(text);
  const node = parser.value(0);
  parser.end();
  const signature = settled(typeOf(node));
  return { signature, value: build(node, signature) };
}

function wrong(why: string): DbusError {
  return new DbusError(why);
}

// --- words --------------------------------------------------------------------------------------

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  end(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) throw wrong(`nothing may follow at "${this.#rest()}"`);
  }

  value(depth: number): Node {
    if (depth > MOST_DEPTH) throw wrong("it nests too deeply");
    this.#skipSpace();
    const next = this.#text[this.#at] ?? "";
    if (next === "[") return this.#array(depth);
    if (next === "(") return this.#tuple(depth);
    if (next === "{") return this.#map(depth);
    if (next === "<") return this.#variant(depth);
    if (next === "@") return this.#annotated(depth);
    if (next === "'" || next === '"') return { kind: "text", value: this.#string() };
    if (/[-+.\d]/.test(next)) return this.#number();
    return this.#word(depth);
  }

  #word(depth: number): Node {
    const word = this.#match(/[a-z][a-z0-9]*/y);
    const next = this.#text[this.#at] ?? "";
    if (word === "b" && (next === "'" || next === '"')) return this.#byteString();
    if (word === "true" || word === "false") return { kind: "truth", value: word === "true" };
    if (word === "inf" || word === "nan") return { kind: "number", text: word, isDouble: true };
    if (word === "just" || word === "nothing") throw wrong(`D-Bus has no "${word}"`);
    const type = Object.hasOwn(KEYWORDS, word) ? KEYWORDS[word]! : "";
    if (type === "") throw wrong(`no value begins at "${word}${this.#rest()}"`);
    return { kind: "typed", type, inner: this.value(depth + 1) };
  }

  #annotated(depth: number): Node {
    this.#at++;
    const type = this.#match(/[a-z(){}]+/y);
    if (typesOf(type).length !== 1) throw wrong(`"${type}" is not one type`);
    return { kind: "typed", type, inner: this.value(depth + 1) };
  }

  #number(): Node {
    const text = this.#match(/[-+]?(?:0x[0-9a-f]+|inf|[\d.]+(?:e[-+]?\d+)?)/iy);
    const isDouble = !/0x/i.test(text) && /[.e]|inf/i.test(text);
    return { kind: "number", text, isDouble };
  }

  /** What `each` reads, separated by commas, up to the sign `close`. */
  #list(close: string, each: () => void): void {
    if (this.#skips(close)) return;
    each();
    while (!this.#skips(close)) {
      this.#expect(",");
      each();
    }
  }

  #array(depth: number): Node {
    this.#expect("[");
    const elements: Node[] = [];
    this.#list("]", () => elements.push(this.value(depth + 1)));
    return { kind: "array", elements };
  }

  /** One of one element is written with a comma behind it. */
  #tuple(depth: number): Node {
    this.#expect("(");
    const elements = [this.value(depth + 1)];
    this.#expect(",");
    if (this.#skips(")")) return { kind: "tuple", elements };
    do elements.push(this.value(depth + 1));
    while (this.#skips(","));
    this.#expect(")");
    return { kind: "tuple", elements };
  }

  #map(depth: number): Node {
    this.#expect("{");
    const entries: [Node, Node][] = [];
    this.#list("}", () => {
      const key = this.value(depth + 1);
      this.#expect(":");
      entries.push([key, this.value(depth + 1)]);
    });
    return { kind: "map", entries };
  }

  #variant(depth: number): Node {
    this.#expect("<");
    const inner = this.value(depth + 1);
    this.#expect(">");
    return { kind: "variant", inner };
  }

  #string(): string {
    const quote = this.#text[this.#at++]!;
    let text = "";
    for (;;) {
      const next = this.#text[this.#at++];
      if (next === undefined) throw wrong("a string does not end");
      if (next === quote) return text;
      text += next === "\\" ? this.#escape() : next;
    }
  }

  #escape(): string {
    const next = this.#text[this.#at++];
    if (next === undefined) throw wrong("a string does not end");
    if (next !== "u" && next !== "U") return ESCAPES[next] ?? next;
    const digits = this.#match(next === "u" ? /[0-9a-f]{4}/iy : /[0-9a-f]{8}/iy);
    const code = Number.parseInt(digits, 16);
    if (code === 0 || code > 0x10ffff) throw wrong(`there is no character ${digits}`);
    return String.fromCodePoint(code);
  }

  /** b'…' has octal escapes, and a NUL at its end. */
  #byteString(): Node {
    const quote = this.#text[this.#at++]!;
    const parts: Buffer[] = [];
    for (;;) {
      const code = this.#text.codePointAt(this.#at);
      if (code === undefined) throw wrong("a string does not end");
      const next = String.fromCodePoint(code);
      this.#at += next.length;
      if (next === quote) break;
      parts.push(next === "\\" ? this.#byteEscape() : Buffer.from(next, "utf8"));
    }
    return { kind: "bytes", value: new Uint8Array(Buffer.concat([...parts, Buffer.from([0])])) };
  }

  #byteEscape(): Buffer {
    const next = this.#text[this.#at] ?? "";
    if (/[0-7]/.test(next))
      return Buffer.from([Number.parseInt(this.#match(/[0-7]{1,3}/y), 8) & 0xff]);
    this.#at++;
    return Buffer.from(ESCAPES[next] ?? next, "latin1");
  }

  #skips(sign: string): boolean {
    this.#skipSpace();
    if (!this.#text.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#skips(sign)) throw wrong(`"${sign}" is missing at "${this.#rest()}"`);
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw wrong(`no value begins at "${this.#rest()}"`);
    this.#at += found.length;
    return found;
  }

  #rest(): string {
    return this.#text.slice(this.#at, this.#at + 20);
  }
}

// --- types --------------------------------------------------------------------------------------

/** A signature with gaps: N is any number, D a double unless told otherwise, S a string, * anything. */
function typeOf(node: Node): string {
  switch (node.kind) {
    case "number":
      return node.isDouble ? "d" : "N";
    case "truth":
      return "b";
    case "text":
      return "S";
    case "bytes":
      return "ay";
    case "variant":
      return "v";
    case "typed":
      return node.type;
    case "tuple":
      return `(${node.elements.map(typeOf).join("")})`;
    case "array":
      return `a${node.elements.map(typeOf).reduce(unite, "*")}`;
    default: {
      const keys = node.entries.map(([key]) => typeOf(key)).reduce(unite, "*");
      const values = node.entries.map(([, value]) => typeOf(value)).reduce(unite, "*");
      return `a{${keys}${values}}`;
    }
  }
}

/** The type of which both are. */
function unite(a: string, b: string): string {
  if (a === b || b === "*") return a;
  if (a === "*") return b;
  if (a === "N" && "ynqiuxtd".includes(b)) return b;
  if (b === "N" && "ynqiuxtd".includes(a)) return a;
  if (a === "S" && "sog".includes(b)) return b;
  if (b === "S" && "sog".includes(a)) return a;
  if (a[0] === "a" && b[0] === "a") return `a${unite(a.slice(1), b.slice(1))}`;
  const [open] = a;
  if ((open === "(" || open === "{") && open === b[0]) {
    const [ones, others] = [parts(a.slice(1, -1)), parts(b.slice(1, -1))];
    if (ones.length === others.length)
      return `${open}${ones.map((one, i) => unite(one, others[i]!)).join("")}${a.at(-1)}`;
  }
  throw wrong("the elements of an array are not all of one type");
}

/** As typesOf(), gaps allowed. */
function parts(types: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < types.length; ) {
    let end = at;
    while (types[end] === "a") end++;
    let depth = 0;
    do {
      if ("({".includes(types[end]!)) depth++;
      if (")}".includes(types[end]!)) depth--;
      end++;
    } while (depth > 0);
    found.push(types.slice(at, end));
    at = end;
  }
  return found;
}

function settled(type: string): string {
  if (type.includes("*")) throw wrong("an empty list needs its type, as in @as []");
  const signature = type.replaceAll("N", "i").replaceAll("S", "s");
  typesOf(signature);
  return signature;
}

// --- values -------------------------------------------------------------------------------------

function build(node: Node, type: string): unknown {
  const misfit = () => wrong(`a value is not of the type ${type}`);
  switch (node.kind) {
    case "typed":
      if (node.type !== type) throw misfit();
      return build(node.inner, type);
    case "number":
      return numberOf(node.text, node.isDouble, type);
    case "truth":
      if (type !== "b") throw misfit();
      return node.value;
    case "text":
      if (!"sog".includes(type)) throw misfit();
      if (type === "o" && !isPath(node.value)) throw wrong(`"${node.value}" is no object path`);
      if (type === "g") typesOf(node.value);
      return node.value;
    case "bytes":
      if (type !== "ay") throw misfit();
      return node.value;
    case "variant": {
      if (type !== "v") throw misfit();
      const signature = settled(typeOf(node.inner));
      return { signature, value: build(node.inner, signature) };
    }
    case "array":
      if (type[0] !== "a" || type[1] === "{") throw misfit();
      return node.elements.map((each) => build(each, type.slice(1)));
    case "tuple": {
      const fields = type[0] === "(" ? typesOf(type.slice(1, -1)) : [];
      if (fields.length !== node.elements.length) throw misfit();
      return node.elements.map((each, i) => build(each, fields[i]!));
    }
    default: {
      if (!type.startsWith("a{")) throw misfit();
      const [key, value] = [type[2]!, type.slice(3, -1)];
      return node.entries.map((entry) => [build(entry[0], key), build(entry[1], value)]);
    }
  }
}

function isPath(text: string): boolean {
  return /^\/(?:\w+(?:\/\w+)*)?$/.test(text);
}

function numberOf(text: string, isDouble: boolean, type: string): number | bigint {
  const said = wrong(`${text} is no value of the type ${type}`);
  if (type === "d") {
    const value = Number(text.replace(/inf/i, "Infinity").replace(/nan/i, "NaN"));
    if (Number.isNaN(value) && text !== "nan") throw said;
    return value;
  }
  const range = RANGES[type];
  if (isDouble || range === undefined) throw said;
  const [, sign, digits] = /^([-+]?)(.*)$/.exec(text)!;
  let exact: bigint;
  try {
    // As in C: 010 is eight.
    exact = BigInt(/^0\d+$/.test(digits!) ? `0o${digits!.slice(1)}` : digits!);
  } catch {
    throw said;
  }
  if (sign === "-") exact = -exact;
  if (exact < range[0] || exact > range[1]) throw said;
  return type === "x" || type === "t" ? exact : Number(exact);
}
