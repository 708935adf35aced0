/**
 * Rows: descriptors themselves, and the objects that exist only as one: pipes, memfds, watches.
 * Source: close(2), dup(2), fcntl(2), ioctl(2), flock(2), pipe(2), memfd_create(2), inotify(7),
 * fanotify(7).
 */
import { closeRangeFlags, fcntlCommands, flockOps, openFlags } from "../../abi/fcntl.ts";
import { inotifyInitFlags, inotifyMask } from "../../abi/inotify.ts";
import { ioctlRequests } from "../../abi/ioctl.ts";
import { memfdFlags } from "../../abi/mman.ts";
import { array, i32 } from "../../abi/struct.ts";
import { choice, fd, flags, int, path, ptr, record, request, text, uint, ulong } from "../args.ts";
import * as pollPipeHandlers from "../poll/pipe.ts";
import { syscall } from "../row.ts";
import * as descriptorHandlers from "./descriptor.ts";
import * as fcntlHandlers from "./fcntl.ts";
import * as inotifyHandlers from "./inotify.ts";
import * as ioctlHandlers from "./ioctl.ts";
import * as lockHandlers from "./lock.ts";
import * as memfdHandlers from "./memfd.ts";
import * as attributeHandlers from "./more-attributes.ts";

export const close = syscall("close", {
  x64: 3,
  args: [fd("fd")],
  support: "full",
  run: descriptorHandlers.close,
});

export const close_range = syscall("close_range", {
  x64: 436,
  args: [uint("first"), uint("last"), flags("flags", closeRangeFlags)],
  support: "full",
  run: descriptorHandlers.close_range,
});

export const dup = syscall("dup", {
  x64: 32,
  args: [fd("oldfd")],
  returns: fd("fd"),
  support: "full",
  run: descriptorHandlers.dup,
});

export const dup2 = syscall("dup2", {
  x64: 33,
  args: [fd("oldfd"), fd("newfd")],
  returns: fd("fd"),
  support: "full",
  run: descriptorHandlers.dup2,
});

export const dup3 = syscall("dup3", {
  x64: 292,
  args: [fd("oldfd"), fd("newfd"), flags("flags", openFlags)],
  returns: fd("fd"),
  support: "full",
  run: descriptorHandlers.dup3,
});

export const fcntl = syscall("fcntl", {
  x64: 72,
  args: [fd("fd"), choice("cmd", fcntlCommands), ptr("arg")],
  support: { partial: "leases and F_NOTIFY are refused; O_ASYNC sends no signals" },
  run: fcntlHandlers.fcntl,
});

export const ioctl = syscall("ioctl", {
  x64: 16,
  args: [fd("fd"), request("request", ioctlRequests), ptr("argp")],
  support: "full",
  run: ioctlHandlers.ioctl,
});

export const flock = syscall("flock", {
  x64: 73,
  args: [fd("fd"), flags("operation", flockOps)],
  support: "full",
  run: lockHandlers.flock,
});

export const pipe = syscall("pipe", {
  x64: 22,
  args: [record("pipefd", "out", array(i32, 2))],
  support: "full",
  run: pollPipeHandlers.pipe,
});

export const pipe2 = syscall("pipe2", {
  x64: 293,
  args: [record("pipefd", "out", array(i32, 2)), flags("flags", openFlags)],
  support: "full",
  run: pollPipeHandlers.pipe2,
});

export const memfd_create = syscall("memfd_create", {
  x64: 319,
  args: [text("name", 249), flags("flags", memfdFlags)],
  returns: fd("fd"),
  support: "full",
  run: memfdHandlers.memfd_create,
});

export const memfd_secret = syscall("memfd_secret", {
  x64: 447,
  args: [flags("flags", openFlags)],
  returns: fd("fd"),
  support: "none",
  note: "As where secret memory is switched off",
});

export const inotify_init = syscall("inotify_init", {
  x64: 253,
  args: [],
  returns: fd("fd"),
  support: "full",
  run: inotifyHandlers.inotify_init,
});

export const inotify_init1 = syscall("inotify_init1", {
  x64: 294,
  args: [flags("flags", inotifyInitFlags)],
  returns: fd("fd"),
  support: "full",
  run: inotifyHandlers.inotify_init1,
});

export const inotify_add_watch = syscall("inotify_add_watch", {
  x64: 254,
  args: [fd("fd"), path("pathname"), flags("mask", inotifyMask)],
  support: "full",
  run: inotifyHandlers.inotify_add_watch,
});

export const inotify_rm_watch = syscall("inotify_rm_watch", {
  x64: 255,
  args: [fd("fd"), int("wd")],
  support: "full",
  run: inotifyHandlers.inotify_rm_watch,
});

export const fanotify_init = syscall("fanotify_init", {
  x64: 300,
  args: [uint("flags"), uint("event_f_flags")],
  returns: fd("fd"),
  support: { partial: "refused with EPERM, as without CAP_SYS_ADMIN" },
  run: attributeHandlers.fanotify_init,
});

export const fanotify_mark = syscall("fanotify_mark", {
  x64: 301,
  args: [fd("fanotify_fd"), uint("flags"), ulong("mask"), fd("dirfd"), path("pathname")],
  support: { partial: "there is no descriptor to mark with" },
  run: attributeHandlers.fanotify_mark,
});
