/**
 * Rows: the tree of mounts.
 * Source: mount(2), umount(2), pivot_root(2), fsopen(2), fsconfig(2), fsmount(2), fspick(2),
 * open_tree(2), move_mount(2), mount_setattr(2), statmount(2), listmount(2).
 */
import { atFlags } from "../../abi/fcntl.ts";
import { PATH_MAX } from "../../abi/limits.ts";
import {
  fsconfigCommands,
  fsmountFlags,
  fsopenFlags,
  fspickFlags,
  mnt_id_req,
  mount_attr,
  mountAttrFlags,
  mountFlags,
  moveMountFlags,
  openTreeFlags,
  umountFlags,
} from "../../abi/mount.ts";
import { u64 } from "../../abi/struct.ts";
import {
  buffer,
  choice,
  fd,
  flags,
  int,
  path,
  ptr,
  record,
  records,
  size,
  sized,
  text,
  uint,
} from "../args.ts";
import { syscall } from "../row.ts";
import * as mountHandlers from "./mount.ts";
import * as statmountHandlers from "./statmount.ts";
import * as treeHandlers from "./tree.ts";

export const mount = syscall("mount", {
  x64: 165,
  args: [
    path("source"),
    path("target"),
    text("filesystemtype", PATH_MAX),
    flags("mountflags", mountFlags),
    ptr("data"),
  ],
  support: {
    partial:
      "tmpfs, proc, sysfs, devtmpfs, devpts, mqueue, cgroup2; quotas and file systems on devices are not there",
  },
  run: mountHandlers.mount,
});

export const umount2 = syscall("umount2", {
  x64: 166,
  args: [path("target"), flags("flags", umountFlags)],
  support: "full",
  run: mountHandlers.umount2,
});

export const pivot_root = syscall("pivot_root", {
  x64: 155,
  args: [path("new_root"), path("put_old")],
  support: "full",
  run: mountHandlers.pivot_root,
});

export const open_tree = syscall("open_tree", {
  x64: 428,
  args: [fd("dirfd"), path("pathname"), flags("flags", openTreeFlags)],
  returns: fd("fd"),
  support: "full",
  run: treeHandlers.open_tree,
});

export const open_tree_attr = syscall("open_tree_attr", {
  x64: 467,
  args: [
    fd("dirfd"),
    path("pathname"),
    flags("flags", openTreeFlags),
    sized("attr", "in", mount_attr, "size"),
    size("size"),
  ],
  returns: fd("fd"),
  support: "full",
  run: treeHandlers.open_tree_attr,
});

export const move_mount = syscall("move_mount", {
  x64: 429,
  args: [
    fd("from_dirfd"),
    path("from_pathname"),
    fd("to_dirfd"),
    path("to_pathname"),
    flags("flags", moveMountFlags),
  ],
  support: "full",
  run: treeHandlers.move_mount,
});

export const fsopen = syscall("fsopen", {
  x64: 430,
  args: [text("fsname", PATH_MAX), flags("flags", fsopenFlags)],
  returns: fd("fd"),
  support: "full",
  run: treeHandlers.fsopen,
});

export const fsconfig = syscall("fsconfig", {
  x64: 431,
  args: [fd("fd"), choice("cmd", fsconfigCommands), text("key", 256), ptr("value"), int("aux")],
  support: { partial: "flags and strings; parameters are checked when the filesystem is made" },
  run: treeHandlers.fsconfig,
});

export const fsmount = syscall("fsmount", {
  x64: 432,
  args: [fd("fsfd"), flags("flags", fsmountFlags), flags("attr_flags", mountAttrFlags)],
  returns: fd("fd"),
  support: "full",
  run: treeHandlers.fsmount,
});

export const fspick = syscall("fspick", {
  x64: 433,
  args: [fd("dirfd"), path("pathname"), flags("flags", fspickFlags)],
  returns: fd("fd"),
  support: "full",
  run: treeHandlers.fspick,
});

export const mount_setattr = syscall("mount_setattr", {
  x64: 442,
  args: [
    fd("dirfd"),
    path("pathname"),
    flags("flags", atFlags),
    sized("attr", "in", mount_attr, "size"),
    size("size"),
  ],
  support: "full",
  run: treeHandlers.mount_setattr,
});

export const statmount = syscall("statmount", {
  x64: 457,
  args: [
    record("req", "in", mnt_id_req),
    buffer("buf", "out", "bufsize"),
    size("bufsize"),
    uint("flags"),
  ],
  support: { partial: "what Linux 6.13 tells, and the ids of a mount; the own mount namespace" },
  run: statmountHandlers.statmount,
});

export const listmount = syscall("listmount", {
  x64: 458,
  args: [
    record("req", "in", mnt_id_req),
    records("mnt_ids", "out", u64, "nr_mnt_ids"),
    size("nr_mnt_ids"),
    uint("flags"),
  ],
  support: { partial: "the own mount namespace" },
  run: statmountHandlers.listmount,
});

export const listns = syscall("listns", {
  x64: 470,
  args: [
    record("req", "in", mnt_id_req),
    records("ns_ids", "out", u64, "nr_ns_ids"),
    size("nr_ns_ids"),
    uint("flags"),
  ],
  support: "none",
  note: "New in Linux 6.19",
});
