/**
 * TextCopy: the text of a file that many processes map, with its known call sites patched already: a new
 * process maps this instead of the file, and pays nothing for its sites. Trampolines lie in what the last
 * page has left behind the text, where the file has zeros.
 *  - A sealed memfd: nobody can change it, neither guests that get it mapped privately nor we.
 *  - Everything in it is relative, so that it may be mapped anywhere.
 */
import type { Host } from "../../../host/host.ts";
import {
  islandHead,
  jumpTo,
  type Planted,
  STRIDE,
  trampoline,
  trampolineOffset,
} from "./island.ts";
import { REPLACED, type Site } from "./site.ts";

const PAGE = 4096;
const MFD_CLOEXEC_ALLOW_SEALING = 3;
const F_ADD_SEALS = 1033;
const F_SEAL_ALL = 0xf;

/** A segment's text as it is mapped, and what is known of its sites; offsets from its beginning. */
export interface SegmentText {
  /** Whole pages, as the file has them. */
  readonly bytes: Uint8Array;
  /** Where the text ends. */
  readonly end: number;
  /** By where the `syscall` instruction is. */
  readonly sites: ReadonlyMap<number, Site>;
}

export class TextCopy {
  readonly fd: number;
  readonly length: number;
  /** Where the trampolines begin, and what they are for; offsets from the beginning. */
  readonly islandOffset: number;
  readonly planted: readonly Planted[];

  private constructor(fd: number, length: number, islandOffset: number, planted: Planted[]) {
    this.fd = fd;
    this.length = length;
    this.islandOffset = islandOffset;
    this.planted = planted;
  }

  /** Null when there is no room for trampolines, or the host has none for the copy. */
  static make(host: Host, entry: number, text: SegmentText): TextCopy | null {
    const { bytes } = text;
    const islandOffset = Math.ceil(text.end / 8) * 8;
    if (bytes.length % PAGE !== 0 || bytes.subarray(text.end).some((byte) => byte !== 0))
      return null;
    const planted = choose(text, islandOffset);
    if (planted.length === 0) return null;
    bytes.set(islandHead(entry), islandOffset);
    for (const [index, plant] of planted.entries()) {
      const at = islandOffset + trampolineOffset(index);
      bytes.set(trampoline(islandOffset, at, plant), at);
      bytes.set(jumpTo(plant.begin, at), plant.begin);
    }
    const fd = store(host, bytes);
    return fd < 0 ? null : new TextCopy(fd, bytes.length, islandOffset, planted);
  }
}

/** As many sites as there is room for, none of which touches another. */
function choose(text: SegmentText, islandOffset: number): Planted[] {
  const room = text.bytes.length - islandOffset - trampolineOffset(0);
  const planted: Planted[] = [];
  for (const [syscall, site] of text.sites) {
    if ((planted.length + 1) * STRIDE > room) break;
    const begin = syscall - site.lead;
    const isFree = planted.every((other) => Math.abs(other.begin - begin) > REPLACED);
    const isThere = site.original.every((byte, i) => text.bytes[begin + i] === byte);
    if (isFree && isThere) planted.push({ begin, site });
  }
  return planted;
}

/** A sealed memfd of these bytes, or -errno. */
function store(host: Host, bytes: Uint8Array): number {
  const fd = host.memfdCreate("tvisor-text", MFD_CLOEXEC_ALLOW_SEALING);
  if (fd < 0) return fd;
  const step = host.io.length;
  for (let at = 0; at < bytes.length; at += step) {
    const part = bytes.subarray(at, at + step);
    if (host.pwrite(fd, part, at) !== part.length) {
      host.close(fd);
      return -1;
    }
  }
  host.fcntl(fd, F_ADD_SEALS, F_SEAL_ALL);
  return fd;
}
