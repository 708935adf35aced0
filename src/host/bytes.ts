/**
 * Bytes of the arena as values and back: byte strings, and 64-bit numbers that a double holds exactly.
 */

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

export function readI64(view: DataView, at: number): number {
  return view.getInt32(at + 4, true) * 4294967296 + view.getUint32(at, true);
}

export function writeI64(view: DataView, at: number, value: number): void {
  view.setUint32(at, (value % 4294967296) >>> 0, true);
  view.setInt32(at + 4, Math.floor(value / 4294967296), true);
}
