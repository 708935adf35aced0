/**
 * check: a small language for saying what a JSON value must look like, and the reader of it. A
 * complaint is a sentence that begins with the path of the field: `process.args[0] must be text, not
 * a number`. Fields that a shape does not know are remarks: newer specifications add some.
 */

export class Findings {
  /** What makes the value wrong. */
  readonly errors: string[] = [];
  /** What is odd about it. */
  readonly remarks: string[] = [];
}

export type Check = (value: unknown, path: string, found: Findings) => void;

export interface Shape {
  readonly [field: string]: Check;
}

function kind(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  const type = typeof value;
  if (type === "string") return "text";
  return type === "object" ? "an object" : `a ${type}`;
}

function must(found: Findings, path: string, be: string, value: unknown): void {
  found.errors.push(`${path === "" ? "the file" : path} must be ${be}, not ${kind(value)}`);
}

export const text: Check = (value, path, found) => {
  if (typeof value !== "string") must(found, path, "text", value);
  else if (value.includes("\0")) found.errors.push(`${path} must not hold a NUL byte`);
};

export const truth: Check = (value, path, found) => {
  if (typeof value !== "boolean") must(found, path, "true or false", value);
};

export const anything: Check = () => {};

export function integer(least: number, most: number): Check {
  return (value, path, found) => {
    if (typeof value !== "number") return must(found, path, "a whole number", value);
    // Sizes up to 2^64 come as doubles: whole, but not exact.
    if (!Number.isInteger(value) || value < least || value > most)
      found.errors.push(`${path} must be a whole number from ${least} to ${most}, not ${value}`);
  };
}

export function oneOf(words: readonly string[]): Check {
  return (value, path, found) => {
    if (typeof value !== "string") return must(found, path, "text", value);
    if (!words.includes(value))
      found.errors.push(`${path} must be one of ${words.join(", ")}, not "${value}"`);
  };
}

export const absolutePath: Check = (value, path, found) => {
  text(value, path, found);
  if (typeof value === "string" && !value.startsWith("/"))
    found.errors.push(`${path} must be an absolute path, not "${value}"`);
};

export function list(element: Check): Check {
  return (value, path, found) => {
    if (value === null) return; // what Go writes for an empty list
    if (!Array.isArray(value)) return must(found, path, "a list", value);
    for (const [i, each] of value.entries()) element(each, `${path}[${i}]`, found);
  };
}

export function mapOf(element: Check): Check {
  return (value, path, found) => {
    if (value === null) return;
    if (typeof value !== "object" || Array.isArray(value))
      return must(found, path, "an object", value);
    for (const [name, each] of Object.entries(value)) element(each, `${path}["${name}"]`, found);
  };
}

/** An object with these fields; `needed` must be there. */
export function object(shape: Shape, needed: readonly string[] = []): Check {
  return (value, path, found) => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return must(found, path, "an object", value);
    const at = (field: string) => (path === "" ? field : `${path}.${field}`);
    for (const field of needed)
      if ((value as Record<string, unknown>)[field] === undefined)
        found.errors.push(`${at(field)} is missing`);
    for (const [field, each] of Object.entries(value)) {
      const check = Object.hasOwn(shape, field) ? shape[field] : undefined;
      if (check === undefined) found.remarks.push(`${at(field)} is not known, and is ignored`);
      else if (each !== undefined && each !== null) check(each, at(field), found);
    }
  };
}
