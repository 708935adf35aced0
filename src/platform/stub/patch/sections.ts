/**
 * sections: where functions begin and end, from a file's sections, for programs that carry no search table
 * of their unwind information: static ones (.eh_frame), and those of other compilers (symbols, unless they
 * were stripped). Read once, bounded; what is not understood is left out.
 * Source: elf(5); LSB core specification, ".eh_frame section format".
 */
import { getU64 } from "../../../abi/struct.ts";
import { viewOf } from "../../../host/bytes.ts";

const SECTION_HEADER = 64;
const MOST_SECTIONS = 1024;
const MOST_BYTES = 2 ** 24;
const SHT_SYMTAB = 2;
const SHT_DYNSYM = 11;
const SYMBOL = 24;
const STT_FUNC = 2;
/** DW_EH_PE_pcrel | DW_EH_PE_sdata4. */
const RELATIVE_32 = 0x1b;

/** Bytes of the file, or null when it has not so many. */
export type Read = (offset: number, length: number) => Uint8Array | null;

export interface FunctionRange {
  readonly begin: number;
  readonly length: number;
}

/** The functions of a file, in the order of their addresses. */
export class FunctionList {
  readonly #ranges: FunctionRange[];

  constructor(ranges: FunctionRange[]) {
    this.#ranges = ranges.sort((a, b) => a.begin - b.begin);
  }

  /** The one that contains `address`. */
  find(address: number): FunctionRange | null {
    let low = 0;
    let high = this.#ranges.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#ranges[middle]!.begin <= address) low = middle;
      else high = middle;
    }
    const range = this.#ranges[low];
    const isIn =
      range !== undefined && range.begin <= address && address < range.begin + range.length;
    return isIn ? range : null;
  }
}

/** Unwind information if there is any, else symbols. `header` is the ELF header. */
export function listFunctions(read: Read, header: Uint8Array): FunctionList {
  const view = viewOf(header);
  const count = Math.min(view.getUint16(60, true), MOST_SECTIONS);
  const table = count === 0 ? null : read(getU64(view, 40), count * SECTION_HEADER);
  if (table === null) return new FunctionList([]);
  const sections = viewOf(table);
  const section = (index: number): Uint8Array | null => {
    const at = index * SECTION_HEADER;
    const length = getU64(sections, at + 32);
    return length > 0 && length <= MOST_BYTES ? read(getU64(sections, at + 24), length) : null;
  };
  const names = section(Math.min(view.getUint16(62, true), count - 1));
  for (let i = 0; i < count && names !== null; i++) {
    if (textAt(names, sections.getUint32(i * SECTION_HEADER, true)) !== ".eh_frame") continue;
    const bytes = section(i);
    const found = bytes === null ? [] : frames(bytes, getU64(sections, i * SECTION_HEADER + 16));
    if (found.length > 0) return new FunctionList(found);
  }
  const found: FunctionRange[] = [];
  for (let i = 0; i < count; i++) {
    const type = sections.getUint32(i * SECTION_HEADER + 4, true);
    const bytes = type === SHT_SYMTAB || type === SHT_DYNSYM ? section(i) : null;
    if (bytes !== null) for (const range of symbols(bytes)) found.push(range);
  }
  return new FunctionList(found);
}

function symbols(bytes: Uint8Array): FunctionRange[] {
  const view = viewOf(bytes);
  const found: FunctionRange[] = [];
  for (let at = 0; at + SYMBOL <= bytes.length; at += SYMBOL) {
    const length = getU64(view, at + 16);
    if ((bytes[at + 4]! & 15) === STT_FUNC && length > 0)
      found.push({ begin: getU64(view, at + 8), length });
  }
  return found;
}

/** The frame descriptions of an .eh_frame section that lies at `address`. */
function frames(bytes: Uint8Array, address: number): FunctionRange[] {
  const view = viewOf(bytes);
  const found: FunctionRange[] = [];
  const isKnown = new Map<number, boolean>();
  for (let at = 0; at + 16 <= bytes.length; ) {
    const length = view.getUint32(at, true);
    if (length === 0 || length >= 0xfffffff0) break;
    const common = at + 4 - view.getUint32(at + 4, true);
    if (common !== at + 4 && common >= 0) {
      if (!isKnown.has(common)) isKnown.set(common, encodingOf(bytes, common) === RELATIVE_32);
      if (isKnown.get(common) === true)
        found.push({
          begin: address + at + 8 + view.getInt32(at + 8, true),
          length: view.getUint32(at + 12, true),
        });
    }
    at += 4 + length;
  }
  return found;
}

/** How a common information entry says that addresses are written; -1 when it is not understood. */
function encodingOf(bytes: Uint8Array, at: number): number {
  const augmentation = textAt(bytes, at + 9);
  if (!augmentation.startsWith("z")) return -1;
  let next = at + 9 + augmentation.length + 1;
  // Alignments, the return register, and the length of what follows.
  for (let i = 0; i < 4; i++) {
    while ((bytes[next]! & 0x80) !== 0) next++;
    next++;
  }
  for (const letter of augmentation.slice(1)) {
    if (letter === "R") return bytes[next] ?? -1;
    if (letter === "L") next++;
    else if (letter === "P") {
      const size = [8, 0, 2, 4, 8][bytes[next]! & 7] ?? 0;
      if (size === 0) return -1;
      next += 1 + size;
    } else if (letter !== "S" && letter !== "B") return -1;
  }
  return -1;
}

function textAt(bytes: Uint8Array, at: number): string {
  const end = bytes.indexOf(0, at);
  return end < 0 || end - at > 64 ? "" : String.fromCharCode(...bytes.subarray(at, end));
}
