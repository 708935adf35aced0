/**
 * dirent: what getdents64(2) and getdents(2) fill a buffer with. Records follow each other, each
 * `d_reclen` bytes, a multiple of 8, with the name and its NUL inside.
 * Source: getdents(2), readdir(3); include/linux/dirent.h.
 */

import { nameSet } from "./flags.ts";
import { i64, struct, u8, u16, u64 } from "./struct.ts";

export const DT_UNKNOWN = 0;
export const DT_FIFO = 1;
export const DT_CHR = 2;
export const DT_DIR = 4;
export const DT_BLK = 6;
export const DT_REG = 8;
export const DT_LNK = 10;
export const DT_SOCK = 12;
export const DT_WHT = 14;

export const direntTypes = nameSet("d_type", {
  DT_UNKNOWN,
  DT_FIFO,
  DT_CHR,
  DT_DIR,
  DT_BLK,
  DT_REG,
  DT_LNK,
  DT_SOCK,
  DT_WHT,
});

/** `struct linux_dirent64` as declared; the name starts at `LINUX_DIRENT64_NAME`, not at its end */
export const linux_dirent64 = struct("linux_dirent64", {
  d_ino: u64,
  d_off: i64,
  d_reclen: u16,
  d_type: u8,
});
export const LINUX_DIRENT64_NAME = 19;

/** `struct linux_dirent` of getdents(2): the type is the last byte of the record */
export const linux_dirent = struct("linux_dirent", { d_ino: u64, d_off: u64, d_reclen: u16 });
export const LINUX_DIRENT_NAME = 18;

/** The length of a linux_dirent64 record for a name of `nameLength` bytes. */
export function direntLength(nameLength: number): number {
  return Math.ceil((LINUX_DIRENT64_NAME + nameLength + 1) / 8) * 8;
}

/** DT_* from the S_IFMT field of a mode. */
export function direntType(mode: number): number {
  return (mode >>> 12) & 0xf;
}
