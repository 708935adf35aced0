/**
 * Rows: the machine as a whole, and the powers over it: names, memory, log, reboot, modules, swap,
 * ports, keys, security modules, tracing.
 * Source: uname(2), sysinfo(2), syslog(2), reboot(2), init_module(2), swapon(2), ioperm(2),
 * keyctl(2), bpf(2), perf_event_open(2), landlock(7), kexec_load(2), quotactl(2).
 */
import { bpfCommands } from "../../abi/bpf.ts";
import { openFlags } from "../../abi/fcntl.ts";
import { keyctlCommands, keySerials } from "../../abi/keyctl.ts";
import { PATH_MAX } from "../../abi/limits.ts";
import { getrandomFlags } from "../../abi/random.ts";
import { u32 } from "../../abi/struct.ts";
import {
  moduleFlags,
  rebootCommands,
  sysinfo as sysinfoStruct,
  syslogActions,
  utsname,
} from "../../abi/system.ts";
import {
  buffer,
  choice,
  fd,
  flags,
  int,
  path,
  ptr,
  record,
  request,
  size,
  text,
  uint,
  ulong,
} from "../args.ts";
import { syscall } from "../row.ts";
import * as bpfHandlers from "./bpf.ts";
import * as filesystemsHandlers from "./filesystems.ts";
import * as powersHandlers from "./powers.ts";
import * as systemHandlers from "./system.ts";

export const uname = syscall("uname", {
  x64: 63,
  args: [record("buf", "out", utsname)],
  support: "full",
  run: systemHandlers.uname,
});

export const sysinfo = syscall("sysinfo", {
  x64: 99,
  args: [record("info", "out", sysinfoStruct)],
  support: "full",
  run: systemHandlers.sysinfo,
});

export const sethostname = syscall("sethostname", {
  x64: 170,
  args: [buffer("name", "in", "len"), int("len")],
  support: "full",
  run: systemHandlers.sethostname,
});

export const setdomainname = syscall("setdomainname", {
  x64: 171,
  args: [buffer("name", "in", "len"), int("len")],
  support: "full",
  run: systemHandlers.setdomainname,
});

export const getrandom = syscall("getrandom", {
  x64: 318,
  args: [buffer("buf", "out", "buflen"), size("buflen"), flags("flags", getrandomFlags)],
  support: "full",
  run: systemHandlers.getrandom,
});

export const syslog = syscall("syslog", {
  x64: 103,
  args: [choice("type", syslogActions), ptr("bufp"), int("len")],
  support: { partial: "the log of a sandbox is empty" },
  run: systemHandlers.syslog,
});

export const sysfs = syscall("sysfs", {
  x64: 139,
  args: [int("option"), ulong("arg1"), ulong("arg2")],
  support: "full",
  run: filesystemsHandlers.sysfs,
});

export const acct = syscall("acct", {
  x64: 163,
  args: [path("filename")],
  support: { partial: "accounting cannot be switched on" },
  run: powersHandlers.acct,
});

export const reboot = syscall("reboot", {
  x64: 169,
  args: [uint("magic"), uint("magic2"), request("cmd", rebootCommands), ptr("arg")],
  support: "full",
  note: "As in a pid namespace: it ends the sandbox",
  run: powersHandlers.reboot,
});

export const vhangup = syscall("vhangup", {
  x64: 153,
  args: [],
  support: "full",
  run: powersHandlers.vhangup,
});

export const swapon = syscall("swapon", {
  x64: 167,
  args: [path("path"), uint("swapflags")],
  support: { partial: "no file is a swap area" },
  run: powersHandlers.swapon,
});

export const swapoff = syscall("swapoff", {
  x64: 168,
  args: [path("path")],
  support: { partial: "no file is a swap area" },
  run: powersHandlers.swapoff,
});

export const quotactl = syscall("quotactl", {
  x64: 179,
  args: [uint("cmd"), path("special"), int("id"), ptr("addr")],
  support: "full",
  note: "No filesystem here has quotas",
  run: filesystemsHandlers.quotactl,
});

export const quotactl_fd = syscall("quotactl_fd", {
  x64: 443,
  args: [fd("fd"), uint("cmd"), int("id"), ptr("addr")],
  support: "full",
  note: "No filesystem here has quotas",
  run: filesystemsHandlers.quotactl_fd,
});

export const iopl = syscall("iopl", {
  x64: 172,
  args: [int("level")],
  support: { partial: "refused with EPERM, as without CAP_SYS_RAWIO" },
  run: powersHandlers.iopl,
});

export const ioperm = syscall("ioperm", {
  x64: 173,
  args: [ulong("from"), ulong("num"), int("turn_on")],
  support: { partial: "refused with EPERM, as without CAP_SYS_RAWIO" },
  run: powersHandlers.ioperm,
});

export const modify_ldt = syscall("modify_ldt", {
  x64: 154,
  args: [int("func"), ptr("ptr"), ulong("bytecount")],
  support: "none",
  note: "As a kernel without it: segments of 16-bit programs are not given to guests",
});

export const init_module = syscall("init_module", {
  x64: 175,
  args: [ptr("module_image"), size("len"), text("param_values", PATH_MAX)],
  support: { partial: "refused with EPERM, as with kernel.modules_disabled" },
  run: powersHandlers.refused,
});

