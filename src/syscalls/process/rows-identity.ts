/**
 * Rows: who a process is and what it may do: user and group ids, capabilities, limits.
 * Source: credentials(7), setuid(2), setresuid(2), getgroups(2), capget(2), getrlimit(2),
 * getrusage(2).
 */
import { __user_cap_data_struct, __user_cap_header_struct } from "../../abi/capability.ts";
import { rlimit, rlimitResources, rusage, rusageWho } from "../../abi/resource.ts";
import { array, u32 } from "../../abi/struct.ts";
import { choice, id, int, ptr, record, records } from "../args.ts";
import { syscall } from "../row.ts";
import * as identityHandlers from "./identity.ts";
import * as limitsHandlers from "./limits.ts";

export const getuid = syscall("getuid", {
  x64: 102,
  args: [],
  support: "full",
  run: identityHandlers.getuid,
  isRemembered: true,
});

export const getgid = syscall("getgid", {
  x64: 104,
  args: [],
  support: "full",
  run: identityHandlers.getgid,
  isRemembered: true,
});

export const geteuid = syscall("geteuid", {
  x64: 107,
  args: [],
  support: "full",
  run: identityHandlers.geteuid,
  isRemembered: true,
});

export const getegid = syscall("getegid", {
  x64: 108,
  args: [],
  support: "full",
  run: identityHandlers.getegid,
  isRemembered: true,
});

export const setuid = syscall("setuid", {
  x64: 105,
  args: [id("uid")],
  support: "full",
  run: identityHandlers.setuid,
});

export const setgid = syscall("setgid", {
  x64: 106,
  args: [id("gid")],
  support: "full",
  run: identityHandlers.setgid,
});

export const setreuid = syscall("setreuid", {
  x64: 113,
  args: [id("ruid"), id("euid")],
  support: "full",
  run: identityHandlers.setreuid,
});

export const setregid = syscall("setregid", {
  x64: 114,
  args: [id("rgid"), id("egid")],
  support: "full",
  run: identityHandlers.setregid,
});

export const setresuid = syscall("setresuid", {
  x64: 117,
  args: [id("ruid"), id("euid"), id("suid")],
  support: "full",
  run: identityHandlers.setresuid,
});

export const setresgid = syscall("setresgid", {
  x64: 119,
  args: [id("rgid"), id("egid"), id("sgid")],
  support: "full",
  run: identityHandlers.setresgid,
});

export const getresuid = syscall("getresuid", {
  x64: 118,
  args: [record("ruid", "out", u32), record("euid", "out", u32), record("suid", "out", u32)],
  support: "full",
  run: identityHandlers.getresuid,
});

export const getresgid = syscall("getresgid", {
  x64: 120,
  args: [record("rgid", "out", u32), record("egid", "out", u32), record("sgid", "out", u32)],
  support: "full",
  run: identityHandlers.getresgid,
});

export const setfsuid = syscall("setfsuid", {
  x64: 122,
  args: [id("fsuid")],
  support: "full",
  run: identityHandlers.setfsuid,
});

export const setfsgid = syscall("setfsgid", {
  x64: 123,
  args: [id("fsgid")],
  support: "full",
  run: identityHandlers.setfsgid,
});

export const getgroups = syscall("getgroups", {
  x64: 115,
  args: [int("size"), records("list", "out", u32, "size")],
  support: "full",
  run: identityHandlers.getgroups,
});

export const setgroups = syscall("setgroups", {
  x64: 116,
  args: [int("size"), records("list", "in", u32, "size")],
  support: "full",
  run: identityHandlers.setgroups,
});

export const capget = syscall("capget", {
  x64: 125,
  args: [record("hdrp", "inout", __user_cap_header_struct), ptr("datap")],
  support: "full",
  run: identityHandlers.capget,
});

export const capset = syscall("capset", {
  x64: 126,
  args: [
    record("hdrp", "inout", __user_cap_header_struct),
    record("datap", "in", array(__user_cap_data_struct, 2)),
  ],
  support: "full",
  run: identityHandlers.capset,
});

export const getrlimit = syscall("getrlimit", {
  x64: 97,
  args: [choice("resource", rlimitResources), record("rlim", "out", rlimit)],
  support: "full",
  run: limitsHandlers.getrlimit,
});

export const setrlimit = syscall("setrlimit", {
  x64: 160,
  args: [choice("resource", rlimitResources), record("rlim", "in", rlimit)],
  support: "full",
  run: limitsHandlers.setrlimit,
});

export const prlimit64 = syscall("prlimit64", {
  x64: 302,
  args: [
    int("pid"),
    choice("resource", rlimitResources),
    record("new_limit", "in", rlimit),
    record("old_limit", "out", rlimit),
  ],
  support: "full",
  run: limitsHandlers.prlimit64,
});

export const getrusage = syscall("getrusage", {
  x64: 98,
  args: [choice("who", rusageWho), record("usage", "out", rusage)],
  support: {
    partial: "all processor time counts as user time; faults, blocks and switches are zero",
  },
  run: limitsHandlers.getrusage,
});
