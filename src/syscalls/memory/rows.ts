/**
 * Rows: the address space: mapping, protecting, advising, locking, and its NUMA placement.
 * Source: mmap(2), brk(2), mprotect(2), mremap(2), madvise(2), mlock(2), mincore(2), pkeys(7),
 * mseal(2), userfaultfd(2), numa(7).
 */
import {
  madviseAdvice,
  mapFlags,
  mempolicyBindFlags,
  mempolicyGetFlags,
  mempolicyModes,
  mlock2Flags,
  mlockallFlags,
  mremapFlags,
  msyncFlags,
  pkeyRights,
  protFlags,
  shadowStackFlags,
} from "../../abi/mman.ts";
import { i32, u64 } from "../../abi/struct.ts";
import {
  choice,
  fd,
  flags,
  int,
  iovec,
  offset,
  ptr,
  record,
  records,
  size,
  uint,
  ulong,
} from "../args.ts";
import { syscall } from "../row.ts";
import * as mapHandlers from "./map.ts";
import * as policyHandlers from "./policy.ts";
import * as specialHandlers from "./special.ts";

export const mmap = syscall("mmap", {
  x64: 9,
  args: [
    ptr("addr"),
    size("length"),
    flags("prot", protFlags),
    flags("flags", mapFlags),
    fd("fd"),
    offset("offset"),
  ],
  returns: ptr("address"),
  support: { partial: "MAP_HUGETLB is ENOMEM; MAP_LOCKED and MAP_SYNC change nothing" },
  run: mapHandlers.mmap,
});

export const munmap = syscall("munmap", {
  x64: 11,
  args: [ptr("addr"), size("length")],
  support: "full",
  run: mapHandlers.munmap,
});

export const mprotect = syscall("mprotect", {
  x64: 10,
  args: [ptr("addr"), size("len"), flags("prot", protFlags)],
  support: "full",
  run: mapHandlers.mprotect,
});

export const pkey_mprotect = syscall("pkey_mprotect", {
  x64: 329,
  args: [ptr("addr"), size("len"), flags("prot", protFlags), int("pkey")],
  support: "full",
  run: mapHandlers.pkey_mprotect,
});

export const pkey_alloc = syscall("pkey_alloc", {
  x64: 330,
  args: [uint("flags"), flags("access_rights", pkeyRights)],
  support: "full",
  run: specialHandlers.pkey_alloc,
});

export const pkey_free = syscall("pkey_free", {
  x64: 331,
  args: [int("pkey")],
  support: "full",
  run: specialHandlers.pkey_free,
});

export const brk = syscall("brk", {
  x64: 12,
  args: [ptr("addr")],
  returns: ptr("address"),
  support: "full",
  run: mapHandlers.brk,
});

export const mremap = syscall("mremap", {
  x64: 25,
  args: [
    ptr("old_address"),
    size("old_size"),
    size("new_size"),
    flags("flags", mremapFlags),
    ptr("new_address"),
  ],
  returns: ptr("address"),
  support: "full",
  run: mapHandlers.mremap,
});

export const msync = syscall("msync", {
  x64: 26,
  args: [ptr("addr"), size("length"), flags("flags", msyncFlags)],
  support: "full",
  run: mapHandlers.msync,
});

export const mincore = syscall("mincore", {
  x64: 27,
  args: [ptr("addr"), size("length"), ptr("vec")],
  support: "full",
  run: mapHandlers.mincore,
});

export const madvise = syscall("madvise", {
  x64: 28,
  args: [ptr("addr"), size("length"), choice("advice", madviseAdvice)],
  support: { partial: "MADV_MERGEABLE and hardware poisoning are not passed on" },
  run: mapHandlers.madvise,
});

export const process_madvise = syscall("process_madvise", {
  x64: 440,
  args: [
    fd("pidfd"),
    iovec("iovec", "in", "vlen"),
    size("vlen"),
    choice("advice", madviseAdvice),
    uint("flags"),
  ],
  support: { partial: "advice about another process is taken and not passed on" },
  run: specialHandlers.process_madvise,
});

