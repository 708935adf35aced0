/**
 * How proc writes numbers: clock ticks, kilobytes, columns.
 */

/** USER_HZ, what sysconf(_SC_CLK_TCK) says. */
const NS_PER_TICK = 10_000_000;

export function ticksOf(ns: number): number {
  return Math.floor(ns / NS_PER_TICK);
}

/** "    1234 kB" behind a name: status and meminfo. */
export function kilobytes(bytes: number, width = 8): string {
  return `${String(Math.floor(bytes / 1024)).padStart(width)} kB`;
}

/** A number as two decimals: hundredths are cut off, not rounded. */
export function hundredths(value: number): string {
  return (Math.floor(value * 100) / 100).toFixed(2);
}

/** A whole number as a guest writes it to a file: decimal, hexadecimal or octal; NaN otherwise. */
export function parseInteger(text: string): number {
  const word = text.trim();
  if (/^[-+]?0x[0-9a-f]+$/i.test(word))
    return word.startsWith("-") ? -Number(word.slice(1)) : Number(word.replace("+", ""));
  if (/^[-+]?0[0-7]+$/.test(word)) return Number.parseInt(word, 8);
  return /^[-+]?\d+$/.test(word) ? Number.parseInt(word, 10) : Number.NaN;
}
