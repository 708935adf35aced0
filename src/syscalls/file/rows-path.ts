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
  support: "none",
});

export const linkat = syscall("linkat", {
  x64: 265,
  args: [fd("olddirfd"), path("oldpath"), fd("newdirfd"), path("newpath"), flags("flags", atFlags)],
  support: "none",
});

export const unlink = syscall("unlink", {
  x64: 87,
  args: [path("pathname")],
  support: "none",
});

export const unlinkat = syscall("unlinkat", {
  x64: 263,
  args: [fd("dirfd"), path("pathname"), flags("flags", unlinkatFlags)],
  support: "none",
});

export const rename = syscall("rename", {
  x64: 82,
  args: [path("oldpath"), path("newpath")],
  support: "none",
});

export const renameat = syscall("renameat", {
  x64: 264,
  args: [fd("olddirfd"), path("oldpath"), fd("newdirfd"), path("newpath")],
  support: "none",
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
  support: "none",
});

export const mkdir = syscall("mkdir", {
  x64: 83,
  args: [path("pathname"), mode("mode")],
  support: "none",
});

export const mkdirat = syscall("mkdirat", {
  x64: 258,
  args: [fd("dirfd"), path("pathname"), mode("mode")],
  support: "none",
});

export const rmdir = syscall("rmdir", {
  x64: 84,
  args: [path("pathname")],
  support: "none",
});

export const mknod = syscall("mknod", {
  x64: 133,
  args: [path("pathname"), mode("mode"), uint("dev")],
  support: "none",
});

export const mknodat = syscall("mknodat", {
  x64: 259,
  args: [fd("dirfd"), path("pathname"), mode("mode"), uint("dev")],
  support: "none",
});

export const symlink = syscall("symlink", {
  x64: 88,
  args: [path("target"), path("linkpath")],
  support: "none",
});

export const symlinkat = syscall("symlinkat", {
  x64: 266,
  args: [path("target"), fd("newdirfd"), path("linkpath")],
  support: "none",
});

export const readlink = syscall("readlink", {
  x64: 89,
  args: [path("pathname"), buffer("buf", "out", "bufsiz"), int("bufsiz")],
  support: "none",
});

export const readlinkat = syscall("readlinkat", {
  x64: 267,
  args: [fd("dirfd"), path("pathname"), buffer("buf", "out", "bufsiz"), int("bufsiz")],
  support: "none",
});

export const getcwd = syscall("getcwd", {
  x64: 79,
  args: [buffer("buf", "out", "size"), size("size")],
  support: "none",
});

export const chdir = syscall("chdir", {
  x64: 80,
  args: [path("path")],
  support: "none",
});

export const fchdir = syscall("fchdir", {
  x64: 81,
  args: [fd("fd")],
  support: "none",
});

export const chroot = syscall("chroot", {
  x64: 161,
  args: [path("path")],
  support: "none",
});

export const getdents = syscall("getdents", {
  x64: 78,
  args: [fd("fd"), ptr("dirp"), uint("count")],
  support: "none",
});

export const getdents64 = syscall("getdents64", {
  x64: 217,
  args: [fd("fd"), ptr("dirp"), uint("count")],
  support: "none",
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
  support: "none",
});

export const open_by_handle_at = syscall("open_by_handle_at", {
  x64: 304,
  args: [fd("mount_fd"), record("handle", "in", file_handle), flags("flags", openFlags)],
  returns: fd("fd"),
  support: "none",
});
