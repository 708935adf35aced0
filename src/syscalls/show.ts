/**
 * show: how values look in a trace, in the manner of strace(1).
 *  - Guest memory is reached only through a `GuestReader`, which answers null for what it cannot
 *    read; the address is printed then. Nothing here can fail or change the guest.
 *  - Strings are cut at `stringLimit` bytes and followed by "...", escaped as in C.
 * Source: strace(1), option -s and "Trace output format".
 */
import type { FieldType } from "../abi/struct.ts";
import { readValue } from "../abi/struct.ts";

/** What the printer needs of a guest's memory. */
export interface GuestReader {
  /** `length` bytes at `addr`, or null when any of them cannot be read. */
  read(addr: number, length: number): Uint8Array | null;
  /** The string at `addr` up to its NUL or `max` bytes, one character a byte; null on a fault. */
  cstring(addr: number, max: number): string | null;
}

/** The call that an argument belongs to. */
export interface ShownCall {
  readonly args: ArrayLike<number>;
  /** What it returned; null while it is still running, so that results are not printed. */
  readonly result: number | null;
  readonly reader: GuestReader;
  readonly stringLimit: number;
}

/** Elements of an array that are printed before "...". */
const ARRAY_LIMIT = 16;

const ESCAPES: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\t": "\\t",
  "\r": "\\r",
  "\v": "\\v",
  "\f": "\\f",
  '"': '\\"',
  "\\": "\\\\",
};

/** An address: "NULL" or hexadecimal. */
export function showAddress(value: number): string {
  return value === 0 ? "NULL" : `0x${value.toString(16)}`;
}

/** A quoted C string of bytes given as one character each, cut at `limit`. */
export function quote(text: string, limit: number): string {
  const shown = text.length > limit ? text.slice(0, limit) : text;
  let out = "";
  for (let index = 0; index < shown.length; index++) {
    out += escapeByte(shown[index] as string, shown[index + 1] ?? "");
  }
  return `"${out}"${text.length > limit ? "..." : ""}`;
}

/** Bytes as a quoted string. */
export function quoteBytes(bytes: Uint8Array, limit: number): string {
  return quote(latin1(bytes, limit + 1), limit);
}

/** The string at a guest address, quoted; at most `limit` bytes of it. */
export function showString(
  address: number,
  call: ShownCall,
  max: number,
  limit = call.stringLimit,
): string {
  if (address === 0) return "NULL";
  const text = call.reader.cstring(address, Math.min(max, limit + 1));
  return text === null ? showAddress(address) : quote(text, limit);
}

/** A path at a guest address, quoted, whole: what a path ends with matters most. */
export function showPath(address: number, call: ShownCall, max: number): string {
  return showString(address, call, max, max);
}

/** `length` bytes at a guest address, quoted. */
export function showBuffer(address: number, length: number, call: ShownCall): string {
  if (address === 0) return "NULL";
  const bytes = call.reader.read(address, Math.max(0, Math.min(length, call.stringLimit + 1)));
  return bytes === null ? showAddress(address) : quoteBytes(bytes, call.stringLimit);
}

/** A value of `type` at a guest address. */
export function showRecord(address: number, type: FieldType<unknown>, call: ShownCall): string {
  if (address === 0) return "NULL";
  const bytes = call.reader.read(address, type.size);
  if (bytes === null) return showAddress(address);
  return showValue(readValue(viewOf(bytes), 0, type), call.stringLimit);
}

/** `count` values of `type` at a guest address. */
export function showRecords(
  address: number,
  count: number,
  type: FieldType<unknown>,
  call: ShownCall,
): string {
  if (address === 0) return "NULL";
  const shown = Math.max(0, Math.min(count, ARRAY_LIMIT));
  const bytes = call.reader.read(address, shown * type.size);
  if (bytes === null) return showAddress(address);
  const view = viewOf(bytes);
  const parts: string[] = [];
  for (let index = 0; index < shown; index++) {
    parts.push(showValue(readValue(view, index * type.size, type), call.stringLimit));
  }
  if (count > shown) parts.push("...");
  return `[${parts.join(", ")}]`;
}

/** A NUL-terminated vector of string pointers, as execve(2) takes them. */
export function showStrings(address: number, call: ShownCall): string {
  if (address === 0) return "NULL";
  const parts: string[] = [];
  for (let index = 0; index < ARRAY_LIMIT; index++) {
    const bytes = call.reader.read(address + index * 8, 8);
    if (bytes === null) return showAddress(address);
    const pointer = pointerAt(viewOf(bytes), 0);
    if (pointer === 0) return `[${parts.join(", ")}]`;
    parts.push(showString(pointer, call, call.stringLimit + 1));
  }
  return `[${parts.join(", ")}, ...]`;
}

/** An iovec array with what its buffers hold; at most `limit` bytes of them hold something. */
export function showVector(address: number, count: number, limit: number, call: ShownCall): string {
  if (address === 0) return "NULL";
  const shown = Math.max(0, Math.min(count, ARRAY_LIMIT));
  const bytes = call.reader.read(address, shown * 16);
  if (bytes === null) return showAddress(address);
  const view = viewOf(bytes);
  const parts: string[] = [];
  let left = limit;
  for (let index = 0; index < shown; index++) {
    const base = pointerAt(view, index * 16);
    const length = pointerAt(view, index * 16 + 8);
    const filled = Math.min(length, left);
    left -= filled;
    parts.push(`{iov_base=${showBuffer(base, filled, call)}, iov_len=${length}}`);
  }
  if (count > shown) parts.push("...");
  return `[${parts.join(", ")}]`;
}

/** A decoded value: numbers in decimal, bit pairs in hexadecimal, structs as {name=value}. */
export function showValue(value: unknown, stringLimit: number): string {
  if (typeof value === "number") return String(value);
  if (value instanceof Uint8Array) return quoteBytes(value, stringLimit);
  if (Array.isArray(value)) {
    return `[${value.map((element) => showValue(element, stringLimit)).join(", ")}]`;
  }
  const fields = Object.entries(value as Record<string, unknown>);
  if (fields.length === 2 && fields[0]?.[0] === "lo" && fields[1]?.[0] === "hi") {
    return showBits(fields[0][1] as number, fields[1][1] as number);
  }
  return `{${fields.map(([name, field]) => `${name}=${showValue(field, stringLimit)}`).join(", ")}}`;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function showBits(lo: number, hi: number): string {
  if (hi === 0) return lo === 0 ? "0" : `0x${lo.toString(16)}`;
  return `0x${hi.toString(16)}${lo.toString(16).padStart(8, "0")}`;
}

function pointerAt(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}

function latin1(bytes: Uint8Array, limit: number): string {
  let text = "";
  for (const byte of bytes.subarray(0, limit)) text += String.fromCharCode(byte);
  return text;
}

function escapeByte(character: string, next: string): string {
  const named = ESCAPES[character];
  if (named !== undefined) return named;
  const code = character.charCodeAt(0) & 0xff;
  if (code >= 0x20 && code < 0x7f) return character;
  // A short octal escape would swallow a digit that follows it.
  const octal = code.toString(8);
  return `\\${next >= "0" && next <= "9" ? octal.padStart(3, "0") : octal}`;
}
