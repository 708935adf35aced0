/**
 * elf: executable files: headers, segments, dynamic entries, notes that the loader looks at.
 * Source: elf(5); include/uapi/linux/elf.h, elf-em.h; System V ABI, chapter 4.
 */

import { flagSet, nameSet } from "./flags.ts";
import { bytes, i64, struct, u8, u16, u32, u64 } from "./struct.ts";

/** The first four bytes of every ELF file. */
export const ELFMAG = "\x7fELF";

export const EI_CLASS = 4;
export const EI_DATA = 5;
export const EI_VERSION = 6;
export const EI_OSABI = 7;
export const EI_PAD = 8;
export const EI_NIDENT = 16;
export const ELFCLASSNONE = 0;
export const ELFCLASS32 = 1;
export const ELFCLASS64 = 2;
export const ELFDATANONE = 0;
export const ELFDATA2LSB = 1;
export const ELFDATA2MSB = 2;
export const EV_NONE = 0;
export const EV_CURRENT = 1;
export const ELFOSABI_NONE = 0;
export const ELFOSABI_LINUX = 3;
export const ET_NONE = 0;
export const ET_REL = 1;
export const ET_EXEC = 2;
export const ET_DYN = 3;
export const ET_CORE = 4;
export const EM_386 = 3;
export const EM_X86_64 = 62;
export const EM_AARCH64 = 183;
export const EM_ARM = 40;
export const EM_RISCV = 243;

export const elfTypes = nameSet("e_type", {
  ET_NONE,
  ET_REL,
  ET_EXEC,
  ET_DYN,
  ET_CORE,
});

/** `struct elf64_hdr` (Elf64_Ehdr) */
export const Elf64_Ehdr = struct("elf64_hdr", {
  e_ident: bytes(16),
  e_type: u16,
  e_machine: u16,
  e_version: u32,
  e_entry: u64,
  e_phoff: u64,
  e_shoff: u64,
  e_flags: u32,
  e_ehsize: u16,
  e_phentsize: u16,
  e_phnum: u16,
  e_shentsize: u16,
  e_shnum: u16,
  e_shstrndx: u16,
});

/** `struct elf64_phdr` (Elf64_Phdr) */
export const Elf64_Phdr = struct("elf64_phdr", {
  p_type: u32,
  p_flags: u32,
  p_offset: u64,
  p_vaddr: u64,
  p_paddr: u64,
  p_filesz: u64,
  p_memsz: u64,
  p_align: u64,
});

/** `struct elf64_shdr` (Elf64_Shdr) */
export const Elf64_Shdr = struct("elf64_shdr", {
  sh_name: u32,
  sh_type: u32,
  sh_flags: u64,
  sh_addr: u64,
  sh_offset: u64,
  sh_size: u64,
  sh_link: u32,
  sh_info: u32,
  sh_addralign: u64,
  sh_entsize: u64,
});

/** `struct elf64_sym` (Elf64_Sym) */
export const Elf64_Sym = struct("elf64_sym", {
  st_name: u32,
  st_info: u8,
  st_other: u8,
  st_shndx: u16,
  st_value: u64,
  st_size: u64,
});

/** `struct elf64_note` (Elf64_Nhdr) */
export const Elf64_Nhdr = struct("elf64_note", { n_namesz: u32, n_descsz: u32, n_type: u32 });

/** `Elf64_Dyn`; d_un is a value or an address */
export const Elf64_Dyn = struct("Elf64_Dyn", { d_tag: i64, d_un: u64 });

export const PT_NULL = 0x0;
export const PT_LOAD = 0x1;
export const PT_DYNAMIC = 0x2;
export const PT_INTERP = 0x3;
export const PT_NOTE = 0x4;
export const PT_SHLIB = 0x5;
export const PT_PHDR = 0x6;
export const PT_TLS = 0x7;
export const PT_GNU_EH_FRAME = 0x6474e550;
export const PT_GNU_STACK = 0x6474e551;
export const PT_GNU_RELRO = 0x6474e552;
export const PT_GNU_PROPERTY = 0x6474e553;

export const segmentTypes = nameSet("p_type", {
  PT_NULL,
  PT_LOAD,
  PT_DYNAMIC,
  PT_INTERP,
  PT_NOTE,
  PT_SHLIB,
  PT_PHDR,
  PT_TLS,
  PT_GNU_EH_FRAME,
  PT_GNU_STACK,
  PT_GNU_RELRO,
  PT_GNU_PROPERTY,
});

export const PF_R = 0x4;
export const PF_W = 0x2;
export const PF_X = 0x1;

export const segmentFlags = flagSet("p_flags", { PF_R, PF_W, PF_X });

export const DT_NULL = 0;
export const DT_NEEDED = 1;
export const DT_STRTAB = 5;
export const DT_SYMTAB = 6;
export const DT_STRSZ = 10;
export const DT_SYMENT = 11;
export const DT_SONAME = 14;
export const DT_HASH = 4;
export const SHT_NULL = 0;
export const SHT_PROGBITS = 1;
export const SHT_SYMTAB = 2;
export const SHT_STRTAB = 3;
export const SHT_NOTE = 7;
export const SHT_NOBITS = 8;
export const SHT_DYNSYM = 11;
export const NT_PRSTATUS = 0x1;
export const NT_PRFPREG = 0x2;
export const NT_PRPSINFO = 0x3;
export const NT_TASKSTRUCT = 0x4;
export const NT_AUXV = 0x6;
export const NT_SIGINFO = 0x53494749;
export const NT_FILE = 0x46494c45;
export const NT_X86_XSTATE = 0x202;
export const NT_GNU_PROPERTY_TYPE_0 = 0x5;
export const PN_XNUM = 0xffff;
