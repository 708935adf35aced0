/**
 * Rows: opening, creating, naming and removing files.
 * Source: open(2), openat2(2), link(2), unlink(2), rename(2), mkdir(2), mknod(2), symlink(2),
 * readlink(2), chdir(2), chroot(2), getdents(2), open_by_handle_at(2).
 */
import {
  atFlags,
  file_handle,
  handleFlags,
  open_how,
  openFlags,
  renameFlags,
  unlinkatFlags,
} from "../../abi/fcntl.ts";
import { buffer, fd, flags, int, mode, path, ptr, record, size, sized, uint } from "../args.ts";
import { syscall } from "../row.ts";
import * as directoryHandlers from "./directory.ts";
import * as memfdHandlers from "./memfd.ts";
import * as nameHandlers from "./name.ts";
import * as openHandlers from "./open.ts";

export const open = syscall("open", {
  x64: 2,
  args: [path("pathname"), flags("flags", openFlags), mode("mode")],
  returns: fd("fd"),
  support: "full",
  run: openHandlers.open,
});

export const openat = syscall("openat", {
  x64: 257,
  args: [fd("dirfd"), path("pathname"), flags("flags", openFlags), mode("mode")],
  returns: fd("fd"),
  support: "full",
  run: openHandlers.openat,
});

export const openat2 = syscall("openat2", {
  x64: 437,
  args: [fd("dirfd"), path("pathname"), sized("how", "in", open_how, "size"), size("size")],
  returns: fd("fd"),
  support: "full",
  run: openHandlers.openat2,
});

export const creat = syscall("creat", {
  x64: 85,
  args: [path("pathname"), mode("mode")],
  returns: fd("fd"),
  support: "full",
  run: openHandlers.creat,
});

export const link = syscall("link", {
  x64: 86,
  args: [path("oldpath"), path("newpath")],
  support: "full",
  run: nameHandlers.link,
});

export const linkat = syscall("linkat", {
  x64: 265,
  args: [fd("olddirfd"), path("oldpath"), fd("newdirfd"), path("newpath"), flags("flags", atFlags)],
  support: "full",
  run: nameHandlers.linkat,
});

export const unlink = syscall("unlink", {
  x64: 87,
  args: [path("pathname")],
  support: "full",
  run: nameHandlers.unlink,
});

export const unlinkat = syscall("unlinkat", {
  x64: 263,
  args: [fd("dirfd"), path("pathname"), flags("flags", unlinkatFlags)],
  support: "full",
  run: nameHandlers.unlinkat,
});

export const rename = syscall("rename", {
  x64: 82,
  args: [path("oldpath"), path("newpath")],
  support: "full",
  run: nameHandlers.rename,
});

export const renameat = syscall("renameat", {
  x64: 264,
  args: [fd("olddirfd"), path("oldpath"), fd("newdirfd"), path("newpath")],
  support: "full",
  run: nameHandlers.renameat,
});

export const renameat2 = syscall("renameat2", {
  x64: 316,
  args: [
    fd("olddirfd"),
    path("oldpath"),
    fd("newdirfd"),
    path("newpath"),
    flags("flags", renameFlags),
  ],
  support: "full",
  run: nameHandlers.renameat2,
});

export const mkdir = syscall("mkdir", {
  x64: 83,
  args: [path("pathname"), mode("mode")],
  support: "full",
  run: nameHandlers.mkdir,
});

export const mkdirat = syscall("mkdirat", {
  x64: 258,
  args: [fd("dirfd"), path("pathname"), mode("mode")],
  support: "full",
  run: nameHandlers.mkdirat,
});

export const rmdir = syscall("rmdir", {
  x64: 84,
  args: [path("pathname")],
  support: "full",
  run: nameHandlers.rmdir,
});

export const mknod = syscall("mknod", {
  x64: 133,
  args: [path("pathname"), mode("mode"), uint("dev")],
  support: "full",
  run: nameHandlers.mknod,
});

export const mknodat = syscall("mknodat", {
  x64: 259,
  args: [fd("dirfd"), path("pathname"), mode("mode"), uint("dev")],
  support: "full",
  run: nameHandlers.mknodat,
});

export const symlink = syscall("symlink", {
  x64: 88,
  args: [path("target"), path("linkpath")],
  support: "full",
  run: nameHandlers.symlink,
});

export const symlinkat = syscall("symlinkat", {
  x64: 266,
  args: [path("target"), fd("newdirfd"), path("linkpath")],
  support: "full",
  run: nameHandlers.symlinkat,
});

export const readlink = syscall("readlink", {
  x64: 89,
  args: [path("pathname"), buffer("buf", "out", "bufsiz"), int("bufsiz")],
  support: "full",
  run: nameHandlers.readlink,
});

export const readlinkat = syscall("readlinkat", {
  x64: 267,
  args: [fd("dirfd"), path("pathname"), buffer("buf", "out", "bufsiz"), int("bufsiz")],
  support: "full",
  run: nameHandlers.readlinkat,
});

export const getcwd = syscall("getcwd", {
  x64: 79,
  args: [buffer("buf", "out", "size"), size("size")],
  support: "full",
  run: directoryHandlers.getcwd,
});

export const chdir = syscall("chdir", {
  x64: 80,
  args: [path("path")],
  support: "full",
  run: directoryHandlers.chdir,
});

export const fchdir = syscall("fchdir", {
  x64: 81,
  args: [fd("fd")],
  support: "full",
  run: directoryHandlers.fchdir,
});

export const chroot = syscall("chroot", {
  x64: 161,
  args: [path("path")],
  support: "full",
  run: directoryHandlers.chroot,
});

export const getdents = syscall("getdents", {
  x64: 78,
  args: [fd("fd"), ptr("dirp"), uint("count")],
  support: "full",
  run: directoryHandlers.getdents,
});

export const getdents64 = syscall("getdents64", {
  x64: 217,
  args: [fd("fd"), ptr("dirp"), uint("count")],
  support: "full",
  run: directoryHandlers.getdents64,
});

export const name_to_handle_at = syscall("name_to_handle_at", {
  x64: 303,
  args: [
    fd("dirfd"),
    path("pathname"),
    record("handle", "inout", file_handle),
    ptr("mount_id"),
    flags("flags", handleFlags),
  ],
  support: "full",
  run: memfdHandlers.name_to_handle_at,
});

export const open_by_handle_at = syscall("open_by_handle_at", {
  x64: 304,
  args: [fd("mount_fd"), record("handle", "in", file_handle), flags("flags", openFlags)],
  returns: fd("fd"),
  support: "full",
  run: memfdHandlers.open_by_handle_at,
});
