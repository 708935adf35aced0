/**
 * Rows: reading and writing an open file, moving bytes between files, getting them to disk.
 * Source: read(2), write(2), readv(2), lseek(2), sendfile(2), splice(2), copy_file_range(2), fsync(2),
 * truncate(2), fallocate(2), posix_fadvise(2).
 */
import { fadviseAdvice, fallocateModes, seekWhence, syncFileRangeFlags } from "../../abi/fcntl.ts";
import { cachestat_range, cachestat as cachestatStruct } from "../../abi/mman.ts";
import { i64 } from "../../abi/struct.ts";
import { rwfFlags, spliceFlags } from "../../abi/uio.ts";
import {
  buffer,
  choice,
  fd,
  flags,
  int,
  iovec,
  long,
  offset,
  path,
  record,
  size,
  uint,
} from "../args.ts";
import * as pollSpliceHandlers from "../poll/splice.ts";
import { syscall } from "../row.ts";
import * as copyHandlers from "./copy.ts";
import * as extentHandlers from "./extent.ts";
import * as ioHandlers from "./io.ts";
import * as attributeHandlers from "./more-attributes.ts";

export const read = syscall("read", {
  x64: 0,
  args: [fd("fd"), buffer("buf", "out", "count"), size("count")],
  support: "full",
  run: ioHandlers.read,
});

export const write = syscall("write", {
  x64: 1,
  args: [fd("fd"), buffer("buf", "in", "count"), size("count")],
  support: "full",
  run: ioHandlers.write,
});

export const lseek = syscall("lseek", {
  x64: 8,
  args: [fd("fd"), offset("offset"), choice("whence", seekWhence)],
  support: "full",
  run: ioHandlers.lseek,
});

export const pread64 = syscall("pread64", {
  x64: 17,
  args: [fd("fd"), buffer("buf", "out", "count"), size("count"), offset("offset")],
  support: "full",
  run: ioHandlers.pread64,
});

export const pwrite64 = syscall("pwrite64", {
  x64: 18,
  args: [fd("fd"), buffer("buf", "in", "count"), size("count"), offset("offset")],
  support: "full",
  run: ioHandlers.pwrite64,
});

export const readv = syscall("readv", {
  x64: 19,
  args: [fd("fd"), iovec("iov", "out", "iovcnt"), int("iovcnt")],
  support: "full",
  run: ioHandlers.readv,
});

export const writev = syscall("writev", {
  x64: 20,
  args: [fd("fd"), iovec("iov", "in", "iovcnt"), int("iovcnt")],
  support: "full",
  run: ioHandlers.writev,
});

// On amd64 the whole offset is in its first register; the second is there for 32-bit machines.

export const preadv = syscall("preadv", {
  x64: 295,
  args: [
    fd("fd"),
    iovec("iov", "out", "iovcnt"),
    int("iovcnt"),
    offset("offset"),
    long("offset_high"),
  ],
  support: "full",
  run: ioHandlers.preadv,
});

export const pwritev = syscall("pwritev", {
  x64: 296,
  args: [
    fd("fd"),
    iovec("iov", "in", "iovcnt"),
    int("iovcnt"),
    offset("offset"),
    long("offset_high"),
  ],
  support: "full",
  run: ioHandlers.pwritev,
});

export const preadv2 = syscall("preadv2", {
  x64: 327,
  args: [
    fd("fd"),
    iovec("iov", "out", "iovcnt"),
    int("iovcnt"),
    offset("offset"),
    long("offset_high"),
    flags("flags", rwfFlags),
  ],
  support: "full",
  run: ioHandlers.preadv2,
});

export const pwritev2 = syscall("pwritev2", {
  x64: 328,
  args: [
    fd("fd"),
    iovec("iov", "in", "iovcnt"),
    int("iovcnt"),
    offset("offset"),
    long("offset_high"),
    flags("flags", rwfFlags),
  ],
  support: "full",
  run: ioHandlers.pwritev2,
});

export const sendfile = syscall("sendfile", {
  x64: 40,
  args: [fd("out_fd"), fd("in_fd"), record("offset", "inout", i64), size("count")],
  support: "full",
  run: copyHandlers.sendfile,
});

export const splice = syscall("splice", {
  x64: 275,
  args: [
    fd("fd_in"),
    record("off_in", "inout", i64),
    fd("fd_out"),
    record("off_out", "inout", i64),
    size("len"),
    flags("flags", spliceFlags),
  ],
  support: "full",
  run: pollSpliceHandlers.splice,
});

export const tee = syscall("tee", {
  x64: 276,
  args: [fd("fd_in"), fd("fd_out"), size("len"), flags("flags", spliceFlags)],
  support: "full",
  run: pollSpliceHandlers.tee,
});

export const vmsplice = syscall("vmsplice", {
  x64: 278,
  args: [fd("fd"), iovec("iov", "in", "nr_segs"), size("nr_segs"), flags("flags", spliceFlags)],
  support: "full",
  run: pollSpliceHandlers.vmsplice,
});

export const copy_file_range = syscall("copy_file_range", {
  x64: 326,
  args: [
    fd("fd_in"),
    record("off_in", "inout", i64),
    fd("fd_out"),
    record("off_out", "inout", i64),
    size("len"),
    uint("flags"),
  ],
  support: "full",
  run: copyHandlers.copy_file_range,
});

export const fsync = syscall("fsync", {
  x64: 74,
  args: [fd("fd")],
  support: "full",
  run: extentHandlers.fsync,
});

export const fdatasync = syscall("fdatasync", {
  x64: 75,
  args: [fd("fd")],
  support: "full",
  run: extentHandlers.fdatasync,
});

export const sync = syscall("sync", {
  x64: 162,
  args: [],
  support: "full",
  run: extentHandlers.sync,
});

export const syncfs = syscall("syncfs", {
  x64: 306,
  args: [fd("fd")],
  support: "full",
  run: extentHandlers.syncfs,
});

export const sync_file_range = syscall("sync_file_range", {
  x64: 277,
  args: [fd("fd"), offset("offset"), offset("nbytes"), flags("flags", syncFileRangeFlags)],
  support: "full",
  run: extentHandlers.sync_file_range,
});

export const truncate = syscall("truncate", {
  x64: 76,
  args: [path("path"), offset("length")],
  support: "full",
  run: extentHandlers.truncate,
});

export const ftruncate = syscall("ftruncate", {
  x64: 77,
  args: [fd("fd"), offset("length")],
  support: "full",
  run: extentHandlers.ftruncate,
});

export const fallocate = syscall("fallocate", {
  x64: 285,
  args: [fd("fd"), flags("mode", fallocateModes), offset("offset"), offset("len")],
  support: "full",
  run: extentHandlers.fallocate,
});

export const readahead = syscall("readahead", {
  x64: 187,
  args: [fd("fd"), offset("offset"), size("count")],
  support: { partial: "checked, and without effect" },
  run: extentHandlers.readahead,
});

export const fadvise64 = syscall("fadvise64", {
  x64: 221,
  args: [fd("fd"), offset("offset"), offset("len"), choice("advice", fadviseAdvice)],
  support: { partial: "checked, and without effect" },
  run: extentHandlers.fadvise64,
});

export const cachestat = syscall("cachestat", {
  x64: 451,
  args: [
    fd("fd"),
    record("cstat_range", "in", cachestat_range),
    record("cstat", "out", cachestatStruct),
    uint("flags"),
  ],
  support: { partial: "every page of the file counts as cached, none as dirty" },
  run: attributeHandlers.cachestat,
});