export const finit_module = syscall("finit_module", {
  x64: 313,
  args: [fd("fd"), text("param_values", PATH_MAX), flags("flags", moduleFlags)],
  support: { partial: "refused with EPERM, as with kernel.modules_disabled" },
  run: powersHandlers.refused,
});

export const delete_module = syscall("delete_module", {
  x64: 176,
  args: [text("name", 56), flags("flags", openFlags)],
  support: { partial: "refused with EPERM, as with kernel.modules_disabled" },
  run: powersHandlers.refused,
});

export const kexec_load = syscall("kexec_load", {
  x64: 246,
  args: [ptr("entry"), ulong("nr_segments"), ptr("segments"), ulong("flags")],
  support: { partial: "refused with EPERM, as with kernel.kexec_load_disabled" },
  run: powersHandlers.refused,
});

export const kexec_file_load = syscall("kexec_file_load", {
  x64: 320,
  args: [
    fd("kernel_fd"),
    fd("initrd_fd"),
    ulong("cmdline_len"),
    text("cmdline", PATH_MAX),
    ulong("flags"),
  ],
  support: { partial: "refused with EPERM, as with kernel.kexec_load_disabled" },
  run: powersHandlers.refused,
});

export const add_key = syscall("add_key", {
  x64: 248,
  args: [
    text("type", 32),
    text("description", PATH_MAX),
    buffer("payload", "in", "plen"),
    size("plen"),
    choice("keyring", keySerials),
  ],
  support: "none",
  note: "As a kernel without keys; container engines refuse them to their guests too",
});

export const request_key = syscall("request_key", {
  x64: 249,
  args: [
    text("type", 32),
    text("description", PATH_MAX),
    text("callout_info", PATH_MAX),
    choice("dest_keyring", keySerials),
  ],
  support: "none",
  note: "As a kernel without keys; container engines refuse them to their guests too",
});

export const keyctl = syscall("keyctl", {
  x64: 250,
  args: [
    choice("operation", keyctlCommands),
    ulong("arg2"),
    ulong("arg3"),
    ulong("arg4"),
    ulong("arg5"),
  ],
  support: "none",
  note: "As a kernel without keys; container engines refuse them to their guests too",
});

export const bpf = syscall("bpf", {
  x64: 321,
  args: [choice("cmd", bpfCommands), buffer("attr", "in", "size"), uint("size")],
  support: {
    partial: "programs that say which devices a cgroup may use, without maps and helpers",
  },
  run: bpfHandlers.bpf,
});

export const perf_event_open = syscall("perf_event_open", {
  x64: 298,
  args: [ptr("attr"), int("pid"), int("cpu"), fd("group_fd"), ulong("flags")],
  returns: fd("fd"),
  support: {
    partial:
      "refused with EACCES, as with kernel.perf_event_paranoid; the administrator finds no events",
  },
  run: powersHandlers.perf_event_open,
});

export const landlock_create_ruleset = syscall("landlock_create_ruleset", {
  x64: 444,
  args: [ptr("attr"), size("size"), uint("flags")],
  returns: fd("fd"),
  support: { partial: "EOPNOTSUPP, as where landlock is not among the active modules" },
  run: powersHandlers.landlock,
});

export const landlock_add_rule = syscall("landlock_add_rule", {
  x64: 445,
  args: [fd("ruleset_fd"), int("rule_type"), ptr("rule_attr"), uint("flags")],
  support: { partial: "EOPNOTSUPP, as where landlock is not among the active modules" },
  run: powersHandlers.landlock,
});

export const landlock_restrict_self = syscall("landlock_restrict_self", {
  x64: 446,
  args: [fd("ruleset_fd"), uint("flags")],
  support: { partial: "EOPNOTSUPP, as where landlock is not among the active modules" },
  run: powersHandlers.landlock,
});

export const lsm_get_self_attr = syscall("lsm_get_self_attr", {
  x64: 459,
  args: [uint("attr"), ptr("ctx"), record("size", "inout", u32), uint("flags")],
  support: { partial: "EOPNOTSUPP: no active module has attributes" },
  run: powersHandlers.lsmAttribute,
});

export const lsm_set_self_attr = syscall("lsm_set_self_attr", {
  x64: 460,
  args: [uint("attr"), buffer("ctx", "in", "size"), uint("size"), uint("flags")],
  support: { partial: "EOPNOTSUPP: no active module has attributes" },
  run: powersHandlers.lsmAttribute,
});

export const lsm_list_modules = syscall("lsm_list_modules", {
  x64: 461,
  args: [ptr("ids"), record("size", "inout", u32), uint("flags")],
  support: "full",
  run: powersHandlers.lsm_list_modules,
});

export const uretprobe = syscall("uretprobe", {
  x64: 335,
  args: [],
  support: "none",
  note: "Made by a trampoline that the kernel puts in for uprobes; SIGILL from anywhere else",
});

export const uprobe = syscall("uprobe", {
  x64: 336,
  args: [],
  support: "none",
  note: "Made by a trampoline that the kernel puts in for uprobes; SIGILL from anywhere else",
});