export const process_mrelease = syscall("process_mrelease", {
  x64: 448,
  args: [fd("pidfd"), uint("flags")],
  support: "full",
  run: specialHandlers.process_mrelease,
});

export const mlock = syscall("mlock", {
  x64: 149,
  args: [ptr("addr"), size("len")],
  support: { partial: "populates and counts against RLIMIT_MEMLOCK; the host may still page" },
  run: mapHandlers.mlock,
});

export const mlock2 = syscall("mlock2", {
  x64: 325,
  args: [ptr("addr"), size("len"), flags("flags", mlock2Flags)],
  support: { partial: "as mlock" },
  run: mapHandlers.mlock2,
});

export const munlock = syscall("munlock", {
  x64: 150,
  args: [ptr("addr"), size("len")],
  support: "full",
  run: mapHandlers.munlock,
});

export const mlockall = syscall("mlockall", {
  x64: 151,
  args: [flags("flags", mlockallFlags)],
  support: { partial: "counts against RLIMIT_MEMLOCK; MCL_FUTURE changes nothing" },
  run: mapHandlers.mlockall,
});

export const munlockall = syscall("munlockall", {
  x64: 152,
  args: [],
  support: "full",
  run: mapHandlers.munlockall,
});

export const mseal = syscall("mseal", {
  x64: 462,
  args: [ptr("addr"), size("len"), ulong("flags")],
  support: "full",
  run: specialHandlers.mseal,
});

export const map_shadow_stack = syscall("map_shadow_stack", {
  x64: 453,
  args: [ptr("addr"), size("size"), flags("flags", shadowStackFlags)],
  returns: ptr("address"),
  support: "full",
  run: specialHandlers.map_shadow_stack,
});

export const remap_file_pages = syscall("remap_file_pages", {
  x64: 216,
  args: [
    ptr("addr"),
    size("size"),
    flags("prot", protFlags),
    ulong("pgoff"),
    flags("flags", mapFlags),
  ],
  support: { partial: "not on shared anonymous memory" },
  run: specialHandlers.remap_file_pages,
});

export const userfaultfd = syscall("userfaultfd", {
  x64: 323,
  args: [uint("flags")],
  returns: fd("fd"),
  support: { partial: "refused with EPERM, as where unprivileged use is off" },
  run: specialHandlers.userfaultfd,
});

// Where pages come from on machines with several memory nodes.

export const mbind = syscall("mbind", {
  x64: 237,
  args: [
    ptr("addr"),
    size("len"),
    flags("mode", mempolicyModes),
    ptr("nodemask"),
    ulong("maxnode"),
    flags("flags", mempolicyBindFlags),
  ],
  support: "full",
  run: policyHandlers.mbind,
});

export const set_mempolicy = syscall("set_mempolicy", {
  x64: 238,
  args: [flags("mode", mempolicyModes), ptr("nodemask"), ulong("maxnode")],
  support: "full",
  run: policyHandlers.set_mempolicy,
});

export const get_mempolicy = syscall("get_mempolicy", {
  x64: 239,
  args: [
    record("mode", "out", i32),
    ptr("nodemask"),
    ulong("maxnode"),
    ptr("addr"),
    flags("flags", mempolicyGetFlags),
  ],
  support: "full",
  run: policyHandlers.get_mempolicy,
});

export const set_mempolicy_home_node = syscall("set_mempolicy_home_node", {
  x64: 450,
  args: [ptr("start"), size("len"), ulong("home_node"), ulong("flags")],
  support: "full",
  run: policyHandlers.set_mempolicy_home_node,
});

export const migrate_pages = syscall("migrate_pages", {
  x64: 256,
  args: [int("pid"), ulong("maxnode"), ptr("old_nodes"), ptr("new_nodes")],
  support: "full",
  run: policyHandlers.migrate_pages,
});

export const move_pages = syscall("move_pages", {
  x64: 279,
  args: [
    int("pid"),
    ulong("count"),
    records("pages", "in", u64, "count"),
    records("nodes", "in", i32, "count"),
    ptr("status"),
    flags("flags", mempolicyBindFlags),
  ],
  support: "full",
  note: "at most 65536 pages at once: E2BIG",
  run: policyHandlers.move_pages,
});
