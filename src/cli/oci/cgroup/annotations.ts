/**
 * annotations: properties of its unit that a config asks for by annotations (runc's systemd driver):
 * org.systemd.property.NAME, with the value as text (variant-text.ts). NAME may end with Sec instead of
 * USec, as in unit files; the value is seconds then.
 */
import { CommandError } from "../context.ts";
import type { Property } from "./systemd.ts";
import { parseVariantText } from "./variant-text.ts";

const PREFIX = "org.systemd.property.";
const SECOND_US = 1_000_000;
const LEAST_NAME = 3;

export function annotatedProperties(annotations: Readonly<Record<string, string>>): Property[] {
  return Object.entries(annotations).flatMap(([key, text]): Property[] => {
    if (!key.startsWith(PREFIX)) return [];
    const name = key.slice(PREFIX.length);
    if (name.length < LEAST_NAME || !/^[A-Za-z]+$/.test(name))
      throw new CommandError(
        `annotation ${key}: "${name}" is no name of a property, which has ${LEAST_NAME} letters or more and nothing else`,
      );
    const refuse = (why: string) => new CommandError(`annotation ${key}=${text}: ${why}`);
    let parsed: ReturnType<typeof parseVariantText>;
    try {
      parsed = parseVariantText(text);
    } catch (error) {
      throw refuse((error as Error).message);
    }
    const { signature, value } = parsed;
    if (!/[a-z]Sec$/.test(name)) return [[name, signature, value]];
    const us = microseconds(signature, value);
    if (us === null) throw refuse("seconds are a number that is not negative");
    return [[name.replace(/Sec$/, "USec"), "t", us]];
  });
}

function microseconds(signature: string, value: unknown): bigint | null {
  if (!"nqiuxtd".includes(signature)) return null;
  const us =
    signature === "d"
      ? (value as number) * SECOND_US
      : BigInt(value as number | bigint) * BigInt(SECOND_US);
  if (us < 0 || !(us < 2 ** 64)) return null;
  return typeof us === "bigint" ? us : BigInt(Math.trunc(us));
}
