/**
 * struct: a C struct declared once; the declaration is the codec.
 *  - `struct("timespec", { tv_sec: i64, tv_nsec: i64 })` lays fields out as C does on amd64 and
 *    gives `.size .align .at.tv_sec .read(view, at) .write(view, at, value)`.
 *  - Always little-endian. `pad(n)` and fields left out of a written value become zero bytes.
 *  - `i64`/`u64` are plain numbers, exact up to 2^53. All ones in a `u64` reads as 2^64 and is
 *    written back as all ones, so "unlimited" survives. Opaque 64-bit values (signal sets, epoll
 *    data, pointers that a guest may tag) are `bits64`: two unsigned 32-bit halves.
 *  - A union is written down as explicit offsets: `{ at: { field: offset } }`.
 * Preconditions: `at .. at + size` lies within the view. Source: System V ABI, AMD64 supplement.
 */

/** Two unsigned 32-bit halves of a 64-bit value. */
export interface Bits64 {
  lo: number;
  hi: number;
}

/** What a field needs to know about its type. `kind` selects the op in `readOp` and `writeOp`. */
export interface FieldType<T> {
  readonly kind: number;
  readonly size: number;
  readonly align: number;
  /** Elements of an array; 1 otherwise. */
  readonly count: number;
  /** The element of an array, or the layout of a nested struct. */
  readonly element: FieldType<unknown> | null;
  /** Never set: carries `T` for the compiler. */
  readonly value?: T;
}

export type Fields = Readonly<Record<string, FieldType<unknown>>>;

type PadKeys<F extends Fields> = {
  [K in keyof F]: F[K] extends FieldType<infer T> ? ([T] extends [undefined] ? K : never) : never;
}[keyof F];

/** The JavaScript value of a struct: one property per field, padding left out. */
export type ValueOf<F extends Fields> = {
  -readonly [K in Exclude<keyof F, PadKeys<F>>]: F[K] extends FieldType<infer T> ? T : never;
};

/** What `write` takes: nested values may be partial too; absent fields are written as zero. */
export type Writable<T> = T extends Uint8Array | number | readonly unknown[] | Bits64
  ? T
  : { readonly [K in keyof T]?: Writable<T[K]> };

export interface Struct<F extends Fields> extends FieldType<ValueOf<F>> {
  readonly name: string;
  readonly fields: F;
  /** Byte offset of each field. */
  readonly at: { readonly [K in keyof F]: number };
  read(view: DataView, at: number): ValueOf<F>;
  write(view: DataView, at: number, value: Writable<ValueOf<F>>): void;
}

export interface StructOptions {
  /** No padding between fields and alignment 1: `__attribute__((packed))`. */
  readonly packed?: boolean;
  /** Explicit offsets, for unions. A field without one follows the field declared before it. */
  readonly at?: Readonly<Record<string, number>>;
  /** Total size when it is larger than the fields need. */
  readonly size?: number;
  /** Alignment when it is larger than the fields need. */
  readonly align?: number;
}

const U8 = 0;
const I8 = 1;
const U16 = 2;
const I16 = 3;
const U32 = 4;
const I32 = 5;
const I64 = 6;
const U64 = 7;
const BITS64 = 8;
const BYTES = 9;
const PAD = 10;
const ARRAY = 11;
const STRUCT = 12;

const TWO_32 = 2 ** 32;
const TWO_64 = 2 ** 64;

export const u8: FieldType<number> = scalar(U8, 1);
export const i8: FieldType<number> = scalar(I8, 1);
export const u16: FieldType<number> = scalar(U16, 2);
export const i16: FieldType<number> = scalar(I16, 2);
export const u32: FieldType<number> = scalar(U32, 4);
export const i32: FieldType<number> = scalar(I32, 4);
export const i64: FieldType<number> = scalar(I64, 8);
export const u64: FieldType<number> = scalar(U64, 8);
export const bits64: FieldType<Bits64> = scalar(BITS64, 8);

/** `char name[n]`: read as a copy; shorter values are filled up with zeroes. */
export function bytes(n: number): FieldType<Uint8Array> {
  return { kind: BYTES, size: n, align: 1, count: 1, element: null };
}

/** `n` bytes that have no meaning: not part of the value, written as zeroes. */
export function pad(n: number): FieldType<undefined> {
  return { kind: PAD, size: n, align: 1, count: 1, element: null };
}

