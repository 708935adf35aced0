/**
 * TextFile: an ELF file that guests execute code of, as far as patching needs it: where the function
 * around a place begins, and what was found out about its system call sites, once for all processes.
 *  - Functions come from the unwind tables (.eh_frame_hdr, made by every compiler for every function
 *    that may be unwound), or from sections (sections.ts); a place outside of them has no known function
 *    and is not patched.
 *  - The file is read through a descriptor of our own, so that no guest's memory decides for another
 *    guest. What it says is still a claim: whoever patches compares the bytes in memory first.
 * Source: LSB core specification, "Exception Frames"; elf(5).
 */
import { getU64 } from "../../../abi/struct.ts";
import { viewOf } from "../../../host/bytes.ts";
import type { Host } from "../../../host/host.ts";
import { type FunctionList, type FunctionRange, listFunctions } from "./sections.ts";
import {
  planAfter,
  planBefore,
  type Range,
  REPLACED,
  reached,
  type Site,
  SYSCALL_LENGTH,
} from "./site.ts";
import { TextCopy } from "./text-copy.ts";

const ELF_HEADER = 64;
const PROGRAM_HEADER = 56;
const MOST_PROGRAM_HEADERS = 64;
const PT_LOAD = 1;
const PT_GNU_EH_FRAME = 0x6474e550;
/** Encodings in .eh_frame_hdr: what every linker writes. */
const HEADER_FORM = [1, 0x1b, 0x03, 0x3b];
const HEADER_SIZE = 12;
const TABLE_ENTRY = 8;
const LONGEST_FUNCTION = 65536;
const MOST_ENTRIES = 1 << 22;
const MOST_SITES = 4096;
/** A segment is copied that was mapped so often, and is no longer than this. */
const RIPE = 4;
const MOST_COPIED = 2 ** 23;
const MOST_SEGMENTS = 8;
/** Reading all text must pay: it costs some 4 ns a byte, a trap 2000. */
const WORTH_READING = 512;
const BYTES_PER_TRAP = 4096;
/** More than this is not read for the sake of one site. */
const MOST_TEXT = 2 ** 26;
const PF_X = 1;

interface Segment {
  readonly offset: number;
  readonly address: number;
  readonly length: number;
  readonly isText: boolean;
}

interface KnownSegment {
  readonly offset: number;
  readonly length: number;
  /** Since the copy was made. */
  mappings: number;
  /** How many sites were known then. */
  sites: number;
  copy: TextCopy | null;
}

/** A whole function, and where in it and in memory the place in question is. */
interface Surroundings {
  readonly code: Uint8Array;
  readonly at: number;
  readonly address: number;
}

export class TextFile {
  #fd: number;
  readonly key: string;
  readonly size: number;
  readonly #host: Host;
  /** What is known of the `syscall` instruction at a file offset; null: it cannot be patched so. */
  readonly #before = new Map<number, Site | null>();
  readonly #after = new Map<number, Site | null>();
  /** How often after() was asked of a place that nothing is known of. */
  readonly #wanted = new Map<number, number>();
  /** Segments that were mapped, by place and length. */
  readonly #copies = new Map<number, KnownSegment>();
  #segments: Segment[] | null = null;
  #table = { address: 0, offset: 0, count: 0 };
  /** Instead of the table, where there is none. */
  #functions: FunctionList | null = null;

  constructor(host: Host, fd: number, key: string, size: number) {
    this.#host = host;
    this.size = size;
    this.#fd = fd;
    this.key = key;
  }

