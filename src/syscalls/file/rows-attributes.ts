/**
 * Rows: what is known about a file: its stat, mode, owner, times, extended attributes.
 * Source: stat(2), statx(2), statfs(2), access(2), chmod(2), chown(2), utimensat(2), umask(2),
 * xattr(7), file_getattr(2).
 */
import { accessModes, atFlags, faccessatFlags } from "../../abi/fcntl.ts";
import { file_attr } from "../../abi/file-attr.ts";
import {
  statfs as statfsStruct,
  stat as statStruct,
  statxMask,
  statx as statxStruct,
  ustat as ustatStruct,
} from "../../abi/stat.ts";
import { array } from "../../abi/struct.ts";
import { timespec, timeval, utimbuf } from "../../abi/time.ts";
import { XATTR_NAME_MAX, xattr_args, xattrFlags } from "../../abi/xattr.ts";
import { buffer, fd, flags, id, mode, path, record, size, sized, text, uint } from "../args.ts";
import { syscall } from "../row.ts";
import * as attributesHandlers from "./attributes.ts";
import * as directoryHandlers from "./directory.ts";
import * as attributeHandlers from "./more-attributes.ts";
import * as statHandlers from "./stat.ts";
import * as timesHandlers from "./times.ts";
import * as xattrHandlers from "./xattr.ts";

export const stat = syscall("stat", {
  x64: 4,
  args: [path("pathname"), record("statbuf", "out", statStruct)],
  support: "full",
  run: statHandlers.stat,
});

export const fstat = syscall("fstat", {
  x64: 5,
  args: [fd("fd"), record("statbuf", "out", statStruct)],
  support: "full",
  run: statHandlers.fstat,
});

export const lstat = syscall("lstat", {
  x64: 6,
  args: [path("pathname"), record("statbuf", "out", statStruct)],
  support: "full",
  run: statHandlers.lstat,
});

export const newfstatat = syscall("newfstatat", {
  x64: 262,
  args: [
    fd("dirfd"),
    path("pathname"),
    record("statbuf", "out", statStruct),
    flags("flags", atFlags),
  ],
  support: "full",
  run: statHandlers.newfstatat,
});

export const statx = syscall("statx", {
  x64: 332,
  args: [
    fd("dirfd"),
    path("pathname"),
    flags("flags", atFlags),
    flags("mask", statxMask),
    record("statxbuf", "out", statxStruct),
  ],
  support: "full",
  run: statHandlers.statx,
});

export const statfs = syscall("statfs", {
  x64: 137,
  args: [path("path"), record("buf", "out", statfsStruct)],
  support: "full",
  run: statHandlers.statfs,
});

export const fstatfs = syscall("fstatfs", {
  x64: 138,
  args: [fd("fd"), record("buf", "out", statfsStruct)],
  support: "full",
  run: statHandlers.fstatfs,
});

export const ustat = syscall("ustat", {
  x64: 136,
  args: [uint("dev"), record("ubuf", "out", ustatStruct)],
  support: "full",
  run: attributeHandlers.ustat,
});

export const access = syscall("access", {
  x64: 21,
  args: [path("pathname"), flags("mode", accessModes)],
  support: "full",
  run: attributesHandlers.access,
});

export const faccessat = syscall("faccessat", {
  x64: 269,
  args: [fd("dirfd"), path("pathname"), flags("mode", accessModes)],
  support: "full",
  run: attributesHandlers.faccessat,
});

export const faccessat2 = syscall("faccessat2", {
  x64: 439,
  args: [fd("dirfd"), path("pathname"), flags("mode", accessModes), flags("flags", faccessatFlags)],
  support: "full",
  run: attributesHandlers.faccessat2,
});

export const chmod = syscall("chmod", {
  x64: 90,
  args: [path("pathname"), mode("mode")],
  support: "full",
  run: attributesHandlers.chmod,
});

export const fchmod = syscall("fchmod", {
  x64: 91,
  args: [fd("fd"), mode("mode")],
  support: "full",
  run: attributesHandlers.fchmod,
});

export const fchmodat = syscall("fchmodat", {
  x64: 268,
  args: [fd("dirfd"), path("pathname"), mode("mode")],
  support: "full",
  run: attributesHandlers.fchmodat,
});

export const fchmodat2 = syscall("fchmodat2", {
  x64: 452,
  args: [fd("dirfd"), path("pathname"), mode("mode"), flags("flags", atFlags)],
  support: "full",
  run: attributesHandlers.fchmodat2,
});

export const chown = syscall("chown", {
  x64: 92,
  args: [path("pathname"), id("owner"), id("group")],
  support: "full",
  run: attributesHandlers.chown,
});

export const fchown = syscall("fchown", {
  x64: 93,
  args: [fd("fd"), id("owner"), id("group")],
  support: "full",
  run: attributesHandlers.fchown,
});

export const lchown = syscall("lchown", {
  x64: 94,
  args: [path("pathname"), id("owner"), id("group")],
  support: "full",
  run: attributesHandlers.lchown,
});

export const fchownat = syscall("fchownat", {
  x64: 260,
  args: [fd("dirfd"), path("pathname"), id("owner"), id("group"), flags("flags", atFlags)],
  support: "full",
  run: attributesHandlers.fchownat,
});

export const umask = syscall("umask", {
  x64: 95,
  args: [mode("mask")],
  returns: mode("mode"),
  support: "full",
  run: directoryHandlers.umask,
});

export const utime = syscall("utime", {
  x64: 132,
  args: [path("filename"), record("times", "in", utimbuf)],
  support: "full",
  run: timesHandlers.utime,
});

export const utimes = syscall("utimes", {
  x64: 235,
  args: [path("filename"), record("times", "in", array(timeval, 2))],
  support: "full",
  run: timesHandlers.utimes,
});

