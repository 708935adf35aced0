/**
 * ELF images: parse and map (elf(5)). Everything read from the file is hostile: offsets and lengths
 * are bounded before they are used. Static, dynamic and position-independent amd64 executables.
 */

import {
  EI_CLASS,
  EI_DATA,
  ELFCLASS64,
  ELFDATA2LSB,
  ELFMAG,
  Elf64_Ehdr,
  Elf64_Phdr,
  EM_X86_64,
  ET_DYN,
  ET_EXEC,
  PF_R,
  PF_W,
  PF_X,
  PT_GNU_STACK,
  PT_INTERP,
  PT_LOAD,
} from "../../abi/elf.ts";
import { ENOEXEC, ENOMEM } from "../../abi/errno.ts";
import { PATH_MAX } from "../../abi/limits.ts";
import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_PRIVATE,
  PROT_EXEC,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
} from "../../abi/mman.ts";
import { refuse } from "../../base/refuse.ts";
import type { GuestThread } from "../../platform/contract.ts";
import { type Mm, PAGE_SIZE, pageDown, pageUp } from "../mm/mm.ts";
import { map } from "../mm/mmap.ts";
import type { File } from "../vfs/file.ts";

const MAX_HEADERS = 65536 / 56;
/** So much of a file is read at first. */
const HEAD_SIZE = 2048;

export interface Segment {
  type: number;
  flags: number;
  offset: number;
  address: number;
  fileSize: number;
  memorySize: number;
}

export interface Image {
  type: number;
  entry: number;
  headerOffset: number;
  headerCount: number;
  segments: Segment[];
  /** Path of the dynamic loader, a byte string; "" for a static program. */
  interpreter: string;
  stackExecutable: boolean;
}

export interface LoadedImage {
  /** What was added to the file's addresses. */
  bias: number;
  entry: number;
  /** Guest address of the program headers. */
  headers: number;
  headerCount: number;
  /** End of the highest segment: where brk begins. */
  end: number;
  startCode: number;
  endCode: number;
  /** To be cleared once it is mapped. */
  bss: { address: number; length: number }[];
}

/** The beginning of a file, read once: what else is needed mostly lies in it. */
class Beginning {
  readonly #file: File;
  readonly #bytes = new Uint8Array(HEAD_SIZE);
  readonly #length: number;

  constructor(file: File) {
    this.#file = file;
    this.#length = Math.max(0, file.readKernel(this.#bytes, 0));
  }

