/**
 * Bytes of the arena as values and back: byte strings, 64-bit numbers that a double holds exactly, and
 * sets of processors.
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

/** `text` as the host has it, in UTF-8, as a byte string. */
export function byteString(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** sizeof(cpu_set_t). */
export const CPU_SET_BYTES = 128;

/** A cpu_set_t of these processors at `at`; it has no room for numbers above 1023. */
export function writeCpuSet(u8: Uint8Array, at: number, cpus: readonly number[]): void {
  u8.fill(0, at, at + CPU_SET_BYTES);
  for (const cpu of cpus) if (cpu < 8 * CPU_SET_BYTES) u8[at + (cpu >> 3)]! |= 1 << (cpu & 7);
}