  /** How the `syscall` instruction at `offset` in the file can be replaced together with its move. */
  before(offset: number): Site | null {
    const known = this.#before.get(offset);
    if (known !== undefined) return known;
    const where = this.#surroundings(offset);
    return keep(this.#before, offset, where === null ? null : planBefore(where.code, where.at));
  }

  /**
   * How it can be replaced together with what follows. To know that, all text is read: so it is not
   * known before the place was asked for many times, by whatever process.
   */
  after(offset: number): Site | null {
    const known = this.#after.get(offset);
    if (known !== undefined) return known;
    if (this.#wanted.size >= MOST_SITES) this.#wanted.clear();
    const times = (this.#wanted.get(offset) ?? 0) + 1;
    this.#wanted.set(offset, times);
    if (times < this.#worthReading) return null;
    this.#planWanted(times / 8);
    return this.#after.get(offset) ?? null;
  }

  get #worthReading(): number {
    this.#segments ??= this.#readHeaders();
    const length = this.#segments.reduce((sum, s) => sum + (s.isText ? s.length : 0), 0);
    return length > MOST_TEXT ? Infinity : Math.max(WORTH_READING, length / BYTES_PER_TRAP);
  }

  /** Find out about all places that were wanted so often. */
  #planWanted(times: number): void {
    const plans: { offset: number; site: Site; range: Range }[] = [];
    for (const [offset, wanted] of this.#wanted) {
      if (wanted < times) continue;
      this.#wanted.delete(offset);
      const where = this.#surroundings(offset);
      const site = where === null ? null : planAfter(where.code, where.at);
      keep(this.#after, offset, null);
      if (where === null || site === null) continue;
      // The jump itself may be jumped to, its other bytes may not.
      const length = Math.max(REPLACED, SYSCALL_LENGTH + site.moved.length);
      const range = { first: where.address + 1, last: where.address + length - 1 };
      plans.push({ offset, site, range });
    }
    const isReached = this.#reached(plans.map(({ range }) => range));
    for (const [i, { offset, site }] of plans.entries())
      if (isReached[i] === false) keep(this.#after, offset, site);
  }

  /** For each range of addresses: does any direct jump in any text of the file lead there? */
  #reached(ranges: readonly Range[]): boolean[] {
    const found = ranges.map(() => false);
    if (ranges.length === 0) return found;
    for (const { offset, address, length, isText } of this.#segments!) {
      if (!isText) continue;
      const text = this.#readLong(offset, length);
      if (text === null) return ranges.map(() => true);
      const offsets = ranges.map(({ first, last }) => ({
        first: first - address,
        last: last - address,
      }));
      for (const [i, isReached] of reached(text, offsets).entries()) found[i] ||= isReached;
    }
    return found;
  }

  /**
   * A copy of the segment from `offset` on, `length` bytes in whole pages, with its sites patched; once
   * there is one. Each call is another mapping of it: it becomes ripe by being asked for.
   */
  copyOf(offset: number, length: number): TextCopy | null {
    const key = offset * MOST_COPIED + length;
    let known = this.#copies.get(key);
    if (known === undefined) {
      if (length > MOST_COPIED || this.#copies.size === MOST_SEGMENTS) return null;
      known = { offset, length, mappings: 0, sites: 0, copy: null };
      this.#copies.set(key, known);
    }
    known.mappings++;
    return known.copy;
  }

  /** Make one copy that is worth it, or better than the one before; true when something was done. */
  ripen(entry: number): boolean {
    for (const known of this.#copies.values()) {
      if (known.mappings < RIPE) continue;
      const sites = this.#sitesIn(known.offset, known.length);
      if (sites.size < known.sites + (known.sites >> 2) + 1) continue;
      known.mappings = 0;
      known.sites = sites.size;
      const better = this.#makeCopy(entry, known.offset, known.length, sites);
      if (better !== null) {
        // Who has mapped the one before keeps it.
        if (known.copy !== null) this.#host.close(known.copy.fd);
        known.copy = better;
      }
      return true;
    }
    return false;
  }

  #makeCopy(
    entry: number,
    offset: number,
    length: number,
    sites: Map<number, Site>,
  ): TextCopy | null {
    const segment = this.#segments?.find((s) => s.isText && s.offset === offset);
    if (segment === undefined || segment.length > length) return null;
    const bytes = new Uint8Array(length);
    const text = this.#readLong(offset, Math.min(length, this.size - offset));
    if (text === null) return null;
    bytes.set(text);
    return TextCopy.make(this.#host, entry, { bytes, end: segment.length, sites });
  }

  /** Known sites by their distance from `offset`. */
  #sitesIn(offset: number, length: number): Map<number, Site> {
    const sites = new Map<number, Site>();
    for (const known of [this.#after, this.#before])
      for (const [at, site] of known)
        if (site !== null && at >= offset + site.lead && at < offset + length)
          sites.set(at - offset, site);
    return sites;
  }

  /** Nothing more will be found out. */
  close(): void {
    this.#host.close(this.#fd);
    this.#fd = -1;
    for (const { copy } of this.#copies.values()) if (copy !== null) this.#host.close(copy.fd);
    this.#copies.clear();
  }

  #surroundings(offset: number): Surroundings | null {
    this.#segments ??= this.#readHeaders();
    const segment = this.#segments.find(
      (s) => s.isText && offset >= s.offset && offset < s.offset + s.length,
    );
    if (segment === undefined) return null;
    const address = offset - segment.offset + segment.address;
    const found = this.#functionAt(address);
    if (found === null || found.begin < segment.address) return null;
    const code = this.#read(found.begin - segment.address + segment.offset, found.length);
    return code === null ? null : { code, at: address - found.begin, address };
  }

  #readHeaders(): Segment[] {
    const header = this.#read(0, ELF_HEADER);
    if (header === null || viewOf(header).getUint32(0, false) !== 0x7f454c46) return [];
    const count = Math.min(viewOf(header).getUint16(56, true), MOST_PROGRAM_HEADERS);
    const table = this.#read(getU64(viewOf(header), 32), count * PROGRAM_HEADER);
    if (table === null) return [];
    const view = viewOf(table);
    const segments: Segment[] = [];
    for (let at = 0; at < count * PROGRAM_HEADER; at += PROGRAM_HEADER) {
      const offset = getU64(view, at + 8);
      const address = getU64(view, at + 16);
      const type = view.getUint32(at, true);
      const isText = (view.getUint32(at + 4, true) & PF_X) !== 0;
      if (type === PT_LOAD)
        segments.push({ offset, address, length: getU64(view, at + 32), isText });
      else if (type === PT_GNU_EH_FRAME) this.#readTable(offset, address);
    }
    if (this.#table.count === 0)
      this.#functions = listFunctions((at, length) => this.#readLong(at, length), header);
    return segments;
  }

  #readTable(offset: number, address: number): void {
    const header = this.#read(offset, HEADER_SIZE);
    if (header === null || HEADER_FORM.some((byte, i) => header[i] !== byte)) return;
    const count = viewOf(header).getUint32(8, true);
    if (count > 0 && count <= MOST_ENTRIES) this.#table = { address, offset, count };
  }

  /** The function that contains `address`. */
  #functionAt(address: number): FunctionRange | null {
    if (this.#functions !== null) {
      const found = this.#functions.find(address);
      return found !== null && found.length <= LONGEST_FUNCTION ? found : null;
    }
    const { offset, count } = this.#table;
    let low = 0;
    let high = count; // the last entry at or below the address is in [low, high)
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const entry = this.#entry(offset, middle);
      if (entry === null) return null;
      if (entry.begin <= address) low = middle;
      else high = middle;
    }
    const entry = count === 0 ? null : this.#entry(offset, low);
    if (entry === null || entry.begin > address) return null;
    const length = this.#functionLength(entry);
    return address < entry.begin + length && length <= LONGEST_FUNCTION
      ? { begin: entry.begin, length }
      : null;
  }

  #entry(table: number, index: number): { begin: number; description: number } | null {
    const bytes = this.#read(table + HEADER_SIZE + index * TABLE_ENTRY, TABLE_ENTRY);
    if (bytes === null) return null;
    const view = viewOf(bytes);
    const { address } = this.#table;
    return {
      begin: address + view.getInt32(0, true),
      description: address + view.getInt32(4, true),
    };
  }