  /** `length` bytes at `offset`, or null when the file has not so many. */
  read(offset: number, length: number): Uint8Array | null {
    if (offset + length <= this.#length) return this.#bytes.slice(offset, offset + length);
    const bytes = new Uint8Array(length);
    return this.#file.readKernel(bytes, offset) < length ? null : bytes;
  }
}

/** The headers of `file`, or -ENOEXEC. */
export function parseElf(file: File): Image | number {
  const beginning = new Beginning(file);
  const head = beginning.read(0, Elf64_Ehdr.size);
  if (head === null) return refuse(ENOEXEC, "exec: too short for an ELF header");
  const ehdr = Elf64_Ehdr.read(new DataView(head.buffer), 0);
  for (let i = 0; i < 4; i++)
    if (head[i] !== ELFMAG.charCodeAt(i)) return refuse(ENOEXEC, "exec: no ELF magic");
  if (
    head[EI_CLASS] !== ELFCLASS64 ||
    head[EI_DATA] !== ELFDATA2LSB ||
    ehdr.e_machine !== EM_X86_64
  )
    return refuse(ENOEXEC, "exec: not an amd64 program");
  if (ehdr.e_type !== ET_EXEC && ehdr.e_type !== ET_DYN)
    return refuse(ENOEXEC, "exec: not an executable ELF file");
  if (ehdr.e_phentsize !== Elf64_Phdr.size || ehdr.e_phnum === 0 || ehdr.e_phnum > MAX_HEADERS)
    return refuse(ENOEXEC, "exec: bad program headers");
  const table = beginning.read(ehdr.e_phoff, ehdr.e_phnum * Elf64_Phdr.size);
  if (table === null) return refuse(ENOEXEC, "exec: program headers beyond the file");
  const view = new DataView(table.buffer);
  const image: Image = {
    type: ehdr.e_type,
    entry: ehdr.e_entry,
    headerOffset: ehdr.e_phoff,
    headerCount: ehdr.e_phnum,
    segments: [],
    interpreter: "",
    stackExecutable: false,
  };
  for (let i = 0; i < ehdr.e_phnum; i++) {
    const p = Elf64_Phdr.read(view, i * Elf64_Phdr.size);
    if (p.p_type === PT_GNU_STACK) image.stackExecutable = (p.p_flags & PF_X) !== 0;
    if (p.p_type === PT_INTERP) {
      const path = readInterpreter(beginning, p.p_offset, p.p_filesz);
      if (typeof path === "number") return path;
      image.interpreter = path;
    }
    if (p.p_type !== PT_LOAD || p.p_memsz === 0) continue;
    if (p.p_filesz > p.p_memsz || (p.p_vaddr - p.p_offset) % PAGE_SIZE !== 0)
      return refuse(ENOEXEC, "exec: bad segment");
    image.segments.push({
      type: p.p_type,
      flags: p.p_flags,
      offset: p.p_offset,
      address: p.p_vaddr,
      fileSize: p.p_filesz,
      memorySize: p.p_memsz,
    });
  }
  return image.segments.length === 0 ? refuse(ENOEXEC, "exec: nothing to load") : image;
}

function readInterpreter(beginning: Beginning, offset: number, size: number): string | number {
  if (size < 2 || size > PATH_MAX) return refuse(ENOEXEC, "exec: bad PT_INTERP");
  const bytes = beginning.read(offset, size);
  if (bytes === null || bytes[size - 1] !== 0) return refuse(ENOEXEC, "exec: bad PT_INTERP");
  let path = "";
  for (const byte of bytes.subarray(0, bytes.indexOf(0))) path += String.fromCharCode(byte);
  return path;
}

/**
 * Map an image. `wish` is where a position-independent one goes (0: wherever mmap puts it).
 * The memory image of all segments is reserved first, so that nothing can come between them.
 */
export function loadElf(
  mm: Mm,
  thread: GuestThread,
  file: File,
  image: Image,
  wish: number,
): LoadedImage | number {
  const mapping = file.mapping(PROT_READ | PROT_EXEC, MAP_PRIVATE);
  if (typeof mapping === "number") return mapping;
  return mapImage(mm, thread, file, image, wish);
}

/** Clear what the last file pages of segments have beyond the segments: the beginnings of .bss. */
export function clearBss(mm: Mm, loaded: LoadedImage): number {
  for (const { address, length } of loaded.bss)
    if (mm.write(address, new Uint8Array(length)) < 0)
      return refuse(ENOMEM, "exec: cannot clear .bss");
  return 0;
}

function mapImage(
  mm: Mm,
  thread: GuestThread,
  file: File,
  image: Image,
  wish: number,
): LoadedImage | number {
  let low = Infinity;
  let high = 0;
  for (const s of image.segments) {
    low = Math.min(low, pageDown(s.address));
    high = Math.max(high, s.address + s.memorySize);
  }
  if (high >= mm.platform.guestEnd)
    return refuse(ENOEXEC, "exec: segment beyond the address space");
  const fixed = image.type === ET_EXEC;
  const base = map(mm, thread, {
    address: fixed ? low : wish,
    length: pageUp(high) - low,
    prot: PROT_NONE,
    flags: MAP_PRIVATE | MAP_ANONYMOUS | (fixed ? MAP_FIXED_NOREPLACE : 0),
    file: null,
    offset: 0,
  });
  if (base < 0) return refuse(ENOMEM, "exec: no room for the program's segments");
  const loaded: LoadedImage = {
    bias: base - low,
    entry: image.entry + base - low,
    headers: 0,
    headerCount: image.headerCount,
    end: high + base - low,
    startCode: Infinity,
    endCode: 0,
    bss: [],
  };
  let reached = low;
  for (const segment of image.segments) {
    const rc = mapSegment(mm, thread, file, segment, loaded);
    if (rc < 0) return rc;
    // Gaps between segments are not the program's memory.
    const start = pageDown(segment.address);
    if (start > reached) {
      thread.munmap(reached + loaded.bias, start - reached);
      mm.areas.remove(reached + loaded.bias, start + loaded.bias);
    }
    reached = Math.max(reached, pageUp(segment.address + segment.memorySize));
    const { headerOffset } = image;
    if (segment.offset <= headerOffset && headerOffset < segment.offset + segment.fileSize)
      loaded.headers = headerOffset - segment.offset + segment.address + loaded.bias;
  }
  return loaded;
}

function mapSegment(
  mm: Mm,
  thread: GuestThread,
  file: File,
  segment: Segment,
  loaded: LoadedImage,
): number {
  const { flags } = segment;
  const prot =
    (flags & PF_R ? PROT_READ : 0) |
    (flags & PF_W ? PROT_WRITE : 0) |
    (flags & PF_X ? PROT_EXEC : 0);
  const address = segment.address + loaded.bias;
  const start = pageDown(address);
  const fileEnd = address + segment.fileSize;
  const end = pageUp(address + segment.memorySize);
  let zeroFrom = start;
  if (segment.fileSize > 0) {
    const rc = map(mm, thread, {
      address: start,
      length: fileEnd - start,
      prot,
      flags: MAP_PRIVATE | MAP_FIXED,
      file,
      offset: segment.offset - (address - start),
    });
    if (rc < 0) return rc;
    zeroFrom = pageUp(fileEnd);
    // The rest of the last file page is the beginning of .bss.
    if (segment.memorySize > segment.fileSize && zeroFrom > fileEnd && prot & PROT_WRITE)
      loaded.bss.push({ address: fileEnd, length: zeroFrom - fileEnd });
  }
  if (end > zeroFrom) {
    const rc = map(mm, thread, {
      address: zeroFrom,
      length: end - zeroFrom,
      prot,
      flags: MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
      file: null,
      offset: 0,
    });
    if (rc < 0) return rc;
  }
  if (flags & PF_X) {
    loaded.startCode = Math.min(loaded.startCode, address);
    loaded.endCode = Math.max(loaded.endCode, fileEnd);
  }
  return 0;
}