/** `type name[n]`. */
export function array<T>(element: FieldType<T>, n: number): FieldType<T[]> {
  return { kind: ARRAY, size: element.size * n, align: element.align, count: n, element };
}

/** Declares a struct with C layout. */
export function struct<const F extends Fields>(
  name: string,
  fields: F,
  options: StructOptions = {},
): Struct<F> {
  const names = Object.keys(fields);
  const types = Object.values(fields);
  const at: Record<string, number> = {};
  const offsets: number[] = [];
  let end = 0;
  let next = 0;
  let align = options.align ?? 1;
  // Every start of tvisor runs this a hundred times: plain loops.
  for (let index = 0; index < types.length; index++) {
    const type = types[index]!;
    const fieldAlign = options.packed === true ? 1 : type.align;
    const offset = options.at?.[names[index]!] ?? roundUp(next, fieldAlign);
    at[names[index]!] = offset;
    offsets.push(offset);
    next = offset + type.size;
    end = Math.max(end, next);
    align = Math.max(align, fieldAlign);
  }
  const size = options.size ?? roundUp(end, align);
  if (size < end) throw new RangeError(`struct ${name}: fields end at ${end}, beyond ${size}`);
  const layout = new StructLayout(name, fields, names, types, at, offsets, size, align);
  // The class cannot state its own field names; the declaration just checked them.
  return layout as unknown as Struct<F>;
}

/** Reads a 64-bit unsigned integer as a number, exact up to 2^53. */
export function getU64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * TWO_32 + view.getUint32(at, true);
}

/** Reads a 64-bit signed integer as a number, exact within ±2^53. */
export function getI64(view: DataView, at: number): number {
  return view.getInt32(at + 4, true) * TWO_32 + view.getUint32(at, true);
}

/** Writes a number as 64 bits, two's complement when negative; 2^64 and above become all ones. */
export function setU64(view: DataView, at: number, value: number): void {
  if (value >= TWO_64) {
    view.setUint32(at, 0xffffffff, true);
    view.setUint32(at + 4, 0xffffffff, true);
    return;
  }
  view.setUint32(at, value >>> 0, true);
  view.setInt32(at + 4, Math.floor(value / TWO_32), true);
}

type Values = Record<string, unknown>;

class StructLayout implements FieldType<Values> {
  readonly kind = STRUCT;
  readonly count = 1;
  readonly element = null;
  readonly name: string;
  readonly fields: Fields;
  readonly at: Record<string, number>;
  readonly size: number;
  readonly align: number;
  readonly #names: readonly string[];
  readonly #types: readonly FieldType<unknown>[];
  readonly #offsets: readonly number[];
  /** Offset and length of each run of bytes that no field writes; worked out by the first write(). */
  #gaps: readonly number[] | null = null;
  #isUnion = false;

  constructor(
    name: string,
    fields: Fields,
    names: readonly string[],
    types: readonly FieldType<unknown>[],
    at: Record<string, number>,
    offsets: readonly number[],
    size: number,
    align: number,
  ) {
    this.name = name;
    this.fields = fields;
    this.at = at;
    this.size = size;
    this.align = align;
    this.#names = names;
    this.#types = types;
    this.#offsets = offsets;
  }

