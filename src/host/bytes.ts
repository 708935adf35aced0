/**
 * Bytes of the arena as values and back: byte strings, and 64-bit numbers that a double holds exactly.
 */
export { getI64 as readI64, setU64 as writeI64 } from "../abi/struct.ts";

/** A byte string from `length` bytes at `at`. */
export function latin1(u8: Uint8Array, at: number, length: number): string {
  let text = "";
  for (let i = 0; i < length; i += 4096)
    text += String.fromCharCode.apply(
      null,
      u8.subarray(at + i, at + Math.min(length, i + 4096)) as unknown as number[],
    );
  return text;
}
