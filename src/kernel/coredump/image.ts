/**
 * The core file: an ELF header, a segment of notes, and a segment for each area of memory. Pages of zeros are left
 * out, as holes of the file. What core(5) leaves out with coredump_filter 0x33 has no content here either: shared
 * files, and files that could not be written to, but for their ELF headers.
 */
import {
  ELFMAG,
  Elf64_Ehdr,
  Elf64_Phdr,
  EM_X86_64,
  ET_CORE,
  PT_LOAD,
  PT_NOTE,
} from "../../abi/elf.ts";
import { PROT_READ, PROT_WRITE } from "../../abi/mman.ts";
import { kernelBuffer } from "../files/kernel-memory.ts";
import type { Vma } from "../mm/vma.ts";
import type { Task } from "../task/task.ts";
import type { File } from "../vfs/file.ts";

/** 64 bits, little endian, version 1. */
const IDENT = Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
const PAGE = 4096;
/** Memory is moved in pieces of this size. */
const PIECE = 256 * PAGE;

interface Segment {
  readonly area: Vma;
  readonly length: number;
}

/** Write it, as far as `limit` lets; false when the file did not take what it should. */
export function writeCore(task: Task, file: File, notes: Uint8Array, limit: number): boolean {
  const segments = task.mm.areas.areas
    .filter(({ name }) => !name.startsWith("[vvar"))
    .map((area) => ({ area, length: dumpedLength(task, area) }));
  const head = headers(segments, notes.length);
  const writer = new CoreWriter(task, file, limit);
  if (!writer.put(head, 0) || !writer.put(notes, head.length)) return writer.isFull;
  let at = contentStart(head.length + notes.length);
  for (const { area, length } of segments) {
    if (!writer.putMemory(area.start, length, at)) return writer.isFull;
    at += length;
  }
  return writer.end(at);
}

/** How much of an area has content in the file. */
function dumpedLength(task: Task, area: Vma): number {
  const whole = area.end - area.start;
  if ((area.prot & PROT_READ) === 0) return 0;
  if (area.file === null || area.name === "[vdso]") return whole;
  if (area.isShared) return 0;
  if ((area.prot & PROT_WRITE) !== 0) return whole;
  return area.offset === 0 && beginsElf(task, area.start) ? PAGE : 0;
}

function beginsElf(task: Task, address: number): boolean {
  const bytes = task.mm.read(address, ELFMAG.length);
  return bytes !== null && String.fromCharCode(...bytes) === ELFMAG;
}

function contentStart(used: number): number {
  return Math.ceil(used / PAGE) * PAGE;
}

function headers(segments: readonly Segment[], notesLength: number): Uint8Array {
  const size = Elf64_Ehdr.size + Elf64_Phdr.size * (segments.length + 1);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  Elf64_Ehdr.write(view, 0, {
    e_ident: IDENT,
    e_type: ET_CORE,
    e_machine: EM_X86_64,
    e_version: 1,
    e_phoff: Elf64_Ehdr.size,
    e_ehsize: Elf64_Ehdr.size,
    e_phentsize: Elf64_Phdr.size,
    e_phnum: segments.length + 1,
  });
  Elf64_Phdr.write(view, Elf64_Ehdr.size, {
    p_type: PT_NOTE,
    p_offset: size,
    p_filesz: notesLength,
  });
  let offset = contentStart(size + notesLength);
  for (const [index, { area, length }] of segments.entries()) {
    Elf64_Phdr.write(view, Elf64_Ehdr.size + Elf64_Phdr.size * (index + 1), {
      p_type: PT_LOAD,
      p_flags: segmentFlags(area.prot),
      p_offset: offset,
      p_vaddr: area.start,
      p_filesz: length,
      p_memsz: area.end - area.start,
      p_align: PAGE,
    });
    offset += length;
  }
  return bytes;
}

/** PF_R, PF_W, PF_X: PROT_* the other way round. */
function segmentFlags(prot: number): number {
  return ((prot & 1) << 2) | (prot & 2) | ((prot & 4) >> 2);
}

class CoreWriter {
  /** RLIMIT_CORE ended it: what is there is a core all the same. */
  isFull = false;
  readonly #task: Task;
  readonly #file: File;
  readonly #limit: number;
  readonly #piece = new Uint8Array(PIECE);

  constructor(task: Task, file: File, limit: number) {
    this.#task = task;
    this.#file = file;
    this.#limit = limit;
  }

  put(bytes: Uint8Array, at: number): boolean {
    if (at + bytes.length > this.#limit) {
      this.isFull = true;
      return false;
    }
    return this.#file.pwrite(this.#task, kernelBuffer(bytes), at) === bytes.length;
  }

  /** Memory that cannot be read is zeros, and zeros are a hole. */
  putMemory(from: number, length: number, at: number): boolean {
    for (let done = 0; done < length; done += PIECE) {
      const piece = this.#piece.subarray(0, Math.min(PIECE, length - done));
      const n = this.#task.mm.copyIn(from + done, piece, 0, piece.length);
      piece.fill(0, Math.max(0, n));
      if (!this.#putPages(piece, at + done)) return false;
    }
    return true;
  }

  /** Runs of pages that are not all zeros. */
  #putPages(piece: Uint8Array, at: number): boolean {
    for (let start = 0; start < piece.length; ) {
      let end = start;
      while (end < piece.length && !isZero(piece, end)) end += PAGE;
      if (end > start && !this.put(piece.subarray(start, end), at + start)) return false;
      start = end > start ? end : start + PAGE;
    }
    return true;
  }

  /** The file reaches to its last byte, also when that is in a hole. */
  end(size: number): boolean {
    return this.put(new Uint8Array(1), size - 1) || this.isFull;
  }
}

function isZero(bytes: Uint8Array, at: number): boolean {
  const words = new Float64Array(bytes.buffer, bytes.byteOffset + at, PAGE / 8);
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
  return true;
}