export const futimesat = syscall("futimesat", {
  x64: 261,
  args: [fd("dirfd"), path("pathname"), record("times", "in", array(timeval, 2))],
  support: "full",
  run: timesHandlers.futimesat,
});

export const utimensat = syscall("utimensat", {
  x64: 280,
  args: [
    fd("dirfd"),
    path("pathname"),
    record("times", "in", array(timespec, 2)),
    flags("flags", atFlags),
  ],
  support: "full",
  run: timesHandlers.utimensat,
});

// Extended attributes: by path, by path without following a last link, by descriptor.

export const setxattr = syscall("setxattr", {
  x64: 188,
  args: [
    path("path"),
    text("name", XATTR_NAME_MAX),
    buffer("value", "in", "size"),
    size("size"),
    flags("flags", xattrFlags),
  ],
  support: "full",
  run: xattrHandlers.setxattr,
});

export const lsetxattr = syscall("lsetxattr", {
  x64: 189,
  args: [
    path("path"),
    text("name", XATTR_NAME_MAX),
    buffer("value", "in", "size"),
    size("size"),
    flags("flags", xattrFlags),
  ],
  support: "full",
  run: xattrHandlers.lsetxattr,
});

export const fsetxattr = syscall("fsetxattr", {
  x64: 190,
  args: [
    fd("fd"),
    text("name", XATTR_NAME_MAX),
    buffer("value", "in", "size"),
    size("size"),
    flags("flags", xattrFlags),
  ],
  support: "full",
  run: xattrHandlers.fsetxattr,
});

export const getxattr = syscall("getxattr", {
  x64: 191,
  args: [path("path"), text("name", XATTR_NAME_MAX), buffer("value", "out", "size"), size("size")],
  support: "full",
  run: xattrHandlers.getxattr,
});

export const lgetxattr = syscall("lgetxattr", {
  x64: 192,
  args: [path("path"), text("name", XATTR_NAME_MAX), buffer("value", "out", "size"), size("size")],
  support: "full",
  run: xattrHandlers.lgetxattr,
});

export const fgetxattr = syscall("fgetxattr", {
  x64: 193,
  args: [fd("fd"), text("name", XATTR_NAME_MAX), buffer("value", "out", "size"), size("size")],
  support: "full",
  run: xattrHandlers.fgetxattr,
});

export const listxattr = syscall("listxattr", {
  x64: 194,
  args: [path("path"), buffer("list", "out", "size"), size("size")],
  support: "full",
  run: xattrHandlers.listxattr,
});

export const llistxattr = syscall("llistxattr", {
  x64: 195,
  args: [path("path"), buffer("list", "out", "size"), size("size")],
  support: "full",
  run: xattrHandlers.llistxattr,
});

export const flistxattr = syscall("flistxattr", {
  x64: 196,
  args: [fd("fd"), buffer("list", "out", "size"), size("size")],
  support: "full",
  run: xattrHandlers.flistxattr,
});

export const removexattr = syscall("removexattr", {
  x64: 197,
  args: [path("path"), text("name", XATTR_NAME_MAX)],
  support: "full",
  run: xattrHandlers.removexattr,
});

export const lremovexattr = syscall("lremovexattr", {
  x64: 198,
  args: [path("path"), text("name", XATTR_NAME_MAX)],
  support: "full",
  run: xattrHandlers.lremovexattr,
});

export const fremovexattr = syscall("fremovexattr", {
  x64: 199,
  args: [fd("fd"), text("name", XATTR_NAME_MAX)],
  support: "full",
  run: xattrHandlers.fremovexattr,
});

export const setxattrat = syscall("setxattrat", {
  x64: 463,
  args: [
    fd("dirfd"),
    path("pathname"),
    flags("at_flags", atFlags),
    text("name", XATTR_NAME_MAX),
    sized("args", "in", xattr_args, "size"),
    size("size"),
  ],
  support: "full",
  run: xattrHandlers.setxattrat,
});

export const getxattrat = syscall("getxattrat", {
  x64: 464,
  args: [
    fd("dirfd"),
    path("pathname"),
    flags("at_flags", atFlags),
    text("name", XATTR_NAME_MAX),
    sized("args", "in", xattr_args, "size"),
    size("size"),
  ],
  support: "full",
  run: xattrHandlers.getxattrat,
});

export const listxattrat = syscall("listxattrat", {
  x64: 465,
  args: [
    fd("dirfd"),
    path("pathname"),
    flags("at_flags", atFlags),
    buffer("list", "out", "size"),
    size("size"),
  ],
  support: "full",
  run: xattrHandlers.listxattrat,
});

export const removexattrat = syscall("removexattrat", {
  x64: 466,
  args: [fd("dirfd"), path("pathname"), flags("at_flags", atFlags), text("name", XATTR_NAME_MAX)],
  support: "full",
  run: xattrHandlers.removexattrat,
});

export const file_getattr = syscall("file_getattr", {
  x64: 468,
  args: [
    fd("dirfd"),
    path("pathname"),
    sized("ufattr", "out", file_attr, "usize"),
    size("usize"),
    flags("at_flags", atFlags),
  ],
  support: { partial: "no filesystem here keeps such attributes: EOPNOTSUPP" },
  run: attributeHandlers.file_getattr,
});

export const file_setattr = syscall("file_setattr", {
  x64: 469,
  args: [
    fd("dirfd"),
    path("pathname"),
    sized("ufattr", "in", file_attr, "usize"),
    size("usize"),
    flags("at_flags", atFlags),
  ],
  support: { partial: "no filesystem here keeps such attributes: EOPNOTSUPP" },
  run: attributeHandlers.file_setattr,
});
