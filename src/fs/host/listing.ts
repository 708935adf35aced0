/**
 * listing: the whole of a host directory as PackedEntries, from the host's own records: they stay as they
 * are but for "." and "..", inode numbers of further devices, and positions, which become ours.
 */
import { DT_CHR } from "../../abi/dirent.ts";
import { getU64, setU64 } from "../../abi/struct.ts";
import type { Host } from "../../host/host.ts";
import { FIRST_ENTRY, PackedEntries } from "../../kernel/vfs/packed-entries.ts";

const DOT = 46;
const NAME = 19;

/** Read the directory behind `fd`, which stands at its start; `inoOffset` is added to the numbers. */
export function readListing(host: Host, fd: number, inoOffset: number): PackedEntries | number {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const n = host.getdents64(fd);
    if (n < 0) return n;
    if (n === 0) break;
    const part = host.io.slice(0, withoutDots(host.io, n));
    parts.push(part);
    length += part.length;
  }
  return finish(parts.length === 1 ? parts[0]! : concatenate(parts, length), inoOffset);
}

/** Close the gaps that "." and ".." leave among the first `length` bytes; the new length. */
function withoutDots(io: Uint8Array, length: number): number {
  let kept = 0;
  let runStart = 0;
  for (let at = 0; at < length; ) {
    const next = at + io[at + 16]! + io[at + 17]! * 256;
    if (isDots(io, at + NAME)) {
      if (kept !== runStart) io.copyWithin(kept, runStart, at);
      kept += at - runStart;
      runStart = next;
    }
    at = next;
  }
  if (kept !== runStart) io.copyWithin(kept, runStart, length);
  return kept + length - runStart;
}

function isDots(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== DOT) return false;
  return bytes[at + 1] === 0 || (bytes[at + 1] === DOT && bytes[at + 2] === 0);
}

function finish(bytes: Uint8Array, inoOffset: number): PackedEntries {
  const view = new DataView(bytes.buffer);
  let hasDevices = false;
  for (let at = 0; at < bytes.length; ) {
    const next = at + view.getUint16(at + 16, true);
    if (inoOffset !== 0) setU64(view, at, getU64(view, at) + inoOffset);
    setU64(view, at + 8, FIRST_ENTRY + next);
    if (bytes[at + 18] === DT_CHR) hasDevices = true;
    at = next;
  }
  return new PackedEntries(bytes, hasDevices);
}

function concatenate(parts: Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