  /** Of the frame description: its length field, CIE pointer, begin (self-relative), length. */
  #functionLength({ begin, description }: { begin: number; description: number }): number {
    const offset = description - this.#table.address + this.#table.offset;
    const bytes = this.#read(offset, 16);
    if (bytes === null) return 0;
    const view = viewOf(bytes);
    if (view.getUint32(0, true) === 0xffffffff) return 0;
    // Where the encoding is another one, the two places of the beginning disagree.
    return description + 8 + view.getInt32(8, true) === begin ? view.getUint32(12, true) : 0;
  }

  #read(offset: number, length: number): Uint8Array | null {
    if (this.#fd < 0 || offset < 0 || offset > 2 ** 48 || length <= 0) return null;
    const bytes = this.#host.io.subarray(0, length);
    return this.#host.pread(this.#fd, bytes, offset) === length ? bytes.slice() : null;
  }

  #readLong(offset: number, length: number): Uint8Array | null {
    const all = new Uint8Array(length);
    const step = this.#host.io.length;
    for (let at = 0; at < length; at += step) {
      const part = this.#read(offset + at, Math.min(step, length - at));
      if (part === null) return null;
      all.set(part, at);
    }
    return all;
  }
}

function keep(known: Map<number, Site | null>, offset: number, site: Site | null): Site | null {
  if (known.size >= MOST_SITES) known.clear();
  known.set(offset, site);
  return site;
}