  read(view: DataView, at: number): Values {
    const value: Values = {};
    for (let index = 0; index < this.#types.length; index++) {
      const type = this.#types[index];
      if (type.kind === PAD) continue;
      value[this.#names[index]] = readOp(view, at + this.#offsets[index], type);
    }
    return value;
  }

  write(view: DataView, at: number, value: Values): void {
    // Bytes between fields must not leak what the buffer held before. In a union, an absent member
    // must not wipe the one that is there, so everything is wiped first.
    const gaps = this.#gaps ?? this.#findGaps();
    if (this.#isUnion) zero(view, at, this.size);
    else
      for (let index = 0; index < gaps.length; index += 2)
        zero(view, at + gaps[index], gaps[index + 1]);
    for (let index = 0; index < this.#types.length; index++) {
      const type = this.#types[index];
      if (type.kind === PAD) continue;
      const field = value[this.#names[index]];
      if (field !== undefined) writeOp(view, at + this.#offsets[index], type, field);
      else if (!this.#isUnion) zero(view, at + this.#offsets[index], type.size);
    }
  }

  #findGaps(): readonly number[] {
    const writers = coverage(this.#types, this.#offsets, this.size);
    this.#isUnion = writers.some((count) => count > 1);
    this.#gaps = gapsIn(writers);
    return this.#gaps;
  }
}

/** Reads a value of any type: what `Struct.read` does for one field. */
export function readValue<T>(view: DataView, at: number, type: FieldType<T>): T {
  return readOp(view, at, type) as T;
}

function readOp(view: DataView, at: number, type: FieldType<unknown>): unknown {
  switch (type.kind) {
    case U8:
      return view.getUint8(at);
    case I8:
      return view.getInt8(at);
    case U16:
      return view.getUint16(at, true);
    case I16:
      return view.getInt16(at, true);
    case U32:
      return view.getUint32(at, true);
    case I32:
      return view.getInt32(at, true);
    case I64:
      return getI64(view, at);
    case U64:
      return getU64(view, at);
    case BITS64:
      return { lo: view.getUint32(at, true), hi: view.getUint32(at + 4, true) };
    case BYTES:
      return bytesOf(view, at, type.size).slice();
    case STRUCT:
      return (type as StructLayout).read(view, at);
    case ARRAY:
      return readArray(view, at, type);
    default:
      throw new TypeError(`struct: unknown field kind ${type.kind}`);
  }
}

function writeOp(view: DataView, at: number, type: FieldType<unknown>, value: unknown): void {
  switch (type.kind) {
    case U8:
    case I8:
      view.setUint8(at, value as number);
      break;
    case U16:
    case I16:
      view.setUint16(at, value as number, true);
      break;
    case U32:
    case I32:
      view.setUint32(at, value as number, true);
      break;
    case I64:
    case U64:
      setU64(view, at, value as number);
      break;
    case BITS64:
      view.setUint32(at, (value as Bits64).lo, true);
      view.setUint32(at + 4, (value as Bits64).hi, true);
      break;
    case BYTES:
      writeBytes(bytesOf(view, at, type.size), value as Uint8Array);
      break;
    case STRUCT:
      (type as StructLayout).write(view, at, value as Values);
      break;
    case ARRAY:
      writeArray(view, at, type, value as readonly unknown[]);
      break;
    default:
      throw new TypeError(`struct: unknown field kind ${type.kind}`);
  }
}

function readArray(view: DataView, at: number, type: FieldType<unknown>): unknown[] {
  const element = type.element as FieldType<unknown>;
  const values: unknown[] = [];
  for (let index = 0; index < type.count; index++) {
    values.push(readOp(view, at + index * element.size, element));
  }
  return values;
}

function writeArray(
  view: DataView,
  at: number,
  type: FieldType<unknown>,
  values: readonly unknown[],
): void {
  const element = type.element as FieldType<unknown>;
  const count = Math.min(values.length, type.count);
  for (let index = 0; index < count; index++) {
    writeOp(view, at + index * element.size, element, values[index]);
  }
  zero(view, at + count * element.size, (type.count - count) * element.size);
}

function writeBytes(target: Uint8Array, value: Uint8Array): void {
  const length = Math.min(value.length, target.length);
  target.set(length === value.length ? value : value.subarray(0, length));
  target.fill(0, length);
}

function zero(view: DataView, at: number, length: number): void {
  // Most gaps are a few bytes: a loop is cheaper than making an array over them.
  if (length > 64) bytesOf(view, at, length).fill(0);
  else for (let index = 0; index < length; index++) view.setUint8(at + index, 0);
}

function bytesOf(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}

/** For each byte, how many fields write it. */
function coverage(
  types: readonly FieldType<unknown>[],
  offsets: readonly number[],
  size: number,
): Uint8Array {
  const writers = new Uint8Array(size);
  for (const [index, type] of types.entries()) {
    if (type.kind === PAD) continue;
    for (let byte = offsets[index]; byte < offsets[index] + type.size; byte++) writers[byte]++;
  }
  return writers;
}

function gapsIn(writers: Uint8Array): number[] {
  const gaps: number[] = [];
  for (let start = 0; start < writers.length; start++) {
    if (writers[start] > 0) continue;
    let end = start + 1;
    while (end < writers.length && writers[end] === 0) end++;
    gaps.push(start, end - start);
    start = end;
  }
  return gaps;
}

function scalar<T>(kind: number, size: number): FieldType<T> {
  return { kind, size, align: size, count: 1, element: null };
}

function roundUp(value: number, align: number): number {
  return Math.ceil(value / align) * align;
}
